"""Groups of split frames: which parts of an upload have come, and which never did.

Each part is complete in itself and is stored at once; what is tracked here is only whether the group is whole. The key
is (MN, ST, CN, DataTime): in the standard's examples every part has a QN of its own.

Source: HJ 212-2017, 6.3.2 (PNUM, PNO) and C.49-C.50.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import NamedTuple

TIMEOUT = timedelta(seconds=60)
"""Chosen: several times the resend time of the standard (3 times 10 s)."""

MEMORY_LIMIT = 100_000
"""Chosen: groups held at once; the oldest are given up first, so that a flood cannot fill the memory."""


class PartKey(NamedTuple):
    """What the parts of one group share."""

    device_mn: str
    system_code: str
    command: str
    data_time_raw: str


class Group(NamedTuple):
    """A group that is finished: whole, or given up with the part numbers that never came."""

    key: PartKey
    total: int
    missing: tuple[int, ...]
    first_at: datetime

    @property
    def is_complete(self) -> bool:
        """Whether every part came."""
        return not self.missing


@dataclass(slots=True)
class _Open:
    total: int
    first_at: datetime
    last_at: datetime
    seen: set[int] = field(default_factory=set)


class PartGroups:
    """The groups that are open. Time is handed in; nothing here reads a clock.

    Args:
        timeout: how long after the last part a group waits.
    """

    def __init__(self, timeout: timedelta = TIMEOUT) -> None:
        self._timeout = timeout
        self._open: dict[PartKey, _Open] = {}

    def add(self, key: PartKey, total: int, number: int, now: datetime) -> Group | None:
        """Note one part; returns the group when this part completes it. A resent part changes nothing.

        A part with another total starts the group anew: the device changed its mind, old parts no longer count.
        """
        group = self._open.get(key)
        if group is None or group.total != total:
            group = self._open[key] = _Open(total, now, now)
        group.last_at = now
        if 1 <= number <= total:
            group.seen.add(number)
        if len(group.seen) < total:
            return None
        del self._open[key]
        return Group(key, total, (), group.first_at)

    def expire(self, now: datetime) -> Iterator[Group]:
        """Give up groups whose last part is older than the time-out, and the oldest beyond the memory limit."""
        late = [key for key, group in self._open.items() if now - group.last_at > self._timeout]
        surplus = len(self._open) - len(late) - MEMORY_LIMIT
        if surplus > 0:
            young = sorted(set(self._open) - set(late), key=lambda key: self._open[key].last_at)
            late += young[:surplus]
        for key in late:
            group = self._open.pop(key)
            yield Group(key, group.total, _missing(group), group.first_at)

    def __len__(self) -> int:
        return len(self._open)


def _missing(group: _Open) -> tuple[int, ...]:
    """Numbers not seen, the first thousand of them: a device may claim any total."""
    numbers = (number for number in range(1, min(group.total, 10_000) + 1) if number not in group.seen)
    return tuple(number for _, number in zip(range(1000), numbers, strict=False))
