"""Each gate rule refuses what it must, by its name, and nothing else."""

from dataclasses import replace
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from sanjian.act.inspections.rules import gate
from sanjian.act.inspections.rules.codes import Kind

NOW = datetime(2026, 11, 23, 10, 0, tzinfo=ZoneInfo("Asia/Shanghai"))
POWER = gate.Basis("《生态环境法典》第五十一条", date(2026, 8, 15), None)
REPEALED = gate.Basis("《水污染防治法》第三十条", date(2018, 1, 1), date(2026, 8, 14))
ITEM = gate.Item("自动监测设备检查", True, 2, POWER)
FIRST = gate.Officer("甲", "沪A1", True, "310115")
SECOND = gate.Officer("乙", "沪A2", True, "310115")
GOOD = gate.Request(
    kind=Kind.PLANNED,
    district_code="310115",
    items=(ITEM,),
    officers=(FIRST, SECOND),
    window_from=NOW,
    window_to=NOW + timedelta(hours=8),
    visit_days=(NOW.date(), NOW.date()),
    now=NOW,
    plan_no="JH-1",
)


def refused(**changes) -> list[str]:
    return [r.rule for r in gate.refusals(replace(GOOD, **changes))]


def test_a_good_request_passes():
    assert refused() == []


@pytest.mark.parametrize(
    ("rule", "changes"),
    [
        ("items_published", {"items": ()}),
        ("items_published", {"items": (replace(ITEM, is_published=False),)}),
        ("basis_in_force", {"items": (replace(ITEM, power=REPEALED),)}),
        ("basis_in_force", {"items": (replace(ITEM, others=(REPEALED,)),)}),
        ("basis_in_force", {"items": (replace(ITEM, power=None),)}),
        ("two_officers", {"officers": (FIRST,)}),
        ("two_officers", {"officers": (FIRST, replace(SECOND, is_enforcer=False))}),
        ("officers_certified", {"officers": (FIRST, replace(SECOND, certificate_no=""))}),
        ("officers_in_territory", {"officers": (FIRST, replace(SECOND, district_code="310112"))}),
        ("yearly_cap", {"planned_visits": 2}),
        ("plan_or_trigger", {"plan_no": " "}),
        ("plan_or_trigger", {"kind": Kind.TRIGGERED, "reason": "x", "approver": "丙"}),
        ("plan_or_trigger", {"kind": Kind.TRIGGERED, "clue_no": "XS-1", "approver": "丙"}),
        ("plan_or_trigger", {"kind": Kind.TRIGGERED, "clue_no": "XS-1", "reason": "x"}),
        ("plan_or_trigger", {"kind": Kind.EMERGENCY}),
        ("window_sane", {"window_to": NOW - timedelta(hours=1), "window_from": NOW - timedelta(hours=2)}),
        ("window_sane", {"window_from": NOW + timedelta(hours=9)}),
        ("window_sane", {"window_to": NOW + timedelta(hours=73)}),
        ("one_code_at_a_time", {"overlapping": ("ABC",)}),
    ],
)
def test_each_rule_refuses_by_its_own_name(rule, changes):
    assert refused(**changes) == [rule]


def test_the_cap_binds_planned_visits_only():
    assert refused(planned_visits=1) == []
    assert refused(planned_visits=2) == ["yearly_cap"]
    assert refused(planned_visits=9, kind=Kind.TRIGGERED, clue_no="XS-1", reason="x", approver="丙") == []
    assert refused(planned_visits=9, kind=Kind.EMERGENCY, reason="x") == []


def test_a_basis_that_expires_during_the_visit_is_refused_with_its_day():
    ending = gate.Basis("《试行办法》", date(2024, 1, 1), date(2026, 11, 23))
    days = (date(2026, 11, 23), date(2026, 11, 24))
    (refusal,) = gate.refusals(replace(GOOD, items=(replace(ITEM, others=(ending,)),), visit_days=days))
    assert refusal.rule == "basis_in_force"
    assert refusal.version == "1"
    assert refusal.facts["day"] == "2026-11-24"
    assert refusal.message % refusal.facts == (
        "事项“自动监测设备检查”的依据《试行办法》在 2026-11-24 不在有效期内，请改用现行条款"
    )


def test_a_city_certificate_holds_in_every_district():
    assert refused(officers=(FIRST, replace(SECOND, district_code="310000", is_city=True))) == []
