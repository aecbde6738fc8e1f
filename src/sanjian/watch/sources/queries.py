"""Reads of monitoring points, shaped for the wall, the map and the point's own page; always within the viewer's
scope.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from operator import itemgetter
from typing import Any

import polars as pl
from django.db.models import Max, Q
from django.utils import timezone

from sanjian.base.identity.models import Account, District
from sanjian.base.registry.models import Factor, Limit, MonitoringPoint
from sanjian.base.registry.units import written
from sanjian.base.screening.models import FindingRecord
from sanjian.base.sensing.models import PointState

from . import curve
from .standing import STANDINGS, Standing, is_recent, standing


@dataclass(frozen=True, slots=True)
class PointRow:
    """A point with how it stands; `point.state` may be absent, `state` is then None."""

    point: MonitoringPoint
    state: PointState | None
    standing: Standing


@dataclass(frozen=True, slots=True)
class Value:
    """One newest value: as kept at the last flush."""

    value: float | None
    flag: str
    at: datetime | None
    frame_sha256: str


@dataclass(frozen=True, slots=True)
class Current:
    """What one factor says right now.

    Args:
        by_kind: newest value of each kind ("rt", "minute", "hour", "day") that was ever sent.
        limit: the hourly limit valid today, None without one.
        is_over: the newest hourly value is over that limit; a value whose flag forbids judgement never is.
    """

    factor: Factor
    by_kind: Mapping[str, Value]
    limit: Limit | None
    is_over: bool

    @property
    def newest(self) -> Value | None:
        """The newest value of any kind."""
        dated = [(v.at, v) for v in self.by_kind.values() if v.at is not None]
        return max(dated, key=itemgetter(0))[1] if dated else None


NOT_JUDGED = frozenset("FMSDCB")
"""HJ 212-2017 table 8: stopped, maintenance, set by hand, fault, calibration, link broken. No verdict rests on
these.
"""


def point_list(viewer: Account, chosen: Mapping[str, str], now: datetime) -> list[PointRow]:
    """Points of a list page in the order of the registry.

    Args:
        chosen: filters as they stand in the URL: q, medium, district, object, standing (a code of STANDINGS).
    """
    points = MonitoringPoint.objects.visible_to(viewer).select_related("inspection_object__district", "state")
    if chosen.get("medium"):
        points = points.filter(medium=chosen["medium"])
    if chosen.get("district"):
        points = points.filter(inspection_object__district_id=chosen["district"])
    if chosen.get("object", "").isdigit():
        points = points.filter(inspection_object_id=int(chosen["object"]))
    if text := chosen.get("q", "").strip():
        points = points.filter(
            Q(name__icontains=text)
            | Q(device_mn__icontains=text)
            | Q(outlet_code__icontains=text)
            | Q(inspection_object__name__icontains=text)
        )
    rows = list(_rows(points.annotate(worst=Max("findings__severity", filter=is_recent(now, "findings__"))), now))
    wanted = chosen.get("standing", "")
    if wanted == "warn":
        return [r for r in rows if r.standing.code in {"alarm", "warn"}]
    return [r for r in rows if r.standing.code == wanted] if wanted in STANDINGS else rows


def _rows(points, now: datetime) -> Iterator[PointRow]:  # type: ignore[no-untyped-def]
    for point in points:
        state = getattr(point, "state", None)
        yield PointRow(
            point,
            state,
            standing(
                is_in_service=point.is_in_service,
                report_interval_s=point.report_interval_s,
                received_at=state.received_at if state else None,
                worst=point.worst,
                now=now,
            ),
        )


def point_page(viewer: Account, device_mn: str, now: datetime) -> PointRow | None:
    """One point; None when the viewer may not know of it."""
    points = (
        MonitoringPoint.objects.visible_to(viewer)
        .filter(device_mn=device_mn)
        .select_related("inspection_object__district", "state")
        .annotate(worst=Max("findings__severity", filter=is_recent(now, "findings__")))
    )
    return next(_rows(points, now), None)


def current_values(row: PointRow, now: datetime) -> list[Current]:
    """The newest values of a point, factors with a limit first."""
    if row.state is None:
        return []
    kinds: dict[str, dict[str, list[object]]] = row.state.values
    codes = sorted({code for values in kinds.values() for code in values})
    factors = {f.code: f for f in Factor.objects.filter(code__in=codes)}
    today = timezone.localdate(now)
    limits = {
        (lim.factor_id, lim.period): lim
        for lim in limits_of(row.point).filter(valid_from__lte=today).exclude(valid_to__lt=today)
    }
    found = []
    for code in codes:
        by_kind = {kind: _value(values[code]) for kind, values in kinds.items() if code in values}
        limit = limits.get((code, "hour"))
        factor = factors.get(code, Factor(code=code, name=code))
        found.append(Current(factor, by_kind, limit, _is_over(by_kind.get("hour"), limit)))
    return sorted(found, key=lambda c: (c.limit is None, c.factor.code))


def limits_of(point: MonitoringPoint):  # type: ignore[no-untyped-def]
    """All limits of a point, with their factor and legal basis, the oldest first."""
    return (
        Limit.objects.current()
        .filter(point=point)
        .select_related("factor", "legal_basis")
        .order_by("factor", "period", "valid_from")
    )


def findings_of(viewer: Account, point: MonitoringPoint) -> list[FindingRecord]:
    """The newest findings of a point, thirty at most (our choice)."""
    return list(FindingRecord.objects.visible_to(viewer).filter(point=point).order_by("-started_at")[:30])


def districts_in_use(viewer: Account) -> list[District]:
    """Districts that have points the viewer may see, for the filter."""
    codes = MonitoringPoint.objects.visible_to(viewer).order_by().values("inspection_object__district_id").distinct()
    return list(District.objects.filter(code__in=codes))


def _value(kept: list[object]) -> Value:
    value, flag, at, sha = (*kept, None, None, None, None)[:4]
    return Value(
        value if isinstance(value, (int, float)) else None,
        str(flag or ""),
        datetime.fromisoformat(str(at)) if at else None,
        str(sha or ""),
    )


def _is_over(value: Value | None, limit: Limit | None) -> bool:
    if value is None or limit is None or value.value is None or value.flag.upper() in NOT_JUDGED:
        return False
    over = limit.upper is not None and value.value > limit.upper
    return over or (limit.lower is not None and value.value < limit.lower)


def table_rows(point: MonitoringPoint, window: curve.Window) -> list[dict[str, Any]]:
    """The curve's data as rows in the order of time: the columns of READINGS and shown, upper, lower, is_over, name,
    unit.
    """
    rows = curve.readings(point.device_mn, window)
    period = "day" if window.kind == "day" else "hour"
    limits = [x for x in limits_of(point) if x.period == period]
    parts = [
        curve.judged(part, [x for x in limits if x.factor_id == code])
        for (code,), part in rows.group_by("factor_code", maintain_order=True)
    ]
    if not parts:
        return []
    factors = {f.code: f for f in Factor.objects.filter(code__in=rows["factor_code"].unique().to_list())}
    return [
        {
            **row,
            "name": factors[row["factor_code"]].name if row["factor_code"] in factors else row["factor_code"],
            "unit": written(factors[row["factor_code"]].unit) if row["factor_code"] in factors else "",
        }
        for row in pl.concat(parts).sort("data_time_at", "factor_code").iter_rows(named=True)
    ]
