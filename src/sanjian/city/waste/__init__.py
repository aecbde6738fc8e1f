"""Hazardous waste: who makes it, who takes it, what carries it, who looks."""

from ..parts import Part
from .tables import tables

PART = Part("waste", tables)
