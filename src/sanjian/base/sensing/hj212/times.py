"""Times on the wire: local time of China without a zone, in 14 or 17 digits, and the judgement of a device's clock."""

import re
from datetime import UTC, datetime, timedelta, timezone

from .messages import BIT

_CHINA_OFFSET = timedelta(hours=8)
CHINA = timezone(_CHINA_OFFSET, "Asia/Shanghai")
"""Beijing time; China has kept no summer time since before the first edition of the standard."""

EARLIEST = datetime(2006, 2, 1, tzinfo=UTC)
"""HJ/T 212-2005 came into force on 2006-02-01: an older time is a lost clock."""

IMPOSSIBLE_AHEAD = timedelta(days=1)
"""Chosen: more than a day ahead cannot be a zone mix-up (8 h) and would open partitions in the future."""

_ISO = re.compile(r"(\d{4})[-/](\d{1,2})[-/](\d{1,2})[ T](\d{1,2}):(\d{1,2})(?::(\d{1,2}))?")


def read_time(text: str) -> datetime | None:
    """UTC time of at least 14 digits `YYYYMMDDhhmmss`, of which the first 14 count; None when they are no time."""
    if len(text) < 14 or not text.isascii() or not text.isdigit():
        return None
    try:
        local = datetime(
            int(text[:4]), int(text[4:6]), int(text[6:8]), int(text[8:10]), int(text[10:12]), int(text[12:14]),
            tzinfo=UTC,
        )  # fmt: skip
        return local - _CHINA_OFFSET
    except (ValueError, OverflowError):
        return None


def read_data_time(text: str) -> tuple[datetime | None, bool]:
    """UTC time of a DataTime, and whether it was written as the standard wants (14 digits)."""
    if len(text) == 14:
        return read_time(text), True
    if len(text) in (12, 17):
        return read_time(text.ljust(14, "0")), False
    iso = _ISO.match(text)
    if iso is None:
        return None, False
    digits = iso[1] + "".join(part.zfill(2) for part in iso.groups("0")[1:])
    return read_time(digits), False


def read_qn(text: str) -> tuple[datetime | None, str]:
    """UTC time of a QN, and the finding about its form (empty when it has 17 digits and is a time)."""
    if len(text) == 17 or len(text) == 14:
        at = read_time(text)
        if at is not None:
            return at, "" if len(text) == 17 else "qn_short"
    elif len(text) == 13 and text.isascii() and text.isdigit() and text[0] == "1":
        return datetime.fromtimestamp(int(text) / 1000, tz=UTC), "qn_epoch"
    return None, "qn_invalid"


def judge_time(
    data_at: datetime,
    qn_at: datetime | None,
    received_at: datetime | None,
    is_backfill: bool,
    ahead: timedelta,
    behind: timedelta,
) -> int:
    """The finding about a data time as a bit of `messages.BIT`, 0 when it is plausible.

    The clock of reference is the receive time, without it the QN. A data time may not run ahead of its own QN either:
    a period begins before it is reported, and 8 hours ahead is the usual UTC mix-up.
    """
    clock = received_at or qn_at
    if data_at < EARLIEST or (clock is not None and data_at > clock + IMPOSSIBLE_AHEAD):
        return BIT["data_time_impossible"]
    if (clock is not None and data_at > clock + ahead) or (qn_at is not None and data_at > qn_at + ahead):
        return BIT["data_time_ahead"]
    if clock is not None and data_at < clock - behind and not is_backfill:
        return BIT["data_time_old"]
    return 0
