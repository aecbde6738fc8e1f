"""Split uploads that never became whole: each part is stored when it comes, and what is missing is said here.

Source: HJ 212-2017 6.3.2 (PNUM, PNO).
"""

import asyncio
import threading
from collections.abc import Sequence
from datetime import UTC, datetime

import structlog
from django.db import DatabaseError, connections

from sanjian.base.sensing.hj212.parts import Group, PartGroups, PartKey
from sanjian.base.sensing.models import SplitGap

from .protocol import Decoded

log = structlog.get_logger()
EVERY_S = 5.0
MOST_ROWS = 10_000
"""Incomplete groups listed (our choice); the counter counts on."""


class Splits:
    """The open groups of one gateway. `put` from the flush thread."""

    def __init__(self) -> None:
        self._groups = PartGroups()
        self._lock = threading.Lock()
        self.incomplete = 0
        """Groups given up since this process started."""

    def put(self, decoded: Decoded) -> None:
        """Take note of the parts in a durable batch."""
        rows = decoded.exchange
        if rows is None or not rows["is_split"].any():
            return
        columns = (
            "device_mn", "system_code", "command", "data_time_raw", "part_total", "part_number", "received_at",
        )  # fmt: skip
        parts = rows.filter("is_split").select(columns).drop_nulls(["part_total", "part_number"])
        with self._lock:
            for mn, system, command, data_time, total, number, at in parts.iter_rows():
                self._groups.add(PartKey(mn, system or "", command or "", data_time or ""), total, number, at)

    async def run(self) -> None:
        """Report what stayed incomplete, until cancelled."""
        loop = asyncio.get_running_loop()
        while True:
            await asyncio.sleep(EVERY_S)
            await loop.run_in_executor(None, self.report, datetime.now(UTC))

    def report(self, now: datetime) -> int:
        """Give up groups that are overdue and write them down; returns how many."""
        with self._lock:
            late = list(self._groups.expire(now))
        if not late:
            return 0
        self.incomplete += len(late)
        try:
            _write(late)
        except DatabaseError as error:
            log.warning("incomplete splits not written", groups=len(late), error=str(error))
        return len(late)

    def close(self) -> None:
        """Report what is overdue now; younger groups may be completed after a restart, nobody will know."""
        self.report(datetime.now(UTC))
        connections.close_all()


def _write(late: Sequence[Group]) -> None:
    for group in late:
        log.info("split upload incomplete", device_mn=group.key.device_mn, missing=len(group.missing))
    room = max(0, MOST_ROWS - SplitGap.objects.count())
    SplitGap.objects.bulk_create(
        SplitGap(
            device_mn=g.key.device_mn[:60], system_code=g.key.system_code[:5], command=g.key.command[:4],
            data_time_raw=g.key.data_time_raw[:30], total=g.total, missing=list(g.missing), first_at=g.first_at,
        )
        for g in late[:room]
    )  # fmt: skip


__all__ = ["Splits"]
