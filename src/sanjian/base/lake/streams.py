"""What a stream is: a schema, declared once, from which one Delta table follows.

A capability declares its streams in its own `streams.py` and registers them here by importing this module; nothing else
needs to know about a new stream.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

import polars as pl

UTC_US = pl.Datetime("us", "UTC")
"""Every time in the lake: microseconds in UTC; pages show Asia/Shanghai."""


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a stream.

    Args:
        name: the column's name, with its unit where the type does not carry it.
        dtype: a Polars type.
        unit: UCUM-like unit for people, empty where there is none.
        note: one line on meaning, null and range.
        also: a shorter name by which files may call it.
    """

    name: str
    dtype: Any
    unit: str = ""
    note: str = ""
    also: str = ""


@dataclass(frozen=True, slots=True)
class Stream:
    """A table of the lake, one row of which is what the plural name says.

    Args:
        name: plural noun, also the folder of the table.
        about_zh: one sentence for the data catalogue.
        columns: in the order in which they are stored; the partition column is one of them.
        key: natural key. Rows with the same key are the same fact: the last received wins.
        time: the column by which readers ask for a period.
        received: the column that orders rows of one key; the largest is the valid one.
        partition: a Date column, so that retention can drop whole days.
        partition_of: the time column whose UTC day the partition is.
        retention_days: how long rows are kept; None keeps them for ever.
    """

    name: str
    about_zh: str
    columns: tuple[Column, ...]
    key: tuple[str, ...]
    time: str
    received: str = "received_at"
    partition: str = "day"
    partition_of: str = "received_at"
    retention_days: int | None = None
    schema: dict[str, Any] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "schema", {c.name: c.dtype for c in self.columns})
        missing = {*self.key, self.time, self.received, self.partition, self.partition_of} - set(self.schema)
        if missing:
            raise ValueError(f"stream {self.name}: no such columns {sorted(missing)}")

    def conform(self, rows: pl.DataFrame) -> pl.DataFrame:
        """Rows with exactly this stream's columns, types and order.

        Raises:
            ValueError: a column is missing, is not of this stream, or holds values that do not fit its type.
        """
        unknown, absent = set(rows.columns) - set(self.schema), set(self.schema) - set(rows.columns)
        if unknown or absent:
            raise ValueError(f"stream {self.name}: unknown columns {sorted(unknown)}, missing {sorted(absent)}")
        try:
            return rows.select(pl.col(name).cast(dtype, strict=True) for name, dtype in self.schema.items())
        except pl.exceptions.PolarsError as error:
            raise ValueError(f"stream {self.name}: {error}") from error

    def empty(self) -> pl.DataFrame:
        """A frame of no rows in this stream's schema."""
        return pl.DataFrame(schema=self.schema)


_streams: dict[str, Stream] = {}


def register(*streams: Stream) -> None:
    """Make streams known to the catalogue, the worker's housekeeping and the command line."""
    for stream in streams:
        if _streams.setdefault(stream.name, stream) != stream:
            raise ValueError(f"two streams are called {stream.name}")


def stream(name: str) -> Stream:
    """The stream of this name. Raises KeyError with the names that exist."""
    try:
        return _streams[name]
    except KeyError:
        raise KeyError(f"no stream {name!r}; known: {', '.join(sorted(_streams))}") from None


def all_streams() -> Iterable[Stream]:
    """Every registered stream, by name."""
    return [_streams[name] for name in sorted(_streams)]
