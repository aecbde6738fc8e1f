"""Chance that can be looked up: the same minute always has the same noise, whichever day is computed first.

Values hang on knots; each day's knots come from a generator keyed by plan, matter and day, and neighbouring days share
the knot at midnight. So a day can be computed alone, without everything before it, and two processes agree.
"""

import numpy as np
from numpy.typing import NDArray

from .clock import DAY
from .plan import Plan


def smooth(plan: Plan, day: int, every: int, *about: str | int) -> NDArray[np.float64]:
    """1440 values of a smooth random curve with unit variance at its knots.

    Args:
        every: minutes between knots; divides 1440.
        about: what the curve is for, e.g. ("sources", device number, "load").
    """
    count = DAY // every
    here = plan.random("noise", *about, day + _SHIFT).standard_normal(count)
    after = plan.random("noise", *about, day + 1 + _SHIFT).standard_normal(1)
    return np.asarray(np.interp(np.arange(DAY), np.arange(count + 1) * every, np.concatenate([here, after])))


def rough(plan: Plan, day: int, *about: str | int) -> NDArray[np.float64]:
    """1440 independent standard normal values: what an instrument adds to each reading."""
    return plan.random("rough", *about, day + _SHIFT).standard_normal(DAY)


_SHIFT = 100_000
"""Days before the opening are negative, and a seed may not be."""
