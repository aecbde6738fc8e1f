"""Whole-day events as an iCalendar file (RFC 5545), small enough to need no library."""

from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta

_FOLD_BYTES = 75


def as_ics(events: Iterable[tuple[str, date, str]], now: datetime) -> str:
    """A calendar of (id, day, title), each with a reminder thirty days before."""
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//sanjian//equipment//ZH"]
    for uid, day, title in events:
        lines += [
            "BEGIN:VEVENT",
            f"UID:{uid}@sanjian",
            f"DTSTAMP:{now.astimezone(UTC):%Y%m%dT%H%M%SZ}",
            f"DTSTART;VALUE=DATE:{day:%Y%m%d}",
            f"DTEND;VALUE=DATE:{day + timedelta(days=1):%Y%m%d}",
            f"SUMMARY:{_escaped(title)}",
            "BEGIN:VALARM", "ACTION:DISPLAY", "TRIGGER:-P30D", f"DESCRIPTION:{_escaped(title)}", "END:VALARM",
            "END:VEVENT",
        ]  # fmt: skip
    return "".join(f"{_folded(line)}\r\n" for line in [*lines, "END:VCALENDAR"])


def _escaped(text: str) -> str:
    for mark in "\\;,":
        text = text.replace(mark, f"\\{mark}")
    return " ".join(text.splitlines())


def _folded(line: str) -> str:
    """No line over 75 bytes, never cut inside a character (section 3.1)."""
    parts, size = [""], 0
    for char in line:
        width = len(char.encode())
        if size + width > _FOLD_BYTES:
            parts.append(" ")
            size = 1
        parts[-1] += char
        size += width
    return "\r\n".join(parts)
