"""The few numbers that open pages keep showing, computed once for everybody who may see the same."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import polars as pl
from django.db.models import Count, Max, Q, Sum
from django.utils import timezone

from sanjian.act.clues import queries as clues
from sanjian.base.identity.gates import KEEPERS
from sanjian.base.identity.models import Account
from sanjian.base.lake import LakeError
from sanjian.base.lake.instance import the_lake
from sanjian.base.registry.models import MonitoringPoint
from sanjian.base.screening.models import FindingRecord
from sanjian.base.sensing.models import GatewayState, PointState
from sanjian.base.sensing.streams import READINGS
from sanjian.watch.sources.standing import is_recent, silent_after

GATEWAY_IS_GONE_AFTER = timedelta(seconds=30)
READINGS_EVERY = timedelta(seconds=20)
"""How often the lake is asked for today's readings (our choice): the one counter that is not a row in the database."""


@dataclass(frozen=True, slots=True)
class Scope:
    """Viewers with the same scope see the same numbers and hear the same events."""

    role: str
    district_id: str | None
    sees_whole_city: bool
    inspection_object_id: int | None

    @classmethod
    def of(cls, viewer: Account) -> "Scope":
        """The scope of a viewer."""
        return cls(viewer.role, viewer.district_id, viewer.sees_whole_city, viewer.inspection_object_id)


class Counters:
    """Counters by scope, with the memory that a rate needs. Not for several threads at once."""

    def __init__(self) -> None:
        self._frames: tuple[datetime, int] | None = None
        self._rate = 0.0
        self._readings: dict[Scope, tuple[datetime, int | None]] = {}

    def of(self, viewer: Account, now: datetime) -> dict[str, Any]:
        """All counters of one viewer's scope.

        Returns:
            points_online, points_total; frames_total, frames_per_s (of the gateways); readings_today (null when the
            lake cannot be read); findings_recent; clues_open, clues_late, clues_due (within a day); newest_at (ISO);
            stale_after_s (the age from which the newest data are called stale: twice the shortest interval of a point).
        """
        points = MonitoringPoint.objects.visible_to(viewer).filter(is_in_service=True).order_by()
        intervals = list(points.values_list("report_interval_s", flat=True).distinct())
        online = Q(pk__in=[])
        for interval in intervals:
            online |= Q(report_interval_s=interval, state__received_at__gte=now - silent_after(interval))
        seen = points.aggregate(total=Count("pk"), online=Count("pk", filter=online), newest=Max("state__received_at"))
        if viewer.role in KEEPERS:
            seen["newest"] = PointState.objects.aggregate(newest=Max("received_at"))["newest"]
        frames = self.frames(now)
        findings = FindingRecord.objects.visible_to(viewer).filter(is_recent(now)).count()
        tally = clues.counts(viewer, now)
        due = clues.clue_list(viewer, {"state": "open"}, now)
        return {
            "points_total": seen["total"],
            "points_online": seen["online"],
            "stale_after_s": max(120, 2 * min(intervals, default=60)),
            "newest_at": seen["newest"].isoformat() if seen["newest"] else None,
            "frames_total": frames,
            "frames_per_s": round(self._rate, 1),
            "readings_today": self.readings(viewer, now),
            "findings_recent": findings,
            "clues_open": tally["open"],
            "clues_late": tally["overdue"],
            "clues_due": due.filter(due_at__gte=now, due_at__lt=now + timedelta(days=1)).count(),
            "at": now.isoformat(),
        }

    def frames(self, now: datetime) -> int:
        """Frames that the living gateways took in, and the rate since the last look (a restart counts from zero)."""
        living = GatewayState.objects.filter(at__gte=now - GATEWAY_IS_GONE_AFTER)
        total = living.aggregate(n=Sum("frames"))["n"] or 0
        if self._frames is not None:
            then, before = self._frames
            seconds = (now - then).total_seconds()
            if seconds < 1:
                return total
            self._rate = max(0, total - before) / seconds
        self._frames = (now, total)
        return total

    def readings(self, viewer: Account, now: datetime) -> int | None:
        """Readings of today (local day, by data time) of the points the viewer may see."""
        scope = Scope.of(viewer)
        asked, known = self._readings.get(scope, (None, None))
        if asked is not None and now - asked < READINGS_EVERY:
            return known
        midnight = timezone.localtime(now).replace(hour=0, minute=0, second=0, microsecond=0).astimezone(UTC)
        mine = list(MonitoringPoint.objects.visible_to(viewer).order_by().values_list("device_mn", flat=True))
        try:
            rows = the_lake().scan(
                READINGS,
                since=midnight,
                until=now + timedelta(hours=1),
                where=pl.col("device_mn").is_in(mine),
                superseded=True,
            )
            count: int | None = int(rows.select(pl.len()).collect().item()) if mine else 0
        except (LakeError, OSError, pl.exceptions.PolarsError):
            count = None
        self._readings[scope] = (now, count)
        return count
