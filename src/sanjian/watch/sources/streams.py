"""Calculated values, beside the received ones: a recomputation adds rows, the last computed counts, earlier versions
stay visible (ADR 0014).
"""

import polars as pl

from sanjian.base.lake import UTC_US, Column, Stream, register

DERIVED_VALUES = Stream(
    name="derived_values",
    about_zh="计算值：一行是一个点位一个因子一个时段的一次计算结果，不覆盖收到的数据",
    columns=(
        Column("device_mn", pl.String, note="设备唯一标识 MN"),
        Column("factor_code", pl.String),
        Column("kind", pl.String, note="hour, day"),
        Column("data_time_at", UTC_US, note="start of the period"),
        Column("value", pl.Float64, note="mean of valid values in the factor's unit; null in a gap"),
        Column("zs_value", pl.Float64, note="折算值; null without reference oxygen"),
        Column("flow_m3", pl.Float64, "m3", "of the period: standard dry gas, or water"),
        Column("mass_kg", pl.Float64, "kg", "of the period; null when nothing may stand in"),
        Column("valid_share", pl.Float64, note="0-1"),
        Column("method", pl.String, note="measured, corrected, substituted, stopped, none"),
        Column("mark", pl.String, note="codes joined by ;"),
        Column("ruleset", pl.String, note="code of the rule set, chosen by the date of the data"),
        Column("correction_id", pl.Int64, note="which correction asked for it; null for a plain computation"),
        Column("computed_at", UTC_US),
        Column("day", pl.Date, note="UTC day of data_time_at"),
    ),
    key=("device_mn", "factor_code", "kind", "data_time_at"),
    time="data_time_at",
    received="computed_at",
    partition_of="data_time_at",
)

register(DERIVED_VALUES)
