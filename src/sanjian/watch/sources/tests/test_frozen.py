"""What counts as a frozen value, on made-up and on real data, and what must not be accused."""

from datetime import timedelta
from pathlib import Path

import polars as pl
import pytest

from sanjian.base.screening.contract import Finding
from sanjian.watch.sources.screens import frozen
from sanjian.watch.sources.screens.frozen import Parameters

from .rows import at, facts, hours, limit, steps

DATA = Path(__file__).parent / "data"
NOW = at("2026-12-31 00:00")
MOVING = [40.1, 42.7, 39.8, 44.2, 41.5, 43.9, 40.6, 45.1, 38.7, 42.2, 41.9, 44.8]


def run(rows: pl.DataFrame, *limits, now=NOW, **known) -> list[Finding]:
    return list(frozen.run({"readings": rows}, facts(*(limits or (limit(),)), **known), Parameters(), now))


def oxygen(start: str, values: list[float], **more) -> pl.DataFrame:
    return hours(start, values, factor_code="a19001", **more)


def test_the_real_frozen_nox_of_the_gas_turbine_is_found_and_nothing_else():
    """UCI gas turbine, year 2011: NOx stands at 60.38 for 102 rows from row 1336 on, CO and the turbine go on."""
    real = pl.read_csv(DATA / "gas_turbine_2011_excerpt.csv")
    rows = pl.concat(
        [
            hours("2026-11-01 00:00", real["nox"], factor_code="a21002"),
            hours("2026-11-01 00:00", real["co"], factor_code="a21005"),
            hours("2026-11-01 00:00", real["tey"], factor_code="zload"),
        ]
    )
    (found,) = run(rows, limit(), limit(factor_code="a21005", upper=100.0))
    assert found.kind == "frozen_value"
    assert found.evidence.factor == "a21002"
    assert (found.started_at, found.ended_at) == (
        at("2026-11-01 00:00") + timedelta(hours=136),
        at("2026-11-01 00:00") + timedelta(hours=238),
    )
    assert found.evidence.numbers["数据个数"] == 102
    assert "连续 4 天 6 小时恒为 60.4 mg/m³" in found.summary_zh
    assert found.confidence == 0.85


def test_the_real_step_held_effluent_series_is_not_accused():
    """79 % of neighbouring hours of this analyser are equal: it measures every few hours."""
    real = pl.read_csv(DATA / "cn_effluent_hourly_excerpt.csv", try_parse_dates=True)
    rows = hours("2026-11-01 00:00", real["value"], factor_code="w01018")
    assert run(rows, limit(factor_code="w01018", upper=50.0), medium="water") == []


def test_a_signal_that_often_repeats_itself_clears_itself_even_when_nobody_registered_it_as_step_held():
    held = [v for v in MOVING for _ in range(4)]
    rows = hours("2026-11-20 00:00", [*held, *[50.0] * 6, *held])
    assert run(rows) == []
    (found,) = run(hours("2026-11-20 00:00", [*held, *[50.0] * 60, *held]))
    assert found.evidence.numbers["数据个数"] == 60


def test_four_equal_hours_of_a_lively_signal_are_enough_and_three_are_not():
    day = [*MOVING, *MOVING]
    assert len(run(hours("2026-11-20 00:00", [*day, *[50.3] * 4, *MOVING]))) == 1
    assert run(hours("2026-11-20 00:00", [*day, *[50.3] * 3, *MOVING])) == []


@pytest.mark.parametrize("value", [0.0, -0.5, 0.1, 0.9])
def test_zero_and_values_near_the_detection_limit_are_not_accused(value):
    assert run(hours("2026-11-20 00:00", [*MOVING, *[value] * 30, *MOVING])) == []


def test_a_unit_that_reports_its_stop_or_breathes_air_is_not_accused():
    nox = hours("2026-11-20 00:00", [*MOVING, *[30.3] * 10])
    assert run(pl.concat([nox, oxygen("2026-11-20 12:00", [20.9, 20.8] * 5)])) == []
    stopped = oxygen("2026-11-20 12:00", [20.9, 20.8] * 5, data_flag="F")
    assert run(pl.concat([nox, stopped])) == []


@pytest.mark.parametrize("flag", ["M", "C", "D", "F", "S", "B"])
def test_marked_hours_are_not_accused(flag):
    rows = pl.concat([hours("2026-11-20 00:00", MOVING), hours("2026-11-20 12:00", [30.3] * 20, data_flag=flag)])
    assert run(rows) == []


def test_few_steps_of_a_coarse_sensor_are_not_accused_though_the_day_before_was_lively():
    """Dust of 0.012 mg/m3 in three decimals on a calm night: a step is 8 % of the value."""
    day = [0.145, 0.182, 0.121, 0.163, 0.098, 0.201, 0.144, 0.176, 0.083, 0.084, 0.152, 0.117]
    dust = {"factor_code": "a34002"}
    ten = timedelta(minutes=10)
    calm = steps("2026-11-20 00:00", ten, [*day, *day, *[0.012] * 10, *day], kind="minute", **dust)
    assert run(calm, limit(factor_code="a34002", upper=1.0)) == []
    high = steps("2026-11-20 00:00", ten, [*day, *day, *[0.165] * 10, *day], kind="minute", **dust)
    assert len(run(high, limit(factor_code="a34002", upper=1.0))) == 1


def test_when_the_whole_outlet_stands_still_it_is_the_transmission_and_one_mild_finding():
    codes = ("a21002", "a21026", "a21005", "a19001")
    rows = pl.concat([hours("2026-11-20 00:00", [*MOVING, *[8.3] * 10, *MOVING], factor_code=c) for c in codes])
    limits = [limit(factor_code=c) for c in codes]
    (found,) = run(rows, *limits)
    assert (found.kind, found.severity, found.confidence, found.evidence.factor) == (
        "transmission_frozen",
        2,
        0.5,
        None,
    )


def test_what_was_tested_stands_in_the_evidence():
    moving = oxygen("2026-11-20 00:00", [8.1, 8.4, 7.9, 8.8] * 8)
    (found,) = run(pl.concat([hours("2026-11-20 00:00", [*MOVING, *[50.3] * 8, *MOVING]), moving]))
    assert ("传输停滞，各因子一同不变", True) in found.evidence.innocent
    assert found.evidence.numbers["其中在变化的"] == 1
    assert found.confidence == 0.85


def test_real_time_data_need_an_hour():
    minute = timedelta(minutes=1)
    lively = [40 + (n * 37 % 100) / 10 for n in range(120)]
    rows = steps("2026-11-20 00:00", minute, [*lively, *[50.3] * 75, *lively], kind="rt")
    (found,) = run(rows)
    assert found.evidence.numbers["数据种类"] == "实时"
    assert run(steps("2026-11-20 00:00", minute, [*lively, *[50.3] * 55, *lively], kind="rt")) == []


def test_one_factor_frozen_in_several_kinds_of_data_is_one_finding():
    minute = timedelta(minutes=1)
    lively = [40 + (n * 37 % 100) / 10 for n in range(720)]
    rt = steps("2026-11-20 00:00", minute, [*lively, *[50.3] * 600], kind="rt")
    hour = hours("2026-11-20 00:00", [*MOVING, *[50.3] * 10])
    assert [f.evidence.numbers["数据种类"] for f in run(pl.concat([rt, hour]))] == ["实时"]


def test_while_it_goes_on_the_finding_changes_once_an_hour_only():
    minute = timedelta(minutes=1)
    lively = [40 + (n * 37 % 100) / 10 for n in range(120)]
    rows = steps("2026-11-20 00:00", minute, [*lively, *[50.3] * 130], kind="rt")
    texts = {
        run(rows.head(120 + n), now=at("2026-11-20 02:00") + n * minute)[0].as_json().__repr__()
        for n in range(61, 119, 7)
    }
    assert len(texts) == 1
    (late,) = run(rows, now=at("2026-11-20 04:10"))
    assert late.ended_at is None
    assert "2 小时" in late.summary_zh


def test_a_hole_in_the_data_breaks_a_stretch():
    rows = pl.concat([hours("2026-11-20 00:00", [*MOVING, *[50.3] * 3]), hours("2026-11-20 18:00", [50.3] * 3)])
    assert run(rows) == []


def test_parameters_and_conditions_are_not_signals():
    assert run(hours("2026-11-20 00:00", [*MOVING, *[50.3] * 30], factor_code="i13008"), limit(device_mn="other")) == []


def test_a_signal_that_moves_by_single_steps_of_its_resolution_is_given_longer():
    """Ambient CO reported to 0.1 mg/m3: six equal hours are ordinary, a day and a half is not."""
    coarse = [0.4, 0.5, 0.6, 0.5, 0.4, 0.3, 0.4, 0.5, 0.7, 0.6, 0.5, 0.6] * 2
    co = {"factor_code": "a21005"}
    assert run(hours("2026-11-20 00:00", [*coarse, *[0.4] * 6, *coarse], **co), limit(**co, upper=4.0)) == []
    assert len(run(hours("2026-11-20 00:00", [*coarse, *[0.4] * 36, *coarse], **co), limit(**co, upper=4.0))) == 1


def test_a_monitor_that_repeats_its_samples_for_hours_is_not_frozen_though_nobody_registered_it() -> None:
    held = [v for v in (0.41, 0.55, 0.36, 0.62, 0.48) for _hour in range(6)] + [0.36] * 14 + [0.7, 0.5]
    assert run(hours("2026-11-01 00:00", held), limit(5.0)) == []


def test_three_values_before_a_stretch_are_no_history() -> None:
    assert run(hours("2026-11-01 00:00", [0.5, 0.6, 0.55] + [0.41] * 18 + [0.5]), limit(5.0)) == []
