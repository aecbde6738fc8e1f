"""Each gate rule refuses what it must, by its name, and nothing else."""

from dataclasses import replace
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from sanjian.act.inspections.rules import gate
from sanjian.act.inspections.rules.codes import Kind
from sanjian.base.registry.rules.certificates import AbsenceFacts, CertificateFacts, InterestFacts, OfficerFacts

NOW = datetime(2026, 11, 23, 10, 0, tzinfo=ZoneInfo("Asia/Shanghai"))
POWER = gate.Basis("《生态环境法典》第五十一条", date(2026, 8, 15), None)
REPEALED = gate.Basis("《水污染防治法》第三十条", date(2018, 1, 1), date(2026, 8, 14))
TODAY = NOW.date()
ITEM = gate.Item("自动监测设备检查", True, 2, POWER, code="auto")
BODY = gate.Body("浦东新区生态环境局", "310115", claims=(gate.Claim("auto", date(2025, 1, 1)),))
PAPER = CertificateFacts("沪A1", date(2025, 1, 1), date(2029, 12, 31), "310115", checked_on=date(2026, 3, 1))
FIRST = gate.Officer("甲", True, BODY, OfficerFacts("甲", (PAPER,)))
SECOND = gate.Officer("乙", True, BODY, OfficerFacts("乙", (replace(PAPER, certificate_no="沪A2"),)))
GOOD = gate.Request(
    kind=Kind.PLANNED,
    district_code="310115",
    items=(ITEM,),
    officers=(FIRST, SECOND),
    window_from=NOW,
    window_to=NOW + timedelta(hours=8),
    visit_days=(TODAY,),
    object_id=7,
    now=NOW,
    plan_no="JH-1",
)


def second(**changes) -> dict:
    """The request's second officer with other papers."""
    return {"officers": (FIRST, replace(SECOND, papers=replace(SECOND.papers, **changes)))}


def with_paper(**changes) -> dict:
    """The request's second officer with another certificate."""
    return second(certificates=(replace(PAPER, **changes),))


def refused(**changes) -> list[str]:
    return [r.rule for r in gate.refusals(replace(GOOD, **changes))]


def test_a_good_request_passes():
    assert refused() == []


ABOLISHED = replace(BODY, valid_to=TODAY - timedelta(days=1))


def claimed(**changes) -> dict:
    """Both officers' body with another claim."""
    body = replace(BODY, claims=(replace(BODY.claims[0], **changes),))
    return {"officers": (replace(FIRST, body=body), replace(SECOND, body=body))}


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
        ("officers_certified", {"officers": (FIRST, replace(SECOND, papers=None, body=None))}),
        ("officers_certified", second(certificates=())),
        ("officers_certified", with_paper(valid_to=TODAY - timedelta(days=1))),
        ("officers_certified", with_paper(valid_from=TODAY + timedelta(days=1))),
        ("officers_certified", with_paper(checked_on=None, issued_on=date(2020, 1, 1))),
        ("officers_certified", with_paper(withdrawn_on=TODAY)),
        ("officers_in_territory", with_paper(district_code="310112")),
        ("officers_in_territory", {"officers": (FIRST, replace(SECOND, body=replace(BODY, district_code="310112")))}),
        ("body_has_power", {"officers": (FIRST, replace(SECOND, body=replace(BODY, name="他局", claims=())))}),
        ("body_has_power", claimed(valid_to=TODAY - timedelta(days=1))),
        ("body_has_power", claimed(valid_from=TODAY + timedelta(days=1))),
        ("body_has_power", {"officers": tuple(replace(o, body=ABOLISHED) for o in (FIRST, SECOND))}),
        ("no_interest", second(interests=(InterestFacts(7, "relative", date(2020, 1, 1)),))),
        ("officers_available", second(absences=(AbsenceFacts(TODAY, TODAY, "年休假"),))),
        ("officers_available", second(left_on=TODAY)),
        ("item_applies", {"items": (replace(ITEM, is_applicable=False),)}),
        ("remote_first", {"items": (replace(ITEM, remote_sufficient=True),)}),
        ("undisturbed", {"items": (replace(ITEM, is_undisturbed=True),)}),
        ("undisturbed", {"protected_by": ("正面清单",)}),
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


def test_a_city_certificate_of_a_city_body_holds_in_every_district():
    body = replace(BODY, district_code="310000", is_city=True)
    papers = replace(SECOND.papers, certificates=(replace(PAPER, district_code="310000", is_city=True),))
    assert refused(officers=(FIRST, replace(SECOND, body=body, papers=papers))) == []


def test_two_officers_of_whom_one_certificate_lapsed_yesterday_are_refused_with_the_day():
    (refusal,) = gate.refusals(replace(GOOD, **with_paper(checked_on=date(2024, 11, 22), issued_on=date(2020, 1, 1))))
    assert (refusal.rule, refusal.version) == ("officers_certified", "2")
    assert refusal.message % refusal.facts == "乙：执法证 沪A1 未按期审验，审验有效至 2026-11-22"
    assert refused(**with_paper(checked_on=date(2024, 11, 23), issued_on=date(2020, 1, 1))) == []


def test_a_certificate_that_ends_during_the_visit_is_refused_and_one_that_follows_carries_on():
    days = (TODAY, TODAY + timedelta(days=1))
    ending = replace(PAPER, valid_to=TODAY)
    following = replace(PAPER, certificate_no="沪A3", valid_from=days[1])
    assert refused(visit_days=days, **second(certificates=(ending,))) == ["officers_certified"]
    assert refused(visit_days=days, **second(certificates=(ending, following))) == []


def test_an_interest_in_another_object_or_of_other_days_excludes_nobody():
    other = InterestFacts(8, "relative", date(2020, 1, 1))
    over = InterestFacts(7, "former_employer", date(2020, 1, 1), TODAY - timedelta(days=1))
    assert refused(**second(interests=(other, over))) == []


def test_who_is_away_on_a_day_in_the_middle_of_the_visit_cannot_go():
    days = tuple(TODAY + timedelta(days=n) for n in range(3))
    away = (AbsenceFacts(days[1], days[1], "培训"),)
    assert refused(visit_days=days, **second(absences=away)) == ["officers_available"]
    assert refused(visit_days=(days[0], days[2]), **second(absences=away)) == []


def test_a_remote_item_needs_a_reason_on_site_and_none_remotely():
    items = (replace(ITEM, remote_sufficient=True),)
    assert refused(items=items, is_on_site=False) == []
    assert refused(items=items, on_site_reason="须采样") == []


def test_what_is_left_undisturbed_may_be_visited_for_a_trigger():
    trigger = {"kind": Kind.TRIGGERED, "clue_no": "XS-1", "reason": "x", "approver": "丙"}
    assert refused(protected_by=("无感监管对象",), **trigger) == []
    assert refused(items=(replace(ITEM, is_undisturbed=True),), kind=Kind.EMERGENCY, reason="x") == []
