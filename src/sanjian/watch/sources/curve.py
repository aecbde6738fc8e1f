"""The curve of a point: readings of one kind over an interval, thinned for drawing, with limits, findings and gaps.

What is drawn is what counts: the corrected value (折算值) where the limit says so, else the measured one. Thinning
keeps the lowest and the highest reading of each stretch and every reading that is over its limit or carries a mark, so
that a picture never hides what a table would show.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import polars as pl

from sanjian.base.lake.instance import the_lake
from sanjian.base.registry.models import Limit
from sanjian.base.sensing.streams import READINGS

LOCAL = ZoneInfo("Asia/Shanghai")
KINDS = ("rt", "minute", "hour", "day")
STEP_S = {"hour": 3600.0, "day": 86400.0}
MOST_POINTS = 5000
"""Readings of one factor that are drawn without thinning (our choice: two a pixel on the widest screen)."""


@dataclass(frozen=True, slots=True)
class Window:
    """What to read: one kind of data, [since, until), aware."""

    kind: str
    since: datetime
    until: datetime


def kinds_present(device_mn: str, since: datetime, until: datetime) -> dict[str, int]:
    """How many readings of each kind an interval holds."""
    rows = the_lake().scan(READINGS, since=since, until=until, where=pl.col("device_mn") == device_mn, superseded=True)
    counted = rows.group_by("kind").len().collect()
    return {str(kind): int(n) for kind, n in counted.iter_rows()}


def choose_kind(present: dict[str, int], span: timedelta) -> str:
    """The kind to show when nobody asked for one: hours, by which limits judge; the finest for a few hours only."""
    order = ("hour", "day", "minute", "rt") if span > timedelta(hours=6) else ("rt", "minute", "hour", "day")
    return next((kind for kind in order if present.get(kind)), "hour")


def readings(device_mn: str, window: Window, factors: Sequence[str] = ()) -> pl.DataFrame:
    """Valid readings of a point in the order of time, each with the number of versions that were received.

    Returns:
        Columns of READINGS and `versions` (1 when it was received once).
    """
    where = (pl.col("device_mn") == device_mn) & (pl.col("kind") == window.kind)
    if factors:
        where &= pl.col("factor_code").is_in(list(factors))
    rows = the_lake().scan(READINGS, since=window.since, until=window.until, where=where, superseded=True)
    return (
        rows.with_columns(versions=pl.len().over("factor_code", "data_time_at"))
        .sort(READINGS.received, maintain_order=True)
        .unique(["factor_code", "data_time_at"], keep="last", maintain_order=True)
        .sort("factor_code", "data_time_at")
        .collect()
    )


def judged(rows: pl.DataFrame, limits: Sequence[Limit]) -> pl.DataFrame:
    """Rows of one factor with `shown` (the value that counts), `upper`, `lower` of their local day, and `is_over`."""
    local_day = pl.col("data_time_at").dt.convert_time_zone(str(LOCAL)).dt.date()
    upper, lower, corrected = pl.lit(None, pl.Float64), pl.lit(None, pl.Float64), pl.lit(False)
    for limit in sorted(limits, key=lambda x: x.valid_from):
        valid = local_day.is_between(pl.lit(limit.valid_from), pl.lit(limit.valid_to or date.max))
        upper = pl.when(valid).then(pl.lit(limit.upper, pl.Float64)).otherwise(upper)
        lower = pl.when(valid).then(pl.lit(limit.lower, pl.Float64)).otherwise(lower)
        corrected = pl.when(valid).then(pl.lit(limit.basis == Limit.Basis.CORRECTED)).otherwise(corrected)
    shown = pl.when(corrected & pl.col("zs_value").is_not_null()).then(pl.col("zs_value")).otherwise(pl.col("value"))
    marked = pl.col("data_flag").fill_null("").str.to_uppercase().is_in(["F", "M", "S", "D", "C", "B"])
    over = (pl.col("shown") > pl.col("upper")).fill_null(False) | (pl.col("shown") < pl.col("lower")).fill_null(False)
    return rows.with_columns(shown=shown, upper=upper, lower=lower, is_marked=marked).with_columns(
        is_over=over & ~marked
    )


def thinned(rows: pl.DataFrame, most: int = MOST_POINTS) -> pl.DataFrame:
    """At most about `most` rows of one factor, in order; every row that is over or marked stays, whatever their
    number.
    """
    if rows.height <= most:
        return rows
    stretch = (pl.int_range(pl.len()) * (most // 2) // pl.len()).alias("stretch")
    value = pl.col("shown").fill_null(float("nan"))
    keep = (
        (value == value.min().over("stretch"))
        | (value == value.max().over("stretch"))
        | pl.col("is_over")
        | pl.col("is_marked")
        | pl.col("shown").is_null()
        | (pl.int_range(pl.len()) == 0)
        | (pl.int_range(pl.len()) == pl.len() - 1)
    )
    first_of_kind = pl.struct("stretch", "shown").is_first_distinct() | pl.col("is_over") | pl.col("is_marked")
    return rows.with_columns(stretch).filter(keep).filter(first_of_kind).drop("stretch")


def expected_step_s(rows: pl.DataFrame, kind: str) -> float:
    """Seconds between two readings when none is missing: by the kind, else what is usual in the rows."""
    if kind in STEP_S:
        return STEP_S[kind]
    usual = rows["data_time_at"].diff().dt.total_seconds().median()
    return float(usual) if isinstance(usual, (int, float)) and usual > 0 else 60.0


def gaps(rows: pl.DataFrame, step_s: float) -> list[tuple[int, int]]:
    """Stretches without readings: (first moment that is missing, moment of the next reading), epoch milliseconds."""
    times = rows["data_time_at"].to_list()
    limit = timedelta(seconds=step_s * 1.9)
    return [(epoch_ms(a + timedelta(seconds=step_s)), epoch_ms(b)) for a, b in pairwise(times) if b - a > limit]


def epoch_ms(moment: datetime) -> int:
    """A moment as browsers count."""
    return int(moment.astimezone(UTC).timestamp() * 1000)


def local_midnight_ms(day: date) -> int:
    """The beginning of a local day, as browsers count."""
    return epoch_ms(datetime(day.year, day.month, day.day, tzinfo=LOCAL))
