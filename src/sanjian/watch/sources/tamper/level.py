"""Signs in the level: lower than working conditions and its own past say (R05, R14), or all gases at once (R09)."""

import numpy as np

from .signal import Array, Signal, mean, median

DAYS_BEFORE = 14
"""How many days before the window the soft sensor is held to its own bias (our choice): a yearly retuning is gone in
two weeks, a step at the window's start is not."""


def lowered(signal: Signal, size: int) -> float:
    """How far the window lies below what the soft sensor expects, as a logarithm: 0.36 for x0.7."""
    return -_shift(signal.logs, signal.expected, signal.start, size)


def thinned(signal: Signal, size: int, spreads: Array) -> float:
    """How far all pollutants lie below at once, as a logarithm: R09.

    Args:
        spreads: standard deviation of an honest window's shift for the pollutant and each companion, shape (1 + k,).

    A thinning lowers each by the same ratio, so the shifts are averaged by their precision.
    """
    shifts = [_shift(signal.logs, signal.expected, signal.start, size)]
    logs = np.log(np.maximum(signal.companions, 1e-6))
    shifts += [_shift(logs[:, k], signal.companions_expected[:, k], signal.start, size) for k in range(logs.shape[1])]
    weights = 1 / np.maximum(spreads, 1e-3) ** 2
    known = ~np.isnan(shifts)
    if not known.any():
        return 0.0
    return float(-np.sum(np.array(shifts)[known] * weights[known]) / np.sum(weights[known]))


def shifts_of_past(logs: Array, expected: Array, start: int, size: int) -> Array:
    """The same shift for windows of the past, one window apart."""
    first = DAYS_BEFORE * 24
    return np.array([_shift(logs, expected, i, size) for i in range(first, start - size + 1, size)])


def _shift(logs: Array, expected: Array, start: int, size: int) -> float:
    residual = logs - expected
    before = median(residual[max(0, start - DAYS_BEFORE * 24) : start])
    shift = mean(residual[start : start + size]) - before
    return 0.0 if np.isnan(shift) else shift
