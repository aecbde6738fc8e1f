"""The tree of a source: production -> treatment -> outlet, each with its code, none flowing into itself.

A facility that is corrected gets a new row; whatever flowed to the old row, and the points at it, follow to the new
one, so that the tree of today hangs together while the old rows keep saying what was believed.
"""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from sanjian.base.identity import audit
from sanjian.base.identity.models import Account

from ..identifiers import facility_code_fault, kind_of_facility
from ..models import DataSource, Facility, InspectionObject, MonitoringPoint
from . import dated
from .errors import InvalidValues, StillNeeded
from .permission import ensure_keeper

_RANK = {Facility.Kind.PRODUCTION: 0, Facility.Kind.TREATMENT: 1, Facility.Kind.OUTLET: 2}


@transaction.atomic
def add_facility(
    obj: InspectionObject, values: Mapping[str, Any], *, actor: Account | None, at: datetime,
    data_source: DataSource | None = None, reason: str = "",
) -> Facility:  # fmt: skip
    """Record a facility or outlet.

    Args:
        values: code, name, flows_to, latitude, longitude, valid_from, valid_to; kind follows from the code.

    Raises:
        InvalidValues: by field; also a code that another one has on these days, or an arrow against the stream.
        NotAllowed: not a district of the actor.
    """
    ensure_keeper(actor, [obj.district_id])
    InspectionObject.objects.select_for_update().get(pk=obj.pk)
    facility = dated.put(Facility(inspection_object=obj, recorded_at=at, data_source=data_source), values)
    _checked(facility).save()
    _note("facility.add", facility, actor, at, reason)
    return facility


@transaction.atomic
def correct_facility(
    facility: Facility, values: Mapping[str, Any], *, actor: Account | None, at: datetime, reason: str
) -> Facility:
    """Record what a facility really is, or where it really flows; the wrong row stays as what was believed.

    Raises:
        InvalidValues, NotAllowed: as for `add_facility`.
        NotCurrent: somebody else corrected it meanwhile.
    """
    ensure_keeper(actor, [facility.inspection_object.district_id])
    InspectionObject.objects.select_for_update().get(pk=facility.inspection_object_id)
    new = _checked(dated.again(facility, values, at), instead_of=facility)
    dated.close(facility, at)
    new.save()
    _follow(facility, new)
    _note("facility.correct", new, actor, at, reason)
    return new


@transaction.atomic
def end_facility(
    facility: Facility, *, last_day: date, actor: Account | None, at: datetime, reason: str
) -> Facility | None:
    """A facility is gone after a day; returns the row that says so, None when it never was.

    Raises:
        StillNeeded: something flows to it after that day, or a point in service stands at it.
        InvalidValues, NotAllowed, NotCurrent: as for `correct_facility`.
    """
    ensure_keeper(actor, [facility.inspection_object.district_id])
    InspectionObject.objects.select_for_update().get(pk=facility.inspection_object_id)
    fed = Facility.objects.current().filter(Q(valid_to=None) | Q(valid_to__gt=last_day), flows_to=facility)
    points = MonitoringPoint.objects.filter(outlet=facility, is_in_service=True)
    if left := [*fed.values_list("code", flat=True), *points.values_list("device_mn", flat=True)]:
        raise StillNeeded(_("%(names)s 仍通向该设施，请先更正或停用") % {"names": "、".join(left)})
    new = dated.ended(facility, last_day, at)
    if new is not None:
        new.save()
        _follow(facility, new)
    _note("facility.end", new or facility, actor, at, reason)
    return new


def _follow(old: Facility, new: Facility) -> None:
    Facility.objects.current().filter(flows_to=old).update(flows_to=new)
    MonitoringPoint.objects.filter(outlet=old).update(outlet=new)


def _checked(facility: Facility, *, instead_of: Facility | None = None) -> Facility:
    facility.code = facility.code.strip().upper()
    if fault := facility_code_fault(facility.code):
        raise InvalidValues({"code": [fault]})
    facility.kind = kind_of_facility(facility.code)
    dated.checked(facility)
    others = Facility.objects.current().filter(inspection_object=facility.inspection_object_id)
    if instead_of is not None:
        others = others.exclude(pk=instead_of.pk)
    until = Q() if facility.valid_to is None else Q(valid_from__lte=facility.valid_to)
    same = others.filter(until, Q(valid_to=None) | Q(valid_to__gte=facility.valid_from), code=facility.code)
    if same.exists():
        raise InvalidValues({"code": [_("编号 %(code)s 在这段时间已经登记") % {"code": facility.code}]})
    if facility.flows_to_id is not None:
        _ensure_downstream(facility, {f.pk: f for f in others}, instead_of)
    return facility


def _ensure_downstream(facility: Facility, others: Mapping[int, Facility], instead_of: Facility | None) -> None:
    """Follow the stream from the next facility on; it must be known, go towards an outlet, and not come round."""
    goal = others.get(facility.flows_to_id or 0)
    if goal is None:
        if instead_of is not None and facility.flows_to_id == instead_of.pk:
            raise InvalidValues({"flows_to": [_("不能排向自身")]})
        raise InvalidValues({"flows_to": [_("去向应为同一对象现有的设施或排放口")]})
    if _RANK[Facility.Kind(facility.kind)] > _RANK[Facility.Kind(goal.kind)] or facility.kind == Facility.Kind.OUTLET:
        raise InvalidValues({"flows_to": [_("方向应为生产设施到治理设施、治理设施到排放口")]})
    seen: set[int] = set()
    step: Facility | None = goal
    while step is not None and step.pk not in seen:
        seen.add(step.pk)
        if instead_of is not None and step.flows_to_id == instead_of.pk:
            raise InvalidValues({"flows_to": [_("去向绕回了自身")]})
        step = others.get(step.flows_to_id or 0)


def _note(act: str, facility: Facility, actor: Account | None, at: datetime, reason: str) -> None:
    audit.record(
        act, actor=actor, kind="inspection_object", record_id=facility.inspection_object_id, reason=reason, at=at,
        details={"code": facility.code, **dated.span(facility)},
    )  # fmt: skip
