"""A quick search for replays in the whole past of a series: three-hour means, all places and speeds as one product.

It finds where to look; whether a block is a replay is asked of `replay.repetition`, which is exact.
"""

from itertools import pairwise

import numpy as np

from .replay import SPEEDS, bridged
from .signal import Array

STEP = 3
"""Hours of one mean (our choice): fine enough for the day's shape, coarse enough for one matrix product."""


def best_likeness(logs: Array, size: int) -> Array:
    """For each block the best correlation with any stretch that ended before it began, (n,) -> (n // size,).

    Blocks are counted from the end. NaN is bridged; a block or stretch without movement is like nothing.
    """
    count = len(logs) // size
    series = bridged(logs).astype(np.float32)
    first = len(series) - count * size
    found = np.zeros(count)
    longest = round(size / min(SPEEDS))
    if len(series) < longest + size:
        return found
    for speed in SPEEDS[::2]:
        length = round(size / speed)
        # A window of `length` hours of the past, played at `speed`, gives the block's hours.
        places = np.arange(0, len(series) - length + 1)
        table = _standard(_means(np.lib.stride_tricks.sliding_window_view(series, length), size // STEP))
        queries = _standard(series[first:].reshape(count, size // STEP, STEP).mean(axis=2))
        likeness = queries @ table.T
        starts = first + size * np.arange(count)
        # No stretch of the block's own hours or later.
        likeness[places[None, :] + length > starts[:, None]] = 0.0
        found = np.maximum(found, likeness.max(axis=1))
    return found


def _means(windows: Array, parts: int) -> Array:
    """Means of `parts` nearly equal parts of each window, by running sums: (w, length) -> (w, parts)."""
    length = windows.shape[1]
    edges = np.linspace(0, length, parts + 1).round().astype(int)
    base = windows[:, 0] if len(windows) else windows
    whole = np.concatenate([base, windows[-1, 1:]]).astype(np.float64)
    total = np.concatenate([[0.0], np.cumsum(whole)])
    starts = np.arange(len(windows))
    return np.stack([(total[starts + b] - total[starts + a]) / (b - a) for a, b in pairwise(edges)], axis=1).astype(
        np.float32
    )


def _standard(rows: Array) -> Array:
    centred = rows - rows.mean(axis=1, keepdims=True)
    strength = np.sqrt((centred**2).sum(axis=1, keepdims=True))
    return np.where(strength > 1e-3, centred / np.maximum(strength, 1e-3), 0.0).astype(np.float32)
