"""What people and the platform do to clues. Every step is checked against `rules.STEPS`, done by one conditional
update, written to the timeline and the audit chain in the same transaction, and announced to open pages.

    ClueError                 base: `message` is a sentence for the person
    ├── StepNotAllowed        the table has no such step here, or not for this role, or too late
    ├── InputMissing          a required reason or verdict is missing; `names` says which
    ├── MovedMeanwhile        somebody else moved the clue first
    └── CauseReopened         an undo would leave two open clues for one cause
"""

from datetime import datetime

from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _

from sanjian.base.identity import audit
from sanjian.base.identity.models import Account, AuditEntry
from sanjian.base.live.services import announce
from sanjian.base.screening.models import FindingRecord

from . import rules
from .models import Clue, ClueEvent, ClueFinding, ClueSequence
from .rules import State, Step
from .workdays import SHANGHAI, china


class ClueError(Exception):
    """Something that may not be done to a clue; the text tells the person why and what to do."""

    def __init__(self, clue: Clue, message: str) -> None:
        super().__init__(message)
        self.clue, self.message = clue, message


class StepNotAllowed(ClueError):
    """The state table does not have this step for this person, here and now."""


class InputMissing(ClueError):
    """A required input is missing; `names` says which."""

    def __init__(self, clue: Clue, names: list[str]) -> None:
        labels = {"reason": _("理由"), "verdict": _("结论")}
        super().__init__(clue, _("请填写：%(names)s") % {"names": "、".join(labels[n] for n in names)})
        self.names = names


class MovedMeanwhile(ClueError):
    """Another person was first."""


class CauseReopened(ClueError):
    """The same cause has a newer open clue."""


def take_finding(record: FindingRecord, _created: bool = True, *, now: datetime | None = None) -> Clue:
    """A finding becomes a clue or joins the one of its subject and cause. Taking it again changes nothing.

    Args:
        record: as the screening runner stored it.
        _created: part of the runner's call; not needed, because the link of finding and clue says it more surely. A
            re-run may raise the severity, which an open clue then follows.
        now: aware; the moment of taking.
    """
    now = now or timezone.now()
    with transaction.atomic():
        link = ClueFinding.objects.select_related("clue").filter(finding=record).first()
        clue = link.clue if link else _clue_for(record, now)
        if clue is None:
            return _open_clue(record, now)
        if link is None:
            ClueFinding.objects.create(clue=clue, finding=record, joined_at=now)
            _write(clue, "join", actor=None, now=now, reason=record.summary_zh, source=clue.state)
        _follow(clue, record)
    return clue


def take_step(
    clue: Clue,
    act: str,
    actor: Account,
    *,
    now: datetime,
    reason: str = "",
    verdict: str = "",
    request_key: str = "",
    by: str = "person",
) -> ClueEvent:
    """Do one act of the state table.

    Args:
        clue: one that the actor may see (`visible_to` is the caller's duty); its `state` is what the person saw.
        act: of `rules.STEPS`.
        reason: in the person's words; for "explain" the enterprise's statement, for "close" the feedback.
        verdict: of `rules.Verdict` where the step wants one.
        request_key: one per rendered form: submitting the same form twice gives the first event back.
        by: "inspection" when the inspection capability takes the step.

    Raises:
        StepNotAllowed, InputMissing, MovedMeanwhile, CauseReopened: nothing was changed.
    """
    if request_key and (done := ClueEvent.objects.filter(clue=clue, request_key=request_key, actor=actor).first()):
        return done
    wanted = _checked(clue, act, actor, now, by)
    if names := rules.missing(wanted, reason=reason, verdict=verdict):
        raise InputMissing(clue, names)
    try:
        with transaction.atomic():
            source = clue.state
            _move(clue, wanted, actor, now, reason.strip(), verdict)
            event = _write(clue, act, actor, now, reason.strip(), source, request_key, {"verdict": verdict})
    except IntegrityError as error:
        clue.refresh_from_db()
        raise CauseReopened(clue, _("同一问题已有新的线索在办，不能撤回；请在新线索中处理")) from error
    return event


def is_done(clue: Clue, actor: Account, request_key: str) -> bool:
    """Whether this person's form was already taken: then a repeated submission is answered like the first."""
    return bool(request_key) and ClueEvent.objects.filter(clue=clue, request_key=request_key, actor=actor).exists()


def _checked(clue: Clue, act: str, actor: Account, now: datetime, by: str) -> Step:
    wanted = rules.step(act, State(clue.state))
    if wanted is None or wanted.by != by:
        state = _(rules.STATE_NAMES[State(clue.state)])
        raise StepNotAllowed(clue, _("线索现为“%(state)s”，不能进行此操作；请刷新页面") % {"state": state})
    if actor.role not in wanted.roles:
        raise StepNotAllowed(clue, _("您的角色不能进行此操作"))
    if rules.is_late_to_undo(wanted, clue.state_entered_at, now):
        raise StepNotAllowed(clue, _("已超过可撤回的时间，请补充记录说明情况，或由后续环节处理"))
    return wanted


def _move(clue: Clue, wanted: Step, actor: Account, now: datetime, reason: str, verdict: str) -> None:
    """The atomic conditional update: of two people who act at once, exactly one finds the state it expects."""
    target = wanted.target
    changes: dict[str, object] = {}
    if wanted.source != target:
        changes = {
            "state": target,
            "state_entered_at": now,
            "department": rules.DEPARTMENTS.get(target, ""),
            "due_at": rules.due_at(target, clue.severity, now, china()),
            "closed_at": now if target in rules.FINAL else None,
            "verdict": verdict if target in rules.FINAL else "",
        }
    if wanted.act == "ask":
        changes["asked_at"] = now
    if wanted.act == "accept":
        changes["assignee"] = actor
    if target == State.TO_JUDGE:
        changes["assignee"] = None
    if wanted.act == "close":
        changes["feedback"] = reason
    same = Clue.objects.filter(id=clue.id, state=wanted.source, state_entered_at=clue.state_entered_at)
    # A step that moves nothing still proves that the state is what the person saw, by the same condition.
    if not same.update(**(changes or {"state": wanted.source})):
        clue.refresh_from_db()
        raise MovedMeanwhile(clue, _("其他人刚刚处理了这条线索，请查看最新状态"))
    for name, value in changes.items():
        setattr(clue, name, value)


def _write(
    clue: Clue,
    act: str,
    actor: Account | None,
    now: datetime,
    reason: str,
    source: str,
    request_key: str = "",
    details: dict[str, str] | None = None,
) -> ClueEvent:
    facts = {"clue_no": clue.clue_no, "from": str(source), "to": str(clue.state)} | (details or {})
    entry: AuditEntry = audit.record(
        f"clue.{act}", actor=actor, kind="clue", record_id=clue.clue_no, reason=reason, at=now, details=facts
    )
    event = ClueEvent.objects.create(
        clue=clue,
        at=now,
        actor=actor,
        actor_name=entry.actor_name,
        role=entry.role,
        act=act,
        from_state=source,
        to_state=clue.state,
        reason=reason,
        request_key=request_key,
        audit_seq=entry.seq,
    )
    if act == "open" or source != clue.state:
        _announce(clue, act, now)
    return event


def _announce(clue: Clue, act: str, now: datetime) -> None:
    """Tell open pages. The enterprise hears of its own turn and of the end, never that a visit is coming."""
    told = clue.asked_at is not None and clue.state in rules.TOLD_TO_ENTERPRISE
    state = rules.STATE_NAMES[State(clue.state)]
    title = f"新线索：{clue.title}" if act == "open" else f"{clue.clue_no} {state}：{clue.inspection_object.name}"
    announce(
        "clue.opened" if act == "open" else "clue.moved",
        title[:200],
        at=now,
        url=clue.get_absolute_url(),
        severity=clue.severity,
        district_id=clue.inspection_object.district_id,
        inspection_object_id=clue.inspection_object_id if told else None,
        details={"clue_no": clue.clue_no, "state": str(clue.state), "subject": clue.subject},
    )


def _clue_for(record: FindingRecord, now: datetime) -> Clue | None:
    """The clue of this cause that the finding joins, an open one before a settled one."""
    same = Clue.objects.select_for_update().filter(
        inspection_object_id=record.inspection_object_id, subject=record.subject, kind=record.kind
    )
    clue = same.filter(state__in=sorted(rules.OPEN)).first() or same.order_by("-closed_at").first()
    if clue is None:
        return None
    fits = rules.joins(
        state=State(clue.state),
        severity=clue.severity,
        closed_at=clue.closed_at,
        verdict=clue.verdict,
        finding_severity=record.severity,
        finding_started_at=record.started_at,
        now=now,
    )
    return clue if fits else None


def _open_clue(record: FindingRecord, now: datetime) -> Clue:
    state = State.TO_JUDGE
    clue = Clue.objects.create(
        clue_no=_next_number(now),
        inspection_object=record.inspection_object,
        point=record.point,
        subject=record.subject,
        kind=record.kind,
        title=record.summary_zh,
        severity=record.severity,
        confidence=record.confidence,
        priority=rules.priority(record.severity, record.confidence),
        state=state,
        state_entered_at=now,
        department=rules.DEPARTMENTS[state],
        opened_at=now,
        due_at=rules.due_at(state, record.severity, now, china()),
    )
    ClueFinding.objects.create(clue=clue, finding=record, joined_at=now)
    _write(clue, "open", actor=None, now=now, reason=record.summary_zh, source="")
    return clue


def _follow(clue: Clue, record: FindingRecord) -> None:
    """An open clue takes over the highest severity and confidence; its clock gets shorter, never longer."""
    if not clue.is_open:
        return
    if clue.title != record.summary_zh and record == clue.findings.order_by("clue_link__id").first():
        clue.title = record.summary_zh  # the matter goes on, and so do its figures
        clue.save(update_fields=["title"])
    priority = rules.priority(record.severity, record.confidence)
    if priority <= clue.priority:
        return
    clue.severity, clue.confidence = max(clue.severity, record.severity), max(clue.confidence, record.confidence)
    due = rules.due_at(State(clue.state), clue.severity, clue.state_entered_at, china())
    clue.due_at = min(filter(None, (clue.due_at, due)))
    clue.priority = priority
    clue.save(update_fields=["severity", "confidence", "priority", "due_at"])


def _next_number(now: datetime) -> str:
    year = now.astimezone(SHANGHAI).year
    ClueSequence.objects.get_or_create(year=year)
    ClueSequence.objects.filter(year=year).update(last=F("last") + 1)
    return f"XS-{year}-{ClueSequence.objects.get(year=year).last:06d}"
