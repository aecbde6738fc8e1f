"""People to speak to at an object. Their names and numbers are encrypted; whoever opens one is recorded."""

from datetime import datetime
from typing import NamedTuple

from django.db import transaction
from django.utils.translation import gettext as _

from sanjian.base.identity import audit
from sanjian.base.identity.gates import CASEWORK
from sanjian.base.identity.models import Account
from sanjian.base.identity.scope import district_scope

from ..models import Contact, InspectionObject
from .errors import InvalidValues, NotAllowed
from .permission import ensure_keeper


class Revealed(NamedTuple):
    """A contact in clear."""

    name: str
    phone: str


@transaction.atomic
def add_contact(
    obj: InspectionObject, *, duty: str, name: str, phone: str, has_consented: bool = False, actor: Account | None,
    at: datetime,
) -> Contact:  # fmt: skip
    """Add a person to speak to.

    Raises:
        InvalidValues: without a name, or a number that is none.
        NotAllowed: not a district of the actor.
    """
    ensure_keeper(actor, [obj.district_id])
    contact = Contact(inspection_object=obj)
    _fill(contact, duty, name, phone, has_consented)
    contact.save()
    _note("contact.add", contact, actor, at, "")
    return contact


@transaction.atomic
def change_contact(
    contact: Contact, *, duty: str, name: str, phone: str, has_consented: bool, actor: Account | None, at: datetime
) -> Contact:
    """Change a person to speak to; errors as for `add_contact`."""
    ensure_keeper(actor, [contact.inspection_object.district_id])
    _fill(contact, duty, name, phone, has_consented)
    contact.save()
    _note("contact.change", contact, actor, at, "")
    return contact


@transaction.atomic
def remove_contact(contact: Contact, *, actor: Account | None, at: datetime, reason: str) -> None:
    """Remove a person: nothing of them is kept (personal information law, article 47).

    Raises:
        NotAllowed: not a district of the actor.
    """
    ensure_keeper(actor, [contact.inspection_object.district_id])
    _note("contact.remove", contact, actor, at, reason)
    contact.delete()


@transaction.atomic
def reveal_contact(contact: Contact, *, actor: Account, at: datetime, purpose: str) -> Revealed:
    """Open a contact, for a purpose that is recorded.

    Raises:
        InvalidValues: no purpose given.
        NotAllowed: the actor does not see the object.
    """
    visible = InspectionObject.objects.filter(district_scope(actor), pk=contact.inspection_object_id)
    if actor.role not in CASEWORK or not visible.exists():
        raise NotAllowed(_("无权查看该对象的联系人"))
    if not purpose.strip():
        raise InvalidValues({"purpose": [_("请填写查看的用途")]})
    audit.read("inspection_object", contact.inspection_object_id, actor=actor, purpose=purpose.strip(), at=at)
    return Revealed(contact.name, contact.phone)


def _fill(contact: Contact, duty: str, name: str, phone: str, has_consented: bool) -> None:
    errors: dict[str, list[str]] = {}
    digits = "".join(c for c in phone if c.isdigit())
    if not name.strip():
        errors["name"] = [_("请填写姓名")]
    if phone.strip() and (not 7 <= len(digits) <= 15 or set(phone) - set("0123456789+-() 转,")):
        errors["phone"] = [_("电话应为 7 至 15 位数字")]
    if len(duty) > 40:
        errors["duty"] = [_("最多 %(most)d 个字，实际 %(found)d 个") % {"most": 40, "found": len(duty)}]
    if errors:
        raise InvalidValues(errors)
    contact.duty = duty.strip() or contact.duty
    contact.name, contact.phone, contact.has_consented = name.strip(), phone.strip(), has_consented


def _note(act: str, contact: Contact, actor: Account | None, at: datetime, reason: str) -> None:
    audit.record(
        act, actor=actor, kind="inspection_object", record_id=contact.inspection_object_id, reason=reason, at=at,
        details={"contact": contact.pk, "duty": contact.duty},
    )  # fmt: skip
