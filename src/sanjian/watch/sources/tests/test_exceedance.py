"""What the exceedance screen accuses, and what it must not."""

from datetime import date

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sanjian.base.screening.contract import Finding
from sanjian.watch.sources.screens import exceedance
from sanjian.watch.sources.screens.exceedance import Parameters, rounded

from .rows import at, facts, hours, limit, readings

NOW = at("2026-11-23 12:30")


def run(rows: pl.DataFrame, *limits: dict[str, object], now=NOW, parameters=None, **known: object) -> list[Finding]:
    given_facts = facts(*(limits or (limit(),)), **known)
    return list(exceedance.run({"readings": rows}, given_facts, parameters or Parameters(), now))


def test_consecutive_hours_over_the_limit_are_one_finding_with_its_figures_in_the_sentence():
    (found,) = run(hours("2026-11-23 08:00", [40.0, 128.0, 90.0, 30.0]))
    assert (
        found.summary_zh
        == "氮氧化物 小时均值 最高 128.0 mg/m³，超过限值 50 mg/m³（2026-11-23 09:00–11:00，连续 2 小时）"
    )
    assert (found.started_at, found.ended_at) == (at("2026-11-23 09:00"), at("2026-11-23 11:00"))
    assert (found.kind, found.severity, found.confidence) == ("hourly_exceedance", 5, 0.9)
    assert list(found.evidence.numbers)[:3] == ["最不利值", "上限", "下限"]
    assert found.evidence.numbers["最不利值与限值之比"] == 2.56


def test_a_finding_that_goes_on_has_no_end_and_keeps_its_fingerprint_while_it_grows():
    rows = hours("2026-11-23 08:00", [40.0, 60.0, 61.0, 62.0])
    (early,) = run(rows.head(2), now=at("2026-11-23 10:05"))
    (late,) = run(rows, now=at("2026-11-23 12:05"))
    assert early.ended_at is late.ended_at is None
    assert early.fingerprint == late.fingerprint
    assert late.evidence.numbers["时段数"] == 3


def test_a_finding_ends_when_the_data_stop():
    (found,) = run(hours("2026-11-20 08:00", [60.0]))
    assert found.ended_at == at("2026-11-20 09:00")


def test_an_hour_without_data_or_under_the_limit_separates_two_findings():
    rows = hours("2026-11-23 05:00", [60.0, 60.0, None, 60.0, 10.0, 60.0])
    assert [f.evidence.numbers["时段数"] for f in run(rows)] == [2, 1, 1]


@pytest.mark.clause("HJ 212-2017 表 8")
@pytest.mark.parametrize("flag", ["M", "C", "D", "F", "S", "B", "m", "?"])
def test_a_marked_hour_never_accuses(flag):
    assert run(hours("2026-11-23 08:00", [500.0, 500.0], data_flag=flag)) == []


@pytest.mark.parametrize(("flag", "confidence"), [("N", 0.9), ("n", 0.9), ("3", 0.9), (None, 0.75)])
def test_normal_and_unmarked_hours_are_judged_as_stated(flag, confidence):
    (found,) = run(hours("2026-11-23 08:00", [60.0], data_flag=flag))
    assert found.confidence == confidence


def test_over_range_is_a_clue_of_low_confidence():
    (found,) = run(hours("2026-11-23 08:00", [None, None], data_flag="T"))
    assert (found.kind, found.confidence, found.severity) == ("over_range", 0.4, 2)
    assert "超出仪器测量上限" in found.summary_zh


def test_over_range_hours_join_the_stretch_they_lie_in():
    rows = pl.concat([hours("2026-11-23 08:00", [60.0]), hours("2026-11-23 09:00", [None], data_flag="T")])
    (found,) = run(rows)
    assert (found.kind, found.confidence, found.evidence.numbers["超测上限的时段数"]) == ("hourly_exceedance", 0.9, 1)


@pytest.mark.parametrize("quality", ["value_sentinel", "mark_lower_case;value_over_range"])
def test_values_that_the_decoder_doubts_do_not_accuse(quality):
    assert run(hours("2026-11-23 08:00", [9999.0], quality_flag=quality)) == []


def test_remarks_of_the_decoder_do_not_shield_a_value():
    assert len(run(hours("2026-11-23 08:00", [60.0], quality_flag="mark_lower_case"))) == 1


def test_the_limit_of_the_day_of_the_data_applies():
    old = limit(100.0, valid_from=date(2011, 1, 1), valid_to=date(2026, 11, 22))
    new = limit(50.0, valid_from=date(2026, 11, 23))
    rows = hours("2026-11-22 22:00", [80.0, 80.0, 80.0, 80.0])
    (found,) = run(rows, old, new)
    assert found.started_at == at("2026-11-23 00:00"), "the day changes at midnight in China, not in UTC"


def test_of_two_limits_valid_on_one_day_the_younger_applies():
    rows = hours("2026-11-23 08:00", [80.0])
    assert run(rows, limit(50.0), limit(100.0, valid_from=date(2026, 1, 1))) == []


def test_a_corrected_limit_is_held_against_the_corrected_value_only():
    rows = hours("2026-11-23 08:00", [30.0, 90.0, 90.0], zs_value=None).with_columns(
        zs_value=pl.Series([70.0, 40.0, None])
    )
    (found,) = run(rows, limit(basis="corrected"))
    assert found.started_at == at("2026-11-23 08:00")
    assert "折算" in found.summary_zh


def test_ph_has_a_lower_and_an_upper_limit():
    ph = limit(9.0, factor_code="w01001", lower=6.0, source="GB 8978-1996 表 4")
    rows = hours("2026-11-23 08:00", [5.2, 7.0, 9.3], factor_code="w01001")
    low, high = run(rows, ph, medium="water")
    assert low.summary_zh == "pH 值 小时均值 5.20，低于下限 6（2026-11-23 08:00–09:00，连续 1 小时）"
    assert "超过限值 9" in high.summary_zh


def test_day_values_are_held_against_day_limits_only():
    day = readings([{"data_time_at": at("2026-11-22 00:00"), "value": 60.0, "kind": "day"}])
    assert run(day) == []
    (found,) = run(day, limit(period="day"))
    assert (found.kind, found.ended_at) == ("daily_exceedance", None)


@pytest.mark.clause("GB/T 8170-2008 3.2")
@pytest.mark.parametrize(
    ("value", "upper", "over"),
    [
        (50.4, 50.0, False),
        (50.5, 50.0, False),
        (51.5, 51.0, True),
        (50.51, 50.0, True),
        (50.0, 50.0, False),
        (0.55, 0.5, True),
    ],
)
def test_values_are_rounded_to_the_decimals_of_the_limit_before_they_are_compared(value, upper, over):
    rows = hours("2026-11-23 08:00", [value])
    assert bool(run(rows, limit(upper))) is over
    assert run(rows, limit(upper), parameters=Parameters(is_rounded=False)) != [] if value > upper else True


@given(st.floats(0, 1e6), st.floats(0.001, 1e5))
def test_rounding_can_only_take_hours_away(value, upper):
    """Whatever counts as over after rounding is over by the raw figures too."""
    if rounded(value, upper) > rounded(upper, upper):
        assert value > upper


@pytest.mark.parametrize(
    ("day", "medium", "law"),
    [
        ("2026-08-14", "gas", ("air-law-2018-99",)),
        ("2026-08-15", "gas", ("eec-2026-1107-over-standard",)),
        ("2026-08-14", "water", ("water-law-2017-83",)),
        ("2026-08-15", "water", ("eec-2026-1107-over-standard",)),
    ],
)
@pytest.mark.clause("生态环境法典 第一千二百四十二条")
def test_the_day_of_the_conduct_selects_the_law(day, medium, law):
    (found,) = run(hours(f"{day} 08:00", [60.0]), medium=medium)
    assert found.law == law


def test_conduct_that_spans_the_change_of_law_cites_both():
    (found,) = run(hours("2026-08-14 22:00", [60.0] * 4))
    assert found.law == ("eec-2026-1107-over-standard", "air-law-2018-99")


def test_long_and_strong_exceedances_are_more_severe():
    grades = [
        run(hours("2026-11-23 00:00", [v] * n))[0].severity for v, n in [(54.0, 1), (60.0, 1), (60.0, 7), (120.0, 7)]
    ]
    assert grades == [2, 3, 4, 5]


def test_no_rows_and_no_limits_give_no_findings():
    assert run(hours("2026-11-23 08:00", [])) == []
    assert list(exceedance.run({"readings": hours("2026-11-23 08:00", [99.0])}, facts(), Parameters(), NOW)) == []


def test_order_of_rows_changes_nothing():
    rows = hours("2026-11-22 08:00", [40.0, 60.0, 70.0, 10.0, 80.0])
    assert [f.as_json() for f in run(rows)] == [f.as_json() for f in run(rows.reverse())]
