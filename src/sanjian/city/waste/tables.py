"""Producers with the waste that they make, facilities with what they may take, vehicles, video points.

Manifests, labels and mass balances are the waste capability's part of the city.
"""

import numpy as np
import polars as pl

from ..fleets.vin import plates, vins
from ..parts import Tables
from ..plan import Plan

CATEGORIES = ("HW08", "HW09", "HW12", "HW13", "HW17", "HW22", "HW31", "HW34", "HW35", "HW49", "HW50", "HW06")
"""Categories of the national list (国家危险废物名录 2025) that occur in the city."""


def tables(plan: Plan, before: Tables) -> Tables:
    """The tables `producers`, `waste_facilities`, `waste_vehicles` and `video_points`."""
    rng, objects = plan.random("waste"), before["objects"]
    producers = objects.filter(pl.col("roles").list.contains("waste_producer")).select("object_no")
    facilities = objects.filter(pl.col("roles").list.contains("waste_facility")).select(
        "object_no", "longitude", "latitude"
    )
    carriers = objects.filter(pl.col("roles").list.contains("carrier"))["object_no"].to_numpy()
    vehicles = plan.count("waste_vehicles")
    return {
        "producers": producers.with_columns(
            category=pl.Series([CATEGORIES[i] for i in rng.integers(0, len(CATEGORIES), producers.height)]),
            tons_per_year=pl.Series(np.round(rng.lognormal(0.8, 1.6, producers.height), 3)),
        ),
        "waste_facilities": facilities.select(
            "object_no",
            categories=pl.Series(
                [sorted(rng.choice(CATEGORIES, rng.integers(2, 7), replace=False)) for _ in range(facilities.height)]
            ),
            tons_per_year=pl.Series(np.round(rng.lognormal(9.8, 0.7, facilities.height), 0)),
        ),
        "waste_vehicles": pl.DataFrame(
            {
                "vehicle_no": np.arange(1, vehicles + 1, dtype=np.int32),
                "object_no": carriers[rng.integers(0, len(carriers), vehicles)],
                "vin": vins(rng, rng.integers(2016, 2027, vehicles)),
                "plate": plates(rng, vehicles),
                "load_t": np.round(rng.uniform(1.5, 18, vehicles), 1),
            }
        ),
        "video_points": _video_points(plan, rng, facilities),
    }


def _video_points(plan: Plan, rng: np.random.Generator, facilities: pl.DataFrame) -> pl.DataFrame:
    """Cameras at facilities: gates, weighbridges, stores, furnaces in turn."""
    count = plan.count("video_points")
    at = rng.integers(0, facilities.height, count)
    places = ("大门", "地磅", "贮存库", "预处理", "焚烧炉", "出渣口")
    return pl.DataFrame(
        {
            "video_no": np.arange(1, count + 1, dtype=np.int32),
            "object_no": facilities["object_no"].to_numpy()[at],
            "place": [places[i % len(places)] for i in range(count)],
        }
    )
