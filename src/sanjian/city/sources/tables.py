"""Large dischargers' permits, facility trees, monitoring points and limits."""

from collections.abc import Sequence

import polars as pl

from sanjian.base.registry.identifiers.source_code import source_code

from ..objects.trades import LARGE
from ..parts import Tables
from ..plan import Plan
from .processes import PROCESSES

TERM_DAYS = 5 * 365
"""排污许可管理条例 第十四条: a permit holds for five years."""
_PROCESSES = {trade.industry_code: trade.processes for trade in LARGE}


def tables(plan: Plan, before: Tables) -> Tables:
    """The tables `permits`, `facilities`, `points` and `limits`."""
    keys = before["objects"].filter(pl.col("supervision") == "key").to_dicts()
    rng = plan.random("sources", "registry")
    offsets = rng.uniform(-0.001, 0.001, (len(keys) * 2, 2))
    permits: list[tuple[object, ...]] = []
    facilities: list[tuple[object, ...]] = []
    points: list[tuple[object, ...]] = []
    limits: list[tuple[object, ...]] = []
    for thing in keys:
        since = max(int(thing["since_day"]), -int(rng.integers(60, TERM_DAYS - 60)))
        permits.append((source_code(thing["credit_code"], 1), thing["object_no"], "permit", since, since + TERM_DAYS,
                        thing["industry_code"]))  # fmt: skip
        counts = {"gas": 0, "water": 0}
        for n, name in enumerate(_PROCESSES[thing["industry_code"]], 1):
            process = PROCESSES[name]
            counts[process.medium] += 1
            letter, k = "A" if process.medium == "gas" else "W", counts[process.medium]
            outlet = f"D{letter}{k:03d}"
            facilities += [
                (thing["object_no"], f"MF{n:04d}", "production", f"{k}号{process.production}", f"T{letter}{k:03d}"),
                (thing["object_no"], f"T{letter}{k:03d}", "treatment", f"{k}号{process.treatment}", outlet),
                (thing["object_no"], outlet, "outlet", f"{k}号{process.outlet}", None),
            ]
            device = f"C1{plan.seed % 1000:03d}{thing['object_no']:08d}{n:011d}"
            north, east = offsets[len(points) % len(offsets)]
            points.append(
                (device, thing["object_no"], outlet, f"{k}号{process.outlet}", process.medium, process.system_code,
                 thing["latitude"] + north, thing["longitude"] + east, 60, name)
            )  # fmt: skip
            limits += [
                (device, limit.factor, "hour", "corrected" if limit.o2 else "measured", limit.upper, limit.source,
                 limit.o2, since)
                for limit in process.limits
            ]  # fmt: skip
    return {
        "permits": _frame(permits, "permit_no object_no kind since_day until_day industry_codes"),
        "facilities": _frame(facilities, "object_no code kind name flows_to"),
        "points": _frame(
            points, "device_mn object_no outlet_code name medium system_code latitude longitude interval_s process"
        ),
        "limits": _frame(limits, "device_mn factor period basis upper source o2_reference since_day"),
    }


def _frame(rows: Sequence[tuple[object, ...]], columns: str) -> pl.DataFrame:
    return pl.DataFrame(rows, schema=columns.split(), orient="row", infer_schema_length=None)
