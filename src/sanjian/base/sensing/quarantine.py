"""Frames that were kept apart because nobody knew their device become readings once it is registered.

The rows stay as they are and get a further version with the same key: in `frames` the decoder's own action, in
`quarantine` the reason `released`. Readings first, the release last: a crash in between repeats the release, and the
natural keys make the same rows of it.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import NamedTuple

import polars as pl

from sanjian.base.lake import Lake

from .gateway.decoding import decode, quarantine_rows
from .gateway.protocol import Device, Piece, adapter
from .streams import QUARANTINE

UNKNOWN_DEVICE = "unknown_device"
RELEASED = "released"
BATCH = 5000
"""Frames read at once (our choice, bounds the memory)."""


class Release(NamedTuple):
    """What came of a release: frames looked at, of which `held` were refused for another reason, and readings won."""

    frames: int
    held: int
    readings: int

    def plus(self, other: "Release") -> "Release":
        """Both together."""
        return Release(self.frames + other.frames, self.held + other.held, self.readings + other.readings)


def held(lake: Lake, *, since: datetime | None = None) -> pl.LazyFrame:
    """What lies in quarantine and has not been released, one row a piece, in the columns of QUARANTINE.

    All versions of a piece were received at the same moment, so what it is now follows from their reasons: released
    once is released, and a reason of its own says more than that its device was unknown.

    Args:
        since: aware; narrows by time of receipt.
    """
    rows = lake.scan(QUARANTINE, since=since, superseded=True)
    released = rows.filter(pl.col("reason") == RELEASED).select(QUARANTINE.key)
    return (
        rows.filter(pl.col("reason") != RELEASED)
        .sort(pl.col("reason") != UNKNOWN_DEVICE, maintain_order=True)
        .unique(QUARANTINE.key, keep="last", maintain_order=True)
        .join(released, on=QUARANTINE.key, how="anti")
    )


def release(lake: Lake, devices: Mapping[str, Device]) -> Release:
    """Read the quarantined frames of devices that are registered now. Doing it again changes nothing.

    Args:
        devices: registered devices by device code; all that are registered, or just the new ones.

    Raises:
        LakeError: the lake could not be read or written; what was done so far stays done.
    """
    done = Release(0, 0, 0)
    waiting = held(lake).filter(reason=UNKNOWN_DEVICE).select("protocol", "device_mn").unique().collect()
    for protocol, device_mn in waiting.rows():
        if device_mn in devices:
            done = done.plus(_release_one(lake, protocol, devices[device_mn]))
    return done


def _release_one(lake: Lake, protocol: str, device: Device) -> Release:
    known = {device.device_mn: device}
    rows = (
        held(lake)
        .filter(device_mn=device.device_mn, reason=UNKNOWN_DEVICE, protocol=protocol)
        .sort("received_at", maintain_order=True)
        .select("raw", "peer", pl.col("received_at").dt.epoch("us"))
        .collect()
    )
    done = Release(0, 0, 0)
    for part in rows.iter_slices(BATCH):
        pieces = [Piece(raw, "", peer, at_us) for raw, peer, at_us in part.iter_rows()]
        decoded = decode(adapter(protocol), pieces, known)
        for stream, new in decoded.appends:
            lake.append(stream, new)
        accepted = [piece for piece, name in zip(pieces, decoded.devices, strict=True) if name]
        lake.append(QUARANTINE, quarantine_rows(accepted, [_fact(protocol, device.device_mn)] * len(accepted)))
        done = done.plus(Release(len(pieces), decoded.quarantined, decoded.readings))
    return done


def _fact(protocol: str, device_mn: str) -> dict[str, str | None]:
    detail = f"设备 {device_mn} 已登记，数据包已转为监测数据"
    return {"protocol": protocol, "device_mn": device_mn, "reason": RELEASED, "detail_zh": detail}
