"""How large a city is, and the chance it is made with: everything follows from a scale and a seed."""

import zlib
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np

ARTICLE = MappingProxyType(
    {
        "objects": 49_909,
        "dischargers": 1_400,
        "dust_stations": 6_743,
        "trucks": 220_000,
        "producers": 31_000,
        "facilities": 54,
        "waste_vehicles": 330,
        "video_points": 457,
        "items": 888,
    }
)
"""The city of China Environment News, 2026-02-24. `facilities` are those that treat hazardous waste."""

OURS = MappingProxyType(
    {
        "ambient_stations": 60,
        "laboratories": 330,
        "test_stations": 120,
        "officers": 1_600,
        "instruments": 2_400,
        "construction_sites": 5_200,
        "carriers": 55,
    }
)
"""Counts that the article does not give: our choice for a city of that size."""


@dataclass(frozen=True, slots=True)
class Plan:
    """One city. The same plan gives the same city, byte for byte.

    Args:
        scale: share of the article's city, above 0 up to 1 (more works too).
        seed: chooses which city of that size.
    """

    scale: float
    seed: int

    def count(self, what: str) -> int:
        """How many there are of something; never none."""
        whole = ARTICLE[what] if what in ARTICLE else OURS[what]
        return max(1, round(whole * self.scale))

    def random(self, *about: str | int) -> np.random.Generator:
        """The chance that belongs to one matter. Drawing more for one matter changes nothing for another."""
        words = [part if isinstance(part, int) else zlib.crc32(part.encode()) for part in about]
        return np.random.Generator(np.random.Philox(np.random.SeedSequence([self.seed, *words])))
