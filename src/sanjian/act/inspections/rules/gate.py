"""The gate before a code: named, versioned rules, each of which says yes or gives its reason.

Each `check` is pure; the message is a Chinese template with
the facts beside it, so that a page can translate it and a machine can read why.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from sanjian.base.registry.rules import certificates

from .codes import Kind, _
from .request import Basis, Body, Claim, Item, Officer, Request

__all__ = ["RULES", "Basis", "Body", "Claim", "Item", "Officer", "Refusal", "Request", "refusals"]

LONGEST_WINDOW = timedelta(hours=72)
FURTHEST_AHEAD = timedelta(days=31)
"""Ours: a code names the days of a visit, it is not a standing permission."""


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
    """Only a registered person with a certificate that holds on every day of the visit [行政处罚法 第四十二条]."""
    for officer in r.officers:
        if officer.papers is None:
            yield _("%(officer)s没有登记在机构人员库，请先登记人员和执法证"), {"officer": officer.name}
            continue
        _shown, verdict = certificates.best(officer.papers.certificates, r.visit_days)
        if not verdict.ok:
            why = {"why": verdict.reason_zh, "why_template": verdict.reason}
            yield _("%(officer)s：%(why)s"), {**verdict.facts, **why, "officer": officer.name}


def officers_in_territory(r: Request) -> Iterator[Reason]:
    """A certificate holds in its district, or in the whole city; a body acts in its territory."""
    for officer in r.officers:
        if officer.papers is None or officer.body is None:
            continue
        for day in r.visit_days:
            holding = [c for c in officer.papers.certificates if certificates.in_term(c, day).ok]
            if holding and not any(certificates.covers(c, r.district_code).ok for c in holding):
                yield _("%(officer)s的执法区域不含检查对象所在行政区"), {"officer": officer.name}
                break
        else:
            if not officer.body.is_city and officer.body.district_code != r.district_code:
                facts = {"officer": officer.name, "body": officer.body.name}
                yield _("%(officer)s所在的%(body)s不管辖检查对象所在行政区"), facts


def body_has_power(r: Request) -> Iterator[Reason]:
    """Each officer's body stands, and has claimed each item, on every day of the visit (事项认领)."""
    bodies = {officer.body.name: officer.body for officer in r.officers if officer.body}
    for body in bodies.values():
        gone = next((day for day in r.visit_days if not _holds(body, day)), None)
        if gone:
            yield _("%(body)s在 %(day)s 不是有效的检查主体"), {"body": body.name, "day": gone.isoformat()}
            continue
        for item in r.items:
            own = [claim for claim in body.claims if claim.item_code == item.code]
            late = next((day for day in r.visit_days if not any(_holds(claim, day) for claim in own)), None)
            if late:
                facts = {"body": body.name, "item": item.name, "day": late.isoformat()}
                yield _("%(body)s在 %(day)s 没有认领事项“%(item)s”，请先在机构人员库登记"), facts


def _holds(fact: Body | Claim, day: date) -> bool:
    begun = fact.valid_from is None or fact.valid_from <= day
    return begun and (fact.valid_to is None or day <= fact.valid_to)


def no_interest(r: Request) -> Iterator[Reason]:
    """Whoever declared an interest in the object does not go [行政处罚法 第四十三条]."""
    for officer in r.officers:
        found = (v for day in r.visit_days for v in _conflicts(officer, r.object_id, day))
        if verdict := next(found, None):
            yield verdict.reason, dict(verdict.facts)


def _conflicts(officer: Officer, object_id: int, day: date) -> Iterator[certificates.Verdict]:
    return certificates.conflicts(officer.papers, object_id, day) if officer.papers else iter(())


def officers_available(r: Request) -> Iterator[Reason]:
    """Who has left, or is away on a day of the visit, cannot go on it."""
    for officer in r.officers:
        days = r.visit_days if officer.papers else ()
        found = (v for day in days for v in certificates.unavailable(officer.papers, day))  # type: ignore[arg-type]
        if verdict := next(found, None):
            yield verdict.reason, dict(verdict.facts)


def remote_first(r: Request) -> Iterator[Reason]:
    """What can be found out from afar is: going there anyway needs a written reason [国办发〔2024〕54号]."""
    if r.is_on_site and not r.on_site_reason.strip():
        for item in r.items:
            if item.remote_sufficient:
                facts = {"item": item.name}
                yield _("事项“%(item)s”非现场可以查清，请改为非现场检查，或写明必须到现场的理由"), facts


def undisturbed(r: Request) -> Iterator[Reason]:
    """无事不扰: an object on a protective list, or an item so marked, is checked by a trigger and never by plan."""
    if r.kind is not Kind.PLANNED:
        return
    for name in r.protected_by:
        yield _("检查对象在“%(list)s”内，不安排计划检查；有线索时可触发检查"), {"list": name}
    for item in r.items:
        if item.is_undisturbed:
            yield _("事项“%(item)s”实行无事不扰，不安排计划检查；有线索时可触发检查"), {"item": item.name}


def item_applies(r: Request) -> Iterator[Reason]:
    """An item is for the objects in its published scope only."""
    for item in r.items:
        if not item.is_applicable:
            yield _("事项“%(item)s”不适用于该检查对象"), {"item": item.name}


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
    ("2", officers_certified),
    ("2", officers_in_territory),
    ("1", body_has_power),
    ("1", no_interest),
    ("1", officers_available),
    ("1", item_applies),
    ("1", remote_first),
    ("1", undisturbed),
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
