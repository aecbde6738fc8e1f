"""What is asked of the gate, and the registered facts by which it judges: values only, gathered by the services."""

from dataclasses import dataclass
from datetime import date, datetime

from sanjian.base.registry.rules import certificates

from .codes import Kind


@dataclass(frozen=True, slots=True)
class Basis:
    """One provision: its name and the period in which it is in force (`valid_to` inclusive)."""

    name: str
    valid_from: date
    valid_to: date | None

    def in_force(self, day: date) -> bool:
        """Whether the provision holds on a day."""
        return self.valid_from <= day and (self.valid_to is None or day <= self.valid_to)


@dataclass(frozen=True, slots=True)
class Item:
    """An inspection item with its power, duty and penalty provisions as far as they are recorded.

    Args:
        remote_sufficient: what it asks can be found out without going there.
        is_undisturbed: 无事不扰: never checked by plan, only by a trigger.
        is_applicable: whether the object is in the item's scope.
    """

    name: str
    is_published: bool
    yearly_cap: int
    power: Basis | None
    others: tuple[Basis, ...] = ()
    code: str = ""
    remote_sufficient: bool = False
    is_undisturbed: bool = False
    is_applicable: bool = True


@dataclass(frozen=True, slots=True)
class Claim:
    """A body's claim to an item, with its days, both included."""

    item_code: str
    valid_from: date
    valid_to: date | None = None


@dataclass(frozen=True, slots=True)
class Body:
    """For whom an officer goes: term, territory, and the items that it claims."""

    name: str
    district_code: str
    is_city: bool = False
    claims: tuple[Claim, ...] = ()
    valid_from: date | None = None
    valid_to: date | None = None


@dataclass(frozen=True, slots=True)
class Officer:
    """One who is to go, as registered in 机构人员库; without `body` and `papers` they are not registered there."""

    name: str
    is_enforcer: bool
    body: Body | None = None
    papers: certificates.OfficerFacts | None = None


@dataclass(frozen=True, slots=True)
class Request:
    """What is asked for, and the facts by which it is judged.

    Args:
        planned_visits: planned visits of this object that already count in the year of the visit.
        overlapping: ids of live codes for the same object whose window overlaps.
        approver: who approved the trigger, "" for nobody; never one of the officers who go.
        visit_days: every day of the window, in order.
        object_id: of the object as it is registered today, to hold declared interests against.
        protected_by: names of the protective lists (无感监管、正面清单) on which the object stands on these days.
        on_site_reason: why somebody has to go there although the item can be checked remotely.
    """

    kind: Kind
    district_code: str
    items: tuple[Item, ...]
    officers: tuple[Officer, ...]
    window_from: datetime
    window_to: datetime
    visit_days: tuple[date, ...]
    now: datetime
    plan_no: str = ""
    clue_no: str = ""
    reason: str = ""
    approver: str = ""
    planned_visits: int = 0
    overlapping: tuple[str, ...] = ()
    object_id: int = 0
    is_on_site: bool = True
    on_site_reason: str = ""
    protected_by: tuple[str, ...] = ()
