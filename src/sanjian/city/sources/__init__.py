"""Large dischargers: their outlets, what limits them."""

from ..parts import Part
from .tables import tables

PART = Part("sources", tables, devices="points")
