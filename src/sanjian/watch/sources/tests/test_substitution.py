"""What stands in for missing hours, by capture rate and length of the gap."""

from datetime import UTC, date, datetime, timedelta

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sanjian.watch.sources.rules.rulesets import rule_set
from sanjian.watch.sources.rules.substitution import every_hour, substituted

LAW = rule_set(date(2026, 11, 23))
START = datetime(2026, 7, 1, tzinfo=UTC)
CLAUSE = pytest.mark.clause("HJ 75-2017 12.2.3")
STOPPED = -1.0


def hours(values: list[float | None]) -> pl.DataFrame:
    return pl.DataFrame(
        {
            "data_time_at": [START + timedelta(hours=n) for n in range(len(values))],
            "value": pl.Series([None if v == STOPPED else v for v in values], dtype=pl.Float64),
            "is_valid": [v is not None and v != STOPPED for v in values],
            "is_stopped": [v == STOPPED for v in values],
        }
    )


@CLAUSE
@pytest.mark.parametrize(("gap", "filled", "looked"), [(24, 5.0, 180), (25, 70.0, 720)])
def test_a_short_gap_looks_back_180_hours_a_long_one_720(gap: int, filled: float, looked: int) -> None:
    # 90.0 lies 900 valid hours back, 70.0 lies 300 back, 5.0 is usual.
    values = [90.0] + [5.0] * 599 + [70.0] + [5.0] * 299 + [None] * gap
    found = substituted(hours(values), LAW).tail(gap)
    assert set(found["filled"]) == {filled}
    assert set(found["lookback_h"]) == {looked}
    assert set(found["method"]) == {"substituted"}


@CLAUSE
def test_at_80_percent_capture_2160_hours_are_looked_at() -> None:
    found = substituted(hours([90.0] + [5.0] * 1999 + [None] * 500), LAW)
    assert found["filled"][-1] == 90.0
    before = hours([200.0] + [5.0] * 159)
    assert substituted(hours([5.0] * 2000 + [None] * 500), LAW, before=before)["filled"][-1] == 200.0
    assert substituted(hours([5.0] * 2001 + [None] * 500), LAW, before=before)["filled"][-1] == 5.0


@CLAUSE
def test_below_75_percent_nothing_is_invented() -> None:
    found = substituted(hours([5.0] * 74 + [None] * 26), LAW)
    assert set(found["method"].tail(26)) == {"none"}
    assert found["filled"].tail(26).null_count() == 26


def test_stopped_hours_are_zero_and_no_gap() -> None:
    found = substituted(hours([5.0] * 40 + [STOPPED] * 30 + [None] + [5.0] * 10), LAW)
    assert found["method"].value_counts().sort("method").rows() == [
        ("measured", 50),
        ("stopped", 30),
        ("substituted", 1),
    ]
    assert found.filter(pl.col("method") == "stopped")["filled"].sum() == 0
    assert found.filter(pl.col("method") == "substituted")["filled"].item() == 5.0


def test_hours_nobody_sent_are_missing_hours() -> None:
    sent = hours([5.0] * 10).filter(pl.col("data_time_at") != START + timedelta(hours=3))
    whole = every_hour(sent, START, START + timedelta(hours=10))
    assert whole.height == 10
    assert whole["is_valid"].to_list() == [True] * 3 + [False] + [True] * 6
    assert substituted(whole, LAW)["method"][3] == "substituted"


@settings(max_examples=60)
@given(st.lists(st.one_of(st.none(), st.just(STOPPED), st.floats(0, 1e4)), min_size=1, max_size=120))
def test_no_substituted_hour_lies_below_a_valid_one_it_looked_at(values: list[float | None]) -> None:
    table = hours(values)
    found = substituted(table, LAW)
    assert found.equals(substituted(table, LAW))
    assert found["value"].equals(table["value"])  # what was measured stays beside what was filled
    for n, row in enumerate(found.iter_rows(named=True)):
        if row["method"] == "substituted":
            valid = [v for v in values[:n] if v is not None and v != STOPPED]
            assert row["filled"] == max(valid[-180:] if len(valid) < 180 else valid[-row["lookback_h"] :])
