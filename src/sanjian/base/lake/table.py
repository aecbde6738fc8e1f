"""One Delta table whose appends are durable when they return.

The Delta library writes data files and log entries without fsync, so an append could be acknowledged and then be lost
in a power cut, or worse, a log entry could survive whose data file did not. Therefore we write the files ourselves:

1. write the Parquet files, fsync each, fsync the folders that name them;
2. commit them to the log through the library (atomic create of the next version, retried when another was first);
3. fsync the new log entry and its folder; only then return.

A crash before 2 leaves an orphan file that `vacuum` removes; a crash between 2 and 3 leaves rows that nobody was
promised.
"""

import json
import time
import uuid
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import polars as pl
import pyarrow as pa
from deltalake import CommitProperties, DeltaTable, PostCommitHookProperties
from deltalake.exceptions import DeltaError
from deltalake.transaction import AddAction, RemoveAction

from . import log
from .durable import locked_folder, make_folder, storage_errors, sync_file, sync_folder
from .errors import HistoryGone, LakeError
from .streams import Stream

CHECKPOINT_EVERY = 100
"""Commits between two checkpoints (our choice): opening a table reads one checkpoint and at most this many entries."""


@dataclass(frozen=True, slots=True)
class TableState:
    """How large a table is at its newest version; rows received again count each time."""

    version: int
    files: int
    rows: int
    size_bytes: int


class Table:
    """The Delta table of one stream. One object per process and stream; not for several threads at once."""

    def __init__(self, root: Path, stream: Stream) -> None:
        self.stream = stream
        self.path = root / stream.name
        self._table = self._open()

    def _open(self) -> DeltaTable:
        make_folder(self.path)
        log.mend(self.path)
        if log.newest_version(self.path) < 0:
            # One process at a time: of two that create at once, the library lets the later one write its columns
            # again as version 1, and an append that began between the two is refused ("metadata changed").
            with locked_folder(self.path):
                if log.newest_version(self.path) < 0:
                    self._create()
        return DeltaTable(self.path)

    def _create(self) -> None:
        with storage_errors():
            DeltaTable.create(
                self.path,
                self.stream.empty().to_arrow().schema,
                partition_by=[self.stream.partition],
                configuration={"delta.checkpointInterval": str(CHECKPOINT_EVERY)},
            )
        self._sync_log(-1, log.newest_version(self.path))

    def refreshed(self) -> DeltaTable:
        """The table at its newest version."""
        self._table.update_incremental()
        return self._table

    def version(self) -> int:
        """The newest version, by the log: from the newest one seen on, so that a long log is not listed each time."""
        version = self._table.version()
        while log.entry(self.path, version + 1).exists():
            version += 1
        return version

    def at(self, version: int) -> DeltaTable:
        """The table as it was at a version. Raises HistoryGone when that is no longer kept."""
        try:
            return DeltaTable(self.path, version=version)
        except DeltaError as error:
            raise HistoryGone(self.stream.name, version) from error

    def append(self, rows: pl.DataFrame) -> int:
        """Store rows; they are on the disk when this returns.

        Returns:
            A version that holds the rows (the newest one if others appended meanwhile).

        Raises:
            ValueError: the rows do not fit the stream.
            LakeFull, NotStored: nothing was stored.
        """
        rows = self.stream.conform(rows)
        if rows.is_empty():
            return self.version()
        return self._commit(list(self._write(rows, data_change=True)), rows_written=rows.height)

    def _write(self, rows: pl.DataFrame, *, data_change: bool, order: str = "") -> Iterator[AddAction]:
        """Write one durable Parquet file per partition and yield the log actions that will name them.

        A file's name begins with the moment of writing, so that the names sort in the order of the appends; a merged
        file takes over the `order` of the last file that went into it.
        """
        for (day,), part in rows.group_by(self.stream.partition, maintain_order=True):
            if not isinstance(day, date):
                raise ValueError(f"stream {self.stream.name}: a row has no {self.stream.partition}")
            folder = self.path / f"{self.stream.partition}={day.isoformat()}"
            path = folder / f"{order or f'{time.time_ns():020d}'}-{uuid.uuid4().hex}.parquet"
            with storage_errors():
                make_folder(folder)
                try:
                    part.drop(self.stream.partition).write_parquet(path, compression="zstd", compression_level=1)
                    sync_file(path)
                    sync_folder(folder)
                except BaseException:
                    path.unlink(missing_ok=True)
                    raise
            yield AddAction(
                path=str(path.relative_to(self.path)),
                size=path.stat().st_size,
                partition_values={self.stream.partition: day.isoformat()},
                modification_time=int(time.time() * 1000),
                data_change=data_change,
                stats=_stats(part, self.stream),
            )

    def _commit(self, actions: list[AddAction | RemoveAction], rows_written: int) -> int:
        before = self._table.version()
        try:
            with storage_errors():
                self._table.create_write_transaction(
                    actions,
                    mode="append",
                    schema=self._table.schema(),
                    partition_by=[self.stream.partition],
                    commit_properties=CommitProperties(
                        custom_metadata={"rows": str(rows_written)}, max_commit_retries=100
                    ),
                    post_commithook_properties=PostCommitHookProperties(
                        create_checkpoint=True, cleanup_expired_logs=False
                    ),
                )
        except LakeError:
            written = [a.path for a in actions if isinstance(a, AddAction)]
            if not log.is_mentioned(self.path, before, self.version(), written):
                # A disk that is full must not be filled further by each attempt.
                for path in written:
                    (self.path / path).unlink(missing_ok=True)
                raise
            # Only what follows a commit (a checkpoint) failed: the rows are in, and the next commit tries that again.
        return self._sync_log(before, self.version())

    def _sync_log(self, before: int, newest: int) -> int:
        """Make every log entry after `before` durable; ours is among them."""
        with storage_errors():
            for version in range(before + 1, newest + 1):
                sync_file(log.entry(self.path, version))
            sync_folder(self.path / "_delta_log")
        return newest

    def state(self) -> TableState:
        """Size and version, from the log alone."""
        files = self._files()
        return TableState(self.version(), len(files), sum(f["rows"] for f in files), sum(f["size"] for f in files))

    def rows(self, table: DeltaTable) -> pl.LazyFrame:
        """Every row of one version, in the order of the appends, earlier versions of a row included."""
        files = sorted(table.file_uris(), key=order_of)
        if not files:
            return self.stream.empty().lazy()
        rows = pl.scan_parquet(files, hive_partitioning=True, hive_schema={self.stream.partition: pl.Date})
        return rows.select(pl.col(name).cast(dtype) for name, dtype in self.stream.schema.items())

    # -- housekeeping -------------------------------------------------------------------------------------------

    def compact(self, *, min_files: int = 8, target_rows: int = 2_000_000) -> int:
        """Merge the small files of each partition, without changing a row. Returns the number of files merged away.

        Rows keep the order in which they were appended. Readers of older versions still find their files until
        `vacuum`.
        """
        merged = 0
        for files in self._small_files(min_files, target_rows):
            rows = self._read(files)
            adds = list(self._write(rows, data_change=False, order=order_of(files[-1]["path"])))
            removes = [_removal(f) for f in files]
            self._commit([*removes, *adds], rows_written=0)
            merged += len(files) - len(adds)
        return merged

    def expire(self, today: date) -> int:
        """Drop the partitions that are past the stream's retention. Returns the number of files dropped."""
        if self.stream.retention_days is None:
            return 0
        oldest = (today - timedelta(days=self.stream.retention_days)).isoformat()
        old = [f for f in self._files() if f["partition"] < oldest]
        if old:
            self._commit([_removal(f, data_change=True) for f in old], rows_written=0)
        return len(old)

    def vacuum(self, *, keep_hours: int = 168) -> int:
        """Delete files that no version of the last `keep_hours` refers to, orphans of crashes included.

        An append that is under way looks like an orphan: 0 hours only when nobody writes.
        """
        table = self.refreshed()
        gone = table.vacuum(retention_hours=keep_hours, enforce_retention_duration=False, dry_run=False, full=True)
        return len(gone)

    def clean_log(self) -> None:
        """Write a checkpoint and drop the log entries that the table's log retention (30 days) no longer needs."""
        table = self.refreshed()
        table.create_checkpoint()
        table.cleanup_metadata()

    def _files(self) -> list[dict[str, Any]]:
        actions = pa.table(self.refreshed().get_add_actions(flatten=True))
        return [
            {
                "path": unquote(row["path"]),
                "size": row["size_bytes"],
                "rows": row["num_records"],
                "column": self.stream.partition,
                "partition": str(row[f"partition.{self.stream.partition}"]),
            }
            for row in actions.to_pylist()
        ]

    def _small_files(self, min_files: int, target_rows: int) -> Iterator[list[dict[str, Any]]]:
        """Runs of neighbouring small files of one partition, each worth merging; a large file ends a run."""
        run: list[dict[str, Any]] = []
        for file in sorted(self._files(), key=lambda f: (f["partition"], order_of(f["path"]))):
            is_small = file["rows"] < target_rows // 2
            fits = sum(f["rows"] for f in run) + file["rows"] <= target_rows
            if run and not (is_small and fits and run[0]["partition"] == file["partition"]):
                if len(run) >= min_files:
                    yield run
                run = []
            if is_small:
                run.append(file)
        if len(run) >= min_files:
            yield run

    def _read(self, files: Iterable[dict[str, Any]]) -> pl.DataFrame:
        parts = [
            pl.read_parquet(self.path / f["path"], hive_partitioning=False).with_columns(
                pl.lit(date.fromisoformat(f["partition"])).alias(self.stream.partition)
            )
            for f in files
        ]
        return self.stream.conform(pl.concat(parts, how="diagonal_relaxed"))


def order_of(path: str) -> str:
    """The part of a data file's name that sorts files in the order of their appends."""
    return path.rpartition("/")[2].partition("-")[0]


def _stats(part: pl.DataFrame, stream: Stream) -> str:
    """Delta statistics of one file: row count and the span of the time column, so that readers can skip files."""
    low, high = part[stream.time].min(), part[stream.time].max()
    span: dict[str, dict[str, str]] = {"minValues": {}, "maxValues": {}}
    if isinstance(low, datetime) and isinstance(high, datetime):
        # Delta statistics carry milliseconds: round outwards, or a reader would skip rows inside the last one.
        span = {
            "minValues": {stream.time: _iso_ms(low)},
            "maxValues": {stream.time: _iso_ms(high + timedelta(microseconds=999))},
        }
    return json.dumps({"numRecords": part.height, **span, "nullCount": {stream.time: part[stream.time].null_count()}})


def _iso_ms(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.") + f"{moment.microsecond // 1000:03d}Z"


def _removal(file: dict[str, Any], *, data_change: bool = False) -> RemoveAction:
    """The log action that takes a file out of the newest version; the file itself stays until `vacuum`."""
    return RemoveAction(
        file["path"],
        data_change,
        int(time.time() * 1000),
        file["size"],
        {file["column"]: file["partition"]},
    )
