"""sources.recomputed: a derived value that does not follow from what it is derived from (R07), and an hour that lies
outside its own smallest and largest value or its minutes (R08).

The links are recomputed by the dated rules of calculation (`watch/sources/rules`); rounding is allowed for.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta

import numpy as np
import polars as pl

from sanjian.base.screening.contract import Frames
from sanjian.base.screening.parameters import setting
from sanjian.watch.sources.rules.compare import LINKS, compared
from sanjian.watch.sources.rules.rulesets import NoRuleSet, RuleSet, rule_set
from sanjian.watch.sources.rules.validity import hours_from_minutes

from .outlet import HOUR, OXYGEN, Outlet
from .rule import MARKED, STOPPED, Suspicion, episodes, figure, make_screen

KEY = ["device_mn", "factor_code", "data_time_at"]


@dataclass(frozen=True, slots=True)
class Parameters:
    """Thresholds of the recomputation."""

    most_off: float = setting(0.02, "上报值与重算值相差的份额（R07）")
    least_hours: int = setting(3, "连续不符至少小时数（自定，容许一两次取整与时钟偏差）", "h")
    decimals: int = setting(1, "取整到此小数位之内的差不计（自定；因子登记了小数位的按登记）")
    least_value: float = setting(0.5, "小于此值的不比（相对差没有意义，自定）")
    confidence: float = setting(0.7, "把握（自定）")


def judge(outlet: Outlet, facts: Frames, p: Parameters) -> Iterator[Suspicion]:
    """Runs of hours in which a link does not hold."""
    try:
        law = rule_set(outlet.at(outlet.length - 1))
    except NoRuleSet:
        return
    for code in outlet.pollutants:
        yield from _corrected(outlet, code, law, p)
    rows = facts["readings"].filter(pl.col("device_mn") == outlet.mn, pl.col("kind").is_in(["hour", "minute"]))
    yield from _hours(outlet, rows, law, p)
    yield from _outside(outlet, rows, p)


def _corrected(outlet: Outlet, code: str, law: RuleSet, p: Parameters) -> Iterator[Suspicion]:
    """The corrected value from the measured one and the oxygen."""
    if outlet.oxygen_reference is None or OXYGEN not in outlet.series:
        return
    series, oxygen = outlet.series[code], outlet.series[OXYGEN].values
    known = outlet.running & (oxygen < law.oxygen_guard.value) & (series.values > p.least_value)
    with np.errstate(invalid="ignore", divide="ignore"):
        air = law.oxygen_of_air.value
        due = series.values * (air - outlet.oxygen_reference) / (air - oxygen)  # chain.corrected_to_oxygen, on arrays
    off = np.abs(series.corrected - due)
    slack = 0.5 * 10.0 ** -_decimals(outlet, code, p) * 2 + p.most_off * np.abs(due)
    yield from _runs(outlet, code, "corrected_concentration", known & (off > slack), series.corrected, due, p)


def _hours(outlet: Outlet, rows: pl.DataFrame, law: RuleSet, p: Parameters) -> Iterator[Suspicion]:
    """The hourly mean from minute means."""
    minutes = rows.filter(pl.col("kind") == "minute", pl.col("factor_code").is_in(list(outlet.pollutants)))
    if minutes.is_empty() or outlet.medium != "gas":
        return
    step = int(minutes["data_time_at"].unique().sort().diff().drop_nulls().median().total_seconds() // 60) or 1  # type: ignore[union-attr]
    due = hours_from_minutes(minutes, "gas", min(step, 30), law).filter("is_valid")
    reported = rows.filter(pl.col("kind") == "hour")
    found = compared("hour_mean", reported, due.select(*KEY, "value"), decimals=p.decimals)
    strange = found.filter(
        (pl.col("mismatch") > p.most_off) & ~pl.col("is_explained_by_rounding") & (pl.col("recomputed") > p.least_value)
    )
    for (code,), part in strange.partition_by("factor_code", as_dict=True, maintain_order=True).items():
        places = _places(outlet, part)
        mask, told, meant = np.zeros(outlet.length, bool), *(np.full(outlet.length, np.nan) for _ in range(2))
        mask[places] = True
        told[places], meant[places] = part["reported"].to_numpy(), part["recomputed"].to_numpy()
        yield from _runs(outlet, str(code), "hour_mean", mask, told, meant, p)


def _outside(outlet: Outlet, rows: pl.DataFrame, p: Parameters) -> Iterator[Suspicion]:
    """An hour's mean outside its own smallest and largest value: two places that do not agree."""
    half = 0.5 * 10.0**-p.decimals
    out = (pl.col("value") > pl.col("max") + half) | (pl.col("value") < pl.col("min") - half)
    bad = rows.filter(pl.col("kind") == "hour", pl.col("factor_code").is_in(list(outlet.pollutants)), out)
    for (code,), part in bad.partition_by("factor_code", as_dict=True, maintain_order=True).items():
        places = _places(outlet, part)
        mask, told, meant = np.zeros(outlet.length, bool), *(np.full(outlet.length, np.nan) for _ in range(2))
        mask[places] = True
        told[places], meant[places] = part["value"].to_numpy(), part["max"].to_numpy()
        yield from _runs(outlet, str(code), "outside_own_range", mask, told, meant, p)


def _places(outlet: Outlet, part: pl.DataFrame) -> np.ndarray:
    return (part["data_time_at"] - outlet.start).dt.total_hours().to_numpy()


def _decimals(outlet: Outlet, code: str, p: Parameters) -> int:
    fact = outlet.factors.get(code)
    return fact.decimals if fact else p.decimals


def _runs(
    outlet: Outlet, code: str, link: str, strange: np.ndarray, told: np.ndarray, meant: np.ndarray, p: Parameters
) -> Iterator[Suspicion]:
    what = LINKS.get(link, "小时值越出自身最小、最大值")
    for first, end in episodes(np.asarray(strange)):
        if end - first < p.least_hours:
            continue
        here = slice(first, end)
        ratio = float(np.nanmedian(told[here] / meant[here]))
        yield Suspicion(
            kind=f"{link}_mismatch" if link in LINKS else link,
            factor=code,
            start=outlet.at(first),
            end=outlet.at(end),
            summary_zh=f"{outlet.name(code)} {what}连续 {end - first} 小时与重算不符，上报约为重算的 {ratio:.0%}",
            confidence=p.confidence,
            numbers={
                "规则": "R07" if link in LINKS else "R08",
                "环节": what,
                "小时数": end - first,
                "上报值（中位）": figure(float(np.nanmedian(told[here])), 4),
                "重算值（中位）": figure(float(np.nanmedian(meant[here])), 4),
            },
            innocent=(
                ("取整（按登记小数位放宽）", True),
                ("一两小时的时钟偏差（连续三小时才判）", True),
                ("基准含氧量登记过期（须核对许可证）", link != "corrected_concentration"),
                MARKED,
                STOPPED,
            ),
            context=2 * (end - first) * HOUR if end - first < 24 else timedelta(days=1),
        )


SCREEN = make_screen(
    "sources.recomputed",
    "上报的折算值、小时均值与按规范重算的不符（R07），或小时值越出自身的最小、最大值（R08）。取整不计。",
    judge,
    Parameters(),
    look_back=timedelta(days=1),
    kinds=("hour", "minute"),
    rest=timedelta(hours=1),
)
