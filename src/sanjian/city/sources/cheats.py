"""What is done to a source's data, by cause. None of it knows how it might be found.

The published cases are those of the table in cems_diagnosis.md, section 4; `HIDES` says which cheats cover a limit that
is being broken at that moment.
"""

from collections.abc import Callable, Mapping

import numpy as np

from ..clock import DAY
from ..minutes import MAINTENANCE, Minutes, part_of_day
from ..noise import rough
from ..parts import Row
from ..plan import Plan
from ..truth.drawing import Cause
from ..truth.ledger import Event
from . import gas, honest
from .processes import PROCESSES
from .water import WORKS

GAS = {
    "dilution": Cause(3, (6, 72), (0.25, 0.6)),
    "clamp": Cause(2, (24, 120), (0.93, 0.98)),
    "edited_slope": Cause(2, (24, 160), (0.45, 0.8)),
    "frozen_analyser": Cause(2, (6, 48), (0.3, 0.8)),
    "offline": Cause(2, (2, 10), (3, 6)),
    "false_maintenance": Cause(2, (2, 10), (3, 6)),
    "replay": Cause(1, (24, 72), (2, 5)),
}
WATER = {
    "swapped_sample": Cause(4, (8, 96), (0.08, 0.2)),
    **{
        name: GAS[name]
        for name in ("clamp", "edited_slope", "frozen_analyser", "offline", "false_maintenance", "replay")
    },
}
HIDES = {"dilution", "clamp", "edited_slope", "swapped_sample"}
HIDDEN = 3.0
"""How far the treatment fails behind a cheat that hides it."""
FELT_BEFORE_MIN = 25
"""How long a failure is visible before somebody pulls the plug or writes a maintenance mark."""

Limits = Mapping[str, float]


def dilute(found: Minutes, at: slice, event: Event, _limits: Limits) -> None:
    """Air let in before the probe (cases 2, 3 and 11): every gas by one factor, oxygen towards air."""
    share = 1 - event.size
    for code in honest.pollutants(found):
        found.values[code][at] *= share
    found.values["a19001"][at] = share * found.values["a19001"][at] + event.size * gas.AIR_O2


def clamp(found: Minutes, at: slice, event: Event, limits: Limits) -> None:
    """The logger lets nothing through above a value just under the limit (case 10)."""
    for code, upper in limits.items():
        found.values[code][at] = np.minimum(found.values[code][at], event.size * upper)


def edit_slope(found: Minutes, at: slice, event: Event, limits: Limits) -> None:
    """One coefficient of one analyser is smaller (cases 4 and 14)."""
    code = event.factor or next(iter(limits))
    found.values[code][at] *= event.size


def freeze(found: Minutes, at: slice, event: Event, limits: Limits) -> None:
    """The signal of one analyser stands still, at a share of its limit (case 9: it broke, and data went on)."""
    code = event.factor or next(iter(limits))
    found.values[code][at] = round(event.size * limits[code], 3)


def go_offline(found: Minutes, at: slice, _event: Event, _limits: Limits) -> None:
    """The plug is pulled while the limit is broken."""
    found.is_silent[at] = True


def mark_maintenance(found: Minutes, at: slice, _event: Event, _limits: Limits) -> None:
    """Maintenance that nobody does, so that the values do not count (MEE rule on marking data)."""
    found.flags[at] = MAINTENANCE


ACTS: dict[str, Callable[[Minutes, slice, Event, Limits], None]] = {
    "dilution": dilute,
    "clamp": clamp,
    "edited_slope": edit_slope,
    "frozen_analyser": freeze,
    "offline": go_offline,
    "false_maintenance": mark_maintenance,
}


def act_out(plan: Plan, row: Row, day: int, found: Minutes, events: list[Event]) -> Minutes:
    """The day as it is sent: first what really happens, then what is done to the data."""
    sent = found.copy()
    limits = {limit.factor: limit.upper for limit in PROCESSES[str(row["process"])].limits}
    for event in events:
        at = part_of_day(day, event.since, event.until)
        if event.cause in honest.HAPPENINGS:
            honest.HAPPENINGS[event.cause](sent, at, event)
            continue
        _fail_behind(sent, day, event)
        if event.cause == "swapped_sample":
            _swap(plan, row, day, sent, at, event)
        elif event.cause == "replay":
            _replay(plan, row, day, sent, at, event)
        else:
            ACTS[event.cause](sent, at, event, {code: upper for code, upper in limits.items() if code in sent.values})
    return sent


def _fail_behind(sent: Minutes, day: int, event: Event) -> None:
    """What the cheat is for."""
    if event.cause in HIDES:
        honest.fail(sent, part_of_day(day, event.since, event.until), HIDDEN)
    elif event.cause in ("offline", "false_maintenance"):
        honest.fail(sent, part_of_day(day, event.since - FELT_BEFORE_MIN, event.until), event.size)


def _swap(plan: Plan, row: Row, day: int, sent: Minutes, at: slice, event: Event) -> None:
    """The analyser drinks from a bottle or the tap (cases 7 and 10): clean, and hardly moving."""
    for code, clean in WORKS[str(row["process"])].clean.items():
        held = 1 + 0.006 * rough(plan, day, "bottle", str(row["device_mn"]), code)
        sent.values[code][at] = (event.size * clean * held)[at]
    sent.values["w01001"][at] = 7.0 + 0.004 * rough(plan, day, "tap", str(row["device_mn"]))[at]


def _replay(plan: Plan, row: Row, day: int, sent: Minutes, at: slice, event: Event) -> None:
    """The minutes of some days ago are sent again, whatever happens now (case 9)."""
    old = honest.minutes(plan, row, day - int(event.size))
    for code, series in old.values.items():
        sent.values[code][at] = series[at]
    sent.flags[at] = old.flags[at]


def known_days(event: Event) -> range:
    """The days that an event touches, the failure before it included."""
    return range((event.since - FELT_BEFORE_MIN) // DAY, -(-event.until // DAY))
