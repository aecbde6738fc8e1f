"""Decoding a batch so that no single frame can stop the gateway.

A decoder is tested not to raise. Should one do so all the same, the batch is halved until the frame that it cannot
bear stands alone; that frame goes to quarantine with the error as its reason, the others are decoded as usual.
"""

import hashlib
from collections.abc import Mapping, Sequence

import polars as pl
import structlog

from sanjian.base.lake import UTC_US
from sanjian.base.sensing.streams import QUARANTINE

from .protocol import Decoded, Device, Piece, ProtocolAdapter

log = structlog.get_logger()


def decode(adapter: ProtocolAdapter, pieces: Sequence[Piece], devices: Mapping[str, Device]) -> Decoded:
    """Rows and answers of a batch, in the columns and types of their streams."""
    try:
        decoded = adapter.decode(pieces, devices)
        decoded.appends = [(stream, stream.conform(rows)) for stream, rows in decoded.appends]
    except Exception as error:
        if len(pieces) == 1:
            log.exception("decoder failed", protocol=adapter.name, peer=pieces[0].peer)
            return _set_aside(adapter.name, pieces[0], error)
        half = len(pieces) // 2
        return _joined(decode(adapter, pieces[:half], devices), decode(adapter, pieces[half:], devices))
    return decoded


def _joined(first: Decoded, second: Decoded) -> Decoded:
    return Decoded(
        appends=first.appends + second.appends,
        answers=first.answers + second.answers,
        devices=first.devices + second.devices,
        unknown=_counted(first.unknown, second.unknown),
        latest=_stacked(first.latest, second.latest),
        seen=_stacked(first.seen, second.seen),
        exchange=_stacked(first.exchange, second.exchange),
        readings=first.readings + second.readings,
        quarantined=first.quarantined + second.quarantined,
    )


def _counted(
    first: dict[str, tuple[int, str, int]], second: dict[str, tuple[int, str, int]]
) -> dict[str, tuple[int, str, int]]:
    """Sum of the frames by device code, with the later peer and moment."""
    counts = dict(first)
    for device_mn, (frames, peer, at_us) in second.items():
        counts[device_mn] = (counts.get(device_mn, (0, "", 0))[0] + frames, peer, at_us)
    return counts


def _stacked(first: pl.DataFrame | None, second: pl.DataFrame | None) -> pl.DataFrame | None:
    parts = [part for part in (first, second) if part is not None]
    return pl.concat(parts, how="vertical_relaxed") if parts else None


def _set_aside(protocol: str, piece: Piece, error: Exception) -> Decoded:
    row = {
        "protocol": protocol,
        "reason": "decoder_failed",
        "detail_zh": f"解码程序出错：{type(error).__name__}，{len(piece.raw)} 字节原样保存",
        "device_mn": None,
    }
    rows = quarantine_rows([piece], [row])
    return Decoded([(QUARANTINE, rows)], answers=[None], devices=[None], quarantined=1)


def quarantine_rows(pieces: Sequence[Piece], facts: Sequence[Mapping[str, str | None]]) -> pl.DataFrame:
    """Rows of the quarantine stream for pieces and what is known of each: protocol, device_mn, reason, detail_zh."""
    rows = pl.DataFrame(
        {
            "protocol": [f["protocol"] for f in facts],
            "peer": [p.peer for p in pieces],
            "device_mn": [f["device_mn"] for f in facts],
            "received_at": pl.Series([p.at_us for p in pieces], dtype=pl.Int64).cast(UTC_US),
            "reason": [f["reason"] for f in facts],
            "detail_zh": [f["detail_zh"] for f in facts],
            "frame_sha256": [hashlib.sha256(p.raw).hexdigest() for p in pieces],
            "raw": pl.Series([p.raw for p in pieces], dtype=pl.Binary),
        }
    )
    return QUARANTINE.conform(rows.with_columns(pl.col("received_at").dt.date().alias("day")))
