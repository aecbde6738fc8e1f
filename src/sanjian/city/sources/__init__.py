"""Large dischargers: outlets with on-line monitoring, their physics, and what is done to their data."""

from ..parts import Part
from . import cheats, honest
from .events import events
from .tables import tables

PART = Part("sources", tables, events, "points", honest.minutes, cheats.act_out)
