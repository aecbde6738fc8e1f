"""Signs in the level: lower than working conditions and its own past say (R05, R14), or all gases at once (R09)."""

import numpy as np

from .signal import Array, Signal, blocks, logs, mean, median

BIAS_H = 336
"""How many hours before a block the soft sensor is held to its own bias (our choice): a yearly retuning is gone in two
weeks, a step at the block's start is not."""


def lowered(signal: Signal, size: int) -> Array:
    """How far each block lies below what the soft sensor expects, as a logarithm: 0.36 for x0.7."""
    return np.nan_to_num(-shifts(signal.logs, signal.expected, size))


def thinned(signal: Signal, size: int) -> Array:
    """How far all pollutants lie below at once, as a logarithm: R09.

    A thinning lowers each by the same ratio, so the shifts are averaged by their precision.
    """
    pairs = [(signal.logs, signal.expected)]
    others = signal.companions.shape[1]
    pairs += [(logs(signal.companions[:, k]), signal.companions_expected[:, k]) for k in range(others)]
    found = np.stack([shifts(y, e, size) for y, e in pairs], axis=1)
    weights = np.where(np.isnan(found), 0.0, 1 / usual_shift(found) ** 2)
    total = weights.sum(axis=1)
    lower = -(np.nan_to_num(found) * weights).sum(axis=1)
    return np.asarray(lower / np.where(total > 0, total, 1.0))


def usual_shift(found: Array) -> Array:
    """How much the blocks of each column shift without anyone's doing: a robust standard deviation, at least 0.001."""
    deviation = 1.4826 * median(np.abs(found - median(found, axis=0)), axis=0)
    return np.asarray(np.maximum(np.nan_to_num(deviation, nan=1.0), 1e-3))


def shifts(values: Array, expected: Array, size: int) -> Array:
    """Mean residual of each block less the median residual of BIAS_H before it; NaN where either is unknown."""
    residual = values - expected
    count = len(residual) // size
    padded = np.concatenate([np.full(BIAS_H, np.nan), residual])
    starts = len(residual) - size * np.arange(count, 0, -1)
    past = np.lib.stride_tricks.sliding_window_view(padded, BIAS_H)[starts]
    return mean(blocks(residual, size)) - median(past)
