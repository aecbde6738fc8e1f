"""A batch of frames to columns: what the gateway calls between cutting and storing.

Regular frames, nearly all of them, are read together (`regular`); a frame with anything unusual is read by the
reference decoder. Both give the same rows, and a frame's rows do not depend on what else is in the batch.
"""

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import numpy as np
import polars as pl

from .decode import Decoded, decode_frame
from .dialect import PLAIN, Dialect
from .fast_rows import fast_tables
from .regular import Heads, read_heads
from .rows import EXCHANGE_SCHEMA, FRAMES_SCHEMA, READINGS_SCHEMA, tables_of
from .slices import hex_column, pick
from .tokens import Ints

__all__ = ["EXCHANGE_SCHEMA", "FRAMES_SCHEMA", "READINGS_SCHEMA", "Batch", "Dialects", "decode_batch"]

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)

Dialects = Mapping[str, Dialect] | Callable[[str], Dialect | None]
"""Dialect by MN; a device without one is read as `PLAIN`."""


@dataclass(frozen=True, slots=True)
class Batch:
    """The rows of a batch.

    `frames` and `exchange` have one row a frame, in the order given; `readings` one row a frame and factor, in no
    promised order. `regular` counts the frames that went the fast way.
    """

    frames: pl.DataFrame
    readings: pl.DataFrame
    exchange: pl.DataFrame
    regular: int


def decode_batch(
    raws: Sequence[bytes],
    *,
    peers: Sequence[str | None] | None = None,
    received_at: datetime | Sequence[datetime] | Ints,
    dialects: Dialects | None = None,
) -> Batch:
    """Read many frames at once.

    Args:
        raws: raw bytes of frames as cut by `Framer`, head to tail.
        peers: sender of each frame, same length; None leaves the column null.
        received_at: aware time of reception, one for all or one for each, or an array of microseconds since 1970.
        dialects: what is known about devices, by MN.

    Raises:
        BadKey: a dialect's SM4 key is not 16 bytes.
        ValueError: `peers` or `received_at` has another length than `raws`.
    """
    count = len(raws)
    received_us = _micros(received_at, count)
    if received_us.size != count or (peers is not None and len(peers) != count):
        raise ValueError("peers and received_at must be as long as raws")
    lookup = _lookup(dialects)
    heads = read_heads(raws, received_us)
    if dialects is not None:
        _take_out_special(heads, raws, lookup)
    sha256 = hashlib.sha256
    hashes = hex_column("frame_sha256", b"".join([sha256(raw).digest() for raw in raws]), 32)
    fast = fast_tables(heads, hashes, peers, received_us) if heads.is_regular.any() else None
    rest = np.flatnonzero(~heads.is_regular).tolist()
    if fast is not None and not rest:
        return Batch(fast.frames.drop("index"), fast.readings, fast.exchange.drop("index"), count)
    times = [_EPOCH + int(received_us[row]) * _MICROSECOND for row in rest]
    decoded = [_decode(raws[row], lookup, at) for row, at in zip(rest, times, strict=True)]
    senders = [peers[row] if peers is not None else None for row in rest]
    slow = tables_of(rest, decoded, senders, times, pick(hashes, np.array(rest)).to_list())
    if fast is None:
        return Batch(slow.frames.drop("index"), slow.readings, slow.exchange.drop("index"), 0)
    order = np.argsort(np.concatenate((np.flatnonzero(heads.is_regular), np.array(rest))))
    places = pl.Series(order.astype(np.uint32))
    return Batch(
        pl.concat([fast.frames, slow.frames])[places].drop("index"),
        pl.concat([fast.readings, slow.readings]),
        pl.concat([fast.exchange, slow.exchange])[places].drop("index"),
        count - len(rest),
    )


def _micros(received_at: datetime | Sequence[datetime] | Ints, count: int) -> Ints:
    """Times of reception as microseconds since 1970, UTC."""
    if isinstance(received_at, np.ndarray):
        return received_at.astype(np.int64)
    if isinstance(received_at, datetime):
        return np.full(count, (received_at - _EPOCH) // _MICROSECOND)
    return np.array([(at - _EPOCH) // _MICROSECOND for at in received_at], dtype=np.int64)


def _take_out_special(heads: Heads, raws: Sequence[bytes], lookup: Callable[[str], Dialect | None]) -> None:
    """Frames of devices whose dialect changes how a regular frame reads go to the reference decoder."""
    special: dict[str, bool] = {}
    for row in np.flatnonzero(heads.is_regular).tolist():
        mn = peek_mn(raws[row])
        if mn not in special:
            dialect = lookup(mn)
            special[mn] = dialect is not None and not dialect.is_plain
        if special[mn]:
            heads.is_regular[row] = False


def _lookup(dialects: Dialects | None) -> Callable[[str], Dialect | None]:
    if dialects is None:
        return lambda _: None
    return dialects if callable(dialects) else dialects.get


def _decode(raw: bytes, lookup: Callable[[str], Dialect | None], received_at: datetime) -> Decoded:
    """Decode by the device's dialect, which is known only once the MN has been read."""
    return decode_frame(raw, lookup(peek_mn(raw)) or PLAIN, received_at, reads_damaged=False)


def peek_mn(raw: bytes) -> str:
    """The MN in a raw frame without reading the rest; empty when there is none."""
    at = raw.find(b"MN=")
    if at < 0:
        return ""
    stop = min((end for end in (raw.find(b";", at), raw.find(b",", at)) if end >= 0), default=len(raw))
    return raw[at + 3 : stop].decode("latin-1").strip()
