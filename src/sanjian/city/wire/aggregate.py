"""From minutes to what a data logger reports: real-time values, and the minimum, mean, maximum and total of periods.

A period's mean rests on its normal minutes where there are enough of them, as HJ 75-2017 and HJ 356-2019 ask of a valid
hour (from memory, verify); otherwise on what there is, and the period carries the flag that most of its minutes had.
Values corrected to a reference oxygen are corrected minute by minute, before they are averaged.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ..clock import DAY
from ..minutes import NORMAL, Minutes

Numbers = NDArray[np.float64]

ENOUGH = 0.75
"""Share of normal minutes that makes a period valid: 45 of 60 (HJ 75-2017, from memory, verify); ours for others."""
OFFLINE = "B"
"""Flag 通信异常 (HJ 212-2017 table 8) of a period in which the logger heard nothing most of the time."""
AIR_OXYGEN = 21.0
MOST_OXYGEN = 19.0
"""Above it nothing is corrected: the factor grows without bound as the stack fills with air (our choice)."""
GAS_FLOW, WATER_FLOW = "a00000", "w00000"
_POLLUTANTS = ("a21", "a24", "a34", "w21", "w01018")


@dataclass(frozen=True, slots=True)
class Series:
    """One factor over the periods of a day; NaN where there is nothing to say.

    Args:
        mean: the only one that real-time values have.
        total: what passed: m3 of a flow, kg of a pollutant.
        corrected_low, corrected, corrected_high: at reference oxygen; None for what is not corrected.
    """

    mean: Numbers
    low: Numbers | None = None
    high: Numbers | None = None
    total: Numbers | None = None
    corrected: Numbers | None = None
    corrected_low: Numbers | None = None
    corrected_high: Numbers | None = None


@dataclass(frozen=True, slots=True)
class Periods:
    """What a device reports of one day, in periods of `width` minutes; `is_sent` says of which it reports at all."""

    width: int
    series: dict[str, Series]
    flags: NDArray[np.str_]
    is_sent: NDArray[np.bool_]


def real_time(minutes: Minutes, o2_reference: Mapping[str, float], every: int = 1) -> Periods:
    """2011: the values of every so many minutes as they are.

    Args:
        o2_reference: factor code -> reference oxygen, %.
        every: minutes between two reports; divides 1440.
    """
    corrected = _corrected(minutes.values, o2_reference)
    series = {
        code: Series(values[::every], corrected=corrected[code][::every] if code in corrected else None)
        for code, values in minutes.values.items()
    }
    heard = ~minutes.is_silent & _any(minutes.values)
    return Periods(every, series, minutes.flags[::every], heard[::every])


def periods(minutes: Minutes, o2_reference: Mapping[str, float], width: int) -> Periods:
    """2051, 2061 or 2031: periods of `width` minutes, which divides 1440."""
    heard = ~minutes.is_silent
    normal = (heard & (minutes.flags == NORMAL)).reshape(-1, width)
    is_valid = normal.mean(axis=1) >= ENOUGH
    used = np.where(is_valid[:, None], normal, heard.reshape(-1, width))
    corrected = _corrected(minutes.values, o2_reference)
    flow = _cubic_metres(minutes.values)
    series = {}
    for code, values in minutes.values.items():
        low, mean, high = _span(values, used)
        zs_low, zs_mean, zs_high = _span(corrected[code], used) if code in corrected else (None, None, None)
        if width == DAY and code.startswith(_POLLUTANTS) and WATER_FLOW in minutes.values:
            mean = _weighed(values, minutes.values[WATER_FLOW], used, otherwise=mean)
        series[code] = Series(mean, low, high, _total(code, values, flow, used), zs_mean, zs_low, zs_high)
    is_sent = np.logical_or.reduce((heard & _any(minutes.values)).reshape(-1, width), axis=1)
    return Periods(width, series, _flags(minutes, is_valid, width), is_sent)


def _any(values: Mapping[str, Numbers]) -> NDArray[np.bool_]:
    there: NDArray[np.bool_] = np.logical_or.reduce([~np.isnan(series) for series in values.values()])
    return there


def _corrected(values: Mapping[str, Numbers], o2_reference: Mapping[str, float]) -> dict[str, Numbers]:
    """Concentrations at reference oxygen: c x (21 - reference) / (21 - measured).

    Source: GB 13223-2011, 5.2 (基准氧含量折算, from memory, verify).
    """
    oxygen = values.get("a19001")
    if oxygen is None:
        return {}
    room = np.where(oxygen <= MOST_OXYGEN, AIR_OXYGEN - oxygen, np.nan)
    return {code: values[code] * (AIR_OXYGEN - ref) / room for code, ref in o2_reference.items() if code in values}


def _cubic_metres(values: Mapping[str, Numbers]) -> Numbers | None:
    """m3 of each minute: gas flow is sent in m3/s, water flow in L/s."""
    if GAS_FLOW in values:
        return values[GAS_FLOW] * 60.0
    return values[WATER_FLOW] * 0.06 if WATER_FLOW in values else None


def _total(code: str, values: Numbers, flow: Numbers | None, used: NDArray[np.bool_]) -> Numbers | None:
    if flow is None:
        return None
    if code in (GAS_FLOW, WATER_FLOW):
        return _sum(flow, used)
    if not code.startswith(_POLLUTANTS):
        return None
    kilograms = 1e-6 if GAS_FLOW[0] == code[0] else 1e-3  # mg/m3 x m3, and mg/L x m3
    return _sum(values * flow * kilograms, used)


def _sum(values: Numbers, used: NDArray[np.bool_]) -> Numbers:
    rows = values.reshape(used.shape)
    there = used & ~np.isnan(rows)
    return np.where(there.any(axis=1), np.where(there, rows, 0.0).sum(axis=1), np.nan)


def _span(values: Numbers, used: NDArray[np.bool_]) -> tuple[Numbers, Numbers, Numbers]:
    """Minimum, mean and maximum of the used minutes of each period, NaN where there are none."""
    rows = values.reshape(used.shape)
    there = used & ~np.isnan(rows)
    count = there.sum(axis=1)
    mean = np.where(there, rows, 0.0).sum(axis=1) / np.maximum(count, 1)
    low = np.where(there, rows, np.inf).min(axis=1)
    high = np.where(there, rows, -np.inf).max(axis=1)
    none = count == 0
    return np.where(none, np.nan, low), np.where(none, np.nan, mean), np.where(none, np.nan, high)


def _weighed(values: Numbers, flow: Numbers, used: NDArray[np.bool_], *, otherwise: Numbers) -> Numbers:
    """Daily means of wastewater are weighed by flow (HJ 356-2019, from memory, verify)."""
    both = np.where(np.isnan(values), 0.0, flow)
    water = _sum(both, used)
    load = _sum(np.nan_to_num(values) * both, used)
    return np.where(water > 0, load / np.where(water > 0, water, 1.0), otherwise)


def _flags(minutes: Minutes, is_valid: NDArray[np.bool_], width: int) -> NDArray[np.str_]:
    """N for a valid period, otherwise the commonest other flag; silence counts as "communication disturbed"."""
    seen = np.where(minutes.is_silent, OFFLINE, minutes.flags)
    letters = sorted(set(np.unique(seen).tolist()) - {NORMAL})
    if not letters:
        return np.full(is_valid.size, NORMAL)
    counts = np.stack([(seen == letter).reshape(-1, width).sum(axis=1) for letter in letters])
    commonest = np.array(letters)[counts.argmax(axis=0)]
    return np.where(is_valid, NORMAL, commonest)
