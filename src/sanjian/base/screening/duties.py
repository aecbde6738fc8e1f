"""What the worker does now and then on behalf of capabilities: expired codes, overdue clocks.

A capability says so in its AppConfig.ready(); `base` need not know what it is.
"""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import NamedTuple

import structlog
from django.db import DatabaseError

log = structlog.get_logger()


class Duty(NamedTuple):
    """Something to do every so often; `do` takes the moment and returns how many records it touched."""

    interval: timedelta
    do: Callable[[datetime], int]


_duties: dict[str, Duty] = {}


def every(interval: timedelta, name: str, do: Callable[[datetime], int]) -> None:
    """Have every worker do something at this interval. Must be harmless when two workers do it at once."""
    _duties[name] = Duty(interval, do)


class Rounds:
    """When each duty was last done, in this process."""

    def __init__(self) -> None:
        self._done: dict[str, datetime] = {}

    def some(self, now: datetime) -> int:
        """Do what is due. One that the database refuses is tried again at its next turn. Returns the records
        touched.
        """
        touched = 0
        for name, duty in _duties.items():
            if name in self._done and now - self._done[name] < duty.interval:
                continue
            self._done[name] = now
            try:
                touched += duty.do(now)
            except DatabaseError as error:
                log.warning("duty refused", duty=name, reason=str(error))
        return touched
