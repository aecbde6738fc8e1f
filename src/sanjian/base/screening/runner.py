"""Running a screen over windows of the lake: reads, calls the pure rule, tells what came out. Stores nothing.

Everything is read at one pinned version per stream, so that a finding can name the version its rows came from.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import reduce
from operator import and_
from typing import Any

import polars as pl

from sanjian.base.lake import Lake, Stream
from sanjian.base.lake import stream as stream_named

from .contract import Finding, Frames, Input, Screen
from .windows import Key, Window, concerns, groups, reach, wanted, widened

FactsOf = Callable[[Screen, Sequence[str]], Frames]
"""(screen, subjects) -> fact frames."""


class ScreenFailed(Exception):
    """A screen raised: the rule is at fault, not the lake or the database, so its neighbours go on."""

    def __init__(self, screen: Screen, keys: Sequence[Key], cause: Exception) -> None:
        super().__init__(f"{screen.name} {screen.version}: {type(cause).__name__}: {cause}")
        self.screen, self.keys = screen.name, list(keys)


@dataclass(frozen=True, slots=True)
class Seen:
    """What a screen was given when it came to its findings; of one or of many subjects.

    Args:
        periods: stream -> key -> (since, until) that was read.
        versions: stream -> lake version that was read.
    """

    screen: Screen
    parameters: Any
    now: datetime
    frames: Frames
    facts: Frames
    periods: Mapping[str, Mapping[Key, tuple[datetime, datetime]]]
    versions: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Outcome:
    """All findings of one subject in one window, judged in full.

    `window` is None for a run on facts alone, which cannot tell that an earlier finding no longer stands.
    """

    key: Key
    window: Window | None
    findings: tuple[Finding, ...]
    seen: Seen


def key_of(screen: Screen, finding: Finding) -> Key:
    """The subject of a finding in the screen's own columns."""
    return tuple(finding.evidence.key[c] for c in screen.by)


def judge(
    screen: Screen,
    lake: Lake,
    pending: Iterable[Window],
    versions: Mapping[str, int],
    facts_of: FactsOf,
    now: datetime,
    parameters: Any = None,
) -> Iterator[Outcome]:
    """Run a screen over windows, each widened until none of its findings can have been cut by an edge.

    Args:
        versions: stream name -> version to read.
        now: the moment of judgement; the wall clock for live data.
        parameters: other than the screen's own.

    Raises:
        ScreenFailed: the rule raised.
        HistoryGone: a version is no longer kept.
    """
    waiting = list(pending)
    while waiting:
        wider: list[Window] = []
        for batch in groups(waiting, reach(screen)):
            seen = _seen(screen, lake, batch, versions, facts_of, now, parameters)
            for window, findings in _run(screen, batch, seen):
                grown = window if "open" in screen.facts else widened(window, findings, reach(screen))
                if grown == window:
                    yield Outcome(window.key, window, findings, seen)
                else:
                    wider.append(grown)
        waiting = wider


def judge_facts(screen: Screen, facts: Frames, now: datetime, parameters: Any = None) -> Iterator[Outcome]:
    """Run a rule about absence on the clock, on facts alone."""
    frames = {i.stream: stream_named(i.stream).empty() for i in screen.inputs}
    settings = screen.parameters if parameters is None else parameters
    seen = Seen(screen, settings, now, frames, facts, {}, {})
    by_key: dict[Key, list[Finding]] = {}
    for finding in _called(screen, seen, []):
        by_key.setdefault(key_of(screen, finding), []).append(finding)
    for key in sorted(by_key):
        yield Outcome(key, None, tuple(by_key[key]), seen)


def read(
    lake: Lake, source: Input, batch: Sequence[Window], version: int | None = None
) -> tuple[pl.DataFrame, dict[Key, tuple[datetime, datetime]]]:
    """The rows of an input for some windows, each subject cut to its own period, in the order of the stream's key."""
    stream = stream_named(source.stream)
    periods = {w.key: (w.since(source.look_back), w.until(source.look_back)) for w in batch}
    narrow = [pl.col(c).is_in(sorted({w.key[n] for w in batch})) for n, c in enumerate(source.by)]
    rows = lake.scan(
        stream,
        since=min(p[0] for p in periods.values()),
        until=max(p[1] for p in periods.values()),
        where=reduce(and_, narrow),
        version=version,
    )
    return _cut(wanted(rows, source), source, stream, periods).collect(), periods


def _cut(
    rows: pl.LazyFrame, source: Input, stream: Stream, periods: Mapping[Key, tuple[datetime, datetime]]
) -> pl.LazyFrame:
    bounds = pl.DataFrame(
        [(*key, *period) for key, period in periods.items()],
        schema={
            **{c: stream.schema[c] for c in source.by},
            "_since": stream.schema[stream.time],
            "_until": stream.schema[stream.time],
        },
        orient="row",
    )
    time = pl.col(stream.time)
    return (
        rows.join(bounds.lazy(), on=list(source.by), how="inner")
        .filter(time >= pl.col("_since"), time < pl.col("_until"))
        .select(list(stream.schema))
        .sort(stream.key)
    )


def _seen(
    screen: Screen,
    lake: Lake,
    batch: Sequence[Window],
    versions: Mapping[str, int],
    facts_of: FactsOf,
    now: datetime,
    parameters: Any,
) -> Seen:
    frames, periods = {}, {}
    for source in screen.inputs:
        frames[source.stream], periods[source.stream] = read(lake, source, batch, versions[source.stream])
    facts = facts_of(screen, sorted({w.key[0] for w in batch}))
    settings = screen.parameters if parameters is None else parameters
    return Seen(screen, settings, now, frames, facts, periods, dict(versions))


def _run(screen: Screen, batch: Sequence[Window], seen: Seen) -> Iterator[tuple[Window, tuple[Finding, ...]]]:
    by_key: dict[Key, list[Finding]] = {}
    for finding in _called(screen, seen, [w.key for w in batch]):
        by_key.setdefault(key_of(screen, finding), []).append(finding)
    for window in batch:
        found = by_key.get(window.key, [])
        yield window, tuple(f for f in found if concerns(window, f, reach(screen)))


def _called(screen: Screen, seen: Seen, keys: Sequence[Key]) -> Sequence[Finding]:
    try:
        return screen.run(seen.frames, seen.facts, seen.parameters, seen.now)
    except Exception as error:  # the isolation boundary: whatever a rule raises stays the rule's problem
        raise ScreenFailed(screen, keys, error) from error
