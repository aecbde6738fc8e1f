"""What a period says of its minutes."""

import numpy as np
import pytest

from sanjian.city.minutes import CALIBRATION, Minutes
from sanjian.city.wire.aggregate import OFFLINE, periods, real_time


def _stack(**given: float) -> Minutes:
    values = {"a21002": 30.0, "a19001": 6.0, "a00000": 40.0} | given
    return Minutes.running({code: np.full(1440, value) for code, value in values.items()})


def test_minimum_mean_and_maximum_are_those_of_the_minutes() -> None:
    minutes = _stack()
    minutes.values["a21002"][:10] = np.arange(10.0)
    first = periods(minutes, {}, 10).series["a21002"]
    assert (first.low[0], first.mean[0], first.high[0]) == (0.0, 4.5, 9.0)
    assert first.mean[1] == 30.0


def test_totals_are_cubic_metres_of_flow_and_kilograms_of_what_is_in_it() -> None:
    hour = periods(_stack(), {}, 60).series
    assert hour["a00000"].total[0] == pytest.approx(40 * 3600)
    assert hour["a21002"].total[0] == pytest.approx(30e-6 * 40 * 3600)
    assert hour["a19001"].total is None
    water = Minutes.running({"w01018": np.full(1440, 50.0), "w00000": np.full(1440, 20.0)})
    hour = periods(water, {}, 60).series
    assert hour["w00000"].total[0] == pytest.approx(72.0)
    assert hour["w01018"].total[0] == pytest.approx(50e-3 * 72.0)


def test_a_value_is_corrected_to_its_reference_oxygen_minute_by_minute() -> None:
    minutes = _stack()
    minutes.values["a19001"][:30] = 11.0
    hour = periods(minutes, {"a21002": 6.0}, 60).series["a21002"]
    assert hour.corrected[0] == pytest.approx((30 * 15 / 10 + 30 * 15 / 15) / 2)
    assert real_time(minutes, {"a21002": 6.0}).series["a21002"].corrected[0] == pytest.approx(45.0)


def test_nothing_is_corrected_when_the_stack_is_full_of_air() -> None:
    hour = periods(_stack(a19001=20.9), {"a21002": 6.0}, 60).series["a21002"]
    assert np.isnan(hour.corrected).all()
    assert hour.mean[0] == 30.0


def test_a_valid_hour_leaves_its_calibration_out_and_is_normal() -> None:
    minutes = _stack()
    minutes.values["a21002"][:15], minutes.flags[:15] = 0.0, CALIBRATION
    hour = periods(minutes, {}, 60)
    assert (hour.flags[0], hour.series["a21002"].mean[0]) == ("N", 30.0)


def test_an_hour_of_mostly_calibration_says_so() -> None:
    minutes = _stack()
    minutes.values["a21002"][:16], minutes.flags[:16] = 0.0, CALIBRATION
    hour = periods(minutes, {}, 60)
    assert hour.flags[0] == CALIBRATION
    assert hour.series["a21002"].mean[0] == pytest.approx(30 * 44 / 60)


def test_silence_is_left_out_and_a_wholly_silent_period_is_not_sent() -> None:
    minutes = _stack()
    minutes.is_silent[:80] = True
    hours = periods(minutes, {}, 60)
    assert hours.is_sent.tolist() == [False] + [True] * 23
    assert hours.flags[1] == OFFLINE
    assert hours.series["a21002"].mean[1] == 30.0
    assert real_time(minutes, {}).is_sent.sum() == 1360


def test_a_gap_in_one_factor_leaves_the_others_standing() -> None:
    minutes = _stack()
    minutes.values["a21002"][:60] = np.nan
    hours = periods(minutes, {}, 60)
    assert np.isnan(hours.series["a21002"].mean[0])
    assert hours.series["a00000"].mean[0] == 40.0
    assert hours.is_sent[0]


def test_a_day_of_wastewater_is_weighed_by_its_flow() -> None:
    flow, cod = np.full(1440, 10.0), np.full(1440, 20.0)
    flow[:720], cod[:720] = 30.0, 60.0
    day = periods(Minutes.running({"w01018": cod, "w00000": flow}), {}, 1440).series
    assert day["w01018"].mean[0] == pytest.approx(50.0)
    assert day["w00000"].mean[0] == pytest.approx(20.0)
