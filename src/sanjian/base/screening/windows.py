"""Which subjects to read, and over which period: pure.

New rows of a subject make a window from its first to its last new row. The screen reads it with its look-back around
it, so late rows are judged at their own time. A finding that comes too near an edge of what was read may have been cut
there: the window grows (doubling, so that a year-long run costs a dozen reads and not hundreds) until nothing is cut.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

import polars as pl

from sanjian.base.lake import Stream

from .contract import Finding, Input, Screen

Key = tuple[str, ...]
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
LEAST = timedelta(hours=1)
"""The smallest step by which a window grows (our choice): keeps a screen without look-back from creeping."""


@dataclass(frozen=True, slots=True)
class Window:
    """The time of one subject in which verdicts may change.

    Args:
        key: values of the screen's `by` columns.
        first, last: moments of the first and last row that matter; what is read lies `look_back` around them.
        grown: how often it was widened.
    """

    key: Key
    first: datetime
    last: datetime
    grown: int = 0

    def since(self, look_back: timedelta) -> datetime:
        """Start of what is read."""
        return earlier(self.first, look_back)

    def until(self, look_back: timedelta) -> datetime:
        """End of what is read, exclusive; at least a moment after the last row."""
        return later(self.last, max(look_back, timedelta(seconds=1)))


def earlier(moment: datetime, span: timedelta) -> datetime:
    """`moment - span`, held inside the calendar: devices do send the year 1."""
    floor = datetime.min.replace(tzinfo=UTC)
    return moment - span if moment - floor > span else floor


def later(moment: datetime, span: timedelta) -> datetime:
    """`moment + span`, held inside the calendar."""
    ceiling = datetime.max.replace(tzinfo=UTC)
    return moment + span if ceiling - moment > span else ceiling


def wanted(rows: pl.LazyFrame, source: Input) -> pl.LazyFrame:
    """The rows that matter to an input."""
    for column, values in source.only:
        rows = rows.filter(pl.col(column).is_in(values))
    return rows


def affected(rows: pl.LazyFrame, source: Input, stream: Stream) -> pl.DataFrame:
    """Per subject the first and last moment and number of the rows: columns by..., first, last, rows."""
    time = pl.col(stream.time)
    known = [pl.col(c).is_not_null() for c in (*source.by, stream.time)]
    return (
        wanted(rows, source)
        .filter(*known)
        .group_by(source.by)
        .agg(first=time.min(), last=time.max(), rows=pl.len())
        .sort(source.by)
        .collect(engine="streaming")
    )


def windows(found: pl.DataFrame, by: tuple[str, ...]) -> list[Window]:
    """Windows from the frame of `affected`."""
    return [Window(tuple(row[c] for c in by), row["first"], row["last"]) for row in found.iter_rows(named=True)]


def merge(parts: Iterable[Window]) -> list[Window]:
    """One window per subject that covers all its parts."""
    merged: dict[Key, Window] = {}
    for part in parts:
        known = merged.get(part.key)
        if known:
            part = replace(part, first=min(part.first, known.first), last=max(part.last, known.last))
        merged[part.key] = part
    return [merged[key] for key in sorted(merged)]


def reach(screen: Screen) -> timedelta:
    """The longest look-back of a screen."""
    return max((i.look_back for i in screen.inputs), default=timedelta(0))


def concerns(window: Window, finding: Finding, look_back: timedelta) -> bool:
    """Whether a finding lies in the part of a window where verdicts may have changed and were judged in full."""
    after = later(window.last, look_back / 2)
    goes_on = finding.ended_at is None
    return (goes_on or finding.reaches_to >= window.first) and finding.started_at <= after


def widened(window: Window, findings: Iterable[Finding], look_back: timedelta) -> Window:
    """The same window if no finding may have been cut by its edges, otherwise a wider one."""
    step = max(look_back, LEAST) * 2**window.grown
    first, last = window.first, window.last
    for finding in findings:
        if finding.started_at < window.first:
            first = min(first, finding.started_at, earlier(window.first, step))
        if finding.reaches_to > later(window.last, look_back / 2):
            last = max(last, finding.reaches_to, later(window.last, step))
    if (first, last) == (window.first, window.last):
        return window
    return replace(window, first=first, last=last, grown=window.grown + 1)


SUBJECT_DAYS = 20_000
"""Subjects times days that are read at once (our choice): about six million hours of outlets with twelve factors."""


def groups(pending: Iterable[Window], look_back: timedelta) -> Iterator[list[Window]]:
    """Windows that can be read together: about the same period, as many subjects as the memory of a small machine
    holds, at most 500.

    Without it one packet that is two years late would make the runner read two years of everybody.
    """
    width = max(look_back, timedelta(days=1))
    most = min(500, max(20, int(SUBJECT_DAYS * timedelta(days=1) / width)))
    batches: dict[tuple[int, int], list[Window]] = {}
    for window in pending:
        place = ((window.first - EPOCH) // width, (window.last - EPOCH) // width)
        batches.setdefault(place, []).append(window)
    for place in sorted(batches):
        batch = batches[place]
        for start in range(0, len(batch), most):
            yield batch[start : start + most]
