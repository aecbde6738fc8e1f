"""Who sends what: the devices of all parts of a city, and their reports over any stretch of its time."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Protocol

import polars as pl

from ..clock import DAY
from ..minutes import Minutes
from ..parts import Part, Row, parts
from ..plan import Plan
from ..truth.ledger import Event
from .aggregate import periods, real_time
from .frames import Report, reports

PERIODS = {"2051": 10, "2061": 60, "2031": DAY}
"""Minutes of a period by command (HJ 212-2017 table 9: 分钟数据 of ten minutes is the usual setting)."""


class Town(Protocol):
    """What is read of a built city; `folder.City` is one."""

    @property
    def plan(self) -> Plan: ...

    @property
    def opened_on(self) -> date: ...

    def table(self, name: str) -> pl.DataFrame: ...

    def events(self) -> Sequence[Event]: ...


@dataclass(frozen=True, slots=True)
class Member:
    """One device with what it needs to be acted out."""

    part: Part
    row: Row
    o2_reference: dict[str, float]
    events: list[Event] = field(default_factory=list)

    @property
    def device_mn(self) -> str:
        """MN."""
        return str(self.row["device_mn"])

    @property
    def every(self) -> int:
        """Minutes between two real-time values."""
        return max(1, int(str(self.row["interval_s"])) // 60)

    def day(self, plan: Plan, day: int) -> Minutes:
        """What it measures on a day, with what was done to it."""
        if self.part.honest is None:
            raise ValueError(f"{self.part.name} has devices but no behaviour")
        minutes = self.part.honest(plan, self.row, day)
        touching = [e for e in self.events if e.since < (day + 1) * DAY and e.until > day * DAY]
        return self.part.act_out(plan, self.row, day, minutes, touching) if self.part.act_out else minutes


def crew(town: Town, of: Sequence[Part] | None = None) -> list[Member]:
    """All devices of a city in the order of its parts; each part's in the order of its table."""
    told: dict[str, list[Event]] = defaultdict(list)
    for event in town.events():
        told[event.subject].append(event)
    references: dict[str, dict[str, float]] = defaultdict(dict)
    for row in town.table("limits").iter_rows(named=True):
        if row["basis"] == "corrected" and row["o2_reference"] is not None:
            references[row["device_mn"]][row["factor"]] = row["o2_reference"]
    return [
        Member(part, row, references.get(row["device_mn"], {}), told.get(row["device_mn"], []))
        for part in (parts() if of is None else of)
        if part.devices
        for row in town.table(part.devices).iter_rows(named=True)
    ]


def speech(member: Member, plan: Plan, since: int, until: int, *, with_real_time: bool) -> Iterator[tuple[int, Report]]:
    """The reports of a device that are due in [since, until), minutes of the city: their day and they, in order.

    A period that ends at midnight is due on the next day, so the day before `since` is looked at too.
    """
    for day in range((since - 1) // DAY, (until - 1) // DAY + 1):
        begin = day * DAY
        minutes = member.day(plan, day)
        bounds = (since - begin, until - begin)
        told: list[Report] = []
        if with_real_time:
            told += reports("2011", real_time(minutes, member.o2_reference, member.every), *bounds)
        for command, width in PERIODS.items():
            told += reports(command, periods(minutes, member.o2_reference, width), *bounds)
        for report in sorted(told, key=lambda r: r.due):
            yield day, report
