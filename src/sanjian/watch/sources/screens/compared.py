"""Outlets against others and against reference methods: peers (R13) and manual comparisons (R28)."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta

import numpy as np
import polars as pl

from sanjian.base.screening.contract import Frames
from sanjian.base.screening.parameters import setting

from .outlet import AIR, BLOCK_H, HOUR, OXYGEN, Outlet
from .rule import MARKED, STOPPED, Suspicion, figure, make_screen

MONTH = 10 * BLOCK_H


@dataclass(frozen=True, slots=True)
class Parameters:
    """Thresholds of the comparisons."""

    least_peers: int = setting(20, "至少有多少同类排口才比（自定）")
    most_off: float = setting(0.30, "自动与手工之比偏离 1 的份额上限（HJ 75-2017 准确度表，按浓度分档，取最宽；待核）")
    least_pairs: int = setting(3, "至少几对手工比对（HJ 355-2019 比对至少 3 对）")
    confidence: float = setting(0.4, "与同类相比的把握（自定：产品、燃料不同也会如此）")
    confidence_reference: float = setting(0.8, "手工比对的把握（自定）")


def judge_peers(outlet: Outlet, facts: Frames, p: Parameters) -> Iterator[Suspicion]:
    """Months in which the oxygen is above nine in ten peers and a pollutant below nine in ten."""
    if outlet.medium != "gas" or OXYGEN not in outlet.series:
        return
    table = facts.get("peers")
    if table is None:
        table = _peers_of(facts["readings"])
    bounds = {r["factor_code"]: r for r in table.iter_rows(named=True)}
    oxygen = outlet.judged(OXYGEN)
    for code in outlet.pollutants:
        bound = bounds.get(code)
        if bound is None or bound["outlets"] < p.least_peers:
            continue
        values = outlet.judged(code)
        for begin in range(0, outlet.length - MONTH + 1, MONTH):
            here = slice(begin, begin + MONTH)
            if np.isnan(values[here]).mean() > 0.5 or np.isnan(oxygen[here]).mean() > 0.5:
                continue
            air, level = float(np.nanmedian(oxygen[here])), float(np.nanmedian(values[here]))
            if air > bound["oxygen_p90"] and level < bound["value_p10"]:
                start = outlet.at(begin)
                yield Suspicion(
                    kind="unlike_peers",
                    factor=code,
                    start=start,
                    end=start + MONTH * HOUR,
                    summary_zh=f"含氧量 {air:.1f}% 高于九成同类排口，{outlet.name(code)} {level:.3g} 低于九成同类排口",
                    confidence=p.confidence,
                    severity=2,
                    numbers={
                        "规则": "R13",
                        "含氧量": figure(air),
                        "数值": figure(level),
                        "同类排口数": bound["outlets"],
                    },
                    innocent=(("燃料、工艺不同（须核对登记）", False), MARKED, STOPPED),
                )


def peers(readings: pl.LazyFrame) -> pl.LazyFrame:
    """What outlets of gas usually show, from hourly rows: factor_code, oxygen_p90, value_p10, outlets."""
    usual = pl.col("data_flag").fill_null("N").is_in(["N", "n", "3"])
    medians = (
        readings.filter(pl.col("kind") == "hour", usual, pl.col("factor_code").str.starts_with("a"))
        .group_by("device_mn", "factor_code")
        .agg(pl.col("value").median())
    )
    air = medians.filter(pl.col("factor_code") == OXYGEN, pl.col("value") < AIR).select("device_mn", oxygen="value")
    return (
        medians.join(air, on="device_mn")
        .group_by("factor_code")
        .agg(oxygen_p90=pl.col("oxygen").quantile(0.9), value_p10=pl.col("value").quantile(0.1), outlets=pl.len())
        .sort("factor_code")
    )


_latest: list[tuple[pl.DataFrame, pl.DataFrame]] = []


def _peers_of(readings: pl.DataFrame) -> pl.DataFrame:
    if not _latest or _latest[0][0] is not readings:
        _latest[:] = [(readings, peers(readings.lazy()).collect())]
    return _latest[0][1]


def judge_references(outlet: Outlet, facts: Frames, p: Parameters) -> Iterator[Suspicion]:
    """Manual comparisons whose ratio to the automatic values is out of bounds."""
    own = facts["references"].filter(pl.col("device_mn") == outlet.mn)
    for (code,), part in own.group_by("factor_code", maintain_order=True):
        series = outlet.series.get(str(code))
        if series is None:
            continue
        pairs = [
            (at, manual, float(series.values[hour]))
            for at, manual in part.sort("at").select("at", "value").iter_rows()
            for hour in [(at - outlet.start) // HOUR]
            if 0 <= hour < outlet.length and not np.isnan(series.values[hour]) and manual
        ]
        if len(pairs) < p.least_pairs:
            continue
        ratio = float(np.mean([auto for *_x, auto in pairs]) / np.mean([manual for _at, manual, _auto in pairs]))
        if abs(ratio - 1) <= p.most_off:
            continue
        yield Suspicion(
            kind="reference_mismatch",
            factor=str(code),
            start=pairs[0][0],
            end=pairs[-1][0] + HOUR,
            summary_zh=f"{outlet.name(str(code))} {len(pairs)} 对手工比对，自动值约为手工值的 {ratio:.0%}",
            confidence=p.confidence_reference,
            numbers={"规则": "R28", "比对数": len(pairs), "自动与手工之比": figure(ratio)},
            innocent=(("单次手工误差（至少三对取均值）", True), ("比对时段仪器标记异常（已排除）", True)),
        )


SCREENS = (
    make_screen(
        "sources.peers",
        "含氧量高于、污染物低于九成同类排口（R13）。只作参考：燃料、工艺不同也会如此。",
        judge_peers,
        Parameters(),
        look_back=timedelta(days=31),
        facts=("peers",),
    ),
    make_screen(
        "sources.references",
        "自动值与手工比对不符（R28）。",
        judge_references,
        Parameters(),
        look_back=timedelta(days=31),
        facts=("references",),
    ),
)
