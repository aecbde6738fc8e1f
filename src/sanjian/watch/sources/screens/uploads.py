"""sources.uploads: how data come in (R26): one device code from two addresses, hours rewritten long after the fact."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta

import polars as pl

from sanjian.base.screening.contract import Frames, Input
from sanjian.base.screening.parameters import setting

from .outlet import HOUR, Outlet
from .rule import Suspicion, make_screen

PACKETS = Input("frames", timedelta(days=1), needs=("device_mn", "received_at", "peer"), may=("command",))


@dataclass(frozen=True, slots=True)
class Parameters:
    """Thresholds of the rule on uploads."""

    least_returns: int = setting(4, "一小时内在两个地址之间来回至少次数（自定；换卡换网只切换一次）")
    late_h: float = setting(48.0, "数据时间之后多久才收到、且前后小时早已收到，视为事后改写（自定）", "h")
    least_rewritten: int = setting(2, "连续改写至少小时数（自定）", "h")
    confidence: float = setting(0.6, "把握（自定）")


def judge(outlet: Outlet, facts: Frames, p: Parameters) -> Iterator[Suspicion]:
    """Hours with two senders, and hours that were received long after their neighbours."""
    packets = facts["frames"].filter(pl.col("device_mn") == outlet.mn).sort("received_at")
    yield from _two_senders(packets, p)
    yield from _rewritten(outlet, facts["readings"], p)


def _two_senders(packets: pl.DataFrame, p: Parameters) -> Iterator[Suspicion]:
    # The port changes with every connection; the address does not.
    hosts = packets.with_columns(host=pl.col("peer").str.replace(r":\d+$", "")).with_columns(
        switch=(pl.col("host") != pl.col("host").shift()).fill_null(False),
        hour=pl.col("received_at").dt.truncate("1h"),
    )
    busy = hosts.group_by("hour").agg(pl.col("switch").sum(), pl.col("host").unique().sort()).sort("hour")
    for hour, switches, addresses in busy.iter_rows():
        if switches >= p.least_returns and len(addresses) >= 2:
            yield Suspicion(
                kind="two_senders",
                factor=None,
                start=hour,
                end=hour + HOUR,
                summary_zh=f"同一设备编码一小时内由 {len(addresses)} 个地址交替上报，来回 {switches} 次",
                confidence=p.confidence,
                numbers={"规则": "R26", "地址": "、".join(addresses[:4]), "来回次数": switches},
                innocent=(("更换通信卡或网络（只切换一次）", True), ("双链路热备（须查备案）", False)),
                context=timedelta(hours=6),
            )


def _rewritten(outlet: Outlet, readings: pl.DataFrame, p: Parameters) -> Iterator[Suspicion]:
    rows = readings.filter(pl.col("device_mn") == outlet.mn, pl.col("kind") == "hour").sort(
        "factor_code", "data_time_at"
    )
    delay = pl.col("received_at") - pl.col("data_time_at")
    late = delay > timedelta(hours=p.late_h)
    prompt_beside = (~late).shift().over("factor_code").fill_null(False)
    stretch = late.rle_id().over("factor_code")
    found = (
        rows.with_columns(late=late, begins=late & prompt_beside, stretch=stretch)
        .filter(pl.col("late") & ~pl.col("is_backfill").fill_null(False))
        .group_by("factor_code", "stretch", maintain_order=True)
        .agg(
            first=pl.col("data_time_at").min(),
            last=pl.col("data_time_at").max(),
            hours=pl.len(),
            beside=pl.col("begins").any(),
            delay_h=((pl.col("received_at") - pl.col("data_time_at")).dt.total_hours()).median(),
        )
        .filter(pl.col("beside") & (pl.col("hours") >= p.least_rewritten) & (pl.col("hours") <= 48))
    )
    for code, _stretch, first, last, hours, _beside, delay_h in found.iter_rows():
        yield Suspicion(
            kind="history_rewritten",
            factor=code,
            start=first,
            end=last + HOUR,
            summary_zh=(
                f"{outlet.name(code)} {hours} 小时数据在 {delay_h:.0f} 小时之后才收到，前后数据早已收到，且未作补传标记"
            ),
            confidence=p.confidence,
            numbers={"规则": "R26", "小时数": hours, "迟到（小时）": delay_h},
            innocent=(("断网后成段补传（前后一同迟到的不判）", True), ("平台要求的补传（带补传标记的不判）", True)),
        )


SCREEN = make_screen(
    "sources.uploads",
    "上报行为异常（R26）：同一设备编码由两个地址交替上报；个别小时在很久之后才改写。不判定：断网后的成段补传。",
    judge,
    Parameters(),
    look_back=timedelta(days=4),
    others=(PACKETS,),
    rest=timedelta(hours=1),
)
