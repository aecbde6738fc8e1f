"""A made-up stack for the tests of diagnosis: seven months of hours that follow load, with honest noise."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

import numpy as np
import polars as pl

from sanjian.base.screening.contract import Finding, Frames, screen
from sanjian.base.sensing.streams import READINGS
from sanjian.watch.sources.screens import frames
from sanjian.watch.sources.screens.outlet import ANCHOR, BLOCK_H, HOUR

MN = "GT1"
BLOCKS = 70
LENGTH = BLOCKS * BLOCK_H
BEGIN = ANCHOR + 7000 * BLOCK_H * HOUR
NAMES = {
    "a21002": "氮氧化物",
    "a21026": "二氧化硫",
    "a34013": "颗粒物",
    "a19001": "含氧量",
    "a01012": "烟温",
    "a00000": "流量",
}

Columns = dict[str, np.ndarray]


def walk(random: np.random.Generator, keep: float, length: int = LENGTH) -> np.ndarray:
    """A restless line of variance one."""
    steps = random.normal(0, np.sqrt(1 - keep**2), length)
    found = np.zeros(length)
    for i in range(1, length):
        found[i] = keep * found[i - 1] + steps[i]
    return found


def honest(seed: int = 1) -> Columns:
    """Values by factor, shape (LENGTH,) each."""
    random = np.random.default_rng(seed)
    load = walk(random, 0.97)
    oxygen = 8 - 0.8 * load + 0.1 * walk(random, 0.6)
    heat = 52 + 3 * load + 0.5 * walk(random, 0.6)
    flow = 100 * np.exp(0.15 * load + 0.02 * walk(random, 0.5))
    gases = {
        "a21002": 35 * np.exp(0.15 * load + 0.05 * walk(random, 0.7)),
        "a21026": 15 * np.exp(0.2 * load + 0.08 * walk(random, 0.7)),
        "a34013": 4 * np.exp(0.1 * load + 0.08 * walk(random, 0.7)),
    }
    return {**gases, "a19001": oxygen, "a01012": heat, "a00000": flow}


def rows(columns: Columns, flags: Mapping[str, np.ndarray] | None = None, mn: str = MN) -> pl.DataFrame:
    """Hourly readings of these columns; NaN is a row that did not come."""
    parts = []
    moments = [BEGIN + n * HOUR for n in range(LENGTH)]
    for code, values in columns.items():
        mark = (flags or {}).get(code, np.full(LENGTH, "N"))
        part = pl.DataFrame({"data_time_at": moments, "value": values, "data_flag": mark.tolist()})
        parts.append(part.filter(pl.col("value").is_not_nan()).with_columns(factor_code=pl.lit(code)))
    known = pl.concat(parts).with_columns(
        pl.lit(mn).alias("device_mn"),
        kind=pl.lit("hour"),
        received_at=pl.col("data_time_at") + HOUR,
        day=pl.col("data_time_at").dt.date(),
    )
    missing = [pl.lit(None, dtype).alias(name) for name, dtype in READINGS.schema.items() if name not in known.columns]
    return known.with_columns(missing).select(list(READINGS.schema)).cast(dict(READINGS.schema)).sort(READINGS.key)


def facts(
    *limits: tuple[str, float], mn: str = MN, medium: str = "gas", **more: pl.DataFrame
) -> dict[str, pl.DataFrame]:
    """The stack's register."""
    point = {"device_mn": mn, "medium": medium, "oxygen_reference": 6.0}
    limit = [{"device_mn": mn, "factor_code": c, "period": "hour", "basis": "measured", "upper": u} for c, u in limits]
    factors = [{"factor_code": c, "name": n, "decimals": 2} for c, n in NAMES.items()]
    empty = {"approved": frames.APPROVED.empty(), "references": frames.REFERENCES.empty()}
    return {
        "points": pl.DataFrame([point], schema=frames.POINTS.schema),
        "limits": pl.DataFrame(limit, schema=frames.LIMITS.schema),
        "factors": pl.DataFrame(factors, schema=frames.FACTORS.schema),
        **empty,
        **more,
    }


def run(name: str, readings: pl.DataFrame, known: Frames | None = None, **streams: pl.DataFrame) -> list[Finding]:
    """What a screen finds."""
    rule = screen(name)
    now = datetime(2030, 1, 1, tzinfo=UTC)
    return list(rule.run({"readings": readings, **streams}, known or facts(), rule.parameters, now))


def block(number: int, count: int = 1) -> slice:
    """The hours of some blocks."""
    return slice(number * BLOCK_H, (number + count) * BLOCK_H)


def moment(number: int) -> datetime:
    """When a block begins."""
    return BEGIN + timedelta(hours=number * BLOCK_H)
