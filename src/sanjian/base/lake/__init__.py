"""The lake: streams of telemetry and history as Delta tables, appended durably, read lazily, never overwritten."""

from .errors import HistoryGone, LakeError, LakeFull, NotStored, TableDamaged
from .lake import Lake, newest
from .streams import UTC_US, Column, Stream, all_streams, register, stream

__all__ = [
    "UTC_US", "Column", "HistoryGone", "Lake", "LakeError", "LakeFull", "NotStored", "Stream", "TableDamaged",
    "all_streams", "newest", "register", "stream",
]  # fmt: skip
