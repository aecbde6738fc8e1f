"""What devices say of themselves, as rows: parameters, states, logs, serial numbers, intervals, restarts.

These frames are few, so each is read by the reference decoder.

Source: HJ 212-2017 6.6 and table 4 (3019, 3020, 1061, 1063, 2081, 3017, 3018); HJ 212-2025 for 1001.
"""

import math
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

import polars as pl

from sanjian.base.sensing.hj212.decode import decode_frame
from sanjian.base.sensing.hj212.dialect import PLAIN, Dialect
from sanjian.base.sensing.streams import DEVICE_PARAMETERS

BRINGING = ("1001", "1011", "1061", "1063", "2081", "3017", "3018", "3019", "3020")
"""Commands whose data are facts about the device, not measurements."""
_HEADINGS = {"DataTime", "PolId", "InfoId", "BeginTime", "EndTime", "QnRtn", "ExeRtn"}


def parameter_rows(exchange: pl.DataFrame, dialects: Mapping[str, Dialect]) -> pl.DataFrame:
    """Rows of `device_parameters` from the accepted frames of a batch (columns as `Decoded.exchange`)."""
    bringing = exchange.filter(pl.col("command").is_in(BRINGING))
    if bringing.is_empty():
        return DEVICE_PARAMETERS.empty()
    rows: list[dict[str, Any]] = []
    columns = ("device_mn", "command", "received_at", "frame_sha256", "raw")
    for mn, command, received_at, sha256, raw in bringing.select(columns).iter_rows():
        rows += (
            {
                "device_mn": mn, "factor_code": factor, "info_code": info, "at": at, "value_text": text,
                "value": _number(text), "received_at": received_at, "frame_sha256": sha256, "origin": command,
                "day": at.date(),
            }
            for factor, info, at, text in _said(raw, dialects.get(mn, PLAIN), received_at)
        )  # fmt: skip
    return pl.DataFrame(rows, schema=DEVICE_PARAMETERS.schema)


def _said(raw: bytes, dialect: Dialect, received_at: datetime) -> Iterator[tuple[str, str, datetime, str]]:
    """(factor, info code, moment, text) of one frame."""
    decoded = decode_frame(raw, dialect, received_at)
    at = decoded.data_time_at or received_at
    asked = decoded.cp.get("PolId", "")
    for name, text in decoded.cp.items():
        if name not in _HEADINGS:
            yield asked, name, at, text
    for code, fields in decoded.factors.items():
        for name, sent in fields.items():
            text = sent if isinstance(sent, str) else ",".join(sent)
            if name == "Info":
                yield asked, code, at, _bare(text)
            else:
                yield code, name.removesuffix("-Info"), at, _bare(text)


def _bare(text: str) -> str:
    return text[2:-2] if len(text) >= 4 and text.startswith("//") and text.endswith("//") else text


def _number(text: str) -> float | None:
    try:
        number = float(text)
    except ValueError:
        return None
    return number if math.isfinite(number) else None
