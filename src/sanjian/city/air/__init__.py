"""Ambient air stations."""

from ..parts import Part
from .tables import tables

PART = Part("air", tables, devices="ambient_stations")
