"""The lake: every stream of the city as one folder of Delta tables.

    lake = Lake(root)
    lake.append(READINGS, rows)                  # durable when it returns
    lake.scan(READINGS, since=..., until=...)    # polars.LazyFrame, one row per natural key
    new, upto = lake.tail(READINGS, after=41)    # what came in since version 41

Any number of processes may append, read and compact at the same time.
"""

import threading
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import polars as pl

from . import log
from .streams import Stream
from .table import Table


class Lake:
    """All streams under one root folder."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self._tables: dict[str, Table] = {}
        self._lock = threading.RLock()

    def table(self, stream: Stream) -> Table:
        """The table behind a stream, created at first use."""
        with self._lock:
            if stream.name not in self._tables:
                self._tables[stream.name] = Table(self.root, stream)
            return self._tables[stream.name]

    def append(self, stream: Stream, rows: pl.DataFrame) -> int:
        """Store rows durably and return a version that holds them. See `Table.append` for the errors."""
        table = self.table(stream)
        with self._lock:
            return table.append(rows)

    def version(self, stream: Stream) -> int:
        """The newest version of a stream; 0 is the empty table."""
        return self.table(stream).version()

    def scan(
        self,
        stream: Stream,
        *,
        since: datetime | None = None,
        until: datetime | None = None,
        where: pl.Expr | None = None,
        superseded: bool = False,
        version: int | None = None,
    ) -> pl.LazyFrame:
        """Rows of a stream, lazily.

        Args:
            since: inclusive, by the stream's time column; aware.
            until: exclusive, by the stream's time column; aware.
            where: a further condition; given here rather than as `.filter` it narrows what is read before earlier
                versions of a row are left out.
            superseded: also return the earlier versions of rows that were received again.
            version: read the lake as it was at this version.

        Raises:
            HistoryGone: that version is no longer kept.
        """
        table = self.table(stream)
        with self._lock:
            delta = table.refreshed() if version is None else table.at(version)
            rows = table.rows(delta)
        conditions = list(_period(stream, since, until))
        if where is not None:
            conditions.append(where)
        if conditions:
            rows = rows.filter(*conditions)
        return rows if superseded else newest(stream, rows)

    def tail(self, stream: Stream, after: int, *, upto: int | None = None) -> tuple[pl.LazyFrame, int]:
        """Rows appended after a version, and the version up to which they reach.

        Every appended row is returned by exactly one of a chain of tails, whatever compaction does meanwhile.

        Raises:
            HistoryGone: log entries since `after` have been cleaned away; start again from a scan.
        """
        table = self.table(stream)
        newest_version = table.version()
        upto = newest_version if upto is None else min(upto, newest_version)
        files = list(log.added_files(table.path, after, upto))
        if not files:
            return stream.empty().lazy(), upto
        parts = [
            pl.scan_parquet(f["path"], hive_partitioning=False).with_columns(
                pl.lit(date.fromisoformat(f["partitionValues"][stream.partition])).alias(stream.partition)
            )
            for f in files
        ]
        return pl.concat(parts, how="diagonal_relaxed").select(list(stream.schema)), upto

    def compact(self, stream: Stream, *, min_files: int = 8) -> int:
        """Merge small files without changing a row. Returns the number of files merged away."""
        table = self.table(stream)
        with self._lock:
            return table.compact(min_files=min_files)

    def expire(self, stream: Stream, today: date) -> int:
        """Drop what is past the stream's retention. Returns the number of files dropped."""
        table = self.table(stream)
        with self._lock:
            return table.expire(today)

    def vacuum(self, stream: Stream, *, keep_hours: int = 168) -> int:
        """Delete files that no version of the last `keep_hours` refers to. Returns their number."""
        table = self.table(stream)
        with self._lock:
            return table.vacuum(keep_hours=keep_hours)

    def clean_log(self, stream: Stream) -> None:
        """Checkpoint the log and drop entries past the table's log retention."""
        table = self.table(stream)
        with self._lock:
            table.clean_log()


def newest(stream: Stream, rows: pl.LazyFrame) -> pl.LazyFrame:
    """One row per natural key: the last received. Equal times of receipt: the later in the lake."""
    return rows.sort(stream.received, maintain_order=True).unique(stream.key, keep="last", maintain_order=True)


def _period(stream: Stream, since: datetime | None, until: datetime | None) -> list[pl.Expr]:
    """Conditions for a period, on the time column and, where it is the day of that time, on the partition too."""
    by_day = stream.partition_of == stream.time
    since, until = (m and m.astimezone(UTC) for m in (since, until))
    conditions = []
    if since is not None:
        conditions.append(pl.col(stream.time) >= since)
        if by_day:
            conditions.append(pl.col(stream.partition) >= (since - timedelta(days=1)).date())
    if until is not None:
        conditions.append(pl.col(stream.time) < until)
        if by_day:
            conditions.append(pl.col(stream.partition) <= (until + timedelta(days=1)).date())
    return conditions
