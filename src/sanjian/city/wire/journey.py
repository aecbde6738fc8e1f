"""One run of the city on the wire: what every protocol needs to know of it, and its clock."""

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime

from ..clock import SHANGHAI, minute_of
from .crew import Member, Town
from .story import Story
from .tally import Tally


class CityClock:
    """City minutes that pass `speed` times as fast as real ones.

    A fast run begins so far in the past that its end is the present: data from tomorrow would rightly be refused.
    """

    def __init__(self, now: datetime, opened_on: date, minutes: float, speed: float) -> None:
        self.speed = speed
        present = minute_of(now, opened_on) + now.astimezone(SHANGHAI).second / 60
        self.start = present - (minutes * (1 - 1 / speed) if minutes != float("inf") else 0.0)
        self.end = self.start + minutes
        self._began = time.monotonic()

    def minute(self) -> float:
        """The city's minute now."""
        return self.start + (time.monotonic() - self._began) / 60 * self.speed

    async def reaches(self, minute: float) -> None:
        """Wait until the city's clock shows a minute."""
        wait_s = (minute - self.minute()) * 60 / self.speed
        if wait_s > 0:
            await asyncio.sleep(wait_s)


@dataclass(slots=True)
class Journey:
    """What is to be done in one run.

    Args:
        history_days: days before now that are sent first, as fast as they are answered.
        with_faults: whether the network is troubled.
        told: called now and then with the tally, to show progress.
        has_told_past: whether every device has been given its past to tell.
        is_over: set from outside to end a run that has no end of its own.
    """

    town: Town
    crew: list[Member]
    host: str
    port: int
    clock: CityClock
    history_days: float = 0
    with_faults: bool = False
    story: Story | None = None
    told: Callable[[Tally], None] = lambda _tally: None
    tally: Tally = field(default_factory=Tally)
    has_told_past: bool = False
    is_over: asyncio.Event = field(default_factory=asyncio.Event)
