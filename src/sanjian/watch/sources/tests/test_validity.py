"""Hours from minutes and days from hours: what is valid, what is marked, and what the mean is made of."""

from datetime import UTC, date, datetime, timedelta

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sanjian.watch.sources.rules import validity
from sanjian.watch.sources.rules.rulesets import rule_set

LAW = rule_set(date(2026, 11, 23))
HOUR0 = datetime(2026, 11, 22, 16, 0, tzinfo=UTC)  # local midnight


def rows(values: list[float | None], step: timedelta, flags: list[str] | None = None, **more: object) -> pl.DataFrame:
    return pl.DataFrame(
        {
            "device_mn": "A1",
            "factor_code": "a21002",
            "data_time_at": [HOUR0 + n * step for n in range(len(values))],
            "value": pl.Series(values, dtype=pl.Float64),
            "data_flag": flags or ["N"] * len(values),
            **more,
        },
        schema_overrides={"data_time_at": pl.Datetime("us", "UTC")},
    )


MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)


@pytest.mark.clause("HJ 212-2017 appendix D")
@pytest.mark.clause("HJ 75-2017 hourly validity")
@pytest.mark.parametrize(("good", "mark"), [(45, "N"), (44, "D")])
def test_an_hour_of_gas_needs_45_minutes(good: int, mark: str) -> None:
    minutes = rows([10.0] * good + [999.0] * (60 - good), MINUTE, ["N"] * good + ["C"] * (60 - good))
    hour = validity.hours_from_minutes(minutes, "gas", 1, LAW).row(0, named=True)
    assert (hour["value"], hour["mark"], hour["is_valid"]) == (10.0, mark, mark == "N")
    assert hour["valid_share"] == pytest.approx(good / 60)


@pytest.mark.clause("HJ 212-2017 C.16")
def test_the_same_hour_of_water_is_abnormal_by_one_value() -> None:
    minutes = rows([10.0] * 6, 10 * MINUTE, ["N"] * 5 + ["D"])
    assert validity.hours_from_minutes(minutes, "gas", 10, LAW)["mark"].to_list() == ["N"]
    assert validity.hours_from_minutes(minutes, "water", 10, LAW)["mark"].to_list() == ["D"]


@pytest.mark.clause("HJ 212-2017 appendix D")
@pytest.mark.parametrize(("good", "is_valid"), [(20, True), (19, False)])
def test_a_day_of_gas_needs_20_hours(good: int, is_valid: bool) -> None:
    day = validity.days_from_hours(rows([5.0] * good, HOUR), "gas", LAW)
    assert day["is_valid"].to_list() == [is_valid]
    assert day["data_time_at"].to_list() == [HOUR0]


@pytest.mark.clause("HJ 356-2019 daily mean")
def test_a_day_of_water_is_weighted_by_flow() -> None:
    day = validity.days_from_hours(
        rows([100.0] * 12 + [20.0] * 12, HOUR, flow_m3=[3.0] * 12 + [1.0] * 12), "water", LAW
    )
    assert day["value"].to_list() == pytest.approx([80.0])
    assert day["flow_m3"].to_list() == pytest.approx([48.0])


def test_a_stopped_hour_is_stopped_not_missing() -> None:
    hour = validity.hours_from_minutes(rows([0.0] * 60, MINUTE, ["F"] * 60), "gas", 1, LAW)
    assert (hour["mark"][0], hour["stopped_share"][0]) == ("F", 1.0)


@pytest.mark.clause("生态环境部公告 2022 年第 21 号")
def test_the_polluters_marks_count_from_their_date() -> None:
    marked = rows([10.0, 900.0], HOUR, polluter_mark=[None, "maintenance"])
    assert validity.usable(marked, LAW)["is_usable"].to_list() == [True, False]
    before = rule_set(date(2022, 6, 1))
    assert validity.usable(marked, before)["is_usable"].to_list() == [True, True]


def test_capture_counts_hours_of_operation_only() -> None:
    hours = pl.DataFrame({"is_valid": [True, True, True, False, False], "is_stopped": [False] * 4 + [True]})
    assert validity.capture_rate(hours) == 0.75
    assert validity.capture_rate(hours.tail(1)) == 1.0


@given(st.lists(st.floats(0, 1e5), min_size=1, max_size=60), st.data())
def test_a_mean_lies_within_its_minutes(values: list[float], data: st.DataObject) -> None:
    size = len(values)
    flows = data.draw(st.lists(st.floats(0.01, 1e3), min_size=size, max_size=size))
    minutes = rows(list(values), MINUTE, flow_m3=flows)
    for medium in ("gas", "water"):
        mean = validity.hours_from_minutes(minutes, medium, 1, LAW)["value"][0]
        assert min(values) - 1e-6 <= mean <= max(values) + 1e-6
