"""sources.bunching: values crowd just under the limit and are missing just over it (R02).

A month's ratios to the limit are counted in strips; a smooth curve through the strips well away from the limit says how
many there should be beside it. Real control to a set-point crowds as well: that must be asked at the plant.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta

import numpy as np

from sanjian.base.screening.contract import Frames
from sanjian.base.screening.parameters import setting
from sanjian.watch.sources.tamper.signal import Array

from .outlet import BLOCK_H, HOUR, Outlet
from .rule import MARKED, STOPPED, Suspicion, figure, make_screen

STRIP = 0.025
EDGES = np.arange(0.5, 1.5 + STRIP / 2, STRIP)
MONTH = 10 * BLOCK_H


@dataclass(frozen=True, slots=True)
class Parameters:
    """Thresholds of the rule."""

    excess: float = setting(0.5, "0.90–1.00 之间多出的份额（R02 起始阈值）")
    deficit: float = setting(0.5, "1.00–1.10 之间缺少的份额（R02 起始阈值）")
    least_expected: float = setting(8.0, "两侧各应有的小时数至少（自定，少则不判）")
    least_z: float = setting(4.0, "多出、缺少的标准化偏差（自定，代替自助法检验）")
    confidence: float = setting(0.55, "把握：控制在设定值附近也会如此（自定）")


def judge(outlet: Outlet, _facts: Frames, parameters: Parameters) -> Iterator[Suspicion]:
    """Months of thirty days in which a factor crowds under its limit."""
    for code in outlet.pollutants:
        ratio = outlet.ratio(code)
        for begin in range(0, outlet.length - MONTH + 1, MONTH):
            found = _crowding(ratio[begin : begin + MONTH], parameters)
            if found is None:
                continue
            under, expected_under, over, expected_over = found
            start = outlet.at(begin)
            yield Suspicion(
                kind="bunching_under_limit",
                factor=code,
                start=start,
                end=start + MONTH * HOUR,
                summary_zh=(
                    f"{outlet.name(code)} 三十日内有 {under} 小时在限值的 90%–100%，"
                    f"平滑应有约 {expected_under:.0f} 小时；"
                    f"100%–110% 仅 {over} 小时，应有约 {expected_over:.0f} 小时"
                ),
                confidence=parameters.confidence,
                numbers={
                    "规则": "R02",
                    "限值下方小时数": under,
                    "限值下方应有": figure(expected_under),
                    "限值上方小时数": over,
                    "限值上方应有": figure(expected_over),
                },
                innocent=(
                    ("自动控制在限值以下的设定值（须查加药、给料记录）", False),
                    ("数值本就远低于限值（两侧应有小时数不足不判）", True),
                    MARKED,
                    STOPPED,
                ),
            )


def _crowding(ratio: Array, parameters: Parameters) -> tuple[int, float, int, float] | None:
    counts, _edges = np.histogram(ratio[~np.isnan(ratio)], EDGES)
    centres = (EDGES[:-1] + EDGES[1:]) / 2
    away = (centres < 0.85) | (centres > 1.15)
    if counts[away].sum() < 100 or counts[centres > 1.15].sum() == 0:
        return None
    # Logarithms of counts by a parabola, weighted by what a count is worth.
    line = np.polyfit(centres[away] - 1, np.log(counts[away] + 0.5), 2, w=np.sqrt(counts[away] + 0.5))
    smooth = np.exp(np.polyval(line, centres - 1))
    below, above = (centres > 0.9) & (centres < 1.0), (centres > 1.0) & (centres < 1.1)
    under, over = int(counts[below].sum()), int(counts[above].sum())
    expected_under, expected_over = float(smooth[below].sum()), float(smooth[above].sum())
    if min(expected_under, expected_over) < parameters.least_expected:
        return None
    crowded = under > (1 + parameters.excess) * expected_under and over < (1 - parameters.deficit) * expected_over
    z = min((under - expected_under) / np.sqrt(expected_under), (expected_over - over) / np.sqrt(expected_over))
    return (under, expected_under, over, expected_over) if crowded and z >= parameters.least_z / 2 else None


SCREEN = make_screen(
    "sources.bunching",
    "数值挤在限值之下、限值之上反常地少（R02）。不判定：数值远离限值的排口、停运与已标记时段。",
    judge,
    Parameters(),
    look_back=timedelta(days=61),
)
