"""The inspection objects of the city: who is under regulation, where, in which roles."""

from ..parts import Part
from .tables import tables

PART = Part("objects", tables)
