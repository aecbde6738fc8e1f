"""sanjian bench defects: what the rules make of defects and oddities that real series hold.

A frozen NOx of 102 hours in the gas turbine; a city's series that is another's copy; a slow drift; a water monitor that
samples every few hours and repeats its value in between.
"""

import argparse
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

import sanjian.watch.sources.screens  # noqa: F401 -- registers them
from sanjian.base.screening.contract import Finding, screen
from sanjian.base.sensing.streams import READINGS
from sanjian.watch.sources.screens import frames
from sanjian.watch.sources.tamper.twins import twins

BEGIN = datetime(2011, 1, 1, 16, tzinfo=UTC)
CONDITIONS = ["at", "ap", "ah", "afdp", "gtep", "tit", "tat", "tey", "cdp"]
ACCUSING = ("sources.frozen", "sources.replayed", "sources.tampering")
SINGLE = ("sources.lowered", "sources.diluted", "sources.smoothed", "sources.capped", "sources.borrowed")
DRIFT_A_YEAR = 0.2


def run(arguments: list[str]) -> dict[str, Any]:
    """Figures of one run; `--data`."""
    parser = argparse.ArgumentParser(prog="sanjian bench defects")
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--data", type=Path, default=Path("../shared/data"))
    data = parser.parse_args(arguments).data
    turbine = data / "gas_turbine_cems" / "gas_turbine.parquet"
    if not turbine.exists():
        return {"skipped": f"{turbine} 不存在；用 --data 指明数据目录"}
    return {
        **_frozen(_columns(turbine)),
        **_copies(data / "five_cities_pm25" / "pm25.parquet"),
        **_drift(_columns(turbine)),
        **_held(data / "wastewater" / "cn_effluent_hourly.csv.gz"),
    }


def _columns(path: Path) -> dict[str, np.ndarray]:
    rows = pl.read_parquet(path).sort("year", "seq")
    known = {f"p0100{n}": rows[c].to_numpy().astype(float) for n, c in enumerate(CONDITIONS)}
    return {"a21002": rows["nox"].to_numpy().astype(float), "a21005": rows["co"].to_numpy().astype(float), **known}


def _readings(columns: dict[str, np.ndarray], mn: str = "GT") -> pl.DataFrame:
    parts = [
        pl.DataFrame({"data_time_at": [BEGIN + timedelta(hours=n) for n in range(len(v))], "value": v}).with_columns(
            factor_code=pl.lit(code)
        )
        for code, v in columns.items()
    ]
    rows = pl.concat(parts).with_columns(
        device_mn=pl.lit(mn), kind=pl.lit("hour"), data_flag=pl.lit("N"), received_at=pl.col("data_time_at")
    )
    missing = [pl.lit(None, t).alias(c) for c, t in READINGS.schema.items() if c not in rows.columns]
    return rows.with_columns(missing).select(pl.col(c).cast(t) for c, t in READINGS.schema.items()).sort(READINGS.key)


def _found(name: str, readings: pl.DataFrame, medium: str = "gas") -> list[Finding]:
    rule = screen(name)
    mns = readings["device_mn"].unique().to_list()
    facts = {
        "points": pl.DataFrame([{"device_mn": m, "medium": medium} for m in mns], schema=frames.POINTS.schema),
        "limits": frames.LIMITS.empty(),
        "factors": frames.FACTORS.empty(),
    }
    now = readings["data_time_at"].max()
    assert isinstance(now, datetime)
    return list(rule.run({"readings": readings}, facts, rule.parameters, now + timedelta(days=9)))


def _frozen(columns: dict[str, np.ndarray]) -> dict[str, Any]:
    """Hours of the known stretch that are flagged, hours elsewhere, and what a run over the whole series takes."""
    nox = columns["a21002"]
    first = int(np.argmax(nox == nox[1336]))
    stretch = set(range(1336, 1336 + 102))
    readings = _readings(columns)
    seconds = []
    for _again in range(5):
        began = time.perf_counter()
        found = _found("sources.frozen", readings)
        seconds.append(time.perf_counter() - began)
    hours = {
        int((f.evidence.highlight[0] - BEGIN) / timedelta(hours=1)) + n
        for f in found
        for n in range(int((f.evidence.highlight[1] - f.evidence.highlight[0]) / timedelta(hours=1)))
        if f.evidence.factor == "a21002"
    }
    others = sum(f.evidence.factor != "a21002" for f in found)
    return {
        "frozen_hours_flagged": len(hours & stretch),
        "frozen_hours": 102,
        "frozen_hours_elsewhere": len(hours - stretch) + others,
        "frozen_first": first,
        "frozen_seconds": round(float(np.median(seconds)), 3),
        "frozen_rows": readings.height,
    }


def _copies(path: Path) -> dict[str, Any]:
    """A city post that is the copy of another found among ten real series, and no others."""
    if not path.exists():
        return {"copies": f"{path} 不存在"}
    rows = pl.read_parquet(path).select(
        device_mn=pl.concat_str("city", "site", separator=" "),
        factor_code=pl.lit("a34004"),
        at=pl.col("time").cast(pl.Datetime("us")).dt.replace_time_zone("UTC"),
        value=pl.col("pm25").cast(pl.Float64),
    )
    rows = rows.drop_nulls("value")
    copied = rows.filter(pl.col("device_mn") == "Shanghai US Post").with_columns(device_mn=pl.lit("Guangzhou copy"))
    own = twins(rows)
    found = twins(pl.concat([rows, copied]))
    pairs = {tuple(sorted(p)) for p in found.select("device_mn", "other_mn").unique().iter_rows()}
    meant = ("Guangzhou copy", "Shanghai US Post")
    hours = found.filter(pl.col("device_mn") == "Guangzhou copy").height
    return {
        "copies_found": meant in pairs,
        "copies_hours_share": round(hours / copied.height, 3),
        "copies_other_pairs": len(pairs - {meant}),
        "copies_in_the_real_series": len({tuple(sorted(p)) for p in own.select("device_mn", "other_mn").iter_rows()}),
    }


def _drift(columns: dict[str, np.ndarray]) -> dict[str, Any]:
    """Accusations over a series that loses a fifth of its NOx a year, beside those over the series as it is."""
    hours = np.arange(len(columns["a21002"]))
    drifting = {**columns, "a21002": columns["a21002"] * np.exp(np.log(1 - DRIFT_A_YEAR) * hours / 8760)}
    readings, plain = _readings(drifting), _readings(columns)
    return {
        "drift_accusations": sum(len(_found(n, readings)) for n in ("sources.tampering", "sources.replayed")),
        "drift_single_signs": sum(len(_found(n, readings)) for n in SINGLE),
        "no_drift_single_signs": sum(len(_found(n, plain)) for n in SINGLE),
    }


def _held(path: Path) -> dict[str, Any]:
    """Accusations over a monitor whose neighbouring hours are equal in four of five cases, though nobody says so."""
    if not path.exists():
        return {"held": f"{path} 不存在"}
    rows = pl.read_csv(path, try_parse_dates=True).drop_nulls("value").sort("time")
    at = rows["time"].cast(pl.Datetime("us")).dt.replace_time_zone("Asia/Shanghai").dt.convert_time_zone("UTC")
    whole = _readings({"w01018": rows["value"].to_numpy()}, "W1").with_columns(data_time_at=at, received_at=at)
    equal = float((rows["value"].diff().drop_nulls() == 0).mean())  # type: ignore[arg-type]
    return {
        "held_equal_neighbours": round(equal, 3),
        "held_accusations": sum(len(_found(n, whole, "water")) for n in ACCUSING),
    }
