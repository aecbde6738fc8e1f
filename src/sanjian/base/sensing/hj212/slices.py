"""Text columns cut straight out of the joined buffer, and small tables spread over many rows."""

from collections.abc import Sequence

import numpy as np
import polars as pl
import pyarrow as pa

from .tokens import Bytes, Ints


def text_column(name: str, buffer: Bytes, starts: Ints, sizes: Ints) -> pl.Series:
    """One string a row from offsets and sizes; a negative start is null. The bytes must be ASCII."""
    is_null = starts < 0
    sizes = np.where(is_null, 0, sizes)
    ends = np.cumsum(sizes)
    offsets = np.concatenate(([0], ends)).astype(np.int64)
    gather = np.arange(int(ends[-1]) if ends.size else 0) + np.repeat(starts - offsets[:-1], sizes)
    data = buffer[gather]
    validity = pa.py_buffer(np.packbits(~is_null, bitorder="little")) if is_null.any() else None
    array = pa.LargeStringArray.from_buffers(len(starts), pa.py_buffer(offsets), pa.py_buffer(data), validity)
    return pl.Series(name, array, dtype=pl.String)


def binary_column(name: str, joined: bytes, offsets: Ints) -> pl.Series:
    """Adjoining pieces of one buffer as binary rows; `offsets` has one entry more than rows."""
    array = pa.LargeBinaryArray.from_buffers(
        pa.large_binary(), len(offsets) - 1, [None, pa.py_buffer(offsets.astype(np.int64)), pa.py_buffer(joined)]
    )
    return pl.Series(name, array, dtype=pl.Binary)


def spread(name: str, table: Sequence[str | None], places: Ints) -> pl.Series:
    """The string of a small table at each place."""
    return pl.Series(name, table, dtype=pl.String).gather(places)
