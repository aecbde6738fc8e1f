"""Registry facts for the screens of fixed sources, from the database: the same columns that the file mode documents."""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import polars as pl
from django.db.models import QuerySet
from django.utils import timezone

from sanjian.base.lake.instance import the_lake
from sanjian.base.registry.models import ApprovedParameter, Factor, Limit, MonitoringPoint
from sanjian.base.screening.contract import Frames
from sanjian.base.screening.facts import FactFrame
from sanjian.base.sensing.models import PointState
from sanjian.base.sensing.streams import READINGS

from .screens import frames
from .screens.compared import peers
from .screens.replayed import pollutants
from .tamper.twins import twins

ACROSS = timedelta(days=60)
"""How far back copies between outlets are sought and peers are compared (our choice)."""
KEPT = timedelta(hours=1)
MEDIA = (MonitoringPoint.Medium.GAS, MonitoringPoint.Medium.WATER)


def provide(names: Sequence[str], subjects: Sequence[str] | None) -> Frames:
    """Fact frames by name.

    Args:
        names: of POINTS, LIMITS, FACTORS, LATEST, APPROVED, REFERENCES, TWINS, PEERS.
        subjects: device codes; None for all fixed sources.
    """
    builders = {
        "points": _points, "limits": _limits, "factors": _factors, "latest": _latest, "approved": _approved,
        "references": _references, "twins": _twins, "peers": _peers,
    }  # fmt: skip
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


def _approved(subjects: Sequence[str] | None) -> pl.DataFrame:
    approved = ApprovedParameter.objects.current().filter(point__in=_chosen(subjects))
    columns = ("point__device_mn", "factor_code", "info_code", "value", "valid_from", "valid_to")
    return _frame(frames.APPROVED, list(approved.order_by(*columns[:3], "valid_from").values_list(*columns)))


def _references(_subjects: Sequence[str] | None) -> pl.DataFrame:
    # Manual comparisons reach the platform with testing institutions; until then a file can bring them.
    return frames.REFERENCES.empty()


def _twins(subjects: Sequence[str] | None) -> pl.DataFrame:
    found = _across("twins", lambda rows: twins(pollutants(rows).collect()))
    return found if subjects is None else found.filter(pl.col("device_mn").is_in(list(subjects)))


def _peers(_subjects: Sequence[str] | None) -> pl.DataFrame:
    return _across("peers", lambda rows: peers(rows).collect())


_kept: dict[str, tuple[datetime, pl.DataFrame]] = {}


def _across(name: str, made: Callable[[pl.LazyFrame], pl.DataFrame]) -> pl.DataFrame:
    """What needs the hours of all outlets, made anew at most every KEPT: a run asks once for each batch of outlets."""
    now = timezone.now()
    if name not in _kept or now - _kept[name][0] > KEPT:
        rows = the_lake().scan(READINGS, since=now - ACROSS, until=now, where=pl.col("kind") == "hour")
        columns = ("device_mn", "factor_code", "kind", "data_time_at", "value", "data_flag")
        _kept[name] = (now, made(rows.select(columns)))
    return _kept[name][1]


def _frame(fact: FactFrame, rows: Sequence[tuple[Any, ...]]) -> pl.DataFrame:
    return pl.DataFrame(rows, schema=fact.schema, orient="row")
