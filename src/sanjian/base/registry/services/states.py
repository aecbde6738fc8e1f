"""Between the stored versions of an object and the pure states of `rules.history`."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from sanjian.base.identity.models import Account

from ..models import DataSource, InspectionObject, ObjectVersion
from ..rules.history import Plan, State, at
from .checking import FACT_FIELDS
from .errors import ChangedMeanwhile, RegistryError


@dataclass(frozen=True, slots=True)
class Origin:
    """Where what is written comes from; every row that one call writes has the same `at`."""

    actor: Account | None
    at: datetime
    data_source: DataSource | None
    reason: str


def facts_of(row: InspectionObject | ObjectVersion) -> dict[str, Any]:
    """The facts of a row by FACT_FIELDS."""
    return {name: getattr(row, name) for name in FACT_FIELDS}


def given(values: Mapping[str, Any]) -> frozenset[str]:
    """The fields that say something: what a first version asserts."""
    return frozenset(name for name, value in values.items() if value not in (None, ""))


def state_of(version: ObjectVersion) -> State:
    """A stored version as a state."""
    return State(
        version.valid_from, version.valid_to, facts_of(version), frozenset(version.changed), version.pk
    )  # fmt: skip


def believed(objects: Sequence[InspectionObject], moment: datetime) -> dict[int, list[ObjectVersion]]:
    """What is believed now of each object. One without a history gets its first version: as it stands, since its day.

    Args:
        moment: of the call; a first version is never recorded later than that.
    """
    found: dict[int, list[ObjectVersion]] = {thing.pk: [] for thing in objects}
    rows = ObjectVersion.objects.current().filter(inspection_object__in=list(found)).order_by("valid_from", "pk")
    for row in rows:
        found[row.inspection_object_id].append(row)
    bare = [thing for thing in objects if not found[thing.pk]]
    for row in ObjectVersion.objects.bulk_create([_first(thing, moment) for thing in bare]):
        found[row.inspection_object_id].append(row)
    return found


def _first(thing: InspectionObject, moment: datetime) -> ObjectVersion:
    facts = facts_of(thing)
    recorded_at = min(thing.registered_at, moment - timedelta(microseconds=1))  # before the rows that may close it
    return ObjectVersion(
        inspection_object=thing, valid_from=timezone.localdate(recorded_at), recorded_at=recorded_at,
        changed=sorted(given(facts)), **facts,
    )  # fmt: skip


def new_rows(
    object_id: int, states: Iterable[State], rows: Mapping[int, ObjectVersion], origin: Origin
) -> list[ObjectVersion]:
    """Rows for states to be added. One that goes on from a stored row keeps its source, actor and reason.

    Args:
        rows: the stored rows by primary key.
    """
    made = []
    for state in states:
        kept = rows.get(state.row) if state.row is not None else None
        made.append(
            ObjectVersion(
                inspection_object_id=object_id,
                valid_from=state.valid_from,
                valid_to=state.valid_to,
                recorded_at=origin.at,
                changed=sorted(state.asserted),
                data_source_id=kept.data_source_id if kept else getattr(origin.data_source, "pk", None),
                actor_id=kept.actor_id if kept else getattr(origin.actor, "pk", None),
                reason=kept.reason if kept else origin.reason[:200],
                **state.values,
            )
        )
    return made


def close(rows: Sequence[ObjectVersion], moment: datetime) -> None:
    """Rows are superseded from now on.

    Raises:
        ChangedMeanwhile: somebody else closed one first.
        RegistryError: this machine's clock is behind what is stored.
    """
    if any(row.recorded_at > moment for row in rows):
        raise RegistryError(_("本机时钟早于已有记录的时间，请校准时钟后重试"))
    for start in range(0, len(rows), 500):
        part = [row.pk for row in rows[start : start + 500]]
        if ObjectVersion.objects.current().filter(pk__in=part).update(superseded_at=moment) != len(part):
            raise ChangedMeanwhile(moment)


def planned(plan: Plan, rows: Mapping[int, ObjectVersion]) -> list[ObjectVersion]:
    """The stored rows that a plan closes."""
    return [rows[state.row] for state in plan.close if state.row is not None]


def present(states: Sequence[State], today: date) -> State:
    """What the present row shall say: the state of today; before the first one the first, after the last the last."""
    ordered = sorted(states, key=lambda s: s.valid_from)
    past = [s for s in ordered if s.valid_from <= today]
    return at(ordered, today) or (past[-1] if past else ordered[0])


def after(states: Sequence[State], plan: Plan) -> list[State]:
    """The history once a plan is carried out."""
    return [s for s in states if s not in plan.close] + list(plan.add)


def put_on(thing: InspectionObject, state: State, moment: datetime) -> None:
    """Make the present row say what a state says; not saved."""
    for name, value in state.values.items():
        setattr(thing, name, value)
    thing.present_since = state.valid_from
    thing.changed_at = moment
