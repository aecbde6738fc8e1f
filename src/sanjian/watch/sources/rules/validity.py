"""Hours from minutes, days from hours: means, the share that was valid, and whether that is enough.

Only valid values enter a mean. A period with too few of them keeps its mean and is marked, so that a page can show
what there was; `is_valid` says whether it may be used.
"""

from typing import Literal

import polars as pl

from .chain import flow_weighted
from .rulesets import RuleSet

Medium = Literal["gas", "water"]
ZONE = "Asia/Shanghai"
KEY = ("device_mn", "factor_code", "data_time_at")


def usable(rows: pl.DataFrame, law: RuleSet) -> pl.DataFrame:
    """Rows with `is_usable` and `is_stopped`, by the letter of the instrument and the polluter's mark.

    Args:
        rows: `value`, `data_flag` (null: none was sent) and, where there is one, `polluter_mark`.

    Source: HJ 212-2017, table 8; MEE notice 2022 No. 21.
    """
    flag = pl.col("data_flag").fill_null("N").str.to_uppercase()
    good = flag.is_in(sorted(law.marks.valid)) & pl.col("value").is_not_null()
    stopped = flag.is_in(sorted(law.marks.stopped))
    if "polluter_mark" in rows.columns:
        mark = pl.col("polluter_mark").fill_null("")
        good &= ~mark.is_in(sorted(law.marks.polluter_invalid))
        stopped |= mark.is_in(sorted({"stopped"} & law.marks.polluter_condition))
    return rows.with_columns(is_usable=good & ~stopped, is_stopped=stopped)


def hours_from_minutes(rows: pl.DataFrame, medium: Medium, step_minutes: int, law: RuleSet) -> pl.DataFrame:
    """Hourly means of minute data.

    Args:
        rows: columns device_mn, factor_code, data_time_at, value, data_flag; for water also `flow_m3` of each row.
        step_minutes: what one row stands for: 1, or 10 as HJ 212-2017 has by default.

    Returns:
        KEY, value, flow_m3, valid_share (0-1), stopped_share, is_valid, mark (N, F when stopped throughout, D).

    Source: HJ 212-2017, appendix D (废气 hour: 45 valid minutes) and C.16-C.18 (marks of aggregates).
    """
    need = law.gas_minutes_per_hour.value / 60 if medium == "gas" else law.water_share_per_hour.value
    return _aggregate(usable(rows, law), pl.col("data_time_at").dt.truncate("1h"), 60 // step_minutes, need, medium)


def days_from_hours(rows: pl.DataFrame, medium: Medium, law: RuleSet) -> pl.DataFrame:
    """Daily means of hourly data, by the local day; as `hours_from_minutes`. `data_time_at` is local midnight.

    Source: HJ 212-2017, appendix D (废气 day: 20 valid hours); water flow-weighted, HJ 356-2019.
    """
    need = law.gas_hours_per_day.value / 24 if medium == "gas" else law.water_share_per_day.value
    day = pl.col("data_time_at").dt.convert_time_zone(ZONE).dt.truncate("1d").dt.convert_time_zone("UTC")
    return _aggregate(usable(rows, law), day, 24, need, medium)


def _aggregate(rows: pl.DataFrame, start: pl.Expr, expected: int, need: float, medium: Medium) -> pl.DataFrame:
    flow = pl.col("flow_m3") if "flow_m3" in rows.columns else pl.lit(None, pl.Float64)
    value = pl.when(pl.col("is_usable")).then(pl.col("value"))
    mean = flow_weighted(value, pl.col("flow_m3")).fill_null(value.mean()) if medium == "water" else value.mean()
    found = (
        rows.with_columns(data_time_at=start, flow_m3=flow)
        .group_by(KEY, maintain_order=True)
        .agg(
            value=mean,
            flow_m3=pl.when(pl.col("flow_m3").count() > 0).then(pl.col("flow_m3").sum()),
            valid_share=pl.col("is_usable").sum() / expected,
            stopped_share=pl.col("is_stopped").sum() / expected,
            bad=(~pl.col("is_usable") & ~pl.col("is_stopped")).sum(),
        )
        .with_columns(is_valid=pl.col("valid_share") >= need - 1e-9)
    )
    # Water: one abnormal value makes the aggregate abnormal. Gas: a share of normal ones makes it normal.
    normal = pl.col("is_valid") if medium == "gas" else pl.col("is_valid") & (pl.col("bad") == 0)
    stopped = pl.col("stopped_share") >= 1 - 1e-9
    mark = pl.when(stopped).then(pl.lit("F")).when(normal).then(pl.lit("N")).otherwise(pl.lit("D"))
    return found.with_columns(mark=mark).drop("bad").sort(KEY)


def capture_rate(hours: pl.DataFrame) -> float:
    """Share of the hours of operation that are valid, 0-1; 1 when the plant never ran.

    Args:
        hours: `is_valid`, `is_stopped`, a row for every hour of the period, missing ones included.

    Source: HJ 75-2017 (有效数据捕集率), from memory, verify.
    """
    running = hours.filter(~pl.col("is_stopped"))
    return 1.0 if running.is_empty() else float(running["is_valid"].sum()) / running.height
