"""Matching what was found with what happened: by subject, kind and time. Pure.

What a screen found is right when it overlaps an event that its kind may point at. An event is found when anything right
overlaps it; found once or ten times is the same. Whatever is not right is a false alarm, and named by the innocent
event that it overlaps, if it does.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from ..truth.ledger import LOOK_ALIKE, Event
from .expected import Expected

TOLERANCE_MIN = 60
"""A mean of an hour carries what happened in any of its minutes; so an end may be off by one period."""
NEVER = 10**9
"""The end of what has not ended, in minutes."""

Spans = tuple[tuple[int, int], ...]


@dataclass(frozen=True, slots=True)
class Sighting:
    """A finding, or a clue with the findings that it rests on.

    Args:
        spans: what it is about, minutes of the city; an end that is open is NEVER.
        raised: minute at which it was said.
    """

    kind: str
    subject: str
    spans: Spans
    raised: int


@dataclass(frozen=True, slots=True)
class Watched:
    """What was watched of each subject: first minute -> up to, with the days that had data.

    Args:
        first: subject -> first minute with data.
        until: end of the watched time, the same for all: a device that went silent is watched on.
        live: minute from which on data came as they were measured.
    """

    first: Mapping[str, int]
    until: int
    live: int

    def holds(self, event: Event) -> bool:
        """Whether an event lies wholly in the watched time of its subject."""
        first = self.first.get(event.subject)
        return first is not None and event.since >= first and event.until <= self.until

    def touches(self, event: Event) -> bool:
        """Whether any of it does."""
        first = self.first.get(event.subject)
        return first is not None and event.until > first and event.since < self.until


@dataclass(frozen=True, slots=True)
class Matched:
    """What came of it.

    Args:
        found: event -> the sightings that rightly point at it; every event that is counted has an entry.
        right: how many sightings point at something real, on the edge of the watched time too.
        false: how many do not.
        accused: innocent event -> the false sightings that overlap it.
    """

    found: dict[Event, list[Sighting]]
    right: int
    false: int
    accused: dict[Event, list[Sighting]]


def match(sightings: Iterable[Sighting], events: Sequence[Event], expected: Expected, watched: Watched) -> Matched:
    """Hold sightings of one screen against the truth. The order of either does not matter."""
    by_subject: dict[str, list[Event]] = defaultdict(list)
    for event in events:
        if watched.touches(event):
            by_subject[event.subject].append(event)
    counted = [e for e in events if watched.holds(e)]
    found: dict[Event, list[Sighting]] = {e: [] for e in counted if e.cause in expected.causes}
    accused: dict[Event, list[Sighting]] = {e: [] for e in counted if e.nature == LOOK_ALIKE}
    right = false = 0
    for sighting in sightings:
        near = [e for e in by_subject.get(sighting.subject, ()) if overlaps(sighting.spans, e)]
        rightly = [e for e in near if e.cause in expected.kinds.get(sighting.kind, frozenset())]
        right, false = right + bool(rightly), false + (not rightly)
        for event in rightly or [e for e in near if e.nature == LOOK_ALIKE]:
            book = found if rightly else accused
            if event in book:
                book[event].append(sighting)
    return Matched(found, right, false, accused)


def overlaps(spans: Spans, event: Event) -> bool:
    """Whether any span comes within the tolerance of an event."""
    return any(since < event.until + TOLERANCE_MIN and until > event.since - TOLERANCE_MIN for since, until in spans)
