"""Signs of tampering on a made-up stack: each sees its own matter, and an honest window is ordinary to all."""

from dataclasses import replace

import numpy as np
import pytest

from sanjian.watch.sources.tamper import fusion, suite
from sanjian.watch.sources.tamper.replay import Past, repeated
from sanjian.watch.sources.tamper.signal import Signal
from sanjian.watch.sources.tamper.soft_sensor import LEAST_ROWS, learn

SIZE, START = 72, 1800


def _walk(random: np.random.Generator, length: int, keep: float) -> np.ndarray:
    steps = random.normal(0, np.sqrt(1 - keep**2), length)
    walk = np.zeros(length)
    for i in range(1, length):
        walk[i] = keep * walk[i - 1] + steps[i]
    return walk


@pytest.fixture(scope="module")
def stack() -> Signal:
    """NOx that follows load and temperature with noise of its own, CO beside it, twenty-five days past and a window."""
    random = np.random.default_rng(7)
    length = START + SIZE
    conditions = np.stack([_walk(random, length, 0.97), _walk(random, length, 0.9)], axis=1)
    own = 0.03 * _walk(random, length, 0.5)
    nox = 60 * np.exp(0.12 * conditions[:, 0] + 0.08 * conditions[:, 1] + own)
    co = 3 * np.exp(-0.1 * conditions[:, 0] + 0.1 * _walk(random, length, 0.5))
    sensors = [learn(v[:1000], conditions[:1000]) for v in (nox, co)]
    assert sensors[0] is not None
    assert sensors[1] is not None
    return Signal(
        nox,
        np.zeros(length, bool),
        conditions,
        sensors[0].expected(conditions),
        co[:, None],
        sensors[1].expected(conditions)[:, None],
    )


def signs(signal: Signal) -> dict[str, float]:
    """Signs of the newest block, which is the window."""
    found = {name: float(series[-1]) for name, series in suite.signs(signal).items()}
    return {**found, "repeated": repeated(signal, SIZE)}


def _touched(stack: Signal, window: np.ndarray) -> Signal:
    values = stack.values.copy()
    values[START:] = window
    return replace(stack, values=values)


def test_a_frozen_value_under_noise_is_still_and_smooth(stack: Signal) -> None:
    noise = np.random.default_rng(1).uniform(0.999, 1.001, SIZE)
    found = signs(_touched(stack, 60 * noise))
    assert found["stillness"] > 3
    assert found["smoothness"] > 2


def test_a_moving_average_repeats_its_steps(stack: Signal) -> None:
    total = np.cumsum(stack.values[START - 12 :])
    found = signs(_touched(stack, (total[12:] - total[:-12]) / 12))
    assert found["filtered"] > signs(stack)["filtered"] + 0.5
    assert found["smoothness"] > 1


def test_a_lid_piles_values_up_under_it(stack: Signal) -> None:
    window = stack.values[START:]
    lid = np.quantile(window, 0.7)
    found = signs(_touched(stack, np.minimum(window, lid)))
    assert found["lid"] > 0.25
    assert signs(stack)["lid"] < 0.15


@pytest.mark.parametrize("ratio", [0.7, 0.85])
def test_a_changed_slope_lies_below_what_conditions_say_by_its_logarithm(stack: Signal, ratio: float) -> None:
    before = signs(stack)["lowered"]
    found = signs(_touched(stack, stack.values[START:] * ratio))["lowered"]
    assert found - before == pytest.approx(-np.log(ratio), abs=1e-9)


def test_a_thinned_gas_lowers_all_by_one_ratio(stack: Signal) -> None:
    companions = stack.companions.copy()
    companions[START:] *= 0.75
    thinned = replace(_touched(stack, stack.values[START:] * 0.75), companions=companions)
    assert signs(thinned)["thinned"] - signs(stack)["thinned"] == pytest.approx(-np.log(0.75), abs=0.01)


def test_a_plant_at_lower_load_is_not_lowered(stack: Signal) -> None:
    """The innocent twin of a changed slope: conditions fall, the sensor expects less, the sign stays small."""
    assert abs(signs(stack)["lowered"]) < 0.1


def test_another_signal_on_the_channel_is_a_straight_line_of_it(stack: Signal) -> None:
    other = stack.others[START:, 1]
    noise = np.random.default_rng(2).normal(1, 0.002, SIZE)
    assert signs(_touched(stack, (60 + 6 * other) * noise))["borrowed"] > signs(stack)["borrowed"] + 1


def test_a_copied_stretch_is_like_one_place_only(stack: Signal) -> None:
    noise = np.random.default_rng(3).uniform(0.99, 1.01, SIZE)
    assert signs(_touched(stack, stack.values[400 : 400 + SIZE] * noise))["repeated"] > signs(stack)["repeated"] + 0.5


def test_likeness_finds_the_very_place_and_gives_stillness_nothing() -> None:
    random = np.random.default_rng(4)
    history = random.normal(size=500)
    history[100:160] = 1.0
    found = Past(history).likeness(history[300:340] * 5 + 2)
    assert int(np.argmax(found)) == 300
    assert found[300] == pytest.approx(1)
    assert np.all(found[100:120] == 0)


def test_hours_missing_where_they_would_have_been_high_are_hidden(stack: Signal) -> None:
    window = stack.values[START:]
    cut = np.where(window > np.quantile(window, 0.75), np.nan, window)
    assert signs(_touched(stack, cut))["hidden"] > 3


def test_a_power_cut_of_half_a_day_hides_nothing(stack: Signal) -> None:
    window = stack.values[START:].copy()
    window[20:32] = np.nan
    assert signs(_touched(stack, window))["hidden"] < 3


def test_marks_on_the_highest_hours_excuse_them(stack: Signal) -> None:
    window = stack.values[START:]
    marked = stack.marked.copy()
    marked[START:] = window > np.quantile(window, 0.75)
    served = stack.marked.copy()
    served[START + 30 : START + 42] = True
    excused, service = (signs(replace(stack, marked=m))["excused"] for m in (marked, served))
    assert excused > 2
    assert excused > service + 1


def test_a_sensor_needs_three_weeks_and_learns_the_same_twice(stack: Signal) -> None:
    assert learn(stack.values[: LEAST_ROWS - 1], stack.others[: LEAST_ROWS - 1]) is None
    twice = [learn(stack.values[:700], stack.others[:700]) for _ in range(2)]
    assert twice[0] is not None
    assert twice[1] is not None
    assert np.array_equal(twice[0].expected(stack.others), twice[1].expected(stack.others))


def test_silence_of_the_whole_window_accuses_nobody(stack: Signal) -> None:
    found = signs(_touched(stack, np.full(SIZE, np.nan)))
    assert all(np.isfinite(v) and v <= 0.5 for v in found.values())


def test_what_honest_windows_show_is_no_surprise_and_beyond_them_surprise_grows() -> None:
    known = fusion.honest(np.random.default_rng(5).normal(size=400).tolist())
    assert known.chance(0.0) == pytest.approx(0.5, abs=0.06)
    chances = [known.chance(x) for x in (1.0, 2.0, 4.0, 8.0)]
    assert chances == sorted(chances, reverse=True)
    assert chances[-1] < 1e-4


def test_families_join_and_signs_of_one_family_count_once() -> None:
    quiet = dict.fromkeys(fusion.FAMILIES, 0.0)
    value = fusion.fused({**quiet, "lid": 4.0})
    assert fusion.fused({**quiet, "lid": 4.0, "smoothness": 4.0}) == pytest.approx(value)
    assert fusion.fused({**quiet, "lid": 4.0, "lowered": 4.0}) > value
    assert 0 <= fusion.probability(fusion.fused(quiet)) < 0.01
    assert fusion.probability(fusion.fused({**quiet, "lid": 8.0})) > 0.99
