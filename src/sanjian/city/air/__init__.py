"""Ambient air stations: real series, moved in time. Nobody cheats here yet."""

from ..parts import Part
from . import honest
from .tables import tables

PART = Part("air", tables, devices="ambient_stations", honest=honest.minutes)
