"""Dust micro-stations at construction sites and yards."""

from ..parts import Part
from .tables import tables

PART = Part("dust", tables, devices="dust_stations")
