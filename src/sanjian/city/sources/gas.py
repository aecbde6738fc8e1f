"""Stacks: what comes out follows fuel, load, air and treatment.

Concentrations are made at the reference oxygen and diluted to the stack's oxygen (GB/T 16157:
C = C_ref (21 - O2) / (21 - O2_ref)), so that everything that dilutes does so to all gases at once.
"""

from typing import NamedTuple

import numpy as np

from ..minutes import STOPPED, Minutes
from ..noise import rough, smooth
from ..plan import Plan
from .load import Series, load

AIR_O2 = 20.9
OFF_LOAD = 0.05
"""Below this share of load a unit counts as stopped."""


class Stack(NamedTuple):
    """A kind of stack at full load.

    Args:
        o2: oxygen in the flue gas at full load, percent; less load means more air.
        o2_reference: what `clean` is given at.
        flow: dry standard cubic metres an hour.
        temperature: degrees C.
        clean: factor -> concentration after treatment, mg/m3 at the reference oxygen.
    """

    o2: float
    o2_reference: float
    flow: float
    temperature: float
    humidity: float
    clean: dict[str, float]


STACKS = {
    "coal_boiler": Stack(5.5, 6, 420_000, 52, 12, {"a21026": 16, "a21002": 36, "a34013": 4.5}),
    "gas_turbine": Stack(14.2, 15, 900_000, 96, 7, {"a21002": 24}),
    "waste_incinerator": Stack(9.5, 11, 95_000, 145, 20, {"a21026": 28, "a21002": 120, "a34013": 6, "a21005": 18}),
    "heating_furnace": Stack(7.5, 8, 120_000, 180, 9, {"a21026": 42, "a21002": 130, "a34013": 5}),
    "rto": Stack(18.6, 18.6, 38_000, 72, 4, {"a24088": 19}),
}


def minutes(plan: Plan, device: str, process: str, day: int) -> Minutes:
    """One honest day of a stack.

    Each plant has a level of its own; the treatment drifts over days, answers load with a lag, and its reagent control
    swings over minutes; the analyser adds one percent.
    """
    stack, rng = STACKS[process], plan.random("plant", device)
    level, share = rng.lognormal(0.0, 0.22), load(plan, device, process, day)
    is_on = share > OFF_LOAD
    o2 = np.clip(stack.o2 + 2.2 * (1 - share) + 0.18 * smooth(plan, day, 20, "air", device), 0.5, AIR_O2)
    o2 = np.where(is_on, o2, AIR_O2 - 0.05)
    thinning = (21 - o2) / (21 - stack.o2_reference)
    values: dict[str, Series] = {}
    for n, (factor, clean) in enumerate(stack.clean.items()):
        drift = 0.10 * smooth(plan, day, 1440, "drift", device, n) + 0.08 * smooth(plan, day, 120, "control", device, n)
        swing = 0.05 * smooth(plan, day, 10, "reagent", device, n) + 0.01 * rough(plan, day, factor, device)
        made = clean * level * (0.75 + 0.25 * share) * np.exp(drift + swing)
        values[factor] = np.where(
            is_on, made * thinning, 0.004 * clean * np.abs(rough(plan, day, "zero", factor, device))
        )
    values["a19001"] = o2 + 0.02 * rough(plan, day, "o2", device)
    warm = stack.temperature * (0.9 + 0.1 * share) + 0.8 * smooth(plan, day, 30, "warmth", device)
    values["a01012"] = np.where(is_on, warm, np.maximum(28.0, 0.5 * warm))
    values["a01014"] = np.where(is_on, stack.humidity * (1 + 0.05 * smooth(plan, day, 60, "wet", device)), 2.0)
    values["a00000"] = np.where(is_on, stack.flow * share * (1 + 0.02 * rough(plan, day, "flow", device)), 0.0)
    day_of = Minutes.running(values)
    day_of.flags[~is_on] = STOPPED
    return day_of
