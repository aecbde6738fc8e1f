"""What one device measures in one day, minute by minute: the one form that behaviour, cheats and the wire share."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from .clock import DAY

NORMAL, MAINTENANCE, CALIBRATION, STOPPED, FAULT = "N", "M", "C", "F", "D"
"""Flags of HJ 212-2017, table 8."""


@dataclass(slots=True)
class Minutes:
    """One day of one device.

    Args:
        values: factor code -> 1440 values in the unit that the device sends; NaN where it measures nothing.
        flags: 1440 flags.
        is_silent: 1440 times whether the device sends nothing at all.
    """

    values: dict[str, NDArray[np.float64]]
    flags: NDArray[np.str_]
    is_silent: NDArray[np.bool_]

    @classmethod
    def running(cls, values: dict[str, NDArray[np.float64]]) -> "Minutes":
        """A day on which the device sends everything as normal."""
        return cls(values, np.full(DAY, NORMAL), np.zeros(DAY, dtype=bool))

    def copy(self) -> "Minutes":
        """One that can be changed."""
        values = {code: series.copy() for code, series in self.values.items()}
        return Minutes(values, self.flags.copy(), self.is_silent.copy())


def part_of_day(day: int, since: int, until: int) -> slice:
    """The minutes of a day (counted from the opening) that lie in [since, until), as a slice of its 1440."""
    begin = day * DAY
    return slice(min(max(since - begin, 0), DAY), min(max(until - begin, 0), DAY))
