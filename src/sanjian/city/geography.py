"""Where things lie: real district shapes, points drawn inside of them."""

import json
from functools import cache
from importlib.resources import files

import numpy as np
from numpy.typing import NDArray

Points = NDArray[np.float64]
"""Rows of (longitude, latitude), WGS-84."""

WEIGHTS = {
    "310101": 1.0, "310104": 2.0, "310105": 1.0, "310106": 2.0, "310107": 2.0, "310109": 1.0, "310110": 2.0,
    "310112": 6.0, "310113": 5.0, "310114": 8.0, "310115": 12.0, "310116": 5.0, "310117": 8.0, "310118": 6.0,
    "310120": 7.0, "310151": 2.0,
}  # fmt: skip
"""District -> its share of enterprises (our choice: the outer, industrial districts have most)."""
INDUSTRY = WEIGHTS | dict.fromkeys(("310101", "310104", "310105", "310106", "310107", "310109", "310110"), 0.1)
"""District -> its share of large sources: hardly any inside the inner ring."""


@cache
def names() -> dict[str, str]:
    """District code -> name."""
    return {str(f["properties"]["adcode"]): str(f["properties"]["name"]) for f in _features()}


def districts(rng: np.random.Generator, count: int, weights: dict[str, float] | None = None) -> list[str]:
    """Districts drawn by weight.

    Args:
        weights: district -> weight; that of enterprises by default.
    """
    given = weights or WEIGHTS
    share = np.array(list(given.values()))
    return [str(code) for code in rng.choice(list(given), count, p=share / share.sum())]


def inside(rng: np.random.Generator, code: str, count: int) -> Points:
    """Points drawn evenly inside a district, rounded to about 0.1 m."""
    edges = _edges(code)
    low, high = edges.reshape(-1, 2).min(axis=0), edges.reshape(-1, 2).max(axis=0)
    found: list[Points] = []
    missing = count
    while missing > 0:
        drawn = np.round(rng.uniform(low, high, (max(32, 3 * missing), 2)), 6)
        found.append(drawn[contains(code, drawn)][:missing])
        missing -= len(found[-1])
    return np.concatenate(found) if found else np.empty((0, 2))


def contains(code: str, points: Points) -> NDArray[np.bool_]:
    """Which points lie inside a district, by the even-odd rule over all its rings."""
    x, y = points[:, :1], points[:, 1:]
    (x1, y1), (x2, y2) = _edges(code).transpose(1, 2, 0)
    crosses = (y1 > y) != (y2 > y)
    with np.errstate(divide="ignore", invalid="ignore"):
        at = x1 + (y - y1) / (y2 - y1) * (x2 - x1)
    is_inside: NDArray[np.bool_] = (crosses & (x < at)).sum(axis=1) % 2 == 1
    return is_inside


@cache
def _edges(code: str) -> NDArray[np.float64]:
    """All edges of a district: edge x end x (longitude, latitude)."""
    shape = next(f["geometry"] for f in _features() if str(f["properties"]["adcode"]) == code)
    polygons = shape["coordinates"] if shape["type"] == "MultiPolygon" else [shape["coordinates"]]
    rings = [np.array(ring) for polygon in polygons for ring in polygon]
    return np.concatenate([np.stack([ring[:-1], ring[1:]], axis=1) for ring in rings])


@cache
def _features() -> list[dict]:  # type: ignore[type-arg]
    text = files("sanjian.city").joinpath("data/districts.geojson").read_text(encoding="utf-8")
    return json.loads(text)["features"]  # type: ignore[no-any-return]
