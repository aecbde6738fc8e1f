"""The period of a page, as its address says it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from django.utils.translation import gettext as _

from . import curve

SPANS = {
    "24h": timedelta(hours=24),
    "3d": timedelta(days=3),
    "7d": timedelta(days=7),
    "30d": timedelta(days=30),
}
LONGEST = timedelta(days=400)


class BadPeriod(ValueError):
    """The address asks for a period that does not exist. `reason` is for the person."""


@dataclass(frozen=True, slots=True)
class Period:
    """A named span that ends now, or a given interval."""

    name: str
    since: datetime
    until: datetime

    def window(self, kind: str) -> curve.Window:
        """The same interval for one kind of data."""
        return curve.Window(kind, self.since, self.until)


def period(chosen: Mapping[str, str], now: datetime) -> Period:
    """The period of ?period=24h|3d|7d|30d or ?since=...&until=... (local ISO time, or epoch milliseconds).

    Raises:
        BadPeriod: the times cannot be read, are out of order or too far apart.
    """
    if chosen.get("since") or chosen.get("until"):
        until = _moment(chosen.get("until"), now)
        since = _moment(chosen.get("since"), until - SPANS["24h"])
        if not since < until:
            raise BadPeriod(_("开始时间应早于结束时间"))
        if until - since > LONGEST:
            raise BadPeriod(_("一次最多看 400 天"))
        return Period("", since, until)
    name = chosen.get("period", "24h")
    name = name if name in SPANS else "24h"
    return Period(name, now - SPANS[name], now)


def _moment(given: Any, default: datetime) -> datetime:
    if not given:
        return default
    try:
        if str(given).isdigit():
            return datetime.fromtimestamp(int(given) / 1000, UTC)
        moment = datetime.fromisoformat(str(given))
    except (ValueError, OverflowError, OSError) as error:
        raise BadPeriod(_("看不懂的时间：%(text)s") % {"text": str(given)[:40]}) from error
    return (moment if moment.tzinfo else moment.replace(tzinfo=curve.LOCAL)).astimezone(UTC)
