"""Made-up outlets for the benches of screening: gas outlets of twelve factors that follow a load, all honest."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import polars as pl
from scipy.signal import lfilter

from sanjian.base.sensing.streams import DEVICE_PARAMETERS, FRAMES, READINGS
from sanjian.watch.sources.screens import frames

BEGIN = datetime(2025, 1, 1, 16, tzinfo=UTC)
POLLUTANTS = {"a21026": 15.0, "a21002": 35.0, "a34013": 4.0, "a21005": 20.0, "a24088": 8.0}
CONDITIONS = {
    "a19001": 8.0,
    "a01011": 12.0,
    "a01012": 52.0,
    "a01013": -0.2,
    "a01014": 11.0,
    "a00000": 60.0,
    "p01001": 70.0,
}
LIMITS = {"a21026": 35.0, "a21002": 100.0, "a34013": 10.0}
HOURS, MONTH = 8760, 720


def name(number: int) -> str:
    """Device code of an outlet."""
    return f"BENCH{number:05d}"


def write_part(folder: Path, numbers: range, minutes_step: int) -> None:
    """Readings, packets and parameters of some outlets as Parquet files in `folder`."""
    month = BEGIN + timedelta(hours=HOURS - MONTH)
    step = timedelta(minutes=minutes_step)
    finer = pl.concat([_rows(n, "minute", MONTH * 60 // minutes_step, step, month) for n in numbers])
    hourly = pl.concat([_rows(n, "hour", HOURS, timedelta(hours=1), BEGIN) for n in numbers])
    folder.mkdir(parents=True, exist_ok=True)
    readings = pl.concat([hourly.filter(pl.col("data_time_at") < month), _hours_of(finer), finer])
    _complete(readings, READINGS.schema).sort(READINGS.key).write_parquet(folder / "readings.parquet")
    _complete(_packets(numbers), FRAMES.schema).write_parquet(folder / "frames.parquet")
    _complete(_parameters(numbers), DEVICE_PARAMETERS.schema).write_parquet(folder / "device_parameters.parquet")


def facts(numbers: range) -> dict[str, pl.DataFrame]:
    """The register of some outlets, all limits and factors."""
    known = [name(n) for n in numbers]
    points = [{"device_mn": mn, "medium": "gas", "report_interval_s": 3600, "oxygen_reference": 6.0} for mn in known]
    limits = [
        {"device_mn": mn, "factor_code": c, "period": "hour", "basis": "measured", "upper": u}
        for mn in known
        for c, u in LIMITS.items()
    ]
    factors = [{"factor_code": c, "name": c, "decimals": 2} for c in (*POLLUTANTS, *CONDITIONS)]
    approved = [{"device_mn": mn, "factor_code": "a21002", "info_code": "i13008", "value": 1.0} for mn in known]
    return {
        "points": pl.DataFrame(points, schema=frames.POINTS.schema),
        "limits": pl.DataFrame(limits, schema=frames.LIMITS.schema),
        "factors": pl.DataFrame(factors, schema=frames.FACTORS.schema),
        "approved": pl.DataFrame(approved, schema=frames.APPROVED.schema),
        "references": frames.REFERENCES.empty(),
    }


def _rows(number: int, kind: str, count: int, step: timedelta, begin: datetime) -> pl.DataFrame:
    random = np.random.default_rng([number, len(kind)])
    slow = 0.97 if kind == "hour" else 0.995

    def walk(keep: float) -> np.ndarray:
        return lfilter([np.sqrt(1 - keep**2)], [1, -keep], random.normal(size=count))

    load = walk(slow)
    values = {c: m * np.exp(0.15 * load + 0.06 * walk(0.8)) for c, m in POLLUTANTS.items()}
    values |= {c: m * np.exp(0.05 * load + 0.01 * walk(0.6)) for c, m in CONDITIONS.items()}
    at = pl.datetime_range(begin, begin + (count - 1) * step, step, time_unit="us", eager=True)
    wide = pl.DataFrame({"data_time_at": at, **{c: np.round(v, 2) for c, v in values.items()}})
    gone = random.random(count) < 0.01
    return (
        wide.filter(~pl.Series(gone))
        .unpivot(index="data_time_at", variable_name="factor_code", value_name="value")
        .with_columns(
            device_mn=pl.lit(name(number)), kind=pl.lit(kind), data_flag=pl.lit("N"),
            received_at=pl.col("data_time_at") + step, day=pl.col("data_time_at").dt.date(),
        )
    )  # fmt: skip


def _hours_of(minutes: pl.DataFrame) -> pl.DataFrame:
    """The hours of the last month are the means of its minutes."""
    by = ["device_mn", "factor_code", pl.col("data_time_at").dt.truncate("1h")]
    return (
        minutes.group_by(by, maintain_order=True)
        .agg(pl.col("value").mean().round(2))
        .with_columns(
            kind=pl.lit("hour"), data_flag=pl.lit("N"),
            received_at=pl.col("data_time_at") + timedelta(hours=1), day=pl.col("data_time_at").dt.date(),
        )
        .select(minutes.columns)
    )  # fmt: skip


def _packets(numbers: range) -> pl.DataFrame:
    at = pl.datetime_range(
        BEGIN + timedelta(hours=HOURS - MONTH), BEGIN + timedelta(hours=HOURS), "1h", time_unit="us", eager=True
    )
    return pl.concat(
        [
            pl.DataFrame({"received_at": at}).with_columns(device_mn=pl.lit(name(n)), peer=pl.lit("10.1.1.1:9"))
            for n in numbers
        ]
    ).with_columns(day=pl.col("received_at").dt.date())


def _parameters(numbers: range) -> pl.DataFrame:
    at = BEGIN + timedelta(hours=HOURS - MONTH)
    rows = [
        {
            "device_mn": name(n),
            "factor_code": "a21002",
            "info_code": "i13008",
            "at": at + timedelta(days=d),
            "value": 1.0,
        }
        for n in numbers
        for d in range(30)
    ]
    return pl.DataFrame(rows).with_columns(received_at=pl.col("at"), day=pl.col("at").dt.date())


def _complete(rows: pl.DataFrame, schema: dict[str, pl.DataType]) -> pl.DataFrame:
    missing = [pl.lit(None, dtype).alias(c) for c, dtype in schema.items() if c not in rows.columns]
    return rows.with_columns(missing).select(pl.col(c).cast(dtype) for c, dtype in schema.items())
