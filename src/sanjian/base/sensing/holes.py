"""Which periods a device left out, cut into modest spans. Pure.

A hole is where reports stand on both sides, and where the newest is older than it should be while the device is heard.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from itertools import pairwise
from typing import NamedTuple

HOUR = timedelta(hours=1)
LONGEST_MINUTE_STEP = timedelta(minutes=30)
"""HJ 212-2017 table 4: MinInterval is 30 minutes at most."""


class Span(NamedTuple):
    """Starts of the first and the last missing period, both included: BeginTime and EndTime of the question."""

    begin: datetime
    end: datetime


def minute_step(starts: Sequence[datetime]) -> timedelta | None:
    """The usual distance of minute data (sorted starts); None when there is too little to tell."""
    steps = Counter(later - earlier for earlier, later in pairwise(starts))
    usual = steps.most_common(1)
    if not usual or usual[0][1] < 3 or not timedelta(0) < usual[0][0] <= LONGEST_MINUTE_STEP:
        return None
    return usual[0][0]


def holes(starts: Sequence[datetime], step: timedelta, until: datetime) -> list[Span]:
    """Missing periods between the first of `starts` (sorted, distinct) and `until`.

    Args:
        step: length of a period.
        until: starts from here on are not due yet.
    """
    found = []
    for earlier, later in zip(starts, [*starts[1:], max(until, starts[-1] + step)] if starts else [], strict=True):
        if later - earlier > step:
            last = earlier + step * ((later - earlier - timedelta(microseconds=1)) // step)
            found.append(Span(earlier + step, last))
    return found


def cut(spans: Iterable[Span], step: timedelta, longest: timedelta) -> list[Span]:
    """The same spans, none longer than `longest`."""
    pieces = []
    for begin, end in spans:
        at = begin
        while at <= end:
            last = min(end, at + longest - step)
            pieces.append(Span(at, last))
            at = last + step
    return pieces
