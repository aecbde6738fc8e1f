"""sources.marking and sources.calibrations: marks that serve somebody (R20 a and c, R21, R20 d).

Marks are too many, begin just when a limit was crossed, or name a calibration in whose hours the analyser saw neither
zero nor span gas.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import comb

import numpy as np

from sanjian.base.screening.contract import Frames
from sanjian.base.screening.parameters import setting
from sanjian.watch.sources.tamper.signal import median

from .outlet import BLOCK_H, CALIBRATED, EXCUSING, HOUR, Outlet
from .rule import STOPPED, Suspicion, episodes, figure, make_screen

MONTH = 10 * BLOCK_H
Numbers = dict[str, float | int | str | None]
Innocent = tuple[tuple[str, bool], ...]


@dataclass(frozen=True, slots=True)
class Parameters:
    """Thresholds of the rules on marks."""

    planned_h: float = setting(36.0, "每三十日计划内维护、校准小时数（自定；超过其两倍才判，R20 a）", "h")
    least_cases: int = setting(3, "越限后即标记至少次数（R20 c，自定）")
    most_chance: float = setting(0.01, "该次数出于偶然的概率上限（R20 c）")
    least_calibrations: int = setting(3, "没有零点、量程平台的校准至少次数（R20 d，自定）")
    alike: float = setting(0.15, "校准小时原始值与前后相差不到此份额，视为没有通标气（自定）")
    confidence: float = setting(0.5, "把握（自定）")


def judge_marks(outlet: Outlet, _facts: Frames, p: Parameters) -> Iterator[Suspicion]:
    """Months with too many marked hours, and months whose marks follow crossings of the limit."""
    for code in outlet.pollutants:
        marked = np.isin(outlet.series[code].marks, EXCUSING)
        raw = _raw_ratio(outlet, code)
        for begin in range(0, outlet.length - MONTH + 1, MONTH):
            here = slice(begin, begin + MONTH)
            start = outlet.at(begin)
            hours = int(marked[here].sum())
            if hours > 2 * p.planned_h:
                yield _suspicion(
                    "marks_excessive", code, start, f"{outlet.name(code)} 三十日内标记维护、校准、故障 {hours} 小时", p,
                    {"规则": "R20 a", "标记小时数": hours, "计划小时数": p.planned_h},
                    (("长期检修或仪器故障（须查报备）", False), STOPPED),
                )  # fmt: skip
            begins = [a + begin for a, _b in episodes(marked[here])]
            after = [a for a in begins if a > 0 and raw[a - 1] > 1.0]
            share = float(np.mean(raw[here] > 1.0))
            chance = _binomial_tail(len(after), len(begins), share)
            if len(after) >= p.least_cases and chance <= p.most_chance:
                yield _suspicion(
                    "marks_follow_exceedance", code, start,
                    f"{outlet.name(code)} 三十日内 {len(begins)} 次标记中有 {len(after)} 次恰在越限之后开始", p,
                    {"规则": "R20 c", "标记次数": len(begins), "越限后标记": len(after), "偶然概率": figure(chance, 2)},
                    (("随机时刻的维护（按越限时间占比检验）", True), ("越限本身触发的检修（须查工单）", False)),
                )  # fmt: skip


def judge_calibrations(outlet: Outlet, _facts: Frames, p: Parameters) -> Iterator[Suspicion]:
    """Months in which most calibrations left no trace of zero or span gas."""
    for code in outlet.pollutants:
        series = outlet.series[code]
        for begin in range(0, outlet.length - MONTH + 1, MONTH):
            spans = list(episodes(series.marks[begin : begin + MONTH] == CALIBRATED))
            empty = [s for s in spans if _has_no_plateau(outlet, code, begin + s[0], begin + s[1], p)]
            if len(empty) >= p.least_calibrations and len(empty) > len(spans) / 2:
                yield _suspicion(
                    "calibrations_without_gas", code, outlet.at(begin),
                    f"{outlet.name(code)} 三十日内 {len(spans)} 次校准标记中有 {len(empty)} 次读数与前后无异", p,
                    {"规则": "R20 d/R21", "校准次数": len(spans), "读数无异": len(empty)},
                    (("小时均值里看不出短时通气（偏离小于阈值，须查分钟数据）", False), STOPPED),
                )  # fmt: skip


def _raw_ratio(outlet: Outlet, code: str) -> np.ndarray:
    if code not in outlet.limits:
        return np.full(outlet.length, np.nan)
    upper, is_corrected = outlet.limits[code]
    series = outlet.series[code]
    return np.where(outlet.running, series.corrected if is_corrected else series.raw, np.nan) / upper


def _has_no_plateau(outlet: Outlet, code: str, first: int, end: int, p: Parameters) -> bool:
    raw = outlet.series[code].raw
    inside = raw[first:end]
    beside = median(np.concatenate([raw[max(0, first - 6) : first], raw[end : end + 6]]))
    if np.isnan(inside).all() or not beside > 0:
        return False
    return bool(np.nanmax(np.abs(inside / beside - 1)) < p.alike)


def _binomial_tail(hits: int, trials: int, share: float) -> float:
    share = min(max(share, 0.02), 0.98)
    return float(sum(comb(trials, k) * share**k * (1 - share) ** (trials - k) for k in range(hits, trials + 1)))


def _suspicion(
    kind: str, code: str, start: datetime, text: str, p: Parameters, numbers: Numbers, innocent: Innocent
) -> Suspicion:
    return Suspicion(
        kind=kind, factor=code, start=start, end=start + MONTH * HOUR, summary_zh=text, confidence=p.confidence,
        numbers=numbers, innocent=innocent,
    )  # fmt: skip


SCREENS = (
    make_screen(
        "sources.marking",
        "标记过多，或恰在越限之后开始（R20）。不指控：计划内小时数两倍以内、随机时刻的维护。",
        judge_marks,
        Parameters(),
        look_back=timedelta(days=61),
    ),
    make_screen(
        "sources.calibrations",
        "标记为校准而读数与前后无异，看不出零点与量程（R20 d、R21）。",
        judge_calibrations,
        Parameters(),
        look_back=timedelta(days=61),
    ),
)
