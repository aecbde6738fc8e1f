"""As of when a page speaks: the day in the world, and the moment up to which we count what was known."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from django.utils import timezone
from django.utils.dateparse import parse_date, parse_datetime
from django.utils.translation import gettext as _


@dataclass(frozen=True, slots=True)
class Moment:
    """What an address asks for; `on` None is the present row, `known_at` None is what is known now.

    Args:
        problem: why a date in the address was left aside; empty when it was understood.
    """

    on: date | None = None
    known_at: datetime | None = None
    problem: str = ""

    @property
    def banner(self) -> str:
        """One sentence over a page that does not show the present; empty for the present."""
        if self.on is None:
            return ""
        if self.known_at is None:
            return _("截至 %(day)s 的状态（按今日所知）") % {"day": self.on.isoformat()}
        known = timezone.localtime(self.known_at).strftime("%Y-%m-%d %H:%M")
        return _("截至 %(day)s 的状态（按 %(known)s 当时所知）") % {"day": self.on.isoformat(), "known": known}


def asked(given: Mapping[str, str], today: date) -> Moment:
    """The moment in an address: `on` as YYYY-MM-DD, `known` as local YYYY-MM-DDTHH:MM. Nonsense is said, not obeyed.

    Args:
        today: stands for `on` when only `known` is given.
    """
    try:
        on = parse_date(given.get("on", ""))
        known_at = parse_datetime(given.get("known", ""))
    except ValueError:  # well formed, and no day of any calendar
        return Moment(problem=_("日期不存在，已按今天显示"))
    if (given.get("on") and on is None) or (given.get("known") and known_at is None):
        return Moment(problem=_("日期没有读懂（应为 2026-03-01 的样子），已按今天显示"))
    if known_at is not None and timezone.is_naive(known_at):
        known_at = timezone.make_aware(known_at)
    return Moment(on if on or known_at is None else today, known_at)
