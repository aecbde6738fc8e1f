"""Vehicle identification numbers and plates, many at once; every VIN's check digit holds.

Source: GB 16735-2019 (VIN, the ninth symbol is computed), GA 36-2018 (plates).
"""

import numpy as np
from numpy.typing import NDArray

SYMBOLS = "0123456789ABCDEFGHJKLMNPRSTUVWXYZ"
_VALUES = dict(
    zip("ABCDEFGHJKLMNPRSTUVWXYZ", [1, 2, 3, 4, 5, 6, 7, 8, 1, 2, 3, 4, 5, 7, 9, 2, 3, 4, 5, 6, 7, 8, 9], strict=True)
)
_VALUE = np.array([int(s) if s.isdigit() else _VALUES[s] for s in SYMBOLS])
_WEIGHT = np.array([8, 7, 6, 5, 4, 3, 2, 10, 0, 9, 8, 7, 6, 5, 4, 3, 2])
_YEARS = "ABCDEFGHJKLMNPRSTVWXY"
"""Model years from 2010 on."""
_MAKERS = ("LZZ", "LFW", "LGA", "LZG", "LRD", "LS1")
_LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ"
"""Plates use no I and no O."""


def vins(rng: np.random.Generator, years: NDArray[np.int64]) -> list[str]:
    """A VIN for each model year (2010-2030), all different."""
    count = len(years)
    at = np.zeros((count, 17), dtype=np.int64)
    makers = np.array([[SYMBOLS.index(s) for s in maker] for maker in _MAKERS])
    at[:, :3] = makers[rng.integers(0, len(makers), count)]
    at[:, 3:8] = rng.integers(0, len(SYMBOLS), (count, 5))
    at[:, 9] = np.array([SYMBOLS.index(s) for s in _YEARS])[years - 2010]
    at[:, 10] = rng.integers(10, len(SYMBOLS), count)
    serial = rng.permutation(1_000_000)[:count] if count <= 1_000_000 else np.arange(count)
    at[:, 11:] = serial[:, None] // 10 ** np.arange(5, -1, -1) % 10
    check = (_VALUE[at] * _WEIGHT).sum(axis=1) % 11
    letters = np.array(list(SYMBOLS))[at]
    letters[:, 8] = np.where(check == 10, "X", check.astype(str))
    return ["".join(row) for row in letters]


def fault(vin: str) -> str | None:
    """What is wrong with a VIN, None when its check digit holds."""
    if len(vin) != 17 or not set(vin) <= set(SYMBOLS):
        return "应为 17 位，不使用 I、O、Q"
    check = sum(int(_VALUE[SYMBOLS.index(s)]) * int(w) for s, w in zip(vin, _WEIGHT, strict=True)) % 11
    return None if vin[8] == "0123456789X"[check] else f"第 9 位应为 {'0123456789X'[check]}"


def plates(rng: np.random.Generator, count: int) -> list[str]:
    """Yellow plates of the city, all different: 沪, two letters, four digits."""
    numbers = rng.permutation(len(_LETTERS) ** 2 * 10_000)[:count]
    first, second = numbers // 10_000 // len(_LETTERS), numbers // 10_000 % len(_LETTERS)
    return [f"沪{_LETTERS[a]}{_LETTERS[b]}{n % 10_000:04d}" for a, b, n in zip(first, second, numbers, strict=True)]
