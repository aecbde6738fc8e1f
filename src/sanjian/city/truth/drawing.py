"""Drawing what happens to whom: rates, times and durations, the same for every part."""

from collections.abc import Mapping
from typing import NamedTuple

import numpy as np

from ..clock import DAY

FIRST_DAY, LAST_DAY = -7, 23
"""Events lie in this stretch of days: the past that a new city has, and three weeks to come."""


class Cause(NamedTuple):
    """How one cause is drawn.

    Args:
        weight: against the other causes of its nature.
        hours: shortest and longest duration.
        size: smallest and largest, in the cause's own unit.
    """

    weight: float
    hours: tuple[float, float]
    size: tuple[float, float]


class Drawn(NamedTuple):
    """One cause with its time and size."""

    cause: str
    since: int
    until: int
    size: float


def draw(rng: np.random.Generator, causes: Mapping[str, Cause]) -> Drawn:
    """One of the causes at a time of its own."""
    names = list(causes)
    weights = np.array([causes[name].weight for name in names])
    name = names[int(rng.choice(len(names), p=weights / weights.sum()))]
    cause = causes[name]
    length = int(rng.uniform(*cause.hours) * 60)
    since = int(rng.integers(FIRST_DAY * DAY, LAST_DAY * DAY - length))
    return Drawn(name, since, since + length, round(float(rng.uniform(*cause.size)), 4))


def overlaps(one: Drawn, others: list[Drawn], apart: int = DAY) -> bool:
    """Whether it comes nearer than a day to another: two causes at once would be two truths for one curve."""
    return any(one.since < other.until + apart and other.since < one.until + apart for other in others)
