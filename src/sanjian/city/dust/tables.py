"""Dust micro-stations: one or two at each construction site, the rest at yards and mixing plants."""

import numpy as np
import polars as pl

from .. import geography
from ..parts import Tables
from ..plan import Plan

KINDS = ("construction", "construction", "construction", "yard", "mixing_plant", "port")


def tables(plan: Plan, before: Tables) -> Tables:
    """The table `dust_stations`."""
    count, rng = plan.count("dust_stations"), plan.random("dust", "registry")
    sites = before["objects"].filter(pl.col("roles").list.contains("construction_site"))
    at = np.sort(np.concatenate([np.arange(sites.height), rng.integers(0, sites.height, max(0, count - sites.height))]))
    chosen = sites[at[:count].tolist()]
    shift = rng.uniform(-0.0015, 0.0015, (count, 2))
    places = chosen.select("longitude", "latitude").to_numpy() + shift
    for n, (district, place) in enumerate(zip(chosen["district"], places, strict=True)):
        if not geography.contains(district, place[None])[0]:
            places[n] -= shift[n]
    return {
        "dust_stations": chosen.select("object_no").with_columns(
            device_mn=pl.Series([f"C2{plan.seed % 1000:03d}{n:019d}" for n in range(1, count + 1)]),
            name=pl.Series([f"{n}号扬尘监测点" for n in range(1, count + 1)]),
            medium=pl.lit("dust"),
            system_code=pl.lit("39"),
            latitude=pl.Series(places[:, 1]),
            longitude=pl.Series(places[:, 0]),
            interval_s=pl.lit(300),
            site_kind=pl.Series([KINDS[i] for i in rng.integers(0, len(KINDS), count)]),
        )
    }
