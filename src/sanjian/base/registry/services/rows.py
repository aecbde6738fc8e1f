"""Writing one plain row of the people and equipment registers: checked, saved, and told to the audit chain."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any, TypeVar

from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.db import models, transaction

from sanjian.base.identity import audit
from sanjian.base.identity.models import Account
from sanjian.base.identity.personal import PersonalField

from .errors import InvalidValues, NothingChanged

Row = TypeVar("Row", bound=models.Model)


def checked(row: Row) -> Row:
    """The row, when its own fields and constraints have nothing against it.

    Raises:
        InvalidValues: with the faults of each field; what concerns several fields stands under "__all__".
    """
    try:
        row.full_clean()
    except ValidationError as error:
        faults = {name: list(said) for name, said in error.message_dict.items()}
        raise InvalidValues(faults) from error
    return row


def invalid(field: str | None, said: str) -> InvalidValues:
    """One fault, of a field or of the whole."""
    return InvalidValues({field or NON_FIELD_ERRORS: [said]})


def put(
    row: Row,
    values: Mapping[str, Any],
    *,
    actor: Account | None,
    at: datetime,
    kind: str,
    reason: str = "",
    also: Mapping[str, Any] | None = None,
) -> Row:
    """Set values on a new or a stored row, check, save, and record what changed.

    Args:
        kind: of the record in the audit chain, e.g. "officer"; the act is "officer.add" or "officer.change".
        also: further facts for the audit entry.

    Raises:
        InvalidValues: a value does not do.
        NothingChanged: a stored row already says all this.
    """
    is_new = row.pk is None
    changed = _set(row, values)
    if not is_new and not changed:
        raise NothingChanged(kind)
    checked(row)
    with transaction.atomic():
        row.save()
        audit.record(
            f"{kind}.{'add' if is_new else 'change'}", actor=actor, kind=kind, record_id=row.pk, reason=reason, at=at,
            details={"changed": changed} | dict(also or {}),
        )  # fmt: skip
    return row


def _set(row: models.Model, values: Mapping[str, Any]) -> dict[str, Any]:
    """Set values; returns name -> [before, after] of what changed, of personal data only that it did."""
    changed: dict[str, Any] = {}
    for name, value in values.items():
        field = row._meta.get_field(name)
        column = getattr(field, "attname", name)  # a relation that is not set yet has a column, but no record to get
        before, after = getattr(row, column), value.pk if isinstance(value, models.Model) else value
        if before == after:
            continue
        setattr(row, name, value)
        changed[name] = "***" if isinstance(field, PersonalField) else [_plain(before), _plain(after)]
    return changed


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date) else value
