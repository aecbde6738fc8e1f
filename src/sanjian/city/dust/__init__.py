"""Dust micro-stations: what a site raises, what the weather does to it, and what is done to sensors."""

from ..parts import Part
from . import cheats, honest
from .events import events
from .tables import tables

PART = Part("dust", tables, events, "dust_stations", honest.minutes, cheats.act_out)
