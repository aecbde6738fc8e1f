"""A source that nobody tampers with: its physics, its daily calibration, and what happens to the innocent.

What breaks a limit openly (a treatment that fails) is here too: it is reported as it is.
"""

from collections.abc import Callable, Mapping

import numpy as np

from .. import weather
from ..clock import DAY
from ..minutes import CALIBRATION, STOPPED, Minutes
from ..noise import rough
from ..parts import Row
from ..plan import Plan
from ..truth.drawing import Cause
from ..truth.ledger import Event
from . import gas, water

CONDITIONS = {"a19001", "a01012", "a01014", "a00000", "w00000", "w01001"}
"""Factors that are no pollutants."""
CALIBRATION_MIN = 20
VIOLATIONS = {"treatment_failure": Cause(1.0, (1.5, 8), (3.0, 6.0))}
LOOK_ALIKES = {
    "shutdown": Cause(4, (6, 72), (0, 0)),
    "fuel_change": Cause(2, (24, 240), (0.75, 1.3)),
    "power_cut": Cause(2, (0.5, 6), (0, 0)),
    "new_instrument": Cause(1, (100, 300), (0.94, 1.06)),
}
"""Innocent, though each looks like something: a dead signal, an edited slope, a plug pulled, a step."""


def minutes(plan: Plan, row: Row, day: int) -> Minutes:
    """One honest day, with the calibration that the analyser does by itself at its own hour (HJ 75-2017: daily)."""
    device, process = str(row["device_mn"]), str(row["process"])
    if row["medium"] == "gas":
        found = gas.minutes(plan, device, process, day)
        _calibrate(plan, device, found, day)
        return found
    return water.minutes(plan, device, process, day, weather.sky(plan, day).rain)


def pollutants(found: Minutes) -> list[str]:
    """The factors that are judged."""
    return [code for code in found.values if code not in CONDITIONS]


def _calibrate(plan: Plan, device: str, found: Minutes, day: int) -> None:
    """Zero gas, then span gas: two plateaus, flagged."""
    begin = int(plan.random("calibration", device).integers(0, DAY - CALIBRATION_MIN))
    zero, span = (
        slice(begin, begin + CALIBRATION_MIN // 2),
        slice(begin + CALIBRATION_MIN // 2, begin + CALIBRATION_MIN),
    )
    for code in pollutants(found):
        level = float(np.median(found.values[code])) * 3 + 1
        found.values[code][zero] = 0.002 * level * np.abs(rough(plan, day, "zero", device, code)[zero])
        found.values[code][span] = level * (1 + 0.004 * rough(plan, day, "span", device, code)[span])
    found.flags[begin : begin + CALIBRATION_MIN] = CALIBRATION


def fail(found: Minutes, at: slice, factor: float) -> None:
    """The treatment does less than it should: every pollutant rises over a quarter of an hour, and falls again."""
    length = at.stop - at.start
    edge = np.minimum(np.arange(length), np.arange(length)[::-1]) / 15
    rise = 1 + (factor - 1) * np.clip(edge, 0.15, 1)
    for code in pollutants(found):
        found.values[code][at] *= rise


def shut_down(found: Minutes, at: slice, _event: Event) -> None:
    """Nothing burns: no flow, air in the stack, flag F."""
    for code in pollutants(found):
        found.values[code][at] *= 0.004
    for code, value in (("a00000", 0.0), ("w00000", 0.0), ("a19001", gas.AIR_O2)):
        if code in found.values:
            found.values[code][at] = value
    found.flags[at] = STOPPED


def change_level(found: Minutes, at: slice, event: Event) -> None:
    """Another fuel or another analyser: every pollutant by one factor."""
    for code in pollutants(found):
        found.values[code][at] *= event.size


def cut_power(found: Minutes, at: slice, _event: Event) -> None:
    """Everything stops, the device too."""
    shut_down(found, at, _event)
    found.is_silent[at] = True


HAPPENINGS: Mapping[str, Callable[[Minutes, slice, Event], None]] = {
    "treatment_failure": lambda found, at, event: fail(found, at, event.size),
    "shutdown": shut_down,
    "fuel_change": change_level,
    "power_cut": cut_power,
    "new_instrument": change_level,
}
