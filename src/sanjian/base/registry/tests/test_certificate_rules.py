"""A certificate holds from its first to its last day, in its territory, while it is checked and not withdrawn."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from sanjian.base.registry.rules import certificates as rules

DAY = date(2026, 11, 23)
HERE, THERE = "310115", "310116"
PAPER = rules.CertificateFacts(
    "沪A1", date(2022, 3, 1), date(2027, 2, 28), HERE, issued_on=date(2022, 3, 1), checked_on=date(2026, 3, 1)
)
days = st.dates(date(2010, 1, 1), date(2060, 12, 31))


@pytest.mark.parametrize(
    ("changes", "day", "ok"),
    [
        ({}, DAY, True),
        ({}, date(2022, 2, 28), False),
        ({"checked_on": None}, date(2022, 3, 1), True),
        ({}, date(2027, 2, 28), True),
        ({}, date(2027, 3, 1), False),
        ({"valid_to": None}, date(2028, 3, 1), True),
        ({"valid_to": None}, date(2028, 3, 2), False),
        ({"checked_on": date(2024, 11, 23)}, DAY, True),
        ({"checked_on": date(2024, 11, 22)}, DAY, False),
        ({"checked_on": None, "issued_on": date(2024, 11, 23)}, DAY, True),
        ({"checked_on": None, "issued_on": None}, DAY, False),
        ({"withdrawn_on": DAY + timedelta(days=1)}, DAY, True),
        ({"withdrawn_on": DAY}, DAY, False),
        ({"withdrawn_on": DAY}, DAY + timedelta(days=1), False),
    ],
)
def test_it_holds_to_the_last_day_and_not_the_day_after(changes, day, ok):
    assert rules.standing(replace(PAPER, **changes), day, HERE).ok is ok


def test_it_holds_in_its_district_and_a_city_certificate_everywhere():
    assert not rules.standing(PAPER, DAY, THERE).ok
    assert rules.standing(replace(PAPER, is_city=True, district_code="310000"), DAY, THERE).ok


def test_the_reason_is_a_sentence_that_says_which_certificate_and_which_day():
    verdict = rules.standing(PAPER, date(2027, 3, 1), HERE)
    assert verdict.reason_zh == "执法证 沪A1 有效期至 2027-02-28，2027-03-01 已过期"


def test_a_check_on_the_29th_of_february_carries_to_the_28th():
    assert rules.check_holds_to(date(2024, 2, 29)) == date(2026, 2, 28)


def test_a_check_made_later_says_nothing_of_an_earlier_day():
    paper = replace(PAPER, checked_on=date(2026, 3, 1))
    assert not rules.standing(paper, date(2024, 3, 2), HERE).ok
    assert rules.standing(paper, date(2024, 3, 1), HERE).ok


@given(days)
@example(date(2028, 2, 29))
@example(date(2026, 2, 28))
def test_the_latest_lapsed_check_is_the_inverse_of_what_a_check_carries(day):
    latest = rules.latest_check_lapsed_by(day)
    assert rules.check_holds_to(latest) <= day < rules.check_holds_to(latest + timedelta(days=1))


@given(days, st.none() | days, st.none() | days, st.none() | days)
def test_the_last_day_is_the_last_day(start, end, checked, withdrawn):
    paper = rules.CertificateFacts("x", start, end, HERE, checked_on=checked, withdrawn_on=withdrawn)
    last = rules.last_day(paper)
    later = last + timedelta(days=1)
    assert not rules.in_term(paper, later).ok
    if start <= last and (checked is None or start <= checked <= last):
        assert rules.in_term(paper, last).ok


OFFICER = rules.OfficerFacts("甲", (PAPER,))


def test_an_officer_with_a_declared_relative_at_the_object_is_never_drawn_for_it():
    officer = replace(OFFICER, interests=(rules.InterestFacts(7, "relative", date(2026, 1, 1), DAY),))
    assert [v.reason_zh for v in rules.exclusions(officer, 7, HERE, DAY)] == ["甲申报过与该对象的利害关系，应当回避"]
    assert rules.exclusions(officer, 8, HERE, DAY) == []
    assert rules.exclusions(officer, 7, HERE, DAY + timedelta(days=1)) == []


@pytest.mark.parametrize(
    "changes",
    [
        {"certificates": ()},
        {"certificates": (replace(PAPER, district_code=THERE),)},
        {"absences": (rules.AbsenceFacts(DAY, DAY, "年休假"),)},
        {"is_established": False},
        {"left_on": DAY},
    ],
)
def test_each_thing_that_keeps_an_officer_from_being_drawn_is_one_reason(changes):
    assert len(rules.exclusions(replace(OFFICER, **changes), 7, HERE, DAY)) == 1
    assert rules.exclusions(OFFICER, 7, HERE, DAY) == []


def test_without_any_certificate_the_reason_says_what_to_register():
    shown, verdict = rules.best((), [DAY])
    assert shown is None
    assert "登记" in verdict.reason_zh
