"""Whether a reading may be evidence: the instrument's checks around the moment at which it was taken.

Forward: at the moment the instrument's verification or calibration (检定、校准) must have passed and be in term, and
the last check of any kind must have passed. Backward: a check that fails casts doubt on everything since the last good
one, however late one learns of it. Both together depend on the set of checks only, never on the order in which they
were registered, so a late certificate and a late failure are the same calculation. What is in doubt is "clue only"
(仅作线索): it may start an inquiry, it may not prove anything.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from itertools import pairwise
from typing import Any
from zoneinfo import ZoneInfo

SHANGHAI = ZoneInfo("Asia/Shanghai")
"""Certificates end with a day, and days are local."""

TERM_GIVING = frozenset({"verification", "calibration"})
"""Kinds of check whose certificate gives a term; a daily check (使用前核查) only tells good from bad."""


def _(text: str) -> str:
    """Mark a sentence for translation; whoever shows it translates it."""
    return text


@dataclass(frozen=True, slots=True)
class Check:
    """One check of an instrument.

    Args:
        kind: "verification", "calibration" or "daily".
        performed_at: aware moment.
        valid_to: last day of the term, included; only for kinds in `TERM_GIVING`.
    """

    kind: str
    performed_at: datetime
    has_passed: bool
    valid_to: date | None = None


@dataclass(frozen=True, slots=True)
class Standing:
    """What a reading is worth, and why it is worth no more: a Chinese template and its facts."""

    good: bool
    reason: str = ""
    facts: Mapping[str, Any] = field(default_factory=dict)

    @property
    def clue_only(self) -> bool:
        """Whether the reading may only be a clue."""
        return not self.good

    @property
    def reason_zh(self) -> str:
        """The reason as a Chinese sentence."""
        return self.reason % self.facts


GOOD = Standing(True)


def in_order(checks: Iterable[Check]) -> list[Check]:
    """Checks by time; of two at one moment the failed one counts as the later, so that doubt is never lost."""
    return sorted(checks, key=lambda c: (c.performed_at, not c.has_passed, c.kind, c.valid_to or date.max))


def standing_at(checks: Iterable[Check], moment: datetime, *, is_metered: bool = True) -> Standing:
    """What the checks made up to a moment say of a reading taken then.

    Args:
        checks: of one instrument, any order; those after the moment are left aside.
        moment: aware.
        is_metered: False for equipment that gives no figures that need metrology.
    """
    if not is_metered:
        return GOOD
    before = [c for c in in_order(checks) if c.performed_at <= moment]
    terms = [c for c in before if c.kind in TERM_GIVING]
    if not terms:
        return Standing(False, _("读数时没有检定或校准记录"))
    since_failure = _after_last_failure(terms)
    if not since_failure:
        return Standing(False, _("%(day)s 的检定或校准不合格"), {"day": _day(terms[-1].performed_at).isoformat()})
    until = max((c.valid_to for c in since_failure if c.valid_to), default=None)
    if until is None:
        return Standing(False, _("检定或校准没有登记有效期"))
    if _day(moment) > until:
        return Standing(False, _("检定或校准有效期至 %(end)s，读数时已过期"), {"end": until.isoformat()})
    if not before[-1].has_passed:
        return Standing(False, _("读数前最近一次核查（%(when)s）不合格"), {"when": _written(before[-1].performed_at)})
    return GOOD


def judge(checks: Iterable[Check], moment: datetime, *, is_metered: bool = True) -> Standing:
    """What a reading is worth by everything known, later checks included: `standing_at`, and no doubt from behind.

    A reading at the very moment of a good check rests on that check.
    """
    known = in_order(checks)
    standing = standing_at(known, moment, is_metered=is_metered)
    if standing.clue_only or not is_metered:
        return standing
    if any(c.has_passed and c.performed_at == moment for c in known):
        return standing
    following = [c for c in known if c.performed_at > moment]
    doubt = [c for c in following if not c.has_passed and c.performed_at == following[0].performed_at]
    if not doubt:
        return standing
    facts = {"when": _written(doubt[0].performed_at)}
    return Standing(False, _("其后的核查（%(when)s）不合格，至上一次合格核查之间的读数存疑"), facts)


def reopened(checks: Iterable[Check], failed: Check, readings: Sequence[datetime]) -> list[datetime]:
    """The readings that a failed check makes clue only: strictly between the last good and the next good check.

    A failed verification or calibration is only made good by one that passes; a failed daily check by any that passes.

    Args:
        checks: of one instrument, any order, with or without `failed` itself.
        failed: a check that did not pass.
        readings: moments of readings, any order.
    """
    good = [c for c in in_order(checks) if c.has_passed]
    start = max((c.performed_at for c in good if c.performed_at < failed.performed_at), default=None)
    heals = TERM_GIVING if failed.kind in TERM_GIVING else TERM_GIVING | {"daily"}
    end = min((c.performed_at for c in good if c.performed_at > failed.performed_at and c.kind in heals), default=None)
    return [moment for moment in readings if (start is None or moment > start) and (end is None or moment < end)]


@dataclass(frozen=True, slots=True)
class Period:
    """A stretch of time in which readings would be good, or would not: for drawing."""

    start: datetime
    end: datetime
    standing: Standing


def periods(checks: Iterable[Check], start: datetime, end: datetime, *, is_metered: bool = True) -> list[Period]:
    """How readings between two moments would stand, as stretches that cover the whole span in order."""
    known = list(checks)
    cuts = {start, end} | {c.performed_at for c in known} | {_end_of(c.valid_to) for c in known if c.valid_to}
    edges = sorted(moment for moment in cuts if start <= moment <= end)
    found: list[Period] = []
    for left, right in pairwise(edges):
        standing = judge(known, left + (right - left) / 2, is_metered=is_metered)
        if found and found[-1].standing.good == standing.good:
            found[-1] = Period(found[-1].start, right, found[-1].standing)
        else:
            found.append(Period(left, right, standing))
    return found


def term_ends(checks: Iterable[Check], now: datetime) -> date | None:
    """The last day of the term that holds or held last; None when the last verification failed or there is none."""
    terms = [c for c in in_order(checks) if c.kind in TERM_GIVING and c.performed_at <= now]
    return max((c.valid_to for c in _after_last_failure(terms) if c.valid_to), default=None)


def _after_last_failure(ordered: list[Check]) -> list[Check]:
    failures = [n for n, check in enumerate(ordered) if not check.has_passed]
    return ordered[failures[-1] + 1 :] if failures else ordered


def _end_of(day: date) -> datetime:
    return datetime.combine(day + timedelta(days=1), datetime.min.time(), SHANGHAI)


def _day(moment: datetime) -> date:
    return moment.astimezone(SHANGHAI).date()


def _written(moment: datetime) -> str:
    return f"{moment.astimezone(SHANGHAI):%Y-%m-%d %H:%M}"
