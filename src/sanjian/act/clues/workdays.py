"""Working days of mainland China: pure counting over a dated table, so that a deadline can be recomputed by anyone.

Counting follows the habit of Chinese procedure: the day on which a period starts is not counted, and a period of N
working days ends with the last second of the Nth working day. The table says of each year where it comes from and
whether it is official or provisional; in a year that it does not hold, Monday to Friday count, which is early by the
holidays of that year and never late.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import cache
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

SHANGHAI = ZoneInfo("Asia/Shanghai")
TABLE = Path(__file__).parent / "calendar" / "china_workdays.json"


@dataclass(frozen=True, slots=True)
class Calendar:
    """Days off and make-up workdays.

    Args:
        off: day -> name of the holiday.
        work: weekend days on which people work.
        status: year -> "official" or "provisional".
        source: year -> the notice that it was taken from.
    """

    off: Mapping[date, str]
    work: frozenset[date]
    status: Mapping[int, str]
    source: Mapping[int, str]

    def is_workday(self, day: date) -> bool:
        """Whether offices work on this day."""
        if day in self.work:
            return True
        return day.weekday() < 5 and day not in self.off

    def add(self, start: date, workdays: int) -> date:
        """The `workdays`-th working day after `start`; `start` itself is not counted.

        Raises:
            ValueError: `workdays` is less than 1.
        """
        if workdays < 1:
            raise ValueError(f"a period has at least 1 working day, not {workdays}")
        day = start
        while workdays:
            day += timedelta(days=1)
            workdays -= self.is_workday(day)
        return day

    def deadline(self, start: datetime, workdays: int) -> datetime:
        """The last second, Shanghai time, of the period of `workdays` that starts at an aware moment."""
        day = self.add(start.astimezone(SHANGHAI).date(), workdays)
        return datetime.combine(day, time(23, 59, 59), tzinfo=SHANGHAI)

    def is_provisional(self, year: int) -> bool:
        """Whether deadlines in this year may still move when the official notice is entered."""
        return self.status.get(year) != "official"


def parse(table: Mapping[str, Any]) -> Calendar:
    """Read a table in the form of `calendar/china_workdays.json`.

    Raises:
        ValueError: a date is malformed, an interval runs backwards, a day is not in its year, or is both off and work.
    """
    off: dict[date, str] = {}
    work: set[date] = set()
    for year, entry in table["years"].items():
        days = {day: name for name, first, last in entry["off"] for day in _days(first, last)}
        made_up = {date.fromisoformat(day) for day in entry["work"]}
        for day in (*days, *made_up):
            if day.year != int(year):
                raise ValueError(f"{year}: {day} 不在这一年")
        off |= days
        work |= made_up
    if both := work & off.keys():
        raise ValueError(f"{min(both)} 既放假又上班")
    years = {int(year): entry for year, entry in table["years"].items()}
    return Calendar(
        off, frozenset(work), {y: e["status"] for y, e in years.items()}, {y: e["source"] for y, e in years.items()}
    )


def _days(first: str, last: str) -> list[date]:
    start, end = date.fromisoformat(first), date.fromisoformat(last)
    if end < start:
        raise ValueError(f"{first} 晚于 {last}")
    return [start + timedelta(days=n) for n in range((end - start).days + 1)]


@cache
def china() -> Calendar:
    """The calendar of the shipped table."""
    return parse(json.loads(TABLE.read_text(encoding="utf-8")))
