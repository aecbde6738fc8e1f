"""Trucks and their operators; the wire and the engines are the truck capability's part of the city."""

import numpy as np
import polars as pl

from ..parts import Tables
from ..plan import Plan
from .vin import plates, vins

CATEGORIES = ("自卸货车", "半挂牵引车", "厢式货车", "混凝土搅拌车", "环卫车", "危险货物运输车")
"""With shares, our choice."""
_SHARES = (0.18, 0.4, 0.26, 0.06, 0.06, 0.04)


def tables(plan: Plan, _before: Tables) -> Tables:
    """The tables `trucks` and `operators`: a few large operators, many with one or two trucks."""
    count, rng = plan.count("trucks"), plan.random("fleets")
    years = rng.integers(2012, 2027, count)
    sizes = np.minimum(rng.zipf(1.7, count), 600)
    owners = np.repeat(np.arange(1, count + 1), sizes)[:count]
    stage = np.where(years >= 2021, "VI", np.where(years >= 2017, "V", "IV"))
    trucks = pl.DataFrame(
        {
            "truck_no": np.arange(1, count + 1, dtype=np.int32),
            "vin": vins(rng, years),
            "plate": plates(rng, count),
            "fuel": "diesel",
            "stage": stage,
            "category": [CATEGORIES[i] for i in rng.choice(len(CATEGORIES), count, p=_SHARES)],
            "model_year": years.astype(np.int16),
            "operator_no": owners.astype(np.int32),
            "obd_since_day": rng.integers(-1400, -30, count).astype(np.int32),
        }
    )
    operators = pl.DataFrame({"operator_no": np.unique(owners).astype(np.int32)})
    return {"trucks": trucks, "operators": operators}
