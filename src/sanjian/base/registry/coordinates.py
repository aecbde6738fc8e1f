"""Positions as map applications give them, and as the registry keeps them: WGS-84 decimal degrees.

GCJ-02 is WGS-84 shifted by a published series that is defined inside China only; there is no exact inverse, so the
inverse is found by fixed-point iteration, which settles to far below a metre. CGCS2000 differs from WGS-84 by
centimetres and is taken as the same.

Source: the series as published in the `eviltransform` project and used by all open converters; the figures are those
of the Krasovsky 1940 ellipsoid.
"""

import math
from collections.abc import Callable
from typing import NamedTuple

_A = 6378245.0
_EE = 0.00669342162296594323
_SETTLED_DEGREES = 1e-9
"""A tenth of a millimetre: when the inverse stops (our choice)."""


class Position(NamedTuple):
    """Degrees."""

    latitude: float
    longitude: float


class Box(NamedTuple):
    """A rectangle in degrees, edges included."""

    south: float
    north: float
    west: float
    east: float

    def holds(self, position: Position) -> bool:
        """Whether a position lies in it."""
        return self.south <= position.latitude <= self.north and self.west <= position.longitude <= self.east


CHINA = Box(0.8293, 55.8271, 72.004, 137.8347)
"""Where GCJ-02 is shifted, as its converters have it."""

SHANGHAI = Box(30.6, 31.95, 120.8, 122.3)
"""The land of the city with its islands, generously (our choice): outside is a slip or a transport on the road."""


def is_in_china(position: Position) -> bool:
    """Whether GCJ-02 differs from WGS-84 here."""
    return CHINA.holds(position)


def gcj02_from_wgs84(position: Position) -> Position:
    """Shift; outside China nothing is shifted."""
    if not is_in_china(position):
        return position
    x, y = position.longitude - 105.0, position.latitude - 35.0
    radians = math.radians(position.latitude)
    magic = 1 - _EE * math.sin(radians) ** 2
    root = math.sqrt(magic)
    north = _north(x, y) * 180.0 / ((_A * (1 - _EE)) / (magic * root) * math.pi)
    east = _east(x, y) * 180.0 / (_A / root * math.cos(radians) * math.pi)
    return Position(position.latitude + north, position.longitude + east)


def wgs84_from_gcj02(position: Position) -> Position:
    """Undo the shift, by iteration to 0.1 mm."""
    return _inverse(gcj02_from_wgs84, position)


def distance_m(one: Position, other: Position) -> float:
    """Great-circle distance on a sphere of 6,371 km: good to 0.5 %, which is enough to tell neighbours apart."""
    a, b = math.radians(one.latitude), math.radians(other.latitude)
    half_north = (b - a) / 2
    half_east = math.radians(other.longitude - one.longitude) / 2
    h = math.sin(half_north) ** 2 + math.cos(a) * math.cos(b) * math.sin(half_east) ** 2
    return 2 * 6_371_000 * math.asin(min(1.0, math.sqrt(h)))


def _inverse(shift: Callable[[Position], Position], wanted: Position) -> Position:
    guess = wanted
    for _step in range(20):
        shifted = shift(guess)
        north, east = shifted.latitude - wanted.latitude, shifted.longitude - wanted.longitude
        guess = Position(guess.latitude - north, guess.longitude - east)
        if abs(north) < _SETTLED_DEGREES and abs(east) < _SETTLED_DEGREES:
            break
    return guess


def _north(x: float, y: float) -> float:
    metres = -100.0 + 2.0 * x + 3.0 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * math.sqrt(abs(x))
    metres += (20.0 * math.sin(6.0 * x * math.pi) + 20.0 * math.sin(2.0 * x * math.pi)) * 2.0 / 3.0
    metres += (20.0 * math.sin(y * math.pi) + 40.0 * math.sin(y / 3.0 * math.pi)) * 2.0 / 3.0
    return metres + (160.0 * math.sin(y / 12.0 * math.pi) + 320.0 * math.sin(y * math.pi / 30.0)) * 2.0 / 3.0


def _east(x: float, y: float) -> float:
    metres = 300.0 + x + 2.0 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * math.sqrt(abs(x))
    metres += (20.0 * math.sin(6.0 * x * math.pi) + 20.0 * math.sin(2.0 * x * math.pi)) * 2.0 / 3.0
    metres += (20.0 * math.sin(x * math.pi) + 40.0 * math.sin(x / 3.0 * math.pi)) * 2.0 / 3.0
    return metres + (150.0 * math.sin(x / 12.0 * math.pi) + 300.0 * math.sin(x / 30.0 * math.pi)) * 2.0 / 3.0
