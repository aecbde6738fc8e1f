"""Stretches of hours that are equal value for value in two series, anywhere in a city: R16 across outlets.

Windows of twelve values are hashed and sorted, so that all outlets are searched at the cost of one sort; what collides
is followed hour by hour to its length. A stretch counts by its information: hours times the entropy of its steps must
be more than chance could bring among all pairs of a city.
"""

from typing import Any

import numpy as np
import numpy.typing as npt
import polars as pl

from .signal import Array

WIDTH = 12
"""Hours of a hashed window: our notes ask for twelve equal values."""
LEAST_BITS = 80.0
"""Information that no pair of the ~2^50 pairs of windows of a city has in common by chance (our choice)."""
PIECE = 1024
MOST_PAIRS = 200_000
"""Collisions that are followed (our choice): more than that is a defect of the data, not a copy."""
_FACTOR = np.uint64(0x9E3779B97F4A7C15)


def twins(rows: pl.DataFrame) -> pl.DataFrame:
    """Hours that repeat another series, the later of the two (both when they are of the same time).

    Args:
        rows: device_mn, factor_code, at (whole hours, UTC), value (not null): one row a datum.

    Returns:
        device_mn, factor_code, at, value, other_mn, other_factor, other_at, sorted by the first three.
    """
    ordered = rows.sort("device_mn", "factor_code", "at")
    if ordered.height < 2 * WIDTH:
        return _none()
    values = ordered["value"].to_numpy()
    hours = (ordered["at"].dt.epoch("s") // 3600).to_numpy()
    series = (ordered["device_mn"].rle_id().cast(pl.Int64) * 100_000 + ordered["factor_code"].rle_id()).to_numpy()
    starts = _colliding(values, hours, series)
    found = [part for a, b in starts for part in [_followed(values, hours, series, int(a), int(b))] if part is not None]
    if not found:
        return _none()
    later, earlier = (np.concatenate([part[k] for part in found]) for k in (0, 1))
    names = ["device_mn", "factor_code", "at"]
    own = ordered[later.tolist()].select(*names, "value")
    other = ordered[earlier.tolist()].select(other_mn="device_mn", other_factor="factor_code", other_at="at")
    found_rows: pl.DataFrame = own.hstack(other)
    return found_rows.unique(names, keep="first").sort(names)


def _none() -> pl.DataFrame:
    moment = pl.Datetime("us", "UTC")
    schema: dict[str, Any] = {"device_mn": pl.String, "factor_code": pl.String, "at": moment, "value": pl.Float64}
    return pl.DataFrame(schema={**schema, "other_mn": pl.String, "other_factor": pl.String, "other_at": moment})


def _colliding(values: Array, hours: npt.NDArray[np.int64], series: npt.NDArray[np.int64]) -> list[tuple[int, int]]:
    """Pairs of places at which equal windows begin and did not begin an hour before; one pair of each collision."""
    bits = np.ascontiguousarray(values + 0.0).view(np.uint64)
    last = len(values) - WIDTH + 1
    hashed = np.zeros(last, np.uint64)
    moves = np.zeros(last, np.int8)
    for k in range(WIDTH):
        hashed = (hashed ^ bits[k : k + last]) * _FACTOR
        hashed ^= hashed >> np.uint64(29)
        if k:
            moves += values[k : k + last] != values[k - 1 : k - 1 + last]
    whole = (series[WIDTH - 1 :] == series[:last]) & (hours[WIDTH - 1 :] - hours[:last] == WIDTH - 1)
    # A window of few steps is like many by nature: standing still is another rule's matter.
    places = np.flatnonzero(whole & (moves >= WIDTH // 2))
    order = places[np.argsort(hashed[places], kind="stable")]
    same = np.flatnonzero(hashed[order[1:]] == hashed[order[:-1]])[:MOST_PAIRS]
    pairs = np.stack([order[same], order[same + 1]], axis=1)
    before = (pairs > 0).all(axis=1)
    goes_on = before & (values[pairs[:, 0] - 1] == values[pairs[:, 1] - 1])
    goes_on &= (series[pairs[:, 0] - 1] == series[pairs[:, 0]]) & (series[pairs[:, 1] - 1] == series[pairs[:, 1]])
    return [(int(a), int(b)) for a, b in pairs[~goes_on]]


def _followed(
    values: Array, hours: npt.NDArray[np.int64], series: npt.NDArray[np.int64], a: int, b: int
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]] | None:
    """Places of the later and the earlier stretch, as long as they are equal; None when chance could do it."""
    length = 0
    while True:  # piece by piece: most collisions end soon, a whole copied series goes on for years
        left, right = (slice(n + length, min(n + length + PIECE, len(values))) for n in (a, b))
        size = min(left.stop - left.start, right.stop - right.start)
        left, right = slice(left.start, left.start + size), slice(right.start, right.start + size)
        same = (values[left] == values[right]) & (series[left] == series[a]) & (series[right] == series[b])
        same &= hours[left] - hours[a] == hours[right] - hours[b]
        if size == 0 or not same.all():
            length += int(np.argmin(same)) if size else 0
            break
        length += size
    if series[a] == series[b] and abs(hours[a] - hours[b]) < length:
        return None  # a series that overlaps itself has a period, it is no copy
    if length * _entropy(np.diff(values[a : a + length])) < LEAST_BITS:
        return None
    if hours[a] < hours[b]:
        a, b = b, a
    own, other = np.arange(a, a + length), np.arange(b, b + length)
    if hours[a] == hours[b]:
        return np.concatenate([own, other]), np.concatenate([other, own])
    return own, other


def _entropy(steps: Array) -> float:
    """Bits per step: of the distribution of its own steps, as they show at the resolution of the data."""
    _values, counts = np.unique(np.round(steps, 6), return_counts=True)
    share = counts / counts.sum()
    return float(-(share * np.log2(share)).sum())
