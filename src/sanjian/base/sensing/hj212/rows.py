"""The two tables a batch of frames becomes, and the rows the reference decoder puts into them."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple

import polars as pl

from .decode import Decoded
from .messages import BIT, REMARKS, joined

UTC_US = pl.Datetime("us", "UTC")

FRAMES_SCHEMA: dict[str, Any] = {
    "protocol": pl.String,
    "peer": pl.String,
    "device_mn": pl.String,
    "command": pl.String,
    "system_code": pl.String,
    "qn": pl.String,
    "received_at": UTC_US,
    "action": pl.String,
    "warnings": pl.String,
    "frame_sha256": pl.String,
    "size_bytes": pl.Int32,
    "raw": pl.Binary,
    "day": pl.Date,
}
"""One row a cut frame, in the order of the batch; equals the lake's stream `frames`."""

READINGS_SCHEMA: dict[str, Any] = {
    "device_mn": pl.String,
    "factor_code": pl.String,
    "kind": pl.String,
    "data_time_at": UTC_US,
    "data_time_raw": pl.String,
    "value": pl.Float64,
    "value_text": pl.String,
    "min": pl.Float64,
    "max": pl.Float64,
    "total": pl.Float64,
    "zs_value": pl.Float64,
    "zs_min": pl.Float64,
    "zs_max": pl.Float64,
    "data_flag": pl.String,
    "quality_flag": pl.String,
    "system_code": pl.String,
    "is_backfill": pl.Boolean,
    "received_at": UTC_US,
    "frame_sha256": pl.String,
    "day": pl.Date,
}
"""One row a frame and factor; equals the lake's stream `readings`. The order of rows means nothing."""

EXCHANGE_SCHEMA: dict[str, Any] = {
    "command": pl.String,
    "qn": pl.String,
    "system_code": pl.String,
    "device_mn": pl.String,
    "password": pl.String,
    "flag": pl.String,
    "part_total": pl.Int32,
    "part_number": pl.Int32,
    "data_time_raw": pl.String,
    "is_split": pl.Boolean,
    "wants_answer": pl.Boolean,
    "action": pl.String,
}
"""What answering and the split groups need, one row a frame, in the order of the batch. `wants_answer`: the frame is
to be answered positively once it is durable (accepted or kept apart, answer wanted, QN there to echo)."""

STORING = frozenset({"accept", "accept-warn", "decrypt-then-accept", "quarantine"})


class Tables(NamedTuple):
    """Frames and exchange rows with their place in the batch in `index`; readings without."""

    frames: pl.DataFrame
    readings: pl.DataFrame
    exchange: pl.DataFrame


def tables_of(
    index: Sequence[int],
    decoded: Sequence[Decoded],
    peers: Sequence[str | None],
    received: Sequence[datetime],
    hashes: Sequence[str],
) -> Tables:
    """Rows of frames that were read one by one; the other sequences run along `index`."""
    frame_rows = [_frame_row(*row) for row in zip(decoded, peers, received, hashes, strict=True)]
    reading_rows = [
        row for one, at, digest in zip(decoded, received, hashes, strict=True) for row in _reading_rows(one, at, digest)
    ]
    places = pl.Series("index", index, dtype=pl.Int64)
    return Tables(
        _table(frame_rows, FRAMES_SCHEMA).insert_column(0, places),
        _table(reading_rows, READINGS_SCHEMA),
        _table([_exchange_row(one) for one in decoded], EXCHANGE_SCHEMA).insert_column(0, places),
    )


_EPOCH, _MICROSECOND = datetime(1970, 1, 1, tzinfo=UTC), timedelta(microseconds=1)


def _micros(at: datetime) -> int:
    """Times go into columns as integers: ten times cheaper than as objects."""
    return (at - _EPOCH) // _MICROSECOND


def _table(rows: list[tuple[Any, ...]], schema: dict[str, Any]) -> pl.DataFrame:
    columns = zip(*rows, strict=True) if rows else [()] * len(schema)
    return pl.DataFrame(
        [
            pl.Series(name, list(column), dtype=pl.Int64).cast(dtype)
            if dtype == UTC_US
            else pl.Series(name, list(column), dtype=dtype)
            for (name, dtype), column in zip(schema.items(), columns, strict=True)
        ]
    )


def _frame_row(one: Decoded, peer: str | None, received_at: datetime, digest: str) -> tuple[Any, ...]:
    header = one.header
    return (
        "hj212", peer, header.get("MN"), header.get("CN"), header.get("ST"), header.get("QN"), _micros(received_at),
        one.action,
        joined(one.findings.all & ~REMARKS), digest, len(one.raw), one.raw, received_at.date(),
    )  # fmt: skip


def _reading_rows(one: Decoded, received_at: datetime, digest: str) -> list[tuple[Any, ...]]:
    if not one.is_accepted or one.data_time_at is None:
        return []
    header, frame_mask = one.header, one.findings.mask & ~REMARKS
    mn, system, is_backfill = header.get("MN"), header.get("ST"), header.get("RF") == "1"
    day, data_us, received_us = one.data_time_at.date(), _micros(one.data_time_at), _micros(received_at)
    rows = []
    for row in one.readings:
        flags = joined(frame_mask | row.mask)
        rows.append((
            mn, row.factor_code, one.kind, data_us, one.data_time_raw, row.value, row.value_text, row.min, row.max,
            row.total, row.zs_value, row.zs_min, row.zs_max, row.data_flag, flags, system, is_backfill, received_us,
            digest, day,
        ))  # fmt: skip
    return rows


def _exchange_row(one: Decoded) -> tuple[Any, ...]:
    header = one.header
    is_stored = one.action in STORING
    is_known = is_stored and not one.findings.mask & BIT["encrypted_no_key"]
    return (
        header.get("CN"), header.get("QN"), header.get("ST"), header.get("MN"), header.get("PW"), header.get("Flag"),
        _part(header.get("PNUM")), _part(header.get("PNO")), one.data_time_raw if is_stored else None,
        one.split, is_known and one.ack and bool(header.get("QN")), one.action,
    )  # fmt: skip


def _part(text: str | None) -> int | None:
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 8 else None
