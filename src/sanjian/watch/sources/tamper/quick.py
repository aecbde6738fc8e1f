"""A soft sensor that costs a few milliseconds: ridge regression on conditions, their squares and products.

It serves to look at every hour of every outlet. What it finds strange is asked again of the trees (`soft_sensor`),
which err half as much a season later but cost a hundred times more.
"""

import numpy as np
import numpy.typing as npt

from .signal import Array
from .soft_sensor import LEAST_ROWS

Indices = npt.NDArray[np.intp]

STIFFNESS = 1.0
"""Ridge penalty in units of one row (our choice)."""
MOST_CONDITIONS = 10
"""Products of more conditions than this teach noise (our choice): beyond, only squares are taken."""


def quick_expected(logs: Array, conditions: Array, learned: slice, asked: slice) -> Array:
    """Logarithms expected in `asked` by a sensor learned in `learned`; NaN when there is too little to learn from.

    Args:
        logs: logarithm of the values that count, NaN elsewhere. Shape (n,).
        conditions: NaN allowed, taken as ordinary. Shape (n, m).
    """
    known = ~np.isnan(logs[learned])
    size = len(logs[asked])
    if int(known.sum()) < LEAST_ROWS or conditions.shape[1] == 0:
        return np.full(size, np.nan)
    past = conditions[learned][known]
    centre, width = np.nanmean(past, axis=0), np.nanstd(past, axis=0)
    moving = width > 1e-9
    if not moving.any():
        return np.full(size, np.nan)

    def design(part: Array) -> Array:
        # Outside what was seen a parabola runs away: conditions are held at four deviations.
        flat = np.clip(np.nan_to_num((part[:, moving] - centre[moving]) / width[moving]), -4, 4)
        first, second = _pairs(flat.shape[1])
        return np.concatenate([np.ones((len(flat), 1)), flat, flat[:, first] * flat[:, second]], axis=1)

    table, target = design(past), logs[learned][known]
    weights = np.linalg.solve(table.T @ table + STIFFNESS * np.eye(table.shape[1]), table.T @ target)
    low, high = target.min() - 0.5, target.max() + 0.5
    return np.asarray(np.clip(design(conditions[asked]) @ weights, low, high))


def _pairs(count: int) -> tuple[Indices, Indices]:
    first, second = np.triu_indices(count)
    return (first, second) if count <= MOST_CONDITIONS else (np.arange(count), np.arange(count))
