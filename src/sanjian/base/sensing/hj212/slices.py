"""Text columns cut straight out of the joined buffer, and small tables spread over many rows."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import polars as pl
import pyarrow as pa
from numpy.typing import NDArray

from .tokens import Bytes, Ints


def text_column(name: str, buffer: Bytes, starts: Ints, sizes: Ints) -> pl.Series:
    """One string a row from offsets and sizes; a negative start is null. The bytes must be ASCII."""
    is_null = starts < 0
    sizes = np.where(is_null, 0, sizes)
    if sizes.size and (sizes == sizes[0]).all():
        width = int(sizes[0])
        data = buffer[starts[:, None] + np.arange(width)].reshape(-1)
        return _strings(name, data, np.arange(sizes.size + 1) * width, is_null)
    ends = np.cumsum(sizes)
    offsets = np.concatenate(([0], ends)).astype(np.int64)
    gather = np.arange(int(ends[-1]) if ends.size else 0) + np.repeat(starts - offsets[:-1], sizes)
    return _strings(name, buffer[gather], offsets, is_null)


def _strings(name: str, data: Bytes, offsets: Ints, is_null: NDArray[np.bool_]) -> pl.Series:
    validity = pa.py_buffer(np.packbits(~is_null, bitorder="little")) if is_null.any() else None
    array = pa.LargeStringArray.from_buffers(is_null.size, pa.py_buffer(offsets), pa.py_buffer(data), validity)
    return pl.Series(name, array, dtype=pl.String)


def binary_column(name: str, joined: bytes, starts: Ints, sizes: Ints) -> pl.Series:
    """Adjoining pieces of one buffer as binary rows."""
    offsets = np.append(starts, starts[-1] + sizes[-1]).astype(np.int64) if starts.size else np.zeros(1, np.int64)
    array = pa.Array.from_buffers(pa.large_binary(), starts.size, [None, pa.py_buffer(offsets), pa.py_buffer(joined)])
    return pl.Series(name, array, dtype=pl.Binary)


def hex_column(name: str, joined: bytes, width: int) -> pl.Series:
    """Lower-case hex of pieces of `width` bytes each."""
    text, step = joined.hex().encode("ascii"), 2 * width
    offsets = np.arange(0, len(text) + 1, step, dtype=np.int64)
    array = pa.LargeStringArray.from_buffers(offsets.size - 1, pa.py_buffer(offsets), pa.py_buffer(text))
    return pl.Series(name, array, dtype=pl.String)


def number_column(name: str, numbers: NDArray[Any], is_null: NDArray[np.bool_]) -> pl.Series:
    """Numbers with nulls, without a second pass over the values."""
    validity = pa.py_buffer(np.packbits(~is_null, bitorder="little"))
    array = pa.Array.from_buffers(pa.from_numpy_dtype(numbers.dtype), numbers.size, [validity, pa.py_buffer(numbers)])
    return pl.Series(name, array)


def spread(name: str, table: Sequence[str | None], places: Ints) -> pl.Series:
    """The string of a small table at each place."""
    return pick(pl.Series(name, table, dtype=pl.String), places)


def pick(column: pl.Series, places: Ints) -> pl.Series:
    """Rows of a column by place; indexing by a UInt32 series spares the query engine that `gather` starts."""
    return column[pl.Series(places.astype(np.uint32))]
