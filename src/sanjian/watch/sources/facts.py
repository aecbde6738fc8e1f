"""Registry facts for the screens of fixed sources, from the database: the same columns that the file mode documents."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

import polars as pl
from django.db.models import QuerySet

from sanjian.base.registry.models import Factor, Limit, MonitoringPoint
from sanjian.base.screening.contract import Frames
from sanjian.base.screening.facts import FactFrame
from sanjian.base.sensing.models import PointState

from .screens import frames

MEDIA = (MonitoringPoint.Medium.GAS, MonitoringPoint.Medium.WATER)


def provide(names: Sequence[str], subjects: Sequence[str] | None) -> Frames:
    """Fact frames by name.

    Args:
        names: of POINTS, LIMITS, FACTORS, LATEST.
        subjects: device codes; None for all fixed sources.
    """
    builders = {"points": _points, "limits": _limits, "factors": _factors, "latest": _latest}
    return {name: builders[name](subjects) for name in names}


def _chosen(subjects: Sequence[str] | None) -> QuerySet[MonitoringPoint]:
    points = MonitoringPoint.objects.filter(medium__in=MEDIA)
    return points if subjects is None else points.filter(device_mn__in=subjects)


def _points(subjects: Sequence[str] | None) -> pl.DataFrame:
    columns = ("device_mn", "name", "medium", "report_interval_s", "is_in_service", "oxygen_reference")
    return _frame(frames.POINTS, list(_chosen(subjects).order_by("device_mn").values_list(*columns)))


def _limits(subjects: Sequence[str] | None) -> pl.DataFrame:
    limits = (
        Limit.objects.current()
        .filter(point__in=_chosen(subjects))
        .order_by("point__device_mn", "factor_id", "period", "valid_from")
    )
    columns = ("period", "basis", "lower", "upper", "source", "valid_from", "valid_to")
    return _frame(frames.LIMITS, list(limits.values_list("point__device_mn", "factor_id", *columns)))


def _factors(_subjects: Sequence[str] | None) -> pl.DataFrame:
    columns = ("code", "name", "unit", "decimals", "is_step_held")
    return _frame(frames.FACTORS, list(Factor.objects.order_by("code").values_list(*columns)))


def _latest(subjects: Sequence[str] | None) -> pl.DataFrame:
    rows: list[tuple[Any, ...]] = []
    states = PointState.objects.filter(point__in=_chosen(subjects)).order_by("point__device_mn")
    for mn, received_at, values in states.values_list("point__device_mn", "received_at", "values"):
        for kind, factors in sorted(values.items()):
            for code, (_value, flag, moment, *_rest) in sorted(factors.items()):
                at = datetime.fromisoformat(moment) if moment else None
                if at is not None:
                    rows.append((mn, kind, code, at.astimezone(UTC), flag, received_at))
    return _frame(frames.LATEST, rows)


def _frame(fact: FactFrame, rows: Sequence[tuple[Any, ...]]) -> pl.DataFrame:
    return pl.DataFrame(rows, schema=fact.schema, orient="row")
