"""Water that is not the plant's: clean water or a standard in place of the sample (R17), and rinsing in step with the
sampling clock (R18).
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta

import numpy as np
import polars as pl

from sanjian.base.screening.contract import Frames
from sanjian.base.screening.parameters import setting
from sanjian.watch.sources.tamper.signal import Array, median

from .outlet import Outlet
from .rule import MARKED, STOPPED, Suspicion, episodes, figure, make_screen

WEEK = 168


@dataclass(frozen=True, slots=True)
class Parameters:
    """Thresholds of the rules on water."""

    fall: float = setting(0.35, "各污染物不高于此前一周中位值的此份额（R17，自定）")
    least_factors: int = setting(2, "至少几项污染物一同下降（R17）")
    least_hours: int = setting(3, "至少连续小时数（自定）", "h")
    before_min: float = setting(20.0, "采样前多少分钟与其余时间相比（R18）", "min")
    most_chance: float = setting(0.01, "平移检验的概率上限（R18）")
    least_samples: int = setting(12, "至少采样次数（自定）")
    confidence: float = setting(0.6, "把握（自定）")


def judge_swap(outlet: Outlet, _facts: Frames, p: Parameters) -> Iterator[Suspicion]:
    """Hours in which all pollutants fall together far below the week before while the water keeps flowing."""
    codes = [c for c in outlet.series if c not in outlet.conditions]
    if outlet.medium != "water" or len(codes) < p.least_factors:
        return
    ratios = np.stack([_to_week(outlet.judged(c)) for c in sorted(codes)], axis=1)
    known = np.count_nonzero(~np.isnan(ratios), axis=1)
    with np.errstate(invalid="ignore"):
        low = np.count_nonzero(ratios <= p.fall, axis=1)
    for first, end in episodes((known >= p.least_factors) & (low == known)):
        if end - first < p.least_hours:
            continue
        share = float(np.nanmedian(ratios[first:end]))
        yield Suspicion(
            kind="sample_swapped",
            factor=None,
            start=outlet.at(first),
            end=outlet.at(end),
            summary_zh=(
                f"{len(codes)} 项污染物连续 {end - first} 小时一同降到此前一周的 {share:.0%}，"
                "流量照常，疑似换水或稀释水样"
            ),
            confidence=p.confidence,
            severity=4,
            numbers={"规则": "R17", "小时数": end - first, "与此前一周之比": figure(share), "污染物项数": len(codes)},
            innocent=(
                ("停产、无水（流量为零的小时已排除）", True),
                ("降雨稀释（须比对雨量与流量）", False),
                ("只有一项下降（要求全部一同下降）", True),
                MARKED,
                STOPPED,
            ),
        )


def _to_week(values: Array) -> Array:
    """Each hour over the median of the week that ended a day before it."""
    lag = 24
    padded = np.concatenate([np.full(WEEK + lag, np.nan), values])[: len(values) + WEEK]
    usual = median(np.lib.stride_tricks.sliding_window_view(padded, WEEK)[: len(values)])
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.asarray(np.where(usual > 0, values / usual, np.nan))


def judge_phase(outlet: Outlet, facts: Frames, p: Parameters) -> Iterator[Suspicion]:
    """Conditions that differ in the minutes before each sampling."""
    held = [c for c, s in outlet.series.items() if (f := outlet.factors.get(c)) is not None and f.is_step_held and s]
    if outlet.medium != "water" or not held:
        return
    own = pl.col("device_mn") == outlet.mn
    minutes = facts["readings"].filter(own, pl.col("kind") == "minute", pl.col("factor_code").is_in(outlet.conditions))
    if minutes.is_empty():
        return
    sampled = _samplings(facts["readings"].filter(own, pl.col("factor_code") == held[0], pl.col("kind") == "minute"))
    for (code,), part in minutes.partition_by("factor_code", as_dict=True, maintain_order=True).items():
        found = _phase(part.sort("data_time_at"), sampled, p)
        if found is None:
            continue
        inside, outside, chance = found
        yield Suspicion(
            kind="phase_locked",
            factor=str(code),
            start=part["data_time_at"].min(),  # type: ignore[arg-type]
            end=part["data_time_at"].max() + timedelta(minutes=1),  # type: ignore[operator,arg-type]
            summary_zh=(
                f"{outlet.name(str(code))} 在每次采样前 {p.before_min:.0f} 分钟与其余时间不同"
                f"（{inside:g} 对 {outside:g}，共 {len(sampled)} 次采样）"
            ),
            confidence=p.confidence,
            numbers={"规则": "R18", "采样前": inside, "其余": outside, "采样次数": len(sampled), "偶然概率": chance},
            innocent=(("分析仪自身的冲洗程序（须查设定）", False), ("日周期（按循环平移检验）", True)),
        )


def _samplings(rows: pl.DataFrame) -> list[float]:
    """Moments at which a held value changes, in seconds."""
    ordered = rows.sort("data_time_at")
    changed = ordered.filter(pl.col("value").diff().fill_null(0.0) != 0)
    return [float(s) for s in changed["data_time_at"].dt.epoch("s").to_list()]


def _phase(part: pl.DataFrame, sampled: list[float], p: Parameters) -> tuple[float, float, float] | None:
    if len(sampled) < p.least_samples:
        return None
    at = part["data_time_at"].dt.epoch("s").to_numpy().astype(float)
    values = part["value"].to_numpy()
    marks = np.array(sampled)

    def difference(shift: float) -> float:
        next_one = np.searchsorted(marks + shift, at)
        ahead = np.where(next_one < len(marks), (marks + shift)[np.minimum(next_one, len(marks) - 1)] - at, np.inf)
        near = ahead <= p.before_min * 60
        if near.sum() < p.least_samples or (~near).sum() < p.least_samples:
            return 0.0
        return float(np.nanmedian(values[near]) - np.nanmedian(values[~near]))

    usual = float(np.median(np.diff(marks)))
    shifts = np.linspace(0.1, 0.9, 199) * usual
    own = difference(0.0)
    chance = (1 + sum(abs(difference(-s)) >= abs(own) for s in shifts)) / (1 + len(shifts))
    if own == 0.0 or chance > p.most_chance:
        return None
    rest = float(np.nanmedian(values))
    return figure(rest + own), figure(rest), figure(chance, 2)


SCREENS = (
    make_screen(
        "sources.water_swap",
        "废水各项污染物一同骤降而流量照常（R17）：以清水或标液代替水样。不判定：停产、单项下降。",
        judge_swap,
        Parameters(),
        look_back=timedelta(days=9),
    ),
    make_screen(
        "sources.phase_locked",
        "工况量在每次采样之前有规律地不同（R18）：按采样时刻稀释、冲洗取样口。",
        judge_phase,
        Parameters(),
        look_back=timedelta(days=3),
        kinds=("hour", "minute"),
    ),
)
