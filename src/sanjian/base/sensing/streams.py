"""What comes in from devices: every frame as received, every reading in it, everything that could not be read."""

import polars as pl

from sanjian.base.config import config
from sanjian.base.lake import UTC_US, Column, Stream, register

FRAMES = Stream(
    name="frames",
    about_zh="收到的每一个数据包，原样保存",
    columns=(
        Column("protocol", pl.String, note="hj212, ..."),
        Column("peer", pl.String, note="address and port of the sender"),
        Column("device_mn", pl.String, note="null when it could not be read"),
        Column("command", pl.String, note="CN of HJ 212"),
        Column("system_code", pl.String, note="ST of HJ 212"),
        Column("qn", pl.String, note="request number as sent"),
        Column("received_at", UTC_US),
        Column("action", pl.String, note="what the decoder did: accept, accept-warn, ..."),
        Column("warnings", pl.String, note="codes joined by ;"),
        Column("frame_sha256", pl.String, note="hex, of the raw bytes"),
        Column("size_bytes", pl.Int32, "B"),
        Column("raw", pl.Binary, note="head to tail, as received"),
        Column("day", pl.Date, note="UTC day of received_at"),
    ),
    key=("frame_sha256", "received_at", "peer"),
    time="received_at",
    retention_days=config().frames_keep_days,
)

READINGS = Stream(
    name="readings",
    about_zh="监测数据：一行是一个点位一个因子一个时刻的一次上报",
    columns=(
        Column("device_mn", pl.String, note="设备唯一标识 MN", also="mn"),
        Column("factor_code", pl.String, note="HJ 525 / HJ 212, as sent or mapped from the 2005 codes", also="factor"),
        Column("kind", pl.String, note="rt, minute, hour, day (CN 2011, 2051, 2061, 2031)"),
        Column("data_time_at", UTC_US, note="moment (rt) or start of the period", also="at"),
        Column("data_time_raw", pl.String, note="as sent"),
        Column("value", pl.Float64, note="Rtd or Avg, in the factor's unit; null when not a usable number"),
        Column("value_text", pl.String, note="as sent: decimals are evidence"),
        Column("min", pl.Float64),
        Column("max", pl.Float64),
        Column("total", pl.Float64, note="Cou"),
        Column("zs_value", pl.Float64, note="折算值, corrected to reference oxygen"),
        Column("zs_min", pl.Float64),
        Column("zs_max", pl.Float64),
        Column("data_flag", pl.String, note="mark sent by the instrument; null when none was sent", also="flag"),
        Column("quality_flag", pl.String, note="our own judgement: codes joined by ;"),
        Column("system_code", pl.String, note="ST"),
        Column("is_backfill", pl.Boolean, note="RF=1"),
        Column("received_at", UTC_US),
        Column("frame_sha256", pl.String, note="the packet that it came in"),
        Column("day", pl.Date, note="UTC day of data_time_at"),
    ),
    key=("device_mn", "factor_code", "kind", "data_time_at"),
    time="data_time_at",
    partition_of="data_time_at",
)

QUARANTINE = Stream(
    name="quarantine",
    about_zh="不能读取或不能认领的数据包，连同原因",
    columns=(
        Column("protocol", pl.String),
        Column("peer", pl.String),
        Column("device_mn", pl.String, note="null when it could not be read"),
        Column("received_at", UTC_US),
        Column("reason", pl.String, note="machine code, e.g. crc_mismatch, unknown_device"),
        Column("detail_zh", pl.String, note="the reason with its figures, for a person"),
        Column("frame_sha256", pl.String),
        Column("raw", pl.Binary),
        Column("day", pl.Date, note="UTC day of received_at"),
    ),
    key=("frame_sha256", "received_at", "peer"),
    time="received_at",
    retention_days=365,
)

DEVICE_PARAMETERS = Stream(
    name="device_parameters",
    about_zh="设备参数、状态、日志和序列号：一行是一台设备一次上报的一个值，历史全部保留",
    columns=(
        Column("device_mn", pl.String, note="设备唯一标识 MN"),
        Column("factor_code", pl.String, note="PolId, empty for the logger itself"),
        Column("info_code", pl.String, note="i13008, ...; SN; or the item's name: RtdInterval, RestartTime"),
        Column("at", UTC_US, note="DataTime; moment of receipt when none was sent"),
        Column("value_text", pl.String, note="as sent; logs without the // around them"),
        Column("value", pl.Float64, note="null when not a number"),
        Column("received_at", UTC_US),
        Column("frame_sha256", pl.String, note="the packet that it came in"),
        Column("origin", pl.String, note="CN that brought it: 3020, 3019, 1001, 1011, 1061, 1063, 2081, 3017, 3018"),
        Column("day", pl.Date, note="UTC day of at"),
    ),
    key=("device_mn", "factor_code", "info_code", "at", "value_text"),
    time="at",
)

register(FRAMES, READINGS, QUARANTINE, DEVICE_PARAMETERS)
