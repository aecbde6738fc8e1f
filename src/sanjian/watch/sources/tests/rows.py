"""Readings and facts for the tests of the screens: short to write, complete in their columns."""

from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import polars as pl

from sanjian.base.sensing.streams import READINGS
from sanjian.watch.sources.screens import frames

LOCAL = ZoneInfo("Asia/Shanghai")
MN = "A1000000000001"


def at(text: str) -> datetime:
    """`2026-11-23 09:00` in China, as UTC."""
    return datetime.fromisoformat(text).replace(tzinfo=LOCAL).astimezone(UTC)


def readings(rows: Iterable[dict[str, object]]) -> pl.DataFrame:
    """Readings from dicts; what is not given is what a normal hourly NOx packet would bring."""
    full = []
    for row in rows:
        moment = row.get("data_time_at")
        assert isinstance(moment, datetime)
        base: dict[str, object] = dict.fromkeys(READINGS.schema)
        base |= {
            "device_mn": MN,
            "factor_code": "a21002",
            "kind": "hour",
            "data_time_raw": moment.astimezone(LOCAL).strftime("%Y%m%d%H%M%S"),
            "data_flag": "N",
            "system_code": "31",
            "is_backfill": False,
            "received_at": moment + timedelta(hours=1, minutes=2),
            "frame_sha256": "0" * 64,
            "day": moment.date(),
        }
        full.append(base | row)
    return pl.DataFrame(full, schema=READINGS.schema, orient="row")


def hours(start: str, values: Iterable[float | None], **more: object) -> pl.DataFrame:
    """Consecutive hourly values from a local time on."""
    first = at(start)
    return readings({"data_time_at": first + timedelta(hours=n), "value": v, **more} for n, v in enumerate(values))


def steps(start: str, every: timedelta, values: Iterable[float | None], **more: object) -> pl.DataFrame:
    """Values at a steady step from a local time on."""
    first = at(start)
    return readings({"data_time_at": first + n * every, "value": v, **more} for n, v in enumerate(values))


def limit(upper: float | None = 50.0, **more: object) -> dict[str, object]:
    """One limit row."""
    return {
        "device_mn": MN,
        "factor_code": "a21002",
        "period": "hour",
        "basis": "measured",
        "lower": None,
        "upper": upper,
        "source": "GB 13223-2011 表 1",
        "valid_from": date(2014, 7, 1),
        "valid_to": None,
    } | more


def facts(
    *limits: dict[str, object], medium: str = "gas", factors: Iterable[dict[str, object]] = (), **more: pl.DataFrame
) -> dict[str, pl.DataFrame]:
    """Fact frames with one point, these limits and NOx, COD, pH, O2."""
    named = [
        ("a21002", "氮氧化物", "mg/m³", 1, False),
        ("a21005", "一氧化碳", "mg/m³", 1, False),
        ("a19001", "氧气含量", "%", 1, False),
        ("w01018", "化学需氧量", "mg/L", 1, True),
        ("w01001", "pH 值", "", 2, False),
    ]
    rows = [
        dict(zip(frames.FACTORS.schema, n, strict=True))
        for n in named
        if n[0] not in {f["factor_code"] for f in factors}
    ]
    point = {"device_mn": MN, "name": "1# 排口", "medium": medium, "report_interval_s": 3600, "is_in_service": True}
    return {
        "points": pl.DataFrame([point], schema=frames.POINTS.schema),
        "limits": pl.DataFrame(list(limits), schema=frames.LIMITS.schema, orient="row"),
        "factors": pl.DataFrame([*rows, *factors], schema=frames.FACTORS.schema, orient="row"),
        **more,
    }
