"""排污许可证 and registration receipts of an object."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from sanjian.base.identity import audit
from sanjian.base.identity.models import Account

from ..identifiers import source_code_fault
from ..models import DataSource, InspectionObject, Permit
from ..words import refresh_words
from . import dated
from .errors import InvalidValues
from .permission import ensure_keeper


@transaction.atomic
def add_permit(
    obj: InspectionObject, values: Mapping[str, Any], *, actor: Account | None, at: datetime,
    data_source: DataSource | None = None, reason: str = "",
) -> Permit:  # fmt: skip
    """Record a permit or receipt.

    Args:
        values: permit_no, kind, issuer, issued_on, industry_codes, content, valid_from, valid_to.

    Raises:
        InvalidValues: by field; also a number that is no code of HJ 608-2017, or of another enterprise.
        NotAllowed: not a district of the actor.
    """
    ensure_keeper(actor, [obj.district_id])
    permit = dated.put(Permit(inspection_object=obj, recorded_at=at, data_source=data_source), values)
    _checked(permit, obj)
    permit.save()
    _done("permit.add", permit, actor, at, reason)
    return permit


@transaction.atomic
def correct_permit(
    permit: Permit, values: Mapping[str, Any], *, actor: Account | None, at: datetime, reason: str
) -> Permit:
    """Record what a permit really says; the wrong row stays as what was believed.

    Raises:
        InvalidValues, NotAllowed: as for `add_permit`.
        NotCurrent: somebody else corrected it meanwhile.
    """
    ensure_keeper(actor, [permit.inspection_object.district_id])
    new = _checked(dated.again(permit, values, at), permit.inspection_object)
    dated.close(permit, at)
    new.save()
    _done("permit.correct", new, actor, at, reason)
    return new


@transaction.atomic
def end_permit(permit: Permit, *, last_day: date, actor: Account | None, at: datetime, reason: str) -> Permit | None:
    """A permit was withdrawn or given back; returns the row that says so, None when it never held.

    Raises:
        InvalidValues: it ended earlier already.
        NotAllowed, NotCurrent: as for `correct_permit`.
    """
    ensure_keeper(actor, [permit.inspection_object.district_id])
    new = dated.ended(permit, last_day, at)
    if new is not None:
        new.save()
    _done("permit.end", new or permit, actor, at, reason)
    return new


def _checked(permit: Permit, obj: InspectionObject) -> Permit:
    permit.permit_no = permit.permit_no.strip()
    if not permit.permit_no.startswith("H9"):  # whose mark is a small letter
        permit.permit_no = permit.permit_no.upper()
    dated.checked(permit)
    if fault := source_code_fault(permit.permit_no):
        raise InvalidValues({"permit_no": [fault]})
    if obj.credit_code and not permit.permit_no.startswith(("H9", obj.credit_code)):
        raise InvalidValues({"permit_no": [_("前 18 位与该对象的统一社会信用代码不一致")]})
    return permit


def _done(act: str, permit: Permit, actor: Account | None, at: datetime, reason: str) -> None:
    refresh_words([permit.inspection_object_id])
    audit.record(
        act, actor=actor, kind="inspection_object", record_id=permit.inspection_object_id, reason=reason, at=at,
        details={"permit_no": permit.permit_no, **dated.span(permit)},
    )  # fmt: skip
