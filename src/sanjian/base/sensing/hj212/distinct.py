"""Distinct values of an array that has few of them, without sorting it."""

import numpy as np

from .tokens import Ints

_FEW = 32


def distinct(values: Ints) -> tuple[list[int], Ints]:
    """The distinct values, in no promised order, and the place of each entry among them.

    Comparing with one value after the other beats sorting as long as there are few; beyond 32 the rest is sorted.
    """
    found: list[int] = []
    places = np.zeros(values.size, dtype=np.int64)
    left = np.arange(values.size)
    while left.size and len(found) < _FEW:
        mine = values[left]
        same = mine == mine[0]
        places[left[same]] = len(found)
        found.append(int(mine[0]))
        left = left[~same]
    if left.size:
        rest, inverse = np.unique(values[left], return_inverse=True)
        places[left] = inverse.reshape(-1) + len(found)
        found += rest.tolist()
    return found, places
