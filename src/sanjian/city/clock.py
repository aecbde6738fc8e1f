"""The city's time: minutes since the midnight (Asia/Shanghai) of the day on which it is opened.

Nothing that `city build` writes knows a date: the same city can be opened on any day, and has a past on each.
"""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

SHANGHAI = ZoneInfo("Asia/Shanghai")
DAY = 1440
"""Minutes of a day."""


def midnight(opened_on: date) -> datetime:
    """The moment of minute 0, in UTC."""
    return datetime(opened_on.year, opened_on.month, opened_on.day, tzinfo=SHANGHAI).astimezone(UTC)


def moment(minute: int, opened_on: date) -> datetime:
    """When a minute is, in UTC."""
    return midnight(opened_on) + timedelta(minutes=minute)


def minute_of(at: datetime, opened_on: date) -> int:
    """Which minute a moment lies in."""
    return int((at - midnight(opened_on)).total_seconds() // 60)


def day(number: int, opened_on: date) -> date:
    """The date of a day counted from the opening, which is day 0."""
    return opened_on + timedelta(days=number)
