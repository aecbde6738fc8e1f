"""Text columns cut straight out of the joined buffer, and small tables spread over many rows."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import polars as pl
import pyarrow as pa
from numpy.typing import NDArray

from .names import word_view
from .tokens import Ints

_WORD_MASKS = np.array([(1 << (8 * size)) - 1 for size in range(9)], dtype=np.uint64)


def text_column(name: str, joined: bytes, starts: Ints, sizes: Ints) -> pl.Series:
    """One string a row, looking into the buffer where longer than 12 bytes; a negative start is null.

    The bytes must be ASCII, and 8 bytes must follow the last of them. What is built are Arrow string views: size,
    then either the text itself or its first four bytes and its offset.
    """
    is_null = starts < 0
    words = word_view(joined)
    size = np.where(is_null, 0, sizes)
    at = np.where(is_null, 0, starts)
    views = np.empty((starts.size, 2), dtype=np.uint64)
    views[:, 0] = size.astype(np.uint64) | (words[at] & _WORD_MASKS[np.minimum(size, 4)]) << np.uint64(32)
    offset = at.astype(np.uint64) << np.uint64(32)
    is_inline = size <= 12
    views[:, 1] = np.where(is_inline, words[at + 4] & _WORD_MASKS[np.clip(size - 4, 0, 8)], offset)
    validity = pa.py_buffer(np.packbits(~is_null, bitorder="little")) if is_null.any() else None
    buffers = [validity, pa.py_buffer(views), pa.py_buffer(joined)]
    return pl.Series(name, pa.Array.from_buffers(pa.string_view(), starts.size, buffers), dtype=pl.String)


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
