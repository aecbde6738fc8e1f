"""History that a screen still has to judge: some days a step, behind the live data.

Days and not versions: a step is bounded however the rows came in, and nothing depends on how long the log is kept.
"""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

import polars as pl

from sanjian.base.evidence.store import Store
from sanjian.base.lake import Lake
from sanjian.base.lake import stream as stream_named

from .contract import Input, Screen
from .judging import judged
from .models import Backfill
from .services import Tally
from .windows import affected, windows

ROWS = 500_000
"""New rows that one step judges at most (our choice); live batches with more become a backfill."""
SLOW = 30
"""A rule over weeks reads weeks for every day it judges: its steps are this many times as long (our choice)."""


@dataclass(frozen=True, slots=True)
class Step:
    """What a step did, and whether there is more to do at once."""

    rows: int = 0
    more: bool = False
    tally: Tally | None = None


def plan_all(screen: Screen, source: Input, lake: Lake, upto: int, now: datetime) -> None:
    """Have a screen judge everything of a stream up to a version, behind the live data."""
    stream = stream_named(source.stream)
    time = pl.col(stream.time)
    span = lake.scan(stream, superseded=True, version=upto).select(first=time.min(), last=time.max()).collect()
    first, last = span.row(0)
    if first is not None:
        plan_days(screen, source, first.date(), last.date(), upto, now)


def plan_days(screen: Screen, source: Input, first: date, last: date, upto: int, now: datetime) -> None:
    """Have a screen judge some days of a stream, behind the live data."""
    Backfill.objects.create(
        screen=screen.name, stream=source.stream, next_on=first, last_on=last, upto_version=upto, made_at=now
    )


def backfill(screen: Screen, lake: Lake, store: Store, now: datetime) -> Step:
    """Judge the next days of the oldest unfinished backfill of a screen. Raises like `live`."""
    task = Backfill.objects.filter(screen=screen.name, finished_at=None).first()
    source = next((i for i in screen.inputs if task and i.stream == task.stream), None)
    if task is None or source is None:
        return Step()
    found, after = _days(task, source, lake, ROWS * SLOW if screen.rest else ROWS)
    versions = {i.stream: lake.version(stream_named(i.stream)) for i in screen.inputs}
    tally = judged(screen, lake, store, windows(found, screen.by), versions, now)
    finished = after > task.last_on
    Backfill.objects.filter(pk=task.pk, next_on=task.next_on).update(
        next_on=after, finished_at=now if finished else None
    )
    return Step(int(found["rows"].sum()), not finished, tally)


def _days(task: Backfill, source: Input, lake: Lake, most: int) -> tuple[pl.DataFrame, date]:
    """The affected subjects of the next days, as many days as stay under `most` rows, and the day after them."""
    stream = stream_named(source.stream)
    days = min(31, (task.last_on - task.next_on).days + 1)
    while True:
        after = task.next_on + timedelta(days=days)
        rows = lake.scan(stream, since=_midnight(task.next_on), until=_midnight(after), superseded=True)
        found = affected(rows, source, stream)
        if days == 1 or found["rows"].sum() <= most:
            return found, after
        days = max(1, days // 4)


def _midnight(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=UTC)
