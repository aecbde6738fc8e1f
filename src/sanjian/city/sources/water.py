"""Waste water: what leaves follows production through a basin, and rain where rain comes in.

Wet-chemistry analysers (COD, ammonia, phosphorus, nitrogen) measure every two hours and hold their value between
(HJ 353-2019); flow, pH and temperature are measured all the time.
"""

from typing import NamedTuple

import numpy as np

from ..clock import DAY
from ..minutes import Minutes
from ..noise import rough, smooth
from ..plan import Plan
from .load import Series, load

HOLD = 120
"""Minutes between two analyses."""


class Works(NamedTuple):
    """A kind of works: flow in m3/h at full load, hours that its basin evens out, pH, clean values in mg/L."""

    flow: float
    basin_h: float
    ph: float
    clean: dict[str, float]


WORKS = {
    "chemical_water": Works(45, 10, 7.4, {"w01018": 31, "w21003": 1.9, "w21001": 8.2}),
    "electroplating_water": Works(18, 5, 8.0, {"w01018": 38, "w21003": 4.1}),
    "food_water": Works(30, 7, 7.2, {"w01018": 29, "w21003": 2.4}),
    "sewage_plant": Works(4200, 14, 7.1, {"w01018": 19, "w21003": 0.9, "w21001": 9.1, "w21011": 0.21}),
}


def minutes(plan: Plan, device: str, process: str, day: int, rain_mm_h: Series) -> Minutes:
    """One honest day of an outlet.

    Args:
        rain_mm_h: rain of each minute; it reaches a sewage plant through the sewers and thins what is in them.
    """
    works, level = WORKS[process], plan.random("works", device).lognormal(0.0, 0.2)
    before, today = (load(plan, device, process, d) for d in (day - 1, day))
    even = _even(np.concatenate([before, today]), works.basin_h)
    wet = 1 + (0.25 * _even(np.concatenate([rain_mm_h, rain_mm_h]), 3) if process == "sewage_plant" else 0 * even)
    flow = works.flow * even * wet * (1 + 0.015 * rough(plan, day, "flow", device))
    values: dict[str, Series] = {"w00000": flow}
    at = np.arange(DAY) // HOLD * HOLD
    for n, (factor, clean) in enumerate(works.clean.items()):
        drift = 0.12 * smooth(plan, day, 720, "drift", device, n) + 0.07 * smooth(plan, day, 120, "biology", device, n)
        made = clean * level * (0.7 + 0.3 * even / 0.8) / np.sqrt(wet) * np.exp(drift)
        values[factor] = (made * (1 + 0.02 * rough(plan, day, factor, device)))[at]
    values["w01001"] = works.ph + 0.12 * smooth(plan, day, 90, "ph", device) + 0.01 * rough(plan, day, "ph", device)
    return Minutes.running(values)


def _even(two_days: Series, hours: float) -> Series:
    """What a basin makes of an inflow: the mean of its last hours; the second of two days."""
    window = int(hours * 60)
    total = np.concatenate([[0.0], np.cumsum(two_days)])
    return np.asarray((total[window:] - total[:-window])[-DAY:] / window)
