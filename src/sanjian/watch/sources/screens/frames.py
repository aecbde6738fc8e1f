"""The registry frames that the screens of fixed sources read, and the pieces of them that several screens need.
Pure.
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import polars as pl

from sanjian.base.lake import UTC_US, Column
from sanjian.base.screening.facts import FactFrame

LOCAL = ZoneInfo("Asia/Shanghai")

POINTS = FactFrame(
    "points",
    "监控点位",
    (
        Column("device_mn", pl.String, note="设备唯一标识 MN", also="mn"),
        Column("name", pl.String, note="点位名称"),
        Column("medium", pl.String, note="gas 废气 / water 废水 / dust 扬尘 / air 环境空气；缺省 gas"),
        Column("report_interval_s", pl.Int64, "s", "应报间隔；缺省 3600"),
        Column("is_in_service", pl.Boolean, note="在用；缺省 true"),
        Column("oxygen_reference", pl.Float64, "%", note="基准含氧量；缺省不折算"),
    ),
    required=("device_mn",),
)
LIMITS = FactFrame(
    "limits",
    "限值，每行一个点位一个因子一个考核时段，按数据日期选用",
    (
        Column("device_mn", pl.String, note="设备唯一标识 MN", also="mn"),
        Column("factor_code", pl.String, note="因子编码", also="factor"),
        Column("period", pl.String, note="hour 小时 / day 日；缺省 hour"),
        Column("basis", pl.String, note="measured 实测值 / corrected 折算值；缺省 measured"),
        Column("lower", pl.Float64, note="下限（如 pH 6）"),
        Column("upper", pl.Float64, note="上限"),
        Column("source", pl.String, note="标准号与表号，或排污许可证编号"),
        Column("valid_from", pl.Date, note="起；缺省不限"),
        Column("valid_to", pl.Date, note="止（含）；缺省不限"),
    ),
    required=("device_mn", "factor_code"),
)
FACTORS = FactFrame(
    "factors",
    "监测因子",
    (
        Column("factor_code", pl.String, note="因子编码", also="factor"),
        Column("name", pl.String, note="名称"),
        Column("unit", pl.String, note="单位"),
        Column("decimals", pl.Int64, note="小数位；缺省 2"),
        Column("is_step_held", pl.Boolean, note="分析仪每几小时测一次、期间数值保持；缺省 false"),
    ),
    required=("factor_code",),
)
LATEST = FactFrame(
    "latest",
    "各点位各因子的最新一次上报（由平台提供；文件方式由数据本身得出）",
    (
        Column("device_mn", pl.String, note="设备唯一标识 MN", also="mn"),
        Column("kind", pl.String, note="rt / minute / hour / day"),
        Column("factor_code", pl.String, note="因子编码", also="factor"),
        Column("data_time_at", UTC_US, note="最新数据时间"),
        Column("data_flag", pl.String, note="该次的数据标记"),
        Column("received_at", UTC_US, note="设备最近一次被收到"),
    ),
    required=("device_mn", "kind", "factor_code", "data_time_at"),
    is_from_rows=True,
)
TWINS = FactFrame(
    "twins",
    "与其他监测曲线逐值相同的小时（由平台在全部排口中查找；文件方式由数据本身得出）",
    (
        Column("device_mn", pl.String, note="设备唯一标识 MN", also="mn"),
        Column("factor_code", pl.String, note="监测因子"),
        Column("at", UTC_US, note="小时"),
        Column("value", pl.Float64, note="数值"),
        Column("other_mn", pl.String, note="与之相同的另一设备"),
        Column("other_factor", pl.String, note="另一设备的因子"),
        Column("other_at", UTC_US, note="另一设备的小时"),
    ),
    required=("device_mn", "factor_code", "at", "value", "other_mn", "other_factor", "other_at"),
    is_from_rows=True,
)
PEERS = FactFrame(
    "peers",
    "同类排口的一般水平（由平台给出；文件方式由数据本身得出）",
    (
        Column("factor_code", pl.String, note="因子编码", also="factor"),
        Column("oxygen_p90", pl.Float64, "%", "九成排口的含氧量不高于此值"),
        Column("value_p10", pl.Float64, note="九成排口的数值不低于此值"),
        Column("outlets", pl.Int64, note="排口数"),
    ),
    required=("factor_code", "oxygen_p90", "value_p10", "outlets"),
    is_from_rows=True,
)
APPROVED = FactFrame(
    "approved",
    "登记的设备参数，按日期选用",
    (
        Column("device_mn", pl.String, note="设备唯一标识 MN", also="mn"),
        Column("factor_code", pl.String, note="因子编码；数采仪自身的参数为空"),
        Column("info_code", pl.String, note="参数编码，如 i13001 量程、i13007 截距、i13008 斜率（HJ 212）"),
        Column("value", pl.Float64, note="登记值"),
        Column("valid_from", pl.Date, note="起；缺省不限"),
        Column("valid_to", pl.Date, note="止（含）；缺省不限"),
    ),
    required=("device_mn", "info_code", "value"),
)
REFERENCES = FactFrame(
    "references",
    "手工比对（参比方法）结果",
    (
        Column("device_mn", pl.String, note="设备唯一标识 MN", also="mn"),
        Column("factor_code", pl.String, note="因子编码", also="factor"),
        Column("at", UTC_US, note="比对的小时"),
        Column("value", pl.Float64, note="手工值，与因子同单位"),
    ),
    required=("device_mn", "factor_code", "at", "value"),
)


@dataclass(frozen=True, slots=True)
class DatedLaw:
    """A provision that applies to conduct in a period.

    Args:
        code: of `registry.LegalBasis`.
        media: the media it covers; empty for all.
        valid_from, valid_to: first and last day of conduct, None without bound.
    """

    code: str
    media: tuple[str, ...] = ()
    valid_from: date | None = None
    valid_to: date | None = None


def law_for(laws: tuple[DatedLaw, ...], medium: str, start: datetime, end: datetime) -> tuple[str, ...]:
    """Codes of the provisions for conduct in an interval: the day of the conduct selects, not today.

    Source: 行政处罚法 2021 第三十七条（从旧兼从轻）; conduct that spans a change cites both and a person picks.
    """
    first, last = local_day(start), local_day(end)
    return tuple(
        law.code
        for law in laws
        if (not law.media or medium in law.media)
        and (law.valid_from is None or law.valid_from <= last)
        and (law.valid_to is None or law.valid_to >= first)
    )


def local_day(moment: datetime) -> date:
    """The calendar day in China."""
    return moment.astimezone(LOCAL).date()


def span_zh(start: datetime, end: datetime) -> str:
    """An interval in local time: `2026-11-23 09:00–11:00`, with the second date when it is another day."""
    first, last = start.astimezone(LOCAL), end.astimezone(LOCAL)
    tail = f"{last:%H:%M}" if first.date() == last.date() else f"{last:%Y-%m-%d %H:%M}"
    return f"{first:%Y-%m-%d %H:%M}–{tail}"


def figure(value: float, decimals: int) -> str:
    """A value as people write it, at the factor's decimals."""
    return f"{value:.{decimals}f}"


def plain_figure(value: object) -> str:
    """A limit or threshold without needless zeros: 50, 0.5."""
    return f"{value:g}" if isinstance(value, float | int) else "—"


def hours_zh(span: timedelta) -> str:
    """A duration in words: `5 天 3 小时`, `4 小时`, `45 分钟`."""
    minutes = int(span.total_seconds() // 60)
    if minutes < 60:
        return f"{minutes} 分钟"
    hours, rest = divmod(minutes, 60)
    if hours >= 48:
        days, hours = divmod(hours, 24)
        return f"{days} 天 {hours} 小时" if hours else f"{days} 天"
    return f"{hours} 小时 {rest} 分钟" if rest else f"{hours} 小时"


@dataclass(frozen=True, slots=True)
class FactorFacts:
    """What a screen needs to know of one factor to judge and to speak of it."""

    code: str
    name: str
    unit: str
    decimals: int
    is_step_held: bool


def factor_facts(factors: pl.DataFrame) -> dict[str, FactorFacts]:
    """Factors by code."""
    return {
        r["factor_code"]: FactorFacts(
            r["factor_code"],
            r["name"] or r["factor_code"],
            r["unit"] or "",
            2 if r["decimals"] is None else int(r["decimals"]),
            bool(r["is_step_held"]),
        )
        for r in factors.iter_rows(named=True)
    }


def factor_of(known: dict[str, FactorFacts], code: str) -> FactorFacts:
    """A factor, or its bare code when the registry does not have it."""
    return known.get(code) or FactorFacts(code, code, "", 2, False)


def media(points: pl.DataFrame) -> dict[str, str]:
    """Medium by device code."""
    return {mn: medium or "gas" for mn, medium in points.select("device_mn", "medium").iter_rows()}
