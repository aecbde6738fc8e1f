"""What stands in for missing hours: the largest of the valid hours before the gap. Substituted hours serve emission
totals only; no exceedance is ever judged by them.
"""

from datetime import datetime, timedelta

import polars as pl

from .rulesets import RuleSet
from .validity import capture_rate

HOUR = timedelta(hours=1)


def every_hour(hours: pl.DataFrame, since: datetime, until: datetime) -> pl.DataFrame:
    """One row for every hour of [since, until): those without data have nulls, are not valid and not stopped."""
    grid = pl.DataFrame({"data_time_at": pl.datetime_range(since, until, "1h", closed="left", eager=True)})
    whole = grid.cast({"data_time_at": pl.Datetime("us", "UTC")}).join(hours, on="data_time_at", how="left")
    return whole.with_columns(pl.col("is_valid", "is_stopped").fill_null(False)).sort("data_time_at")


def substituted(hours: pl.DataFrame, law: RuleSet, *, before: pl.DataFrame | None = None) -> pl.DataFrame:
    """Hours of one point and factor with their gaps filled as the standard has it.

    Args:
        hours: data_time_at (UTC), value, is_valid, is_stopped: a row for every hour of the period over which the
            capture rate is taken (a quarter), in order; `every_hour` makes it.
        before: earlier hours of the same columns, in order, for gaps near the beginning.

    Returns:
        `hours` with `filled` (the value that counts for totals), `method` (measured, substituted, stopped, none) and
        `lookback_h` (how many valid hours were looked at, null when measured). A stopped hour is filled with 0.
        `none`: the capture rate is too low or there was no valid hour before; nothing is invented.

    Source: HJ 75-2017, 12.2.3 (缺失数据处理), from memory, verify.
    """
    capture = capture_rate(hours)
    past = before.filter(pl.col("is_valid") & ~pl.col("is_stopped"))["value"].to_list() if before is not None else []
    outcome: list[tuple[float | None, str, int | None]] = []
    rows = list(zip(hours["value"], hours["is_valid"], hours["is_stopped"], strict=True))
    lengths = _gap_lengths([not valid and not stopped for _, valid, stopped in rows])
    for (value, valid, stopped), gap_h in zip(rows, lengths, strict=True):
        row = law.lookback(capture, gap_h) if gap_h else None
        recent = past[-int(row.hours.value) :] if row else []
        if stopped:
            outcome.append((0.0, "stopped", None))
        elif valid:
            past.append(value)
            outcome.append((value, "measured", None))
        elif recent:
            outcome.append((max(recent), "substituted", len(recent)))
        else:
            outcome.append((None, "none", None))
    made = pl.DataFrame(outcome, {"filled": pl.Float64, "method": pl.String, "lookback_h": pl.Int64}, orient="row")
    return hours.hstack(made)


def _gap_lengths(missing: list[bool]) -> list[int]:
    """For each hour the length of the gap that it lies in, 0 outside. Stopped hours end a gap."""
    lengths = [0] * len(missing)
    start = 0
    for n, is_missing in enumerate([*missing, False]):
        if not is_missing:
            lengths[start:n] = [n - start] * (n - start)
            start = n + 1
    return lengths
