"""Reported against recomputed: for each link of the chain, how far the device's own figure lies from ours. Screen R07
judges what this returns; here nothing is judged.
"""

from typing import Any

import polars as pl

LINKS = {
    "hour_mean": "小时均值由分钟均值",
    "day_mean": "日均值由小时均值",
    "dry_concentration": "标干浓度",
    "corrected_concentration": "折算浓度",
    "standard_dry_flow": "标干流量",
    "mass_rate": "排放量",
    "water_day_mean": "日均值由流量加权",
    "water_load": "排放量由流量与浓度",
}
"""Links by name, with their Chinese name; the names of the screen and of its page."""

SCHEMA: dict[str, Any] = {
    "device_mn": pl.String,
    "factor_code": pl.String,
    "data_time_at": pl.Datetime("us", "UTC"),
    "link": pl.String,
    "reported": pl.Float64,
    "recomputed": pl.Float64,
    "mismatch": pl.Float64,
    "is_explained_by_rounding": pl.Boolean,
}


def compared(
    link: str, reported: pl.DataFrame, recomputed: pl.DataFrame, *, decimals: int | None = None
) -> pl.DataFrame:
    """One link: rows that both sides have.

    Args:
        link: of LINKS.
        reported, recomputed: device_mn, factor_code, data_time_at, value; one row a key.
        decimals: to which the device rounds; a difference within half a last digit is explained by it. None: unknown.

    Returns:
        Columns of SCHEMA in the order of the key. `mismatch` is |reported - recomputed| / |recomputed|; null when
        the recomputed value is 0 and the reported one is not (there is no ratio), 0 when both are 0.

    Raises:
        KeyError: no such link.

    Source: cems_diagnosis.md, rule R07; the links are those of HJ 212-2017, appendix D.
    """
    LINKS[link]
    key = ["device_mn", "factor_code", "data_time_at"]
    both = (
        reported.select(*key, reported=pl.col("value").cast(pl.Float64))
        .join(recomputed.select(*key, recomputed=pl.col("value").cast(pl.Float64)), on=key)
        .drop_nulls(["reported", "recomputed"])
    )
    off = (pl.col("reported") - pl.col("recomputed")).abs()
    ratio = pl.when(off == 0).then(0.0).when(pl.col("recomputed") != 0).then(off / pl.col("recomputed").abs())
    half = 0.0 if decimals is None else 0.5 * 10.0**-decimals
    return (
        both.with_columns(link=pl.lit(link), mismatch=ratio, is_explained_by_rounding=off <= half + 1e-9)
        .select(pl.col(name).cast(dtype) for name, dtype in SCHEMA.items())
        .sort(key)
    )


def per_link(rows: pl.DataFrame) -> pl.DataFrame:
    """What the rows of `compared` say, a row for each device, factor and link.

    Returns:
        device_mn, factor_code, link, n, n_unexplained, median, largest (mismatch of rows rounding does not explain).
    """
    left = ~pl.col("is_explained_by_rounding")
    return (
        rows.group_by("device_mn", "factor_code", "link")
        .agg(
            n=pl.len(),
            n_unexplained=left.sum(),
            median=pl.col("mismatch").filter(left).median(),
            largest=pl.col("mismatch").filter(left).max(),
        )
        .sort("device_mn", "factor_code", "link")
    )
