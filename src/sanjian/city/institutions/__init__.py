"""Bodies, officers with certificates, instruments with checks, and the library of inspection items."""

from ..parts import Part
from .tables import tables

PART = Part("institutions", tables)
