"""What the signs look at: hourly values of one pollutant and whatever else was measured, cut into blocks.

Signs are computed for all blocks of a series at once, each against the blocks before it: a year of an outlet costs a
few milliseconds, and the newest block costs no more than the others. Blocks are counted from the end.
"""

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
    """One pollutant in one row of equal steps; the newest hour is the last.

    Args:
        values: as reported, any unit above zero; NaN where nothing came. Shape (n,).
        marked: hours that the operator marked as not to be judged (maintenance, calibration, fault). Shape (n,).
        others: working conditions and other factors measured at the same moments. Shape (n, m).
        expected: logarithm of the value that the soft sensor expects, NaN without one. Shape (n,).
        companions: other pollutants of the same gas or water, for whatever thins all of them. Shape (n, k).
        companions_expected: as `expected`, for the companions. Shape (n, k).
    """

    values: Array
    marked: Mask
    others: Array
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


def blocks(series: Array, size: int) -> Array:
    """Blocks of a series, counted from the end: (n, ...) -> (n // size, size, ...); what is left over is the oldest."""
    count = len(series) // size
    return series[len(series) - count * size :].reshape(count, size, *series.shape[1:])


def median(values: Array, axis: int = -1) -> Array:
    """Median along an axis without NaN; NaN where nothing is left."""
    ordered = np.sort(np.moveaxis(values, axis, -1), axis=-1)  # NaN goes last
    known = np.count_nonzero(~np.isnan(ordered), axis=-1)[..., None]
    low, high = np.maximum(known - 1, 0) // 2, np.minimum(known // 2, ordered.shape[-1] - 1)
    middle = (np.take_along_axis(ordered, low, -1) + np.take_along_axis(ordered, high, -1)) / 2
    return np.asarray(np.where(known > 0, middle, np.nan)[..., 0])


def mean(values: Array, axis: int = -1) -> Array:
    """Mean along an axis without NaN; NaN where nothing is left."""
    known = ~np.isnan(values)
    count = np.count_nonzero(known, axis=axis)
    total = np.where(known, values, 0.0).sum(axis=axis)
    return np.asarray(np.where(count > 0, total / np.maximum(count, 1), np.nan))


def spread(values: Array, axis: int = -1) -> Array:
    """Standard deviation along an axis without NaN; NaN with fewer than two left."""
    count = np.count_nonzero(~np.isnan(values), axis=axis)
    square = mean((values - np.expand_dims(mean(values, axis), axis)) ** 2, axis)
    return np.asarray(np.where(count > 1, np.sqrt(np.maximum(square, 0.0)), np.nan))


def before(figures: Array, count: int) -> Array:
    """The median of the `count` figures before each, along the first axis; NaN where none is known."""
    if not len(figures):
        return figures
    padded = np.concatenate([np.full((count, *figures.shape[1:]), np.nan), figures[:-1]])
    return median(np.lib.stride_tricks.sliding_window_view(padded, count, axis=0))
