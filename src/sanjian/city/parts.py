"""The parts of the city. A capability joins by copying the folder of its nearest neighbour and one line in PARTS.

A part has the same rooms as every other: `tables.py` (what is registered), `honest.py` (how it behaves, and what
happens to the innocent), `cheats.py` (what the guilty do), and none that it does not need.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import polars as pl

from .minutes import Minutes
from .plan import Plan
from .truth.ledger import Event

Tables = dict[str, pl.DataFrame]
Row = Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Part:
    """One part of the city.

    Args:
        name: also the first word of all its chance (`Plan.random`).
        tables: plan and the tables of the parts before -> its own tables, by name.
        events: plan and all tables -> what happens; event_no is given afterwards.
        devices: name of its table of devices (columns device_mn, system_code, object_no, ...), "" for none.
        honest: plan, a row of that table, day -> the day's minutes if nobody did anything.
        act_out: plan, row, day, honest minutes, the events that touch the day -> the minutes as sent.
    """

    name: str
    tables: Callable[[Plan, Tables], Tables]
    events: Callable[[Plan, Tables], list[Event]] | None = None
    devices: str = ""
    honest: Callable[[Plan, Row, int], Minutes] | None = None
    act_out: Callable[[Plan, Row, int, Minutes, list[Event]], Minutes] | None = None


def parts() -> tuple[Part, ...]:
    """All parts, in the order in which they are built."""
    from . import air, dust, fleets, institutions, objects, sources, waste

    return tuple(room.PART for room in (objects, institutions, sources, dust, air, fleets, waste))
