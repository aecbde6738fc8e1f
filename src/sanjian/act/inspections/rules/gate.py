"""The gate before a code: named, versioned rules, each of which says yes or gives its reason.

Only rules that the present registries can answer are here. Each `check` is pure; the message is a Chinese template with
the facts beside it, so that a page can translate it and a machine can read why.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from .codes import Kind, _

LONGEST_WINDOW = timedelta(hours=72)
FURTHEST_AHEAD = timedelta(days=31)
"""Ours: a code names the days of a visit, it is not a standing permission."""


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
    """An inspection item with its power, duty and penalty provisions as far as they are recorded."""

    name: str
    is_published: bool
    yearly_cap: int
    power: Basis | None
    others: tuple[Basis, ...] = ()


@dataclass(frozen=True, slots=True)
class Officer:
    """One who is to go: certificate ("" for none) and the district where it holds."""

    name: str
    certificate_no: str
    is_enforcer: bool
    district_code: str
    is_city: bool = False


@dataclass(frozen=True, slots=True)
class Request:
    """What is asked for, and the facts by which it is judged.

    Args:
        planned_visits: planned visits of this object that already count in the year of the visit.
        overlapping: ids of live codes for the same object whose window overlaps.
        approver: who approved the trigger, "" for nobody; never one of the officers who go.
    """

    kind: Kind
    district_code: str
    items: tuple[Item, ...]
    officers: tuple[Officer, ...]
    window_from: datetime
    window_to: datetime
    visit_days: tuple[date, date]
    now: datetime
    plan_no: str = ""
    clue_no: str = ""
    reason: str = ""
    approver: str = ""
    planned_visits: int = 0
    overlapping: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a rule says no: machine name and version, a Chinese template and its facts."""

    rule: str
    version: str
    message: str
    facts: Mapping[str, Any] = field(default_factory=dict)

    def as_json(self) -> dict[str, Any]:
        """Plain values, as stored with the code."""
        return {"rule": self.rule, "version": self.version, "message": self.message, "facts": dict(self.facts)}


Reason = tuple[str, dict[str, Any]]


def items_published(r: Request) -> Iterator[Reason]:
    """An item that is not published may not be used, and the enterprise may then refuse [国办发〔2024〕54号]."""
    if not r.items:
        yield _("没有选择检查事项"), {}
    for item in r.items:
        if not item.is_published:
            yield _("事项“%(item)s”尚未公布，不得检查"), {"item": item.name}


def basis_in_force(r: Request) -> Iterator[Reason]:
    """Power, duty and penalty provisions must hold on every day of the visit; there must be a power to inspect."""
    for item in r.items:
        if item.power is None:
            yield _("事项“%(item)s”没有登记检查权依据"), {"item": item.name}
        for basis in filter(None, (item.power, *item.others)):
            late = next((day for day in r.visit_days if not basis.in_force(day)), None)
            if late:
                facts = {"item": item.name, "basis": basis.name, "day": late.isoformat()}
                yield _("事项“%(item)s”的依据%(basis)s在 %(day)s 不在有效期内，请改用现行条款"), facts


def two_officers(r: Request) -> Iterator[Reason]:
    """At least two enforcement officers [行政处罚法 第四十二条]."""
    count = sum(officer.is_enforcer for officer in r.officers)
    if count < 2:
        yield _("至少两名执法人员，现有 %(count)s 名"), {"count": count}


def officers_certified(r: Request) -> Iterator[Reason]:
    """Only a person with an enforcement certificate may inspect [行政处罚法 第四十二条]."""
    for officer in r.officers:
        if not officer.certificate_no:
            yield _("%(officer)s没有执法证号"), {"officer": officer.name}


def officers_in_territory(r: Request) -> Iterator[Reason]:
    """A certificate holds in its district, or in the whole city."""
    for officer in r.officers:
        if not officer.is_city and officer.district_code != r.district_code:
            yield _("%(officer)s的执法区域不含检查对象所在行政区"), {"officer": officer.name}


def yearly_cap(r: Request) -> Iterator[Reason]:
    """The published cap binds planned visits only; triggered ones are counted apart and shown."""
    if r.kind is not Kind.PLANNED or not r.items:
        return
    cap = min(item.yearly_cap for item in r.items)
    if r.planned_visits + 1 > cap:
        facts = {"count": r.planned_visits + 1, "cap": cap}
        yield _("将是该对象本年度第 %(count)s 次计划检查，超过上限 %(cap)s 次；请合并或改为非现场检查"), facts


def plan_or_trigger(r: Request) -> Iterator[Reason]:
    """Planned: a filed plan's number. Triggered: clue, reason and approval. Emergency: a reason, approval follows."""
    if r.kind is Kind.PLANNED and not r.plan_no.strip():
        yield _("计划检查须有已备案的计划编号"), {}
    if r.kind is Kind.TRIGGERED and not r.clue_no:
        yield _("触发式检查须关联线索"), {}
    if r.kind is not Kind.PLANNED and not r.reason.strip():
        yield _("须写明检查事由"), {}
    if r.kind is Kind.TRIGGERED and not r.approver:
        yield _("触发式检查须经批准：线索应先由监管部门研判并派发"), {}


def window_sane(r: Request) -> Iterator[Reason]:
    """A window that is in order, not over, not too long and not too far ahead."""
    if r.window_to <= r.window_from:
        yield _("检查时段的结束须晚于开始"), {}
    if r.window_to <= r.now:
        yield _("检查时段已经过去"), {}
    if r.window_to - r.window_from > LONGEST_WINDOW:
        yield _("检查时段最长 %(hours)s 小时"), {"hours": int(LONGEST_WINDOW.total_seconds() // 3600)}
    if r.window_from - r.now > FURTHEST_AHEAD:
        yield _("检查时段最早只能提前 %(days)s 天确定"), {"days": FURTHEST_AHEAD.days}


def one_code_at_a_time(r: Request) -> Iterator[Reason]:
    """One enterprise, one time, one code, one check [沪司发〔2023〕39号]: what overlaps is to be merged."""
    if r.overlapping:
        yield _("该对象在此时段已有有效检查码 %(codes)s，请合并检查"), {"codes": "、".join(r.overlapping)}


RULES: tuple[tuple[str, Callable[[Request], Iterator[Reason]]], ...] = (
    ("1", items_published),
    ("1", basis_in_force),
    ("1", two_officers),
    ("1", officers_certified),
    ("1", officers_in_territory),
    ("1", yearly_cap),
    ("1", plan_or_trigger),
    ("1", window_sane),
    ("1", one_code_at_a_time),
)


def refusals(request: Request) -> list[Refusal]:
    """Every reason against a request, in the order of RULES; empty means that the code may be issued."""
    return [
        Refusal(rule.__name__, version, message, facts) for version, rule in RULES for message, facts in rule(request)
    ]
