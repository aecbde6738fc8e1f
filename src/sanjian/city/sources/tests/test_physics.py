"""Sources behave as physics has it, and a day alone is the same day as in a run."""

import numpy as np
import pytest

from sanjian.city.minutes import CALIBRATION, STOPPED, Minutes
from sanjian.city.plan import Plan
from sanjian.city.sources import gas, honest, water
from sanjian.city.sources.load import load
from sanjian.city.sources.processes import PROCESSES

PLAN = Plan(0.01, 1)


def row(process: str, device: str = "C1") -> dict[str, object]:
    return {"device_mn": device, "process": process, "medium": PROCESSES[process].medium}


@pytest.mark.parametrize("process", PROCESSES)
def test_a_day_alone_is_the_day_of_a_run_and_midnight_is_no_edge(process: str) -> None:
    days = [honest.minutes(PLAN, row(process), day) for day in (3, 4)]
    again = honest.minutes(PLAN, row(process), 4)
    for code, series in days[1].values.items():
        assert np.array_equal(series, again.values[code])
    key = "w00000" if PROCESSES[process].medium == "water" else "a01012"
    before, after = days[0].values[key][-5:].mean(), days[1].values[key][:5].mean()
    assert abs(after - before) <= 0.1 * max(before, after)


@pytest.mark.parametrize("process", PROCESSES)
def test_most_honest_hours_keep_the_limit(process: str) -> None:
    over = hours = 0
    for n in range(6):
        found = honest.minutes(PLAN, row(process, f"D{n}"), n)
        for limit in PROCESSES[process].limits:
            if limit.factor in found.values:
                normal = np.where(found.flags == "N", found.values[limit.factor], np.nan).reshape(24, 60)
                means = np.array([np.nanmean(h) for h in normal if not np.isnan(h).all()])
                over, hours = over + int((means > limit.upper).sum()), hours + len(means)
    assert hours > 40
    assert over <= 0.01 * hours


def test_flow_follows_load_and_air_comes_with_low_load() -> None:
    share = load(PLAN, "C1", "coal_boiler", 0)
    found = gas.minutes(PLAN, "C1", "coal_boiler", 0)
    assert np.corrcoef(share, found.values["a00000"])[0, 1] > 0.6
    assert np.corrcoef(share, found.values["a19001"])[0, 1] < -0.3


def test_waste_water_follows_production_through_the_basin() -> None:
    flows = [water.minutes(PLAN, "W1", "food_water", day, np.zeros(1440)).values["w00000"] for day in range(2)]
    jumps = np.abs(np.diff(load(PLAN, "W1", "food_water", 1))).max()
    even = flows[1].reshape(-1, 30).mean(axis=1)
    assert np.abs(np.diff(even)).max() / even.max() < max(jumps, 0.12)


def test_rain_reaches_the_sewage_plant_and_thins_what_it_takes_in() -> None:
    dry, wet = (water.minutes(PLAN, "S1", "sewage_plant", 2, np.full(1440, rain)) for rain in (0.0, 8.0))
    assert wet.values["w00000"].mean() > 1.3 * dry.values["w00000"].mean()
    assert wet.values["w01018"].mean() < dry.values["w01018"].mean()


def test_wet_chemistry_holds_its_value_between_analyses() -> None:
    cod = water.minutes(PLAN, "S1", "sewage_plant", 2, np.zeros(1440)).values["w01018"].reshape(-1, water.HOLD)
    assert (cod == cod[:, :1]).all()
    assert len(np.unique(cod[:, 0])) == len(cod)


def test_calibration_is_two_plateaus_with_their_flag() -> None:
    found = honest.minutes(PLAN, row("coal_boiler"), 0)
    marked = np.flatnonzero(found.flags == CALIBRATION)
    assert len(marked) == honest.CALIBRATION_MIN
    zero, span = np.split(found.values["a21026"][marked], 2)
    assert zero.max() < 0.05 * span.min()


def test_a_stopped_unit_says_so_and_breathes_air() -> None:
    found: Minutes = gas.minutes(PLAN, "T7", "gas_turbine", 1)
    off = found.flags == STOPPED
    if off.any():
        assert found.values["a00000"][off].max() == 0
        assert found.values["a19001"][off].min() > 20
