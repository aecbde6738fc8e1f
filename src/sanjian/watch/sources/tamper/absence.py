"""Data that are missing or excused just when they would have been too high: R19 and R20.

Both ask the same question of ranks: are the values in the hours that do not count higher than in the hours that do?
For marked hours the raw values are there and are asked; for missing hours the soft sensor answers for them, and the
values on both sides of each hole.
"""

import numpy as np

from .signal import Array, Mask, Signal, blocks

FEW = 3
"""Fewer missing or marked hours than this say nothing (our choice)."""

ALIKE = 0.7
"""Likeness of neighbouring hours that the rank test allows for (our choice; 0.87 in NOx of the gas turbine)."""


def hidden(signal: Signal, size: int) -> Array:
    """How much more the missing hours would have shown than the present ones: z of the rank sum of a block, R19."""
    values, expected = blocks(signal.logs, size), blocks(signal.expected, size)
    found = np.zeros(len(values))
    # Few blocks have holes: only these are looked at one by one.
    for n in np.flatnonzero(_may_tell(np.isnan(values))):
        missing = np.isnan(values[n])
        foreseen = expected[n] + _bias(values[n] - expected[n])
        found[n] = _rank_z(foreseen, missing) + _rank_z(values[n], _at_edges(values[n], missing))
    return found


def excused(signal: Signal, size: int) -> Array:
    """How much higher the marked hours of a block are than the unmarked: z of the rank sum, R20 (b)."""
    values, marked = blocks(signal.logs, size), blocks(signal.marked.astype(float), size) > 0
    found = np.zeros(len(values))
    for n in np.flatnonzero(_may_tell(marked)):
        found[n] = _rank_z(values[n], marked[n])
    return found


def _may_tell(chosen: Mask) -> Mask:
    count = np.count_nonzero(chosen, axis=1)
    return np.asarray((count >= FEW) & (count <= chosen.shape[1] - FEW))


def _bias(residual: Array) -> Array:
    """What the sensor misses by, hour by hour around each hole: the plant's state of that day."""
    known = ~np.isnan(residual)
    if not known.any():
        return np.zeros(len(residual))
    places = np.arange(len(residual))
    return np.asarray(np.interp(places, places[known], residual[known]))


def _at_edges(values: Array, missing: Mask) -> Mask:
    before = np.append(missing[1:], False)
    after = np.append(False, missing[:-1])
    return np.asarray((before | after) & ~np.isnan(values))


def _rank_z(values: Array, chosen: Mask) -> float:
    known = ~np.isnan(values)
    inside, outside = known & chosen, known & ~chosen
    n, m = int(inside.sum()), int(outside.sum())
    if n < FEW or m < FEW:
        return 0.0
    order = np.empty(n + m)
    order[np.argsort(np.concatenate([values[inside], values[outside]]), kind="stable")] = np.arange(1, n + m + 1)
    u = order[:n].sum() - n * (n + 1) / 2
    # Neighbouring hours resemble each other: a block of hours is worth little more than one of them.
    runs = int(np.sum(np.diff(np.concatenate([[0], chosen.astype(int)])) == 1))
    alike = 1 + ALIKE * (chosen.sum() / max(runs, 1) - 1)
    return float((u - n * m / 2) / np.sqrt(n * m * (n + m + 1) / 12 * alike))
