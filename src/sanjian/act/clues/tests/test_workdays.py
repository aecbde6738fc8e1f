"""Deadlines in working days, across the holidays that break naive counting."""

from datetime import date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sanjian.act.clues.workdays import SHANGHAI, china, parse


@pytest.mark.parametrize(
    ("start", "days", "due"),
    [
        # 2026: off 15 to 23 February; Saturdays 14 and 28 February are worked.
        (date(2026, 2, 12), 1, date(2026, 2, 13)),
        (date(2026, 2, 12), 2, date(2026, 2, 14)),
        (date(2026, 2, 12), 3, date(2026, 2, 24)),
        (date(2026, 2, 13), 5, date(2026, 2, 27)),
        (date(2026, 2, 13), 6, date(2026, 2, 28)),
        (date(2026, 2, 13), 7, date(2026, 3, 2)),
        # National Day and the make-up Saturday after it.
        (date(2026, 9, 30), 3, date(2026, 10, 10)),
        # A plain weekend.
        (date(2026, 11, 20), 1, date(2026, 11, 23)),
        # 2027, provisional: New Year's Eve on 5 February to the substitute day on the 10th.
        (date(2027, 2, 4), 1, date(2027, 2, 11)),
    ],
)
def test_working_days_skip_holidays_and_count_make_up_days(start, days, due):
    assert china().add(start, days) == due


def test_spring_festival_5_and_7_working_days_end_with_the_last_second_of_the_day():
    start = datetime(2026, 2, 13, 16, 30, tzinfo=SHANGHAI)
    assert china().deadline(start, 5) == datetime(2026, 2, 27, 23, 59, 59, tzinfo=SHANGHAI)
    assert china().deadline(start, 7) == datetime(2026, 3, 2, 23, 59, 59, tzinfo=SHANGHAI)


def test_a_period_that_starts_after_midnight_in_shanghai_counts_from_the_shanghai_date():
    assert china().deadline(datetime.fromisoformat("2026-11-19T17:00:00+00:00"), 1).date() == date(2026, 11, 23)


def test_the_table_says_how_sure_it_is():
    assert not china().is_provisional(2026)
    assert china().is_provisional(2027)
    assert china().is_provisional(2031)
    assert "国务院办公厅" in china().source[2026]


@given(st.dates(date(2026, 1, 1), date(2027, 11, 30)), st.integers(1, 15))
def test_a_deadline_is_a_workday_and_exactly_n_workdays_away(start, days):
    due = china().add(start, days)
    between = [date.fromordinal(n) for n in range(start.toordinal() + 1, due.toordinal() + 1)]
    assert china().is_workday(due)
    assert sum(map(china().is_workday, between)) == days


@pytest.mark.parametrize(
    ("off", "work"),
    [
        ([["x", "2026-01-03", "2026-01-01"]], []),
        ([["x", "2027-01-01", "2027-01-01"]], []),
        ([["x", "2026-01-01", "2026-01-04"]], ["2026-01-04"]),
        ([["x", "2026-13-01", "2026-13-01"]], []),
    ],
)
def test_a_table_that_contradicts_itself_is_refused(off, work):
    with pytest.raises(ValueError):
        parse({"years": {"2026": {"status": "official", "source": "", "off": off, "work": work}}})


def test_zero_working_days_is_no_period():
    with pytest.raises(ValueError):
        china().add(date(2026, 1, 5), 0)
