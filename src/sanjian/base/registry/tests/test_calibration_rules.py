"""A reading is good only between good checks and in term, whatever the order in which one learns of the checks."""

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sanjian.base.registry.rules import calibration as rules

T0 = datetime(2026, 6, 1, 1, 0, tzinfo=UTC)
VERIFIED = rules.Check("verification", T0, True, date(2027, 5, 31))


def at(hours: float) -> datetime:
    return T0 + timedelta(hours=hours)


def daily(hours: float, has_passed: bool = True) -> rules.Check:
    return rules.Check("daily", at(hours), has_passed)


def test_without_any_check_a_reading_is_a_clue_and_equipment_without_metrology_needs_none():
    assert rules.standing_at([], T0).clue_only
    assert rules.standing_at([], T0, is_metered=False).good


def test_the_term_ends_with_its_last_local_day():
    last = datetime(2027, 5, 31, 23, 59, 59, tzinfo=rules.SHANGHAI)
    assert rules.standing_at([VERIFIED], last).good
    after = rules.standing_at([VERIFIED], last + timedelta(seconds=1))
    assert after.reason_zh == "检定或校准有效期至 2027-05-31，读数时已过期"


def test_a_check_counts_from_its_own_moment_on():
    assert rules.standing_at([VERIFIED], T0).good
    assert rules.standing_at([VERIFIED], T0 - timedelta(microseconds=1)).clue_only


def test_a_failed_daily_check_holds_until_one_passes():
    checks = [VERIFIED, daily(5, False), daily(8)]
    assert [rules.standing_at(checks, at(h)).good for h in (4, 5, 7, 8)] == [True, False, False, True]


def test_a_failed_verification_is_not_made_good_by_a_daily_check():
    failed = rules.Check("verification", at(5), False)
    again = rules.Check("calibration", at(20), True, date(2026, 12, 31))
    checks = [VERIFIED, failed, daily(8), again]
    assert [rules.judge(checks, at(h)).good for h in (9, 19, 20)] == [False, False, True]
    assert rules.term_ends([VERIFIED, failed], at(30)) is None


def test_a_longer_term_outlives_a_shorter_one_given_later():
    short = rules.Check("calibration", at(10), True, date(2026, 7, 1))
    assert rules.standing_at([VERIFIED, short], datetime(2026, 9, 1, tzinfo=UTC)).good
    assert rules.term_ends([VERIFIED, short], at(20)) == date(2027, 5, 31)


def test_a_failure_reaches_back_to_the_last_good_check_and_on_to_the_next_strictly():
    checks = [VERIFIED, daily(4), daily(10, False), daily(14)]
    readings = [at(h) for h in (2, 4, 5, 9, 10, 12, 14, 15)]
    assert rules.reopened(checks, checks[2], readings) == [at(h) for h in (5, 9, 10, 12)]
    assert [moment for moment in readings if rules.judge(checks, moment).clue_only] == [at(h) for h in (5, 9, 10, 12)]


def test_of_a_good_and_a_failed_check_at_one_moment_the_failed_one_counts():
    checks = [VERIFIED, daily(5), daily(5, False)]
    assert rules.judge(checks, at(6)).clue_only
    assert rules.judge(checks, at(4)).clue_only
    assert rules.judge(checks, T0).good


checks = st.builds(
    lambda kind, hour, passed: rules.Check(
        kind, at(hour), passed, date(2027, 5, 31) if kind in rules.TERM_GIVING and passed else None
    ),
    st.sampled_from(["verification", "calibration", "daily"]),
    st.integers(-40, 40),
    st.booleans(),
)
hours = st.lists(st.integers(-50, 50).map(lambda n: at(n / 2)), max_size=25)


@given(st.lists(checks, max_size=12), hours, st.randoms(use_true_random=False))
def test_the_order_in_which_checks_are_learned_of_changes_nothing(known, readings, random):
    shuffled = list(known)
    random.shuffle(shuffled)
    assert [rules.judge(known, m) for m in readings] == [rules.judge(shuffled, m) for m in readings]


@given(st.lists(checks, max_size=12), checks, hours)
def test_what_a_failed_check_reopens_is_what_is_judged_a_clue_since(known, check, readings):
    """Every reading that was good before the failure and is not after lies between the good checks, and all there are
    clue only.
    """
    failed = rules.Check(check.kind, check.performed_at, False)
    everything = [*known, failed]
    between = set(rules.reopened(everything, failed, readings))
    lost = {m for m in readings if rules.judge(known, m).good and rules.judge(everything, m).clue_only}
    assert lost <= between
    assert all(rules.judge(everything, m).clue_only for m in between)


@given(st.lists(checks, max_size=8), hours)
def test_the_drawn_periods_cover_the_span_and_say_what_the_rule_says(known, readings):
    start, end = at(-60), at(60)
    drawn = rules.periods(known, start, end)
    assert (drawn[0].start, drawn[-1].end) == (start, end)
    assert all(a.end == b.start and a.standing.good != b.standing.good for a, b in pairwise(drawn))
    moments = {c.performed_at for c in known}
    for moment in (m for m in readings if m not in moments):
        inside = next(p for p in drawn if p.start <= moment <= p.end)
        assert inside.standing.good == rules.judge(known, moment).good


@pytest.mark.parametrize("hour", [0, 12, 23])
def test_the_hour_of_the_day_does_not_move_the_day(hour):
    moment = datetime(2027, 5, 31, hour, tzinfo=rules.SHANGHAI).astimezone(UTC)
    assert rules.standing_at([VERIFIED], moment).good
