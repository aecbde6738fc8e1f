"""One score: what the screens of an installation made of a city whose truth is known."""

from datetime import datetime

from sanjian.base.lake import Lake
from sanjian.base.screening.contract import all_screens
from sanjian.base.screening.scores import Cause, Score

from ..folder import City
from ..truth.ledger import LOOK_ALIKE
from .expected import EXPECTED, Expected, together
from .figures import count, row
from .matching import match
from .watching import Seen, look

CLUES = "clues"


def score(city: City, lake: Lake, release: str, now: datetime, *, is_complete: bool) -> Score:
    """Hold everything that was found against the truth of the city.

    Args:
        is_complete: whether the screens had judged everything, as the caller waited for it.

    Raises:
        LookupError: nothing was received from any device of the city.
    """
    seen, events = look(city, lake), city.events()
    screens = all_screens()
    rows = []
    for screen in screens:
        expected = EXPECTED.get(screen.name, Expected())
        matched = match(seen.by_screen.get(screen.name, []), events, expected, seen.watched)
        rows.append(row(screen.name, screen.version, matched, expected, seen.watched, _days(seen, expected)))
    all_of_them = together({screen.name for screen in screens})
    clues = match(seen.clues, events, all_of_them, seen.watched)
    inside = [e for e in events if seen.watched.holds(e)]
    uncovered = [e for e in inside if e.nature != LOOK_ALIKE and e.cause not in all_of_them.claims]
    return Score(
        release=release,
        made_at=now,
        city={name: city.about[name] for name in ("scale", "seed", "version", "hash", "truth_hash")},
        since=seen.since,
        until=seen.until,
        devices=len(seen.watched.first),
        subject_days=sum(seen.days.values()),
        is_complete=is_complete,
        rows=tuple(rows),
        clues=row(CLUES, release, clues, all_of_them, seen.watched, _days(seen, all_of_them)),
        uncovered=tuple(Cause(cause, nature, events, 0, False) for (nature, cause), events in count(uncovered)),
        edge=sum(seen.watched.touches(e) and not seen.watched.holds(e) for e in events),
    )


def _days(seen: Seen, expected: Expected) -> float:
    return sum(days for part, days in seen.days.items() if part in expected.parts)
