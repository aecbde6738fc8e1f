"""Ambient air stations, spread over the districts; they belong to the monitoring centre, the first laboratory."""

import numpy as np
import polars as pl

from .. import geography
from ..parts import Tables
from ..plan import Plan

CLASSES = ("national", "city", "township", "roadside", "park")
"""air.md section 5: only regulatory stations enter assessment."""


def tables(plan: Plan, before: Tables) -> Tables:
    """The table `ambient_stations`."""
    count, rng = plan.count("ambient_stations"), plan.random("air", "registry")
    owner = before["objects"].filter(pl.col("roles").list.contains("laboratory"))["object_no"][0]
    codes = [list(geography.WEIGHTS)[n % len(geography.WEIGHTS)] for n in range(count)]
    places = np.concatenate([geography.inside(rng, code, 1) for code in codes])
    known = geography.names()
    return {
        "ambient_stations": pl.DataFrame(
            {
                "device_mn": [f"C3{plan.seed % 1000:03d}{n:019d}" for n in range(1, count + 1)],
                "object_no": pl.Series([owner] * count, dtype=pl.Int32),
                "name": [f"{known[code]}{n + 1}号空气站" for n, code in enumerate(codes)],
                "medium": "air",
                "system_code": "22",
                "latitude": places[:, 1],
                "longitude": places[:, 0],
                "interval_s": 3600,
                "class": [CLASSES[n % len(CLASSES)] for n in range(count)],
            }
        )
    }
