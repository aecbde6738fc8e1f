"""From a reading back to the bytes that it came in."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import polars as pl

from sanjian.base.identity.gates import KEEPERS
from sanjian.base.identity.models import Account
from sanjian.base.lake.instance import the_lake
from sanjian.base.registry.models import Factor, MonitoringPoint
from sanjian.base.sensing.streams import FRAMES, QUARANTINE, READINGS

WIDENING = (timedelta(days=2), timedelta(days=40), None)
"""Where a packet is looked for when the address does not say when it came: recent days first, then everything."""
LATEST_BACKFILL = timedelta(days=400)
"""How old a reading may be when its packet comes (our choice): narrows the search without losing a late back-fill."""


@dataclass(frozen=True, slots=True)
class Packet:
    """One packet as received.

    Args:
        receipts: every time it was received: (received_at, peer); a device may send the same bytes again.
        point: the registered point that it belongs to, None for an unknown device or an unreadable packet.
        quarantine: reason and detail when it lies in quarantine.
    """

    sha256: str
    raw: bytes
    device_mn: str | None
    command: str
    action: str
    warnings: Sequence[str]
    receipts: Sequence[tuple[datetime, str]]
    point: MonitoringPoint | None
    quarantine: tuple[str, str] | None


def packet(viewer: Account, sha256: str, near: datetime | None, now: datetime) -> Packet | None:
    """A packet by its hash; None when there is none or the viewer may not know of it.

    People of a case see packets of the points they may see; keepers see what lies in quarantine.
    """
    frames, held = _find(sha256, near, now)
    if frames.is_empty() and held.is_empty():
        return None
    first: dict[str, Any] = (frames if not frames.is_empty() else held).row(0, named=True)
    point = (
        MonitoringPoint.objects.visible_to(viewer)
        .select_related("inspection_object")
        .filter(device_mn=first["device_mn"] or "")
        .first()
    )
    if point is None and not _is_keepers(viewer, first["device_mn"]):
        return None
    both = [*frames.select("received_at", "peer").rows(), *held.select("received_at", "peer").rows()]
    return Packet(
        sha256=sha256,
        raw=first["raw"],
        device_mn=first["device_mn"],
        command=first.get("command") or "",
        action=first.get("action") or "",
        warnings=[w for w in (first.get("warnings") or "").split(";") if w],
        receipts=sorted(set(both)),
        point=point,
        quarantine=None if not frames.is_empty() else (held["reason"][0], held["detail_zh"][0]),
    )


def _is_keepers(viewer: Account, device_mn: str | None) -> bool:
    """Whether an unclaimed packet is this person's to see: keepers see what belongs to no registered device."""
    unclaimed = not MonitoringPoint.objects.filter(device_mn=device_mn or "").exists()
    return viewer.role in KEEPERS and unclaimed


def _find(sha256: str, near: datetime | None, now: datetime) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Receipts of a packet among frames and in quarantine; with a hint, only around it."""
    spans: list[tuple[datetime | None, datetime | None]] = []
    if near:
        spans.append((near - timedelta(minutes=5), near + timedelta(minutes=5)))
    spans += [(now - back if back else None, None) for back in WIDENING]
    frames, held = FRAMES.empty(), QUARANTINE.empty()
    for since, until in spans:
        where = pl.col("frame_sha256") == sha256
        frames = the_lake().scan(FRAMES, since=since, until=until, where=where, superseded=True).collect()
        held = the_lake().scan(QUARANTINE, since=since, until=until, where=where, superseded=True).collect()
        if not frames.is_empty() or not held.is_empty():
            break
    return frames, held


def readings_from(found: Packet) -> list[dict[str, Any]]:
    """The readings that came out of a packet, with names and units; `is_valid` when no later packet replaced them."""
    if not found.device_mn or not found.receipts:
        return []
    first, last = found.receipts[0][0], found.receipts[-1][0]
    since, until = first - LATEST_BACKFILL, last + timedelta(days=2)
    own = pl.col("frame_sha256") == found.sha256
    mine = the_lake().scan(READINGS, since=since, until=until, where=own, superseded=True).collect()
    if mine.is_empty():
        return []
    times: list[datetime] = mine["data_time_at"].to_list()
    since, until = min(times), max(times) + timedelta(microseconds=1)
    same = pl.col("device_mn") == found.device_mn
    valid = (
        the_lake().scan(READINGS, since=since, until=until, where=same).select(*READINGS.key, "frame_sha256").collect()
    )
    marked = mine.join(valid.with_columns(is_valid=True), on=[*READINGS.key, "frame_sha256"], how="left")
    factors = {f.code: f for f in Factor.objects.filter(code__in=mine["factor_code"].unique().to_list())}
    return [
        {
            **row,
            "is_valid": bool(row["is_valid"]),
            "factor": factors.get(row["factor_code"], Factor(code=row["factor_code"])),
        }
        for row in marked.unique([*READINGS.key], keep="last", maintain_order=True).iter_rows(named=True)
    ]


def packets_of(device_mn: str, since: datetime, until: datetime, most: int) -> pl.DataFrame:
    """The newest packets of a device in an interval of receipt."""
    rows = the_lake().scan(FRAMES, since=since, until=until, where=pl.col("device_mn") == device_mn, superseded=True)
    return rows.sort("received_at", descending=True).head(most).collect()


def hex_lines(raw: bytes, width: int = 16) -> list[tuple[str, str, str]]:
    """Bytes for reading: (offset, hex, printable)."""
    return [
        (
            f"{at:05d}",
            " ".join(f"{byte:02X}" for byte in raw[at : at + width]),
            "".join(chr(byte) if 32 <= byte < 127 else "·" for byte in raw[at : at + width]),
        )
        for at in range(0, len(raw), width)
    ]
