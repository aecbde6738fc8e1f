"""From counts to figures: rates with their 95 % intervals, medians, rows of a score. Pure.

Intervals: Wilson for shares (E. B. Wilson, J. Am. Stat. Assoc. 22, 1927); for a count in a time Byar's approximation
to the Poisson limits (Breslow and Day, Statistical Methods in Cancer Research II, 1987, p. 69), with the exact upper
limit -ln(0.025) where nothing was counted.
"""

import math
from collections import Counter
from collections.abc import Iterable, Sequence

import numpy as np

from sanjian.base.screening.scores import Cause, Rate, Row, Z, share

from ..truth.ledger import Event
from .expected import Expected
from .matching import Matched, Watched

PER_DAYS = 1000


def per_days(count: int, subject_days: float) -> Rate:
    """Something counted per 1,000 subject-days, with a Poisson interval."""
    if subject_days <= 0:
        return Rate(count, subject_days, None, None, None)
    unit, above = PER_DAYS / subject_days, count + 1
    high = above * (1 - 1 / (9 * above) + Z / (3 * math.sqrt(above))) ** 3 if count else -math.log(0.025)
    low = count * (1 - 1 / (9 * count) - Z / (3 * math.sqrt(count))) ** 3 if count else 0.0
    return Rate(count, round(subject_days, 2), count * unit, max(0.0, low) * unit, high * unit)


def spread(values: Sequence[float]) -> tuple[float, float] | None:
    """Median and 95th percentile."""
    if not values:
        return None
    return round(float(np.quantile(values, 0.5)), 1), round(float(np.quantile(values, 0.95)), 1)


def row(name: str, version: str, matched: Matched, expected: Expected, watched: Watched, subject_days: float) -> Row:
    """One row of a score."""
    claimed = [e for e in matched.found if e.cause in expected.claims]
    seen = {event: by for event, by in matched.found.items() if by}
    onsets = [max(0, min(since for s in by for since, _ in s.spans) - event.since) for event, by in seen.items()]
    live = [min(s.raised for s in by) - event.since for event, by in seen.items() if event.since >= watched.live]
    return Row(
        name, version,
        recall=share(sum(e in seen for e in claimed), len(claimed)),
        precision=share(matched.right, matched.right + matched.false),
        false_alarms=per_days(matched.false, subject_days),
        onset_min=spread(onsets), delay_min=spread(live), live=len(live),
        causes=_causes(matched, expected),
    )  # fmt: skip


def _causes(matched: Matched, expected: Expected) -> tuple[Cause, ...]:
    """Every cause that it may point at, and every look-alike that it could have accused."""
    books = matched.found | matched.accused
    hit = Counter((e.nature, e.cause) for e, by in books.items() if by)
    return tuple(
        Cause(cause, nature, events, hit[nature, cause], cause in expected.claims)
        for (nature, cause), events in count(books)
    )


def count(events: Iterable[Event]) -> list[tuple[tuple[str, str], int]]:
    """(nature, cause) with the number of events, in the order of their names."""
    return sorted(Counter((e.nature, e.cause) for e in events).items())
