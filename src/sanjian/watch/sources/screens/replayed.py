"""sources.replayed: data that were there before (R16): of the outlet's own past, or of another outlet, value for value.

The own past is searched by likeness, at several speeds, so noise and stretching do not hide a copy; the others are
searched by equal values over all outlets (fact "twins"), where only an exact copy is sought.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta

import polars as pl

from sanjian.base.screening.contract import Frames
from sanjian.base.screening.parameters import setting
from sanjian.watch.sources.tamper.twins import twins

from .outlet import CONDITIONS, HOUR, Outlet
from .rule import MARKED, STOPPED, Suspicion, episodes, figure, make_screen, span_of
from .sensing import signs_of
from .signs import LOOK_BACK_D


@dataclass(frozen=True, slots=True)
class Parameters:
    """Thresholds of the search."""

    least_surprise: float = setting(3.5, "诚实时段如此相似的概率不高于 10 的负此次方（自定）")
    least_hours: int = setting(12, "逐值相同至少小时数（R16）", "h")
    confidence_own: float = setting(0.8, "与自身历史重复的把握（自定）")
    confidence_other: float = setting(0.85, "与其他排口逐值相同的把握（自定；同一分析仪轮测须现场排除）")


def judge(outlet: Outlet, facts: Frames, parameters: Parameters) -> Iterator[Suspicion]:
    """Blocks like one earlier stretch only, and hours equal to another series."""
    known = signs_of(outlet)
    for code in outlet.pollutants:
        surprise = known.repeats(code)
        for first, end in episodes(surprise >= parameters.least_surprise):
            start, until = span_of(outlet, first, end)
            yield Suspicion(
                kind="own_past_replayed",
                factor=code,
                start=start,
                end=until,
                summary_zh=f"{outlet.name(code)} 与自身此前某一段几乎处处相同，如被重放",
                confidence=parameters.confidence_own,
                severity=4,
                numbers={"规则": "R16", "诚实时段如此相似的概率": figure(10 ** -float(surprise[first:end].max()), 2)},
                innocent=(
                    ("平静时段彼此本就相似（只计超出一般相似的部分）", True),
                    ("数值不动（另由恒值规则判定）", True),
                    MARKED,
                    STOPPED,
                ),
            )
    table = facts.get("twins")
    if table is None:
        table = _twins_of(facts["readings"])
    yield from _copies(outlet, table, parameters)


_latest: list[tuple[pl.DataFrame, pl.DataFrame]] = []


def _twins_of(readings: pl.DataFrame) -> pl.DataFrame:
    if not _latest or _latest[0][0] is not readings:
        _latest[:] = [(readings, twins(pollutants(readings.lazy()).collect()))]
    return _latest[0][1]


def pollutants(readings: pl.LazyFrame) -> pl.LazyFrame:
    """Hourly values of pollutants in the columns that the search asks for."""
    is_condition = pl.any_horizontal(pl.col("factor_code").str.starts_with(c) for c in (*CONDITIONS, "i", "I"))
    usual = pl.col("data_flag").fill_null("N").is_in(["N", "n", "3"])
    return readings.filter(pl.col("kind") == "hour", ~is_condition, usual, pl.col("value") > 0).select(
        "device_mn", "factor_code", "value", at=pl.col("data_time_at").dt.truncate("1h")
    )


def _copies(outlet: Outlet, table: pl.DataFrame, parameters: Parameters) -> Iterator[Suspicion]:
    shift = pl.col("at") - pl.col("other_at")
    own = table.filter(pl.col("device_mn") == outlet.mn).sort("factor_code", "at")
    breaks = (pl.col("at").diff() != HOUR) | (shift.diff() != timedelta(0))
    by = ["factor_code", "other_mn", "other_factor", "stretch"]
    stretches = own.with_columns(stretch=breaks.fill_null(True).cum_sum()).group_by(by, maintain_order=True)
    for (code, other, other_code, _n), part in stretches:
        if part.height < parameters.least_hours or not _is_own(outlet, str(code), part):
            continue
        begin, until = part["at"][0], part["at"][-1] + HOUR
        is_same_time = part["other_at"][0] == begin
        yield Suspicion(
            kind="other_series_copied",
            factor=str(code),
            start=begin,
            end=until,
            summary_zh=(
                f"{outlet.name(str(code))} 与设备 {other} 的 {outlet.name(str(other_code))} "
                f"连续 {part.height} 小时逐值相同"
            ),
            confidence=parameters.confidence_other,
            severity=4,
            numbers={
                "规则": "R16",
                "逐值相同（小时）": part.height,
                "另一设备": str(other),
                "另一设备的因子": str(other_code),
                "另一设备的起始时间": part["other_at"][0].isoformat(),
            },
            innocent=(
                ("数值少变、相同出于偶然（按步长信息量检验）", True),
                ("两个排口共用一台分析仪轮测（同一时刻相同，须现场核实）", not is_same_time),
                MARKED,
            ),
        )


def _is_own(outlet: Outlet, code: str, part: pl.DataFrame) -> bool:
    """Whether the outlet's rows still say what the table of twins says: rows may have been corrected since."""
    if code not in outlet.series:
        return False
    values = outlet.series[code].values
    hours = ((part["at"] - outlet.start).dt.total_hours()).to_list()
    inside = [h for h in hours if 0 <= h < outlet.length]
    return len(inside) == part.height and bool((values[inside] == part["value"].to_numpy()).all())


SCREEN = make_screen(
    "sources.replayed",
    (
        "数据曾经出现过（R16）：与自身历史某一段几乎处处相同（容许噪声与快慢），或与其他排口连续逐值相同。"
        "不指控：数值少变的信号、平静时段的一般相似。"
    ),
    judge,
    Parameters(),
    look_back=timedelta(days=LOOK_BACK_D),
    facts=("twins",),
)
