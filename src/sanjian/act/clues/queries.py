"""Reads of clues, shaped for pages and exports, always narrowed to what the viewer may see."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Prefetch, Q, QuerySet

from sanjian.base.identity.models import Account, AuditEntry, District
from sanjian.base.screening.models import FindingRecord

from . import rules
from .models import Clue, ClueEvent, ClueQuerySet
from .rules import State, Step


def clue_list(viewer: Account, chosen: Mapping[str, str], now: datetime) -> ClueQuerySet:
    """The clues of a list page.

    Args:
        chosen: filters as they stand in the URL: state ("open" is all open states), severity (at least), district,
            mine, overdue, kind, q.
    """
    clues = Clue.objects.visible_to(viewer).select_related("inspection_object__district", "point", "assignee")
    state = chosen.get("state", "")
    if state == "open":
        clues = clues.open()
    elif state in states_shown(viewer):
        clues = clues.filter(state=state)
    if chosen.get("severity", "").isdigit():
        clues = clues.filter(severity__gte=int(chosen["severity"]))
    if chosen.get("district"):
        clues = clues.filter(inspection_object__district_id=chosen["district"])
    if chosen.get("kind"):
        clues = clues.filter(kind=chosen["kind"])
    if chosen.get("mine"):
        department = "enterprise" if viewer.is_regulated else viewer.role
        clues = clues.open().filter(Q(assignee=viewer) | Q(department=department, assignee=None))
    if chosen.get("overdue"):
        clues = clues.overdue(now).filter(state__in=states_shown(viewer))
    if text := chosen.get("q", "").strip():
        clues = clues.filter(
            Q(clue_no__icontains=text)
            | Q(title__icontains=text)
            | Q(inspection_object__name__icontains=text)
            | Q(subject__icontains=text)
        )
    return clues


def clue_page(viewer: Account, clue_no: str) -> Clue | None:
    """One clue with all that its page shows, in a fixed number of queries; None when the viewer may not know of it."""
    findings = FindingRecord.objects.select_related("point", "inspection_object").prefetch_related("law")
    clues = Clue.objects.visible_to(viewer).select_related("inspection_object__district", "point", "assignee")
    return (
        clues.prefetch_related(Prefetch("findings", findings.order_by("-started_at")), "events")
        .filter(clue_no=clue_no)
        .first()
    )


def my_tasks(viewer: Account, now: datetime) -> ClueQuerySet:
    """What waits for this person: their own first, then what their department has not taken yet."""
    return clue_list(viewer, {"mine": "1"}, now)


def available_steps(clue: Clue, viewer: Account, now: datetime) -> list[Step]:
    """What the viewer may do now, most usual first; the first one is the next action."""
    steps = rules.steps_for(State(clue.state), viewer.role)
    return [s for s in steps if not rules.is_late_to_undo(s, clue.state_entered_at, now)]


def counts(viewer: Account, now: datetime) -> dict[str, int]:
    """How many visible clues are in each state, and "open" and "overdue"; zero is shown, not hidden."""
    visible, shown = Clue.objects.visible_to(viewer), states_shown(viewer)
    rows = dict(visible.order_by().values_list("state").annotate(n=Count("id")))
    by_state = {s.value: rows.get(s.value, 0) for s in shown}
    overdue = visible.overdue(now).filter(state__in=shown).count()
    return by_state | {"open": sum(rows.get(s.value, 0) for s in rules.OPEN), "overdue": overdue}


def states_shown(viewer: Account) -> list[State]:
    """The states that this person may tell apart, in the order of the work."""
    return [s for s in State if not viewer.is_regulated or s in rules.TOLD_TO_ENTERPRISE]


def shown_state(clue: Clue, viewer: Account) -> State | None:
    """The clue's state as this person may know it, None for "in hand"."""
    state = State(clue.state)
    return state if state in states_shown(viewer) else None


def timeline(clue: Clue, viewer: Account) -> list[ClueEvent]:
    """What happened, oldest first, as far as this person may know it."""
    events = clue.events.all()
    return [e for e in events if not viewer.is_regulated or e.act in rules.ENTERPRISE_ACTS]


def districts_in_use(viewer: Account) -> QuerySet[District]:
    """Districts that have clues the viewer may see, for the filter."""
    ids = Clue.objects.visible_to(viewer).order_by().values("inspection_object__district_id").distinct()
    return District.objects.filter(code__in=ids)


def audit_of(clue: Clue) -> QuerySet[AuditEntry]:
    """The links of the audit chain that speak of this clue."""
    return AuditEntry.objects.filter(record_kind="clue", record_id=clue.clue_no)


@dataclass(frozen=True, slots=True)
class Precision:
    """How often a rule was right, as far as people have said so.

    Args:
        settled: closed or dismissed clues that rest on this rule.
        confirmed: of these, 属实 and 部分属实.
        false_alarms: of these, 误报 by rule or data.
    """

    screen: str
    settled: int
    confirmed: int
    false_alarms: int

    @property
    def precision(self) -> float | None:
        """Confirmed over settled, 0..1; None before the first verdict."""
        return self.confirmed / self.settled if self.settled else None


def precision_per_screen(viewer: Account | None = None) -> list[Precision]:
    """Per screen, over every settled clue (of the viewer's scope): what feeds back into thresholds.

    A clue counts once for each screen that contributed to it, however many findings that screen raised.
    """
    clues = Clue.objects.visible_to(viewer) if viewer else Clue.objects.all()
    rows = (
        clues.filter(state__in=sorted(rules.FINAL))
        .order_by()
        .values("findings__screen")
        .annotate(
            settled=Count("id", distinct=True),
            confirmed=Count("id", filter=Q(verdict__in=sorted(rules.TRUE_VERDICTS)), distinct=True),
            false_alarms=Count("id", filter=Q(verdict__in=["false_rule", "false_data"]), distinct=True),
        )
        .order_by("findings__screen")
    )
    return [Precision(r["findings__screen"], r["settled"], r["confirmed"], r["false_alarms"]) for r in rows]


def dispatched_by(clue: Clue) -> Account | None:
    """Who judged and dispatched the clue: the approval that a triggered inspection rests on."""
    event = clue.events.filter(act="dispatch").order_by("-id").select_related("actor").first()
    return event.actor if event else None
