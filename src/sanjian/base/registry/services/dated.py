"""Rows with two times, as permits, facilities and limits are: close one, add what holds instead."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any, TypeVar

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext as _

from ..models import Dated
from .errors import ChangedMeanwhile, InvalidValues

Row = TypeVar("Row", bound=Dated)


class NotCurrent(ChangedMeanwhile):
    """The row was corrected or ended by somebody else."""


def checked(row: Row) -> Row:
    """A row that its own fields have nothing against.

    Raises:
        InvalidValues: with the faults of each field.
    """
    errors: dict[str, list[str]] = {}
    try:
        row.clean_fields()
    except ValidationError as error:
        errors = {name: list(said) for name, said in error.message_dict.items()}
    if row.valid_from and row.valid_to and row.valid_to < row.valid_from:
        errors.setdefault("valid_to", []).append(_("截止日期不能早于生效日期"))
    if errors:
        raise InvalidValues(errors)
    return row


def close(row: Dated, at: datetime) -> None:
    """A row is superseded from now on.

    Raises:
        NotCurrent: it is already.
    """
    rows: Any = type(row)
    if not rows.objects.current().filter(pk=row.pk).update(superseded_at=max(at, row.recorded_at)):
        raise NotCurrent(at)


def again(row: Row, values: Mapping[str, Any], at: datetime) -> Row:
    """A copy of a row with other values, recorded now; not saved."""
    kept = {f.attname: getattr(row, f.attname) for f in row._meta.concrete_fields if not f.primary_key}
    copy = type(row)(**kept | {"recorded_at": max(at, row.recorded_at), "superseded_at": None})
    return put(copy, values)


def put(row: Row, values: Mapping[str, Any]) -> Row:
    """Set values by field name.

    Raises:
        InvalidValues: a name that is no field to be set.
    """
    fields = {f.name for f in row._meta.concrete_fields if f.editable and not f.primary_key}
    fields |= {f.attname for f in row._meta.concrete_fields if isinstance(f, models.ForeignKey)}
    if unknown := sorted(set(values) - fields):
        raise InvalidValues({name: [_("没有“%(field)s”这个字段") % {"field": name}] for name in unknown})
    for name, value in values.items():
        setattr(row, name, value)
    return row


def ended(row: Row, last_day: date, at: datetime) -> Row | None:
    """Close a row and say that it ended on a day; ended before it began, it never was. The copy is not saved.

    Raises:
        InvalidValues: it ended earlier than that already.
        NotCurrent: somebody else closed it.
    """
    if row.valid_to is not None and row.valid_to < last_day:
        raise InvalidValues({"last_day": [_("已登记的截止日期更早，请用更正")]})
    close(row, at)
    return again(row, {"valid_to": last_day}, at) if last_day >= row.valid_from else None


def span(row: Dated) -> dict[str, str | None]:
    """The days of a row, for the audit chain."""
    return {"valid_from": str(row.valid_from), "valid_to": str(row.valid_to) if row.valid_to else None}
