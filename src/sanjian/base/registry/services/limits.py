"""Limits per point and factor, each with the day from which it holds."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from sanjian.base.identity import audit
from sanjian.base.identity.models import Account

from ..models import DataSource, Limit, MonitoringPoint
from . import dated
from .errors import InvalidValues
from .permission import ensure_keeper

DAY = timedelta(days=1)


@transaction.atomic
def set_limit(
    point: MonitoringPoint, values: Mapping[str, Any], *, actor: Account | None, at: datetime,
    data_source: DataSource | None = None, reason: str = "",
) -> Limit:  # fmt: skip
    """A limit holds from a day on; the one before it on the same factor and period ends the day before, and holds again
    behind a limit that was set for some days only: no day is left without one.

    Args:
        values: factor, period, basis, lower, upper, source, legal_basis, valid_from, valid_to.

    Raises:
        InvalidValues: by field; also when a limit that starts on or after that day stands already: correct that one.
        NotAllowed: not a district of the actor.
    """
    ensure_keeper(actor, [point.inspection_object.district_id])
    point = MonitoringPoint.objects.select_for_update(of=("self",)).get(pk=point.pk)
    limit = _checked(dated.put(Limit(point=point, recorded_at=at, data_source=data_source), values))
    for former in _beside(limit).filter(Q(valid_to=None) | Q(valid_to__gte=limit.valid_from)):
        if former.valid_from >= limit.valid_from and (limit.valid_to is None or former.valid_from <= limit.valid_to):
            said = _("自 %(day)s 起已有限值，请更正那一条") % {"day": former.valid_from}
            raise InvalidValues({"valid_from": [said]})
        if former.valid_from < limit.valid_from:
            dated.close(former, at)
            dated.again(former, {"valid_to": limit.valid_from - DAY}, at).save()
            if limit.valid_to is not None and (former.valid_to is None or former.valid_to > limit.valid_to):
                dated.again(former, {"valid_from": limit.valid_to + DAY}, at).save()
    limit.save()
    _note("limit.set", limit, actor, at, reason)
    return limit


@transaction.atomic
def correct_limit(
    limit: Limit, values: Mapping[str, Any], *, actor: Account | None, at: datetime, reason: str
) -> Limit:
    """Record what a limit really is; the wrong row stays as what was believed.

    Raises:
        InvalidValues: by field; also days on which another limit holds.
        NotAllowed: not a district of the actor.
        NotCurrent: somebody else corrected it meanwhile.
    """
    ensure_keeper(actor, [limit.point.inspection_object.district_id])
    MonitoringPoint.objects.select_for_update(of=("self",)).get(pk=limit.point_id)
    new = _checked(dated.again(limit, values, at))
    until = Q() if new.valid_to is None else Q(valid_from__lte=new.valid_to)
    if _beside(new).exclude(pk=limit.pk).filter(until, Q(valid_to=None) | Q(valid_to__gte=new.valid_from)).exists():
        raise InvalidValues({"valid_from": [_("与另一条限值的日期重叠")]})
    dated.close(limit, at)
    new.save()
    _note("limit.correct", new, actor, at, reason)
    return new


@transaction.atomic
def end_limit(limit: Limit, *, last_day: date, actor: Account | None, at: datetime, reason: str) -> Limit | None:
    """A limit no longer holds after a day; returns the row that says so, None when it never held.

    Raises:
        InvalidValues: it ended earlier already.
        NotAllowed, NotCurrent: as for `correct_limit`.
    """
    ensure_keeper(actor, [limit.point.inspection_object.district_id])
    new = dated.ended(limit, last_day, at)
    if new is not None:
        new.save()
    _note("limit.end", new or limit, actor, at, reason)
    return new


def _beside(limit: Limit) -> Any:
    """The limits believed now on the same point, factor and period."""
    return Limit.objects.current().filter(point=limit.point_id, factor=limit.factor_id, period=limit.period)


def _checked(limit: Limit) -> Limit:
    dated.checked(limit)
    if limit.lower is None and limit.upper is None:
        raise InvalidValues({"upper": [_("请填写上限或下限")]})
    if limit.lower is not None and limit.upper is not None and limit.lower > limit.upper:
        raise InvalidValues({"upper": [_("上限不能小于下限")]})
    return limit


def _note(act: str, limit: Limit, actor: Account | None, at: datetime, reason: str) -> None:
    audit.record(
        act, actor=actor, kind="monitoring_point", record_id=limit.point.device_mn, reason=reason, at=at,
        details={"factor": limit.factor_id, "period": limit.period, "lower": limit.lower, "upper": limit.upper,
                 **dated.span(limit)},
    )  # fmt: skip
