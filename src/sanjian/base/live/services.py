"""Telling open pages that something happened."""

from datetime import datetime
from typing import Any

from .models import LiveEvent


def announce(
    kind: str,
    title: str,
    *,
    at: datetime,
    url: str = "",
    severity: int = 0,
    district_id: str | None = None,
    inspection_object_id: int | None = None,
    details: dict[str, Any] | None = None,
) -> LiveEvent:
    """Put an event where every open page of the right people will find it.

    Call it inside the transaction of the act: pages then never hear of what was rolled back.

    Args:
        kind: "finding.raised", "clue.opened", "clue.moved", "point.offline", ...
        title: one Chinese sentence.
        url: path of the page that shows more.
        district_id, inspection_object_id: who may hear it, see `district_scope`.
    """
    return LiveEvent.objects.create(
        at=at,
        kind=kind,
        title=title,
        url=url,
        severity=severity,
        district_id=district_id,
        inspection_object_id=inspection_object_id,
        details=details or {},
    )
