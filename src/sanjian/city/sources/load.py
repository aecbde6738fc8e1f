"""How hard a plant works: shifts, weekdays, weather, and the slow moods of a process."""

import numpy as np
from numpy.typing import NDArray

from ..clock import DAY
from ..noise import smooth
from ..plan import Plan

Series = NDArray[np.float64]
CONTINUOUS = {"coal_boiler", "waste_incinerator", "chemical_water", "sewage_plant"}
"""Processes that run day and night; the others follow shifts."""


def load(plan: Plan, device: str, process: str, day: int) -> Series:
    """Share of full load for each minute, 0 to 1.05.

    Continuous processes swing slowly around 0.8; the others work one, two or three shifts, less on the seventh day. Day
    0 may be any weekday: the city's own week begins with it.
    """
    mood = 0.8 + 0.06 * smooth(plan, day, 240, "load", device) + 0.02 * smooth(plan, day, 30, "swing", device)
    if process in CONTINUOUS:
        return np.clip(mood, 0.4, 1.05)
    rng = plan.random("shifts", device)
    begins, hours = 6 + int(rng.integers(0, 3)), int(rng.choice([10, 16, 24], p=[0.4, 0.35, 0.25]))
    if hours == 24:
        on = np.ones(DAY)
    else:
        minute = np.arange(DAY)
        edge = 8.0
        on = _ramp(minute - begins * 60, edge) * _ramp((begins + hours) * 60 - minute, edge)
        on = np.maximum(on, _ramp((begins + hours - 24) * 60 - minute, edge))  # the late shift of the day before
    rest = 0.45 if day % 7 == 6 and rng.random() < 0.6 else 1.0
    return np.clip(mood * on * rest, 0.0, 1.05)


def _ramp(since: NDArray[np.int64] | Series, minutes: float) -> Series:
    """0 before, 1 after, in between a ramp of some minutes."""
    return np.clip(since / minutes, 0.0, 1.0)
