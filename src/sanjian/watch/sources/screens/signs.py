"""Screens that each look at one kind of sign, block of three days by block: a row of RULES is a screen.

A block stands out when its sign is next to impossible among honest blocks and in the outlet's own month, by the quick
soft sensor and, asked again, by the careful one. One such screen alone accuses nobody: `tampering` joins them.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta

import numpy as np

from sanjian.base.screening.contract import Frames, Screen
from sanjian.base.screening.parameters import setting

from .outlet import BLOCK_H, CALIBRATED, MAINTAINED, Outlet
from .rule import MARKED, STOPPED, Judge, Suspicion, episodes, figure, make_screen, span_of
from .sensing import OutletSigns, signs_of, surprise

LOOK_BACK_D = 135
"""Sixty days to learn from, a month that the sensor serves, a month of the outlet's own, two weeks of bias."""


@dataclass(frozen=True, slots=True)
class Parameters:
    """Thresholds of a screen of signs."""

    least_surprise: float = setting(4.0, "诚实时段出现同等征象的概率不高于 10 的负此次方（自定，由结案结果调校）")
    confidence: float = setting(0.6, "单一征象的把握（自定）")


@dataclass(frozen=True, slots=True)
class Rule:
    """One screen of signs: its name, the rule of our notes, which signs, and what is said of them."""

    name: str
    rule: str
    signs: tuple[str, ...]
    about_zh: str
    says_zh: str
    innocent: tuple[str, ...]
    least: float = 4.0


RULES = (
    Rule(
        "capped", "R02/R03", ("lid",),
        "数值在上沿堆积（R02、R03）：三日内小时值挤在最高处极窄的一条里，与该排口自身和诚实样本都不符。",
        "{name} 的小时值挤在上沿窄带内，如被削顶",
        ("真实超量程（T 标记已排除）", "贴近设定值的平稳控制（以下方一条带的密度比较）"),
    ),
    Rule(
        "smoothed", "R01/R04", ("smoothness", "stillness", "filtered"),
        "曲线失去原有的起伏（R01、R04）：步长、离散度突然变小或步步相随，如加噪恒值、长时滑动平均。",
        "{name} 的起伏比此前一个月小得多，如被平滑或固定",
        ("工况同样变稳（已从征象中扣除）",
         "仪器更换或检修之后（前一日有维护、校准标记）"),
    ),
    Rule(
        "lowered", "R05/R14", ("lowered",),
        "数值低于工况所示水平（R05、R14）：软测量按负荷、含氧量、温度、流量等学得的应有值，实测整体突然偏低。",
        "{name} 比工况所示应有值整体偏低", ("负荷或工况下降（软测量已计入）", "逐年漂移（只比此前两周的偏差）",
        "校准或检修引起的台阶（前一日有维护、校准标记）"), 3.0,
    ),
    Rule(
        "diluted", "R09", ("thinned",),
        "各污染物按同一比例下降（R09）：稀释、漏气、堵塞采样的共同特征。",
        "{name} 与同一排口其他污染物按同一比例偏低",
        ("负荷或工况下降（软测量已计入）", "只有一项污染物下降（按精度加权合并检验）"), 3.0,
    ),
    Rule(
        "borrowed", "R15", ("borrowed",),
        "曲线成为另一信号的直线变换（R15）：信号接错、单元号被改、用其他信号替代。",
        "{name} 突然成为另一信号的直线变换",
        ("两者此前就相关（只比此前一个月的残差）", "平静天气下都不动（自身起伏的减少已扣除）"),
    ),
    Rule(
        "hidden", "R19", ("hidden",),
        "缺失的恰是会超标的时段（R19）：缺测小时的软测量值与两侧数值明显高于未缺测小时。",
        "{name} 缺失的小时按工况本应偏高",
        ("整段停电或通信中断（成段缺失按一段计）", "随机缺失（秩和检验，计入相邻小时的相似）"),
    ),
    Rule(
        "excused", "R20", ("excused",),
        "标记的恰是偏高的时段（R20）：标记为维护、校准、故障的小时，其原始值明显高于未标记小时。",
        "{name} 被标记的小时恰是偏高的小时", ("例行维护（成段标记按一段计）", "随机时刻的校准（秩和检验）"),
    ),
)  # fmt: skip


def _judge_of(rule: Rule) -> Judge:
    def judge(outlet: Outlet, _facts: Frames, parameters: Parameters) -> Iterator[Suspicion]:
        known = signs_of(outlet)
        for code in outlet.pollutants:
            strange = confirmed(known, code, rule.signs, parameters.least_surprise)
            for first, end in episodes(strange > 0):
                yield _suspicion(rule, outlet, code, (first, end), float(strange[first:end].max()), parameters)

    return judge


def confirmed(known: OutletSigns, code: str, names: tuple[str, ...], least: float) -> np.ndarray:
    """The largest surprise of some signs by block where it reaches `least`, also by the careful sensor; 0 elsewhere.

    A pair of signs of one screen has two chances to surprise: each is discounted by their number.
    """
    found = known.surprises(code)
    chances = float(np.log10(len(names)))
    loudest = np.max([found[name] for name in names], axis=0) - chances
    strange = np.where(loudest >= least, loudest, 0.0)
    for block in np.flatnonzero(strange):
        careful = known.checked(code, int(block))
        again = max(_again(known, code, name, int(block), careful[name]) for name in names) - chances
        strange[block] = min(strange[block], again) if again >= least else 0.0
    return strange


def _again(known: OutletSigns, code: str, name: str, block: int, sign: float) -> float:
    series = known.signs(code)[name][: block + 1].copy()
    series[-1] = sign
    return float(surprise(name, series)[-1])


def served(outlet: Outlet, code: str, hour: int) -> bool:
    """Whether maintenance or calibration was marked in the day before an hour, or in its first day."""
    marks = outlet.series[code].marks[max(0, hour - 24) : hour + 24]
    return bool(np.isin(marks, (MAINTAINED, CALIBRATED)).any())


def _suspicion(
    rule: Rule, outlet: Outlet, code: str, blocks: tuple[int, int], surprised: float, parameters: Parameters
) -> Suspicion:
    start, end = span_of(outlet, *blocks)
    was_served = served(outlet, code, blocks[0] * BLOCK_H)
    return Suspicion(
        kind=f"{rule.name}_values",
        factor=code,
        start=start,
        end=end,
        summary_zh=rule.says_zh.format(name=outlet.name(code)),
        confidence=parameters.confidence / (2 if was_served else 1),
        numbers={
            "规则": rule.rule,
            "三日段数": blocks[1] - blocks[0],
            "诚实时段出现同等征象的概率": figure(10**-surprised, 2),
        },
        innocent=(
            *((text, "标记）" not in text or not was_served) for text in rule.innocent),
            MARKED,
            STOPPED,
        ),
    )


def _made(rule: Rule) -> Screen:
    settings = Parameters(rule.least)
    back = timedelta(days=LOOK_BACK_D)
    return make_screen(f"sources.{rule.name}", rule.about_zh, _judge_of(rule), settings, look_back=back)


SCREENS = tuple(_made(rule) for rule in RULES)
