"""What the signs look at: a window of hourly values of one pollutant, its past, and what else was measured then."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.floating[Any]]
Mask = npt.NDArray[np.bool_]

LEAST = 1e-6
"""Floor before a logarithm (our choice): below any resolution of an analyser."""


@dataclass(frozen=True, slots=True)
class Signal:
    """One pollutant with its past and its window in one row of equal steps.

    Args:
        values: as reported, any unit above zero; NaN where nothing came. Shape (n,).
        marked: hours that the operator marked as not to be judged (maintenance, calibration, fault). Shape (n,).
        others: working conditions and other factors measured at the same moments, no NaN. Shape (n, m).
        start: index at which the window begins; everything before it is the past.
        expected: logarithm of the value that the soft sensor expects, NaN without one. Shape (n,).
        companions: other pollutants of the same gas or water, for whatever thins all of them. Shape (n, k).
        companions_expected: as `expected`, for the companions. Shape (n, k).
    """

    values: Array
    marked: Mask
    others: Array
    start: int
    expected: Array
    companions: Array
    companions_expected: Array

    @property
    def logs(self) -> Array:
        """Natural logarithm of the values; NaN stays NaN."""
        return logs(self.values)


def logs(values: Array) -> Array:
    """Natural logarithm with a floor, so that a zero is very low and not minus infinity."""
    return np.asarray(np.log(np.maximum(values, LEAST)))


def median(values: Array) -> float:
    """Median without NaN; NaN when nothing is left."""
    known = values[~np.isnan(values)]
    return float(np.median(known)) if known.size else float("nan")


def spread(values: Array) -> float:
    """Standard deviation without NaN; NaN with fewer than two left."""
    known = values[~np.isnan(values)]
    return float(np.std(known)) if known.size > 1 else float("nan")


def mean(values: Array) -> float:
    """Mean without NaN; NaN when nothing is left."""
    known = values[~np.isnan(values)]
    return float(np.mean(known)) if known.size else float("nan")
