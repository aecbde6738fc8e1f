"""A city of three devices for these tests: a stack, a sewer, a dust station, with behaviour that is easy to check."""

from dataclasses import dataclass, field
from datetime import date, datetime

import numpy as np
import polars as pl

from sanjian.city.clock import SHANGHAI
from sanjian.city.minutes import Minutes
from sanjian.city.noise import rough
from sanjian.city.parts import Part, Row
from sanjian.city.plan import Plan
from sanjian.city.truth.ledger import CHEAT, Event

STACK, SEWER, DUST = "C30000000000000000000001", "C30000000000000000000002", "C30000000000000000000003"
_RANGES = {
    "31": {"a21002": (30.0, 5.0), "a21026": (12.0, 2.0), "a34013": (3.0, 0.4), "a19001": (6.0, 0.3),
           "a01012": (120.0, 3.0), "a00000": (40.0, 2.0)},
    "32": {"w01018": (25.0, 3.0), "w01001": (7.2, 0.1), "w00000": (20.0, 2.0)},
    "39": {"a34002": (60.0, 10.0), "LA": (58.0, 3.0)},
}  # fmt: skip


def honest(plan: Plan, row: Row, day: int) -> Minutes:
    """Every factor around its mean."""
    values = {
        code: np.abs(mean + spread * rough(plan, day, str(row["device_mn"]), code))
        for code, (mean, spread) in _RANGES[str(row["system_code"])].items()
    }
    return Minutes.running(values)


def act_out(plan: Plan, row: Row, day: int, minutes: Minutes, events: list[Event]) -> Minutes:
    """What an event named "silence" does; others do nothing."""
    changed = minutes.copy()
    for event in events:
        begin = day * 1440
        if event.cause == "silence":
            changed.is_silent[max(event.since - begin, 0) : max(event.until - begin, 0)] = True
    return changed


@dataclass
class ThreeDevices:
    """The contract's tables, as small as they can be."""

    plan: Plan = field(default_factory=lambda: Plan(0.01, 1))
    opened_on: date = field(default_factory=lambda: datetime.now(SHANGHAI).date())
    told: list[Event] = field(default_factory=list)

    def table(self, name: str) -> pl.DataFrame:
        if name == "limits":
            return pl.DataFrame(
                [(STACK, "a21002", "hour", "corrected", 50.0, 3.0)],
                schema=["device_mn", "factor", "period", "basis", "upper", "o2_reference"], orient="row",
            )  # fmt: skip
        rows = [(STACK, 1, "31", 60), (SEWER, 2, "32", 60), (DUST, 3, "39", 60)]
        return pl.DataFrame(rows, schema=["device_mn", "object_no", "system_code", "interval_s"], orient="row")

    def events(self) -> list[Event]:
        return self.told


PARTS = (Part("sources", tables=lambda _plan, _tables: {}, devices="points", honest=honest, act_out=act_out),)


def silence(device_mn: str, since: int, until: int) -> Event:
    """The device says nothing in [since, until)."""
    return Event(1, "sources", device_mn, 1, CHEAT, "silence", since, until, 1.0)
