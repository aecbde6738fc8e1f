"""What the stack's own physics forbids: purge by inert gas (R12), oxygen that was lowered (R10), a fuel factor out of
its band (R11), a probe that no longer feels the stack (R22), a stop that is none (R24), heat without sulphur (R25),
flow that does not follow the load (R23). Block by block against the outlet's own month; a row of RULES is a screen.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta

import numpy as np

from sanjian.base.screening.contract import Frames, Screen
from sanjian.base.screening.parameters import setting
from sanjian.watch.sources.tamper.level import shifts, usual_shift
from sanjian.watch.sources.tamper.quick import quick_expected
from sanjian.watch.sources.tamper.signal import Array, Mask, before, median, spread

from .outlet import BLOCK_H, OXYGEN, Outlet
from .outlet import STOPPED as STOP_MARK
from .rule import MARKED, STOPPED, Judge, Suspicion, episodes, figure, make_screen, span_of
from .signs import served

CO2, TEMPERATURE, VELOCITY, DUST, SO2, FLOW = "a05001", "a01012", "a01011", "a34013", "a21026", "a00000"
LOADS = ("e", "p", "g")
OWN = 10


@dataclass(frozen=True, slots=True)
class Parameters:
    """Thresholds of the rules of physics; each rule uses its own."""

    purge_fall: float = setting(0.15, "R12：污染物与氧一同下降的对数幅度（起始阈值）")
    purge_alike: float = setting(0.05, "R12：各项下降幅度之差（起始阈值）")
    oxygen_fall: float = setting(1.5, "R10：含氧量低于其他工况所示的百分点（自定）", "%")
    oxygen_z: float = setting(5.0, "R10：该偏低相对平时波动的倍数（自定）")
    fuel_low: float = setting(1.0, "R11：燃料系数下界（凭记忆，待核）")
    fuel_high: float = setting(1.9, "R11：燃料系数上界（凭记忆，待核）")
    probe_loss: float = setting(1.6, "R22：流速或颗粒物波动缩小的对数幅度（约五分之一，自定）")
    flow_change: float = setting(0.15, "R23：流量与负荷之比偏离自身基线（R23 起始阈值 15%）")
    stop_hours: int = setting(2, "R24：停运标记下仍在运行至少连续小时（自定）", "h")
    stop_warm: float = setting(60.0, "R24：烟温高于此值（环境 40 ℃ 加 20 ℃）", "℃")
    stop_oxygen: float = setting(19.0, "R24：含氧量低于此值", "%")
    heat_rise: float = setting(20.0, "R25：烟温比自身一个月高出（自定）", "℃")
    confidence: float = setting(0.55, "单一物理规则的把握（自定）")


Found = tuple[Mask, dict[str, float]]


def _medians(values: Array, outlet: Outlet) -> Array:
    whole = outlet.blocks * BLOCK_H
    table = values[:whole].reshape(-1, BLOCK_H)
    enough = np.count_nonzero(~np.isnan(table), axis=1) >= BLOCK_H // 3
    return np.where(enough, median(table), np.nan)


def _own(figures: Array) -> Array:
    return before(figures, OWN)


def purged(outlet: Outlet, p: Parameters) -> Iterator[tuple[str | None, Mask, dict[str, Array]]]:
    """R12: pollutants, oxygen and CO2 fall together by one factor; leaking air would have raised the oxygen."""
    if OXYGEN not in outlet.series or len(outlet.pollutants) < 2:
        return
    codes = [OXYGEN, *([CO2] if CO2 in outlet.series else []), *outlet.pollutants]
    figures = np.stack([_medians(outlet.judged(c), outlet) for c in codes], axis=1)
    with np.errstate(invalid="ignore", divide="ignore"):
        fall = np.log(np.where(figures > 0, figures, np.nan)) - np.log(
            np.where(_own(figures) > 0, _own(figures), np.nan)
        )
    alike, mean_fall = (
        np.nanmax(fall, axis=1, initial=-np.inf) - np.nanmin(fall, axis=1, initial=np.inf),
        fall.mean(axis=1),
    )
    with np.errstate(invalid="ignore"):
        yield None, (mean_fall < -p.purge_fall) & (alike < 2 * p.purge_alike), {"一同下降": 1 - np.exp(mean_fall)}


def oxygen_lowered(outlet: Outlet, p: Parameters) -> Iterator[tuple[str | None, Mask, dict[str, Array]]]:
    """R10: oxygen lies below what the other conditions say; a lower oxygen makes a lower corrected value."""
    others = [c for c in outlet.conditions if c != OXYGEN]
    if OXYGEN not in outlet.series or len(others) < 2:
        return
    whole = outlet.blocks * BLOCK_H
    oxygen = outlet.judged(OXYGEN)[:whole]
    table = np.stack([outlet.series[c].values[:whole] for c in others], axis=1)
    expected = np.full(whole, np.nan)
    month = 10 * BLOCK_H
    for begin in range(2 * month, whole, month):
        asked = slice(begin, min(begin + month, whole))
        expected[asked] = quick_expected(oxygen, table, slice(begin - 2 * month, begin), asked)
    fall = -shifts(oxygen, expected, BLOCK_H)
    with np.errstate(invalid="ignore"):
        strange = (fall > p.oxygen_fall) & (fall > p.oxygen_z * usual_shift(fall[:, None])[0])
    yield OXYGEN, strange, {"低于工况所示（百分点）": fall}


def fuel_factor(outlet: Outlet, p: Parameters) -> Iterator[tuple[str | None, Mask, dict[str, Array]]]:
    """R11: (20.9 - O2) / CO2 outside the band of every fuel."""
    if OXYGEN not in outlet.series or CO2 not in outlet.series:
        return
    carbon = outlet.judged(CO2)
    with np.errstate(invalid="ignore", divide="ignore"):
        factor = _medians(np.where(carbon > 0.5, (20.9 - outlet.judged(OXYGEN)) / carbon, np.nan), outlet)
        yield CO2, (factor < p.fuel_low) | (factor > p.fuel_high), {"燃料系数": factor}


def probe_blocked(outlet: Outlet, p: Parameters) -> Iterator[tuple[str | None, Mask, dict[str, Array]]]:
    """R22: velocity or dust loses its movement while the other conditions keep theirs."""
    whole = outlet.blocks * BLOCK_H

    def lost(code: str) -> Array:
        figures = spread(outlet.judged(code)[:whole].reshape(-1, BLOCK_H))
        usual = _own(figures)
        with np.errstate(invalid="ignore", divide="ignore"):
            return np.asarray(np.where(usual > 0, np.log(usual / np.maximum(figures, usual * 1e-3)), np.nan))

    others = [c for c in outlet.conditions if c not in (VELOCITY, FLOW)]
    if len(others) < 2:
        return
    calm = median(np.stack([lost(c) for c in others], axis=1))
    for code in (VELOCITY, DUST):
        if code in outlet.series:
            own = lost(code)
            with np.errstate(invalid="ignore"):
                yield code, (own > p.probe_loss) & (calm < p.probe_loss / 3), {"波动缩小到": np.exp(-own)}


def flow_to_load(outlet: Outlet, p: Parameters) -> Iterator[tuple[str | None, Mask, dict[str, Array]]]:
    """R23: flow over load leaves its own baseline for two blocks in a row."""
    loads = [c for c in outlet.conditions if c.startswith(LOADS)]
    if FLOW not in outlet.series or not loads:
        return
    load = outlet.judged(loads[0])
    with np.errstate(invalid="ignore", divide="ignore"):
        ratio = _medians(np.where(load > 0, outlet.judged(FLOW) / load, np.nan), outlet)
        change = ratio / _own(ratio) - 1
        off = change < -p.flow_change
    lasting = off & (np.append(off[1:], False) | np.append(False, off[:-1]))
    yield FLOW, lasting, {"流量与负荷之比的变化": change}


def heat_without_sulphur(outlet: Outlet, p: Parameters) -> Iterator[tuple[str | None, Mask, dict[str, Array]]]:
    """R25: behind a wet absorber a hot stack means that it stands; SO2 that does not rise contradicts it."""
    if TEMPERATURE not in outlet.series or SO2 not in outlet.series:
        return
    heat, sulphur = (_medians(outlet.judged(c), outlet) for c in (TEMPERATURE, SO2))
    rise = heat - _own(heat)
    with np.errstate(invalid="ignore", divide="ignore"):
        ratio = sulphur / _own(sulphur)
        # Only where the stack is usually cool is there a wet absorber without reheating.
        yield (
            SO2,
            (_own(heat) < 70) & (rise > p.heat_rise) & (ratio < 1.1),
            {"烟温升高（℃）": rise, "二氧化硫之比": ratio},
        )


@dataclass(frozen=True, slots=True)
class Rule:
    """One screen of physics."""

    name: str
    kind: str
    rule: str
    find: Callable[[Outlet, Parameters], Iterator[tuple[str | None, Mask, dict[str, Array]]]]
    about_zh: str
    says_zh: str
    innocent: tuple[tuple[str, bool], ...]


RULES = (
    Rule(
        "purged", "inert_gas_purge", "R12", purged,
        "污染物、氧（和二氧化碳）按同一比例一同下降（R12）：漏入空气会使氧升高，一同下降指向惰性气体。",
        "各污染物与含氧量按同一比例一同下降",
        (("漏入空气（氧会升高）", True), ("校准通气时段（已排除标记小时）", True)),
    ),
    Rule(
        "oxygen", "oxygen_lowered", "R10", oxygen_lowered,
        "含氧量低于其他工况所示（R10）：含氧量偏低会缩小折算值。",
        "含氧量低于温度、流量等工况所示，折算值因此偏小",
        (("负荷变化（已由其他工况计入）", True), ("含氧量分析仪漂移（须通标气核实）", False)),
    ),
    Rule(
        "fuel_factor", "fuel_factor_out_of_band", "R11", fuel_factor,
        "含氧量与二氧化碳之和违背任何燃料的系数范围（R11）。",
        "含氧量与二氧化碳的关系不合任何燃料",
        (("混烧或特殊燃料（须查台账）", False),),
    ),
    Rule(
        "probe", "probe_blocked", "R22", probe_blocked,
        "流速或颗粒物失去波动而其他工况照常（R22）：探头堵塞、加滤、遮挡。",
        "流速或颗粒物失去原有波动，其他工况照常波动",
        (("整个机组平稳（其他工况波动未减）", True), ("更换仪器（须查运维记录）", False)),
    ),
    Rule(
        "flow_to_load", "flow_to_load_off", "R23", flow_to_load,
        "流量与负荷之比偏离自身基线（R23）。",
        "流量与负荷之比低于自身基线",
        (("产品、燃料结构变化（须查台账）", False), ("负荷变化（按比值已计入）", True)),
    ),
    Rule(
        "treatment", "heat_without_sulphur", "R25", heat_without_sulphur,
        "烟温升高而二氧化硫不升（R25）：湿法脱硫停运时烟温升高，二氧化硫应随之升高。",
        "烟温明显升高而二氧化硫没有升高，与脱硫设施的状态矛盾",
        (("装有烟气再热（平时烟温高的不判）", True), ("停炉降负荷（停运已排除）", True)),
    ),
)  # fmt: skip


def _judge_of(rule: Rule) -> Judge:
    def judge(outlet: Outlet, _facts: Frames, parameters: Parameters) -> Iterator[Suspicion]:
        if outlet.medium != "gas":
            return
        for code, strange, figures in rule.find(outlet, parameters):
            for first, end in episodes(np.asarray(strange)):
                start, until = span_of(outlet, first, end)
                known = code or outlet.pollutants[0]
                yield Suspicion(
                    kind=rule.kind,
                    factor=code,
                    start=start,
                    end=until,
                    summary_zh=rule.says_zh,
                    confidence=parameters.confidence,
                    numbers={
                        "规则": rule.rule,
                        **{n: figure(float(np.nanmedian(v[first:end]))) for n, v in figures.items()},
                    },
                    innocent=(
                        *rule.innocent,
                        ("检修、校准之后（前一日有维护、校准标记）", not served(outlet, known, first * BLOCK_H)),
                        MARKED,
                        STOPPED,
                    ),
                )

    return judge


def false_stop(outlet: Outlet, _facts: Frames, p: Parameters) -> Iterator[Suspicion]:
    """R24: hours marked as stopped in which the stack is hot, or its oxygen is not that of air."""
    marked = np.any([s.marks == STOP_MARK for s in outlet.series.values()], axis=0)
    signs = []
    if OXYGEN in outlet.series:
        signs.append(outlet.series[OXYGEN].raw < p.stop_oxygen)
    if TEMPERATURE in outlet.series:
        signs.append(outlet.series[TEMPERATURE].raw > p.stop_warm)
    if len(signs) < 2 or outlet.medium != "gas":
        return
    for first, end in episodes(marked & np.all(signs, axis=0)):
        if end - first < p.stop_hours:
            continue
        oxygen = float(np.nanmedian(outlet.series[OXYGEN].raw[first:end]))
        heat = float(np.nanmedian(outlet.series[TEMPERATURE].raw[first:end]))
        yield Suspicion(
            kind="false_stop",
            factor=None,
            start=outlet.at(first),
            end=outlet.at(end),
            summary_zh=f"标记停运 {end - first} 小时，期间烟温 {heat:.0f} ℃、含氧量 {oxygen:.1f}%，仍似在运行",
            confidence=min(0.9, p.confidence + 0.05 * (end - first)),
            numbers={"规则": "R24", "小时数": end - first, "含氧量（%）": figure(oxygen), "烟温（℃）": figure(heat)},
            innocent=(("停炉后余热（含氧量会接近空气）", True), ("热备用、保温（须查电量与台账）", False)),
            context=timedelta(days=1),
        )


def _made(rule: Rule) -> Screen:
    days = 105 if rule.find is oxygen_lowered else 40
    return make_screen(
        f"sources.{rule.name}", rule.about_zh, _judge_of(rule), Parameters(), look_back=timedelta(days=days)
    )


SCREENS = (
    *(_made(rule) for rule in RULES),
    make_screen(
        "sources.false_stop",
        "标记停运而烟温、含氧量表明仍在运行（R24）。不判定：只有一项条件、停炉后一小时以内的余热。",
        false_stop,
        Parameters(),
        look_back=timedelta(days=2),
    ),
)
