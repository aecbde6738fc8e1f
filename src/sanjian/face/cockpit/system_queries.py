"""What the operator's page shows: gateways, streams, screens, quarantine, in the order in which trouble comes."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import polars as pl

from sanjian.base.identity.models import Account
from sanjian.base.lake import LakeError, all_streams
from sanjian.base.lake.instance import the_lake
from sanjian.base.screening.models import Watermark
from sanjian.base.sensing.models import GatewayState
from sanjian.base.sensing.queries import latest_quarantine

from .counters import GATEWAY_IS_GONE_AFTER

HELD_SHOWN = 50
"""Quarantined packets on the page (our choice)."""


@dataclass(frozen=True, slots=True)
class Gateway:
    """One gateway process and whether it lives."""

    state: GatewayState
    is_alive: bool


@dataclass(frozen=True, slots=True)
class StreamState:
    """One stream: None figures when the lake could not be read."""

    name: str
    about: str
    rows: int | None
    files: int | None
    version: int | None
    size_bytes: int | None


@dataclass(frozen=True, slots=True)
class Lag:
    """How far a screen is behind a stream, in versions of the lake."""

    screen: str
    stream: str
    behind: int | None
    ran_at: datetime | None


def gateways(now: datetime) -> list[Gateway]:
    """Gateways of the last week, the living first."""
    known = GatewayState.objects.filter(at__gte=now - timedelta(days=7)).order_by("-at")
    return [Gateway(g, now - g.at < GATEWAY_IS_GONE_AFTER) for g in known]


def streams() -> list[StreamState]:
    """Every stream with its size, read from the log alone."""
    return [_stream(s) for s in all_streams()]


def _stream(stream: Any) -> StreamState:
    about = stream.about_zh
    try:
        table = the_lake().table(stream)
        added = pl.DataFrame(table.refreshed().get_add_actions(flatten=True))
    except (LakeError, OSError):
        return StreamState(stream.name, about, None, None, None, None)
    rows = int(added["num_records"].sum() or 0) if added.height else 0
    size = int(added["size_bytes"].sum() or 0) if added.height else 0
    return StreamState(stream.name, about, rows, added.height, table.version(), size)


def lags() -> list[Lag]:
    """Every screen's distance from the newest version of each stream it reads."""
    names = {s.name: s for s in all_streams()}
    found = []
    for mark in Watermark.objects.order_by("screen", "stream"):
        stream = names.get(mark.stream)
        behind = max(0, the_lake().version(stream) - mark.version) if stream else None
        found.append(Lag(mark.screen, mark.stream, behind, mark.ran_at))
    return found


def quarantined(viewer: Account, now: datetime) -> list[dict[str, Any]]:
    """The newest packets that could not be read or claimed, of the last thirty days."""
    newest = latest_quarantine(viewer, the_lake(), since=now - timedelta(days=30), limit=HELD_SHOWN)
    return list(newest.drop("raw").iter_rows(named=True))
