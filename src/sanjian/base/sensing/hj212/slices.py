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
    ends = np.cumsum(sizes)
    offsets = np.concatenate(([0], ends)).astype(np.int64)
    gather = np.arange(int(ends[-1]) if ends.size else 0) + np.repeat(starts - offsets[:-1], sizes)
    data = buffer[gather]
    validity = pa.py_buffer(np.packbits(~is_null, bitorder="little")) if is_null.any() else None
    array = pa.LargeStringArray.from_buffers(len(starts), pa.py_buffer(offsets), pa.py_buffer(data), validity)
    return pl.Series(name, array, dtype=pl.String)


def binary_column(name: str, joined: bytes, starts: Ints, sizes: Ints) -> pl.Series:
    """Adjoining pieces of one buffer as binary rows."""
    offsets = np.append(starts, starts[-1] + sizes[-1]).astype(np.int64) if starts.size else np.zeros(1, np.int64)
    array = pa.Array.from_buffers(pa.large_binary(), starts.size, [None, pa.py_buffer(offsets), pa.py_buffer(joined)])
    return pl.Series(name, array, dtype=pl.Binary)


def number_column(name: str, numbers: NDArray[Any], is_null: NDArray[np.bool_]) -> pl.Series:
    """Numbers with nulls, without a second pass over the values."""
    validity = pa.py_buffer(np.packbits(~is_null, bitorder="little"))
    array = pa.Array.from_buffers(pa.from_numpy_dtype(numbers.dtype), numbers.size, [validity, pa.py_buffer(numbers)])
    return pl.Series(name, array)


def spread(name: str, table: Sequence[str | None], places: Ints) -> pl.Series:
    """The string of a small table at each place."""
    return pl.Series(name, table, dtype=pl.String).gather(places.astype(np.uint32))
