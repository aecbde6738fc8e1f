"""sources.tampering: signs of several kinds that speak of the same days, joined to one probability.

The families are sensors, not votes: each sign is held against honest blocks, the loudest of a family counts once, and a
clue asks for two families (our diagnosis notes). Which signs spoke, and which innocent causes were tested, is said.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta

import numpy as np

from sanjian.base.screening.contract import Frames
from sanjian.base.screening.parameters import setting
from sanjian.watch.sources.tamper import fusion
from sanjian.watch.sources.tamper.signal import Array

from .outlet import BLOCK_H, Outlet
from .rule import MARKED, STOPPED, Suspicion, episodes, figure, make_screen, span_of
from .sensing import OutletSigns, signs_of
from .signs import LOOK_BACK_D, confirmed, served

FAMILY_ZH = {"value": "数值形态", "physics": "工况关系", "behaviour": "上报行为"}
SIGN_ZH = {
    "smoothness": "起伏变小", "stillness": "离散度变小", "filtered": "步步相随", "lid": "上沿堆积",
    "borrowed": "借用信号",
    "repeated": "重放", "lowered": "低于软测量", "thinned": "同比例下降", "hidden": "缺失偏高时段",
    "excused": "标记偏高时段",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Parameters:
    """Thresholds of the fusion."""

    least_probability: float = setting(0.95, "融合概率不低于此值（自定，由结案结果调校）")
    least_families: int = setting(2, "至少几类规则同时指向才作为线索（诊断规则融合要求两类）")
    least_surprise: float = setting(2.0, "一类规则算作指向：诚实时段出现概率不高于 10 的负此次方（自定）")
    careful_from: float = setting(1.0, "惊异度达到此值的段由精细软测量复核（自定）")


def judge(outlet: Outlet, _facts: Frames, parameters: Parameters) -> Iterator[Suspicion]:
    """Episodes of blocks in which at least two families agree."""
    known = signs_of(outlet)
    for code in outlet.pollutants:
        table = _surprises(known, code, parameters)
        chosen, score = _chosen(table, parameters)
        for first, end in episodes(chosen):
            yield _suspicion(outlet, code, (first, end), table, float(score[first:end].max()), parameters)


def _surprises(known: OutletSigns, code: str, parameters: Parameters) -> dict[str, Array]:
    """Surprises by sign and block; signs that rest on the sensor only where the careful one agrees."""
    table = dict(known.surprises(code))
    table["repeated"] = known.repeats(code)
    # Only where two families may come together at all is the careful sensor worth its price.
    hopeful, _score = _chosen(table, parameters)
    for name in ("lowered", "thinned", "hidden"):
        kept = np.where(hopeful, table[name], 0.0)
        if kept.max(initial=0.0) >= parameters.careful_from:
            agreed = confirmed(known, code, (name,), parameters.careful_from)
            table[name] = np.where(hopeful, agreed, 0.0)
        else:
            table[name] = kept
    return table


def _chosen(table: dict[str, Array], parameters: Parameters) -> tuple[np.ndarray, Array]:
    family: dict[str, Array] = {}
    for name, series in table.items():
        kind = fusion.FAMILIES[name]
        told = series - np.log10(fusion.SIZES[kind])
        family[kind] = np.maximum(family.get(kind, np.zeros(len(series))), told)
    score = sum(np.log10(1 + fusion.STRENGTH / 1000 * 10**series) for series in family.values())
    agreeing = sum((series >= parameters.least_surprise).astype(int) for series in family.values())
    probable = 1 - 10 ** -np.asarray(score) >= parameters.least_probability
    return np.asarray(probable & (np.asarray(agreeing) >= parameters.least_families)), np.asarray(score)


def _suspicion(
    outlet: Outlet,
    code: str,
    blocks: tuple[int, int],
    table: dict[str, Array],
    score: float,
    parameters: Parameters,
) -> Suspicion:
    here = slice(*blocks)
    told = {n: float(s[here].max()) for n, s in table.items() if s[here].max() >= parameters.least_surprise}
    names = sorted(told, key=lambda n: -told[n])
    families = list(dict.fromkeys(FAMILY_ZH[fusion.FAMILIES[n]] for n in names))
    start, end = span_of(outlet, *blocks)
    probability = fusion.probability(score)
    signs = "、".join(SIGN_ZH[n] for n in names)
    return Suspicion(
        kind="tampering_suspected",
        factor=code,
        start=start,
        end=end,
        summary_zh=f"{outlet.name(code)} 疑似人为干预：{signs}（{'、'.join(families)}，概率 {probability:.0%}）",
        confidence=probability,
        severity=4,
        numbers={
            "融合概率": figure(probability),
            "三日段数": blocks[1] - blocks[0],
            **{f"{SIGN_ZH[n]}在诚实时段的概率": figure(10 ** -told[n], 2) for n in names},
        },
        innocent=(
            ("负荷或工况变化（软测量已计入）", True),
            ("工况同样变稳（已从征象中扣除）", True),
            ("逐年漂移（只与此前两周、一个月相比）", True),
            ("校准或检修引起（前一日有维护、校准标记）", not served(outlet, code, blocks[0] * BLOCK_H)),
            MARKED,
            STOPPED,
        ),
    )


SCREEN = make_screen(
    "sources.tampering",
    (
        "多类征象同指一段（融合）：数值形态、工况关系、上报行为三类征象各与诚实时段比较，合成一个概率；"
        "至少两类同时指向才作为线索。不指控：停运、已标记时段、工况变化可以解释的变化。"
    ),
    judge,
    Parameters(),
    look_back=timedelta(days=LOOK_BACK_D),
    starts="live",
)
