"""Reads of what came in, narrowed to what the viewer may see.

Frames of a registered device belong to its point: who sees the point sees them. What belongs to no point, because it
could not be read or its device is unknown, is the operator's and the auditor's to see.
"""

from datetime import datetime, timedelta

import polars as pl

from sanjian.base.identity.models import Account, Role
from sanjian.base.lake import Lake
from sanjian.base.registry.models import MonitoringPoint

from .models import GatewayState
from .quarantine import held
from .streams import FRAMES

KEEPERS = frozenset({Role.OPERATOR, Role.AUDITOR})
"""Roles that see what belongs to no point."""


def latest_quarantine(
    viewer: Account, lake: Lake, *, since: datetime, limit: int = 100, device_mn: str | None = None
) -> pl.DataFrame:
    """The newest quarantined pieces in the columns of QUARANTINE, newest first; released ones are left out.

    Args:
        since: aware; how far to look back by time of receipt.
    """
    rows = held(lake, since=since).filter(_visible(viewer))
    if device_mn is not None:
        rows = rows.filter(pl.col("device_mn") == device_mn)
    return rows.sort("received_at", descending=True, maintain_order=True).head(limit).collect()


def quarantine_reasons(viewer: Account, lake: Lake, *, since: datetime) -> dict[str, int]:
    """Number of quarantined pieces by reason, most frequent first."""
    rows = held(lake, since=since).filter(_visible(viewer))
    counts = rows.group_by("reason").len().sort("len", "reason", descending=[True, False]).collect()
    return dict(counts.rows())


def raw_frame(viewer: Account, lake: Lake, sha256: str, *, since: datetime | None = None) -> pl.DataFrame:
    """Every receipt of one packet in the columns of FRAMES, newest first; empty when there is none or it is not the
    viewer's to see.

    Args:
        since: narrows the search by time of receipt.
    """
    rows = lake.scan(FRAMES, since=since, where=pl.col("frame_sha256") == sha256).filter(_visible(viewer))
    return rows.sort("received_at", descending=True, maintain_order=True).collect()


def gateway_states(now: datetime, *, within: timedelta = timedelta(days=7)) -> list[GatewayState]:
    """Gateways that were alive lately, the freshest first."""
    return list(GatewayState.objects.filter(at__gte=now - within).order_by("-at"))


def _visible(viewer: Account) -> pl.Expr:
    own = list(MonitoringPoint.objects.visible_to(viewer).values_list("device_mn", flat=True))
    mine = pl.col("device_mn").is_in(own)
    if viewer.is_authenticated and viewer.role in KEEPERS:
        registered = list(MonitoringPoint.objects.values_list("device_mn", flat=True))
        return mine.fill_null(value=False) | ~pl.col("device_mn").is_in(registered).fill_null(value=False)
    return mine.fill_null(value=False)
