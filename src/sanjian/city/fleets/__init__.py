"""The heavy diesel trucks of the city: who owns which, with valid VINs and plates."""

from ..parts import Part
from .tables import tables

PART = Part("fleets", tables)
