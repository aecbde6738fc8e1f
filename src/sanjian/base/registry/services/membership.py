"""Roles that an object plays and lists that it stands on: facts with two times that are held or not held."""

from collections.abc import Collection
from datetime import date, datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from sanjian.base.identity import audit
from sanjian.base.identity.models import Account

from ..models import DataSource, InspectionObject, Listing, ObjectRole
from .errors import ChangedMeanwhile, InvalidValues, NothingChanged
from .permission import ensure_keeper

DAY = timedelta(days=1)


def set_role(
    obj: InspectionObject, role: str, *, actor: Account | None, at: datetime, valid_from: date,
    valid_to: date | None = None, data_source: DataSource | None = None, reason: str = "",
) -> ObjectRole:  # fmt: skip
    """An object plays a role from a day on.

    Raises:
        InvalidValues: no such role, or days in the wrong order.
        NothingChanged: it plays that role on these days already.
        NotAllowed: not a district of the actor.
    """
    return _set(ObjectRole, "role", obj, role, actor, at, valid_from, valid_to, data_source, reason)  # type: ignore[no-any-return]


def end_role(
    obj: InspectionObject, role: str, *, actor: Account | None, at: datetime, last_day: date, reason: str
) -> None:
    """An object no longer plays a role after a day; recorded before it began, it never did.

    Raises:
        NothingChanged: it does not play that role after that day.
        NotAllowed: not a district of the actor.
    """
    _end(ObjectRole, "role", obj, role, actor, at, last_day, reason)


def set_listing(
    obj: InspectionObject, list_code: str, *, actor: Account | None, at: datetime, valid_from: date,
    valid_to: date | None = None, data_source: DataSource | None = None, reason: str = "",
) -> Listing:  # fmt: skip
    """An object stands on a list from a day on; errors as for `set_role`."""
    return _set(Listing, "list_code", obj, list_code, actor, at, valid_from, valid_to, data_source, reason)  # type: ignore[no-any-return]


def end_listing(
    obj: InspectionObject, list_code: str, *, actor: Account | None, at: datetime, last_day: date, reason: str
) -> None:
    """An object no longer stands on a list after a day; errors as for `end_role`."""
    _end(Listing, "list_code", obj, list_code, actor, at, last_day, reason)


@transaction.atomic
def _set(
    model: Any, field: str, obj: InspectionObject, value: str, actor: Account | None, at: datetime, valid_from: date,
    valid_to: date | None, data_source: DataSource | None, reason: str,
) -> Any:  # fmt: skip
    ensure_keeper(actor, [obj.district_id])
    if value not in dict(model._meta.get_field(field).flatchoices):
        raise InvalidValues({field: [_("没有“%(value)s”这个选项") % {"value": value[:40]}]})
    if valid_to is not None and valid_to < valid_from:
        raise InvalidValues({"valid_to": [_("截止日期不能早于生效日期")]})
    InspectionObject.objects.select_for_update().get(pk=obj.pk)
    until = Q() if valid_to is None else Q(valid_from__lte=valid_to)
    held = model.objects.current().filter(until, inspection_object=obj, **{field: value})
    if held.filter(Q(valid_to=None) | Q(valid_to__gte=valid_from)).exists():
        raise NothingChanged(_("这段时间内已经登记为“%(what)s”") % {"what": _label(model, field, value)})
    row = model.objects.create(
        inspection_object=obj, valid_from=valid_from, valid_to=valid_to, recorded_at=at, data_source=data_source,
        **{field: value},
    )  # fmt: skip
    days = {"valid_from": str(valid_from), "valid_to": str(valid_to) if valid_to else None}
    _note(model, "set", obj, value, actor, at, reason, days)
    return row


@transaction.atomic
def _end(
    model: Any, field: str, obj: InspectionObject, value: str, actor: Account | None, at: datetime, last_day: date,
    reason: str,
) -> None:  # fmt: skip
    ensure_keeper(actor, [obj.district_id])
    InspectionObject.objects.select_for_update().get(pk=obj.pk)
    rows = model.objects.current().filter(inspection_object=obj, **{field: value})
    reaching = list(rows.filter(Q(valid_to=None) | Q(valid_to__gt=last_day)))
    if not reaching:
        raise NothingChanged(_("该日之后并未登记为“%(what)s”") % {"what": _label(model, field, value)})
    if rows.filter(pk__in=[r.pk for r in reaching]).update(superseded_at=at) != len(reaching):
        raise ChangedMeanwhile(at)
    model.objects.bulk_create(shortened(reaching, last_day, at))
    _note(model, "end", obj, value, actor, at, reason, {"last_day": str(last_day)})


def shortened(rows: Collection[Any], last_day: date, at: datetime) -> list[Any]:
    """Copies of closed rows that end on a day; one that would begin after it is left out. Not saved."""
    copies = []
    for row in rows:
        if row.valid_from <= last_day:
            values = {f.attname: getattr(row, f.attname) for f in row._meta.concrete_fields if not f.primary_key}
            values |= {"valid_to": min(last_day, row.valid_to or last_day), "recorded_at": at, "superseded_at": None}
            copies.append(type(row)(**values))
    return copies


def _label(model: Any, field: str, value: str) -> str:
    return _(str(dict(model._meta.get_field(field).flatchoices).get(value, value)))


def _note(
    model: Any, verb: str, obj: InspectionObject, value: str, actor: Account | None, at: datetime, reason: str,
    details: dict[str, Any],
) -> None:  # fmt: skip
    what = "role" if model is ObjectRole else "listing"
    audit.record(
        f"object.{what}.{verb}", actor=actor, kind="inspection_object", record_id=obj.pk, reason=reason, at=at,
        details={what: value, **details},
    )  # fmt: skip
