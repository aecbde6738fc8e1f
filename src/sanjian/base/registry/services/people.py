"""What supervisors do to the register of institutions and people (机构人员库)."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any, TypeVar

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from sanjian.base.identity import audit, personal
from sanjian.base.identity.models import Account, Role

from ..models import Absence, Body, Dated, InspectionItem, InspectionObject, Interest, Officer, Power
from .errors import Clash, InvalidValues, NotAllowed, NothingChanged
from .permission import ensure_keeper
from .rows import checked, invalid, put

Fact = TypeVar("Fact", bound=Dated)

REVEALED = ("id_number", "phone")
"""Fields of a person that pages show masked."""


def save_body(body: Body, values: Mapping[str, Any], *, actor: Account | None, at: datetime, reason: str = "") -> Body:
    """Register a body (a new, unsaved `Body()`), or change one.

    Args:
        values: by field name; a superior or principal must not lie below the body itself.

    Raises:
        InvalidValues, NothingChanged, NotAllowed.
    """
    ensure_keeper(actor, {code for code in (body.territory_id, _pk(values.get("territory"))) if code})
    for name in ("parent", "entrusted_by"):
        above = values.get(name)
        if body.pk and above is not None and body.pk in {b.pk for b in lineage(above, name)}:
            raise invalid(name, _("不能以自己或自己的下级为上级"))
    if values.get("kind", body.kind) == Body.Kind.ENTRUSTED and not values.get("entrusted_by", body.entrusted_by):
        raise invalid("entrusted_by", _("受委托组织须登记委托机关"))
    return put(body, values, actor=actor, at=at, kind="body", reason=reason)


def lineage(body: Body, by: str = "parent") -> list[Body]:
    """A body and those above it, nearest first; a circle in old data ends where it closes."""
    found: list[Body] = []
    at: Body | None = body
    while at is not None and at not in found:
        found.append(at)
        at = getattr(at, by)
    return found


def claim_item(
    body: Body, item: InspectionItem, *, valid_from: date, valid_to: date | None = None, actor: Account | None,
    at: datetime,
) -> Power:  # fmt: skip
    """Record that a body claims an item (事项认领).

    Raises:
        Clash: it already does on some of these days.
        InvalidValues, NotAllowed.
    """
    ensure_keeper(actor, {body.territory_id})
    with transaction.atomic():
        Body.objects.select_for_update().get(pk=body.pk)
        for other in Power.objects.current().filter(body=body, item=item):
            if (valid_to is None or other.valid_from <= valid_to) and other.holds_on(max(valid_from, other.valid_from)):
                raise Clash(_("%(body)s在这段时间已认领该事项") % {"body": body.name})
        power = Power(body=body, item=item, recorded_at=at)
        return put(power, {"valid_from": valid_from, "valid_to": valid_to}, actor=actor, at=at, kind="power",
                   also={"body": body.code, "item": item.code})  # fmt: skip


def claim_items(
    body: Body, items: Iterable[InspectionItem], *, valid_from: date, actor: Account | None, at: datetime
) -> int:
    """Claim many items from one day on; those that the body claims on that day or later already are left as they are.

    Returns:
        How many were claimed anew.

    Raises:
        NotAllowed.
    """
    ensure_keeper(actor, {body.territory_id})
    with transaction.atomic():
        Body.objects.select_for_update().get(pk=body.pk)
        going_on = Q(valid_to=None) | Q(valid_to__gte=valid_from)
        held = set(Power.objects.current().filter(going_on, body=body).values_list("item_id", flat=True))
        new = [Power(body=body, item=i, valid_from=valid_from, recorded_at=at) for i in items if i.pk not in held]
        Power.objects.bulk_create(new, batch_size=500)
        if new:
            details = {"count": len(new), "items": [power.item.code for power in new], "from": valid_from.isoformat()}
            audit.record("power.claim", actor=actor, kind="body", record_id=body.pk, at=at, details=details)
    return len(new)


def end_claim(power: Power, *, last_day: date, actor: Account | None, at: datetime, reason: str) -> Power:
    """End a claim: the row is closed and one that ends takes its place.

    Raises:
        InvalidValues: the day lies before the claim began, or no reason.
        NotAllowed.
    """
    ensure_keeper(actor, {power.body.territory_id})
    _need_reason(reason)
    ended = Power(body=power.body, item=power.item, valid_from=power.valid_from)
    return replace(power, ended, {"valid_to": last_day}, actor=actor, at=at, kind="power", reason=reason)


def save_officer(
    officer: Officer, values: Mapping[str, Any], *, actor: Account | None, at: datetime, reason: str = ""
) -> Officer:
    """Register a person (a new, unsaved `Officer()`), or change one. Both the old and the new body must be the actor's.

    Raises:
        InvalidValues, NothingChanged, NotAllowed.
    """
    old = officer.body if officer.body_id else None
    bodies = [body for body in (old, values.get("body")) if body is not None]
    ensure_keeper(actor, {body.territory_id for body in bodies})
    values = dict(values)
    if "id_number" in values:
        number = values["id_number"] = values["id_number"].strip().upper()
        digest = personal.digest(number, "officer id number")
        if digest and Officer.objects.exclude(pk=officer.pk).filter(id_digest=digest).exists():
            raise invalid("id_number", _("这个身份证号已登记在另一人名下"))
        officer.id_digest = digest
    return put(officer, values, actor=actor, at=at, kind="officer", reason=reason)


def add_absence(
    officer: Officer, *, first_day: date, last_day: date, reason: str, actor: Account | None, at: datetime
) -> Absence:
    """Note days on which an officer cannot be sent.

    Raises:
        InvalidValues, NotAllowed.
    """
    ensure_keeper(actor, {officer.body.territory_id})
    values = {"first_day": first_day, "last_day": last_day, "reason": reason.strip()}
    return put(Absence(officer=officer), values, actor=actor, at=at, kind="absence", also={"officer": officer.pk})


def remove_absence(absence: Absence, *, actor: Account | None, at: datetime) -> None:
    """Take an absence back."""
    ensure_keeper(actor, {absence.officer.body.territory_id})
    with transaction.atomic():
        details = {"officer": absence.officer_id, "days": [absence.first_day.isoformat(), absence.last_day.isoformat()]}
        audit.record("absence.remove", actor=actor, kind="absence", record_id=absence.pk, at=at, details=details)
        absence.delete()


def declare_interest(
    officer: Officer, inspection_object: InspectionObject, *, kind: str, note: str = "", valid_from: date,
    valid_to: date | None = None, actor: Account | None, at: datetime,
) -> Interest:  # fmt: skip
    """Record a declared interest; from then on the officer is not sent to that object.

    Raises:
        NotAllowed: only supervisors of the officer's own body, or of one above it, keep declarations.
        InvalidValues.
    """
    _ensure_confidant(actor, officer)
    interest = Interest(officer=officer, inspection_object=inspection_object, recorded_at=at)
    values = {"kind": kind, "note": note.strip(), "valid_from": valid_from, "valid_to": valid_to}
    return put(interest, values, actor=actor, at=at, kind="interest", also={"officer": officer.pk})


def end_interest(interest: Interest, *, last_day: date, actor: Account | None, at: datetime, reason: str) -> Interest:
    """End a declared interest: the row is closed and one that ends takes its place."""
    _ensure_confidant(actor, interest.officer)
    _need_reason(reason)
    ended = Interest(
        officer=interest.officer, inspection_object=interest.inspection_object, kind=interest.kind,
        note=interest.note, valid_from=interest.valid_from,
    )  # fmt: skip
    return replace(interest, ended, {"valid_to": last_day}, actor=actor, at=at, kind="interest", reason=reason)


def supervises(viewer: Account, body: Body) -> bool:
    """Whether a viewer is a supervisor of this body or of one above it: who may know of declared interests."""
    return (
        viewer.role == Role.SUPERVISOR
        and viewer.body_id is not None
        and viewer.body_id in {above.pk for above in lineage(body)}
    )


def reveal(officer: Officer, field: str, *, actor: Account, purpose: str, at: datetime) -> str:
    """A personal value in clear, for a purpose; the reading itself enters the audit chain.

    Raises:
        InvalidValues: no such field, or no purpose.
        NotAllowed: the officer is not in the actor's territory.
    """
    ensure_keeper(actor, {officer.body.territory_id})
    if field not in REVEALED:
        raise invalid(None, _("没有这个字段"))
    if not purpose.strip():
        raise invalid("purpose", _("请写明查看的目的"))
    audit.read("officer", officer.pk, actor=actor, purpose=purpose.strip(), at=at, details={"field": field})
    return str(getattr(officer, field))


def replace(
    old: Fact, new: Fact, values: Mapping[str, Any], *, actor: Account | None, at: datetime, kind: str, reason: str
) -> Fact:
    """Close a dated row and put another in its place; both stay readable, each as it was believed then.

    Args:
        old: the row that is believed now.
        new: unsaved, with what stays the same; `values` is what differs.

    Raises:
        InvalidValues: the new row does not do.
        NothingChanged: there is no difference.
        Clash: somebody replaced the old row meanwhile.
    """
    differs = {name: value for name, value in values.items() if getattr(old, name) != value}
    if not differs:
        raise NothingChanged(kind)
    for name, value in values.items():
        setattr(new, name, value)
    new.recorded_at = at
    with transaction.atomic():
        if (
            not type(old)
            ._default_manager.filter(pk=old.pk, superseded_at=None)
            .update(superseded_at=max(at, old.recorded_at))
        ):
            raise Clash(_("这条记录刚刚被他人更正，请刷新页面"))
        checked(new)
        new.save()
        details = {"replaces": old.pk, "changed": sorted(differs)}
        audit.record(f"{kind}.correct", actor=actor, kind=kind, record_id=new.pk, reason=reason, at=at, details=details)
    return new


def _ensure_confidant(actor: Account | None, officer: Officer) -> None:
    if actor is not None and not supervises(actor, officer.body):
        raise NotAllowed(_("利益申报只由本机构或上级机构的监管人员维护"))


def _need_reason(reason: str) -> None:
    if not reason.strip():
        raise InvalidValues({"reason": [_("请写明理由")]})


def _pk(record: Any) -> Any:
    return record.pk if record is not None else None
