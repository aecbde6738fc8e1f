"""What a line says beside the object itself: the person to speak to, and the permit. Written with the object, for many
lines at once, and taken back with it. Names and numbers of people are encrypted wherever they lie.

The contact is the object's first of the usual duty; a permit is found by its number.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext as _

from sanjian.base.identity import audit
from sanjian.base.registry import many
from sanjian.base.registry.identifiers.source_code import REGISTRATION_MARKS
from sanjian.base.registry.models import Contact, ImportBatch, ImportRow, Permit
from sanjian.base.registry.services import dated
from sanjian.base.registry.words import refresh_words

from ..columns import ATTACHED, OBJECTS
from ..lines import Line, opened, opened_change, sealed_change
from .contract import Undo
from .object_index import in_parts

DUTY = str(Contact._meta.get_field("duty").default)
_CONTACT = ("contact_name", "contact_phone")
_PERMIT = {"permit_from": "valid_from", "permit_to": "valid_to", "permit_issuer": "issuer"}


def contacts_of(ids: Iterable[int]) -> dict[int, Contact]:
    """The contact of each object that lines speak of."""
    found: dict[int, Contact] = {}
    for some in in_parts(sorted(set(ids))):
        for contact in Contact.objects.filter(inspection_object__in=some, duty=DUTY).order_by("id"):
            found.setdefault(contact.inspection_object_id, contact)
    return found


def permits_of(ids: Iterable[int]) -> dict[tuple[int, str], Permit]:
    """The permits believed now, by object and number; the latest where one number has several terms."""
    found: dict[tuple[int, str], Permit] = {}
    for some in in_parts(sorted(set(ids))):
        for permit in Permit.objects.current().filter(inspection_object__in=some).order_by("valid_from", "id"):
            found[permit.inspection_object_id, permit.permit_no] = permit
    return found


def check(line: Line, credit_code: str | None) -> None:
    """A permit is of the enterprise whose credit code its number begins with."""
    number = line.values.get("permit_no") or ""
    if number and credit_code and not number.startswith(("H9", credit_code)):
        line.wrong("permit_no", _("前 18 位与该对象的统一社会信用代码不一致"))


def compare(lines: Sequence[Line]) -> None:
    """Note what lines of known objects change of contacts and permits. Reads only."""
    saying = [line for line in lines if line.target_id and not ATTACHED.isdisjoint(line.values)]
    ids = [line.target_id for line in saying if line.target_id]
    contacts, permits = contacts_of(ids), permits_of(ids)
    for line in saying:
        contact = contacts.get(line.target_id or 0)
        permit = permits.get((line.target_id or 0, line.values.get("permit_no", "")))
        before: dict[str, Any] = {
            "contact_name": contact and contact.name, "contact_phone": contact and contact.phone,
            "permit_no": permit and permit.permit_no,
            **{ours: permit and getattr(permit, theirs) for ours, theirs in _PERMIT.items()},
        }  # fmt: skip
        for name in sorted(ATTACHED & set(line.values)):
            if (before[name] or "") != line.values[name]:
                sides = (before[name] or "", line.values[name])
                line.changes[name] = [sealed_change(OBJECTS, name, side) for side in sides]


def write(batch: ImportBatch, rows: Sequence[ImportRow], at: datetime) -> None:
    """Write contacts and permits of rows whose objects stand. One audit entry for all.

    Raises:
        InvalidValues, NotCurrent: as the register's own services.
    """
    said = {row.target_id: _said(row) for row in rows if row.target_id}
    people = {pk: values for pk, values in said.items() if not values.keys().isdisjoint(_CONTACT)}
    papers = {pk: values for pk, values in said.items() if values.get("permit_no")}
    if not people and not papers:
        return
    _write_contacts(people, at)
    _write_permits(papers, batch, at)
    audit.record(
        "object.attach_many", actor=batch.actor, kind="import", record_id=batch.pk, at=at,
        details={"contacts": len(people), "permits": len(papers)},
    )  # fmt: skip


def _said(row: ImportRow) -> dict[str, Any]:
    """Of a new object all that was said; of a known one the contact and the permit that differ, each whole."""
    kept = {name: value for name, value in row.values.items() if name in ATTACHED}
    if row.outcome != ImportRow.Outcome.NEW:
        changed = {name.partition("_")[0] for name in row.changes if name in ATTACHED}
        kept = {name: value for name, value in kept.items() if name.partition("_")[0] in changed}
    return opened(OBJECTS, kept)


def _write_contacts(said: Mapping[int, Mapping[str, Any]], at: datetime) -> None:
    standing = contacts_of(said)
    adding: list[Contact] = []
    for pk, values in said.items():
        contact = standing.get(pk)
        if contact is None:
            contact = Contact(inspection_object_id=pk)
            adding.append(contact)
        contact.name = values["contact_name"]
        contact.phone = values.get("contact_phone", contact.phone)
        contact.updated_at = at
    many.insert(adding)
    many.update([standing[pk] for pk in said if pk in standing], ["name", "phone", "updated_at"])


def _write_permits(said: Mapping[int, Mapping[str, Any]], batch: ImportBatch, at: datetime) -> None:
    standing = permits_of(said)
    adding: list[Permit] = []
    for pk, values in said.items():
        number = values["permit_no"]
        facts = {theirs: values[ours] for ours, theirs in _PERMIT.items() if ours in values}
        old = standing.get((pk, number))
        if old is None:
            kind = Permit.Kind.REGISTRATION if number[-1] in REGISTRATION_MARKS else Permit.Kind.PERMIT
            new = dated.put(Permit(inspection_object_id=pk, permit_no=number, kind=kind, recorded_at=at), facts)
        else:
            new = dated.again(old, facts, at)
            dated.close(old, at)
        new.data_source = batch.source
        adding.append(dated.checked(new))
    many.insert(adding)
    refresh_words(list(said))


def changed_since(batch: ImportBatch, rows: Sequence[ImportRow]) -> dict[int, str]:
    """Why contacts or permits of some lines cannot be taken back: by line number."""
    saying = {row.target_id: row for row in rows if row.target_id and not ATTACHED.isdisjoint(row.values)}
    contacts, refused = contacts_of(saying), dict[int, str]()
    for pk, row in saying.items():
        said = _said(row)
        found = contacts.get(pk)
        now = {"contact_name": found.name, "contact_phone": found.phone} if found else {}
        if any(now.get(name) != said[name] for name in _CONTACT if name in said):
            refused[row.line_no] = _("联系人之后又改过")
    late = Q(recorded_at__gt=batch.handled_at) | Q(superseded_at__gt=batch.handled_at)
    for some in in_parts(sorted(pk for pk, row in saying.items() if "permit_no" in row.values)):
        permits = Permit.objects.filter(late, inspection_object__in=some).order_by()
        for pk in permits.values_list("inspection_object_id", flat=True):
            refused[saying[pk].line_no] = _("许可证之后又改过")
    return refused


def take_back(batch: ImportBatch, rows: Sequence[ImportRow], undo: Undo) -> None:
    """Bring contacts and permits back to what they were; call `changed_since` before."""
    saying = {row.target_id: row for row in rows if row.target_id and not ATTACHED.isdisjoint(row.values)}
    _contacts_back(saying, undo.at)
    for some in in_parts(sorted(saying)):
        born = [pk for pk in some if saying[pk].outcome == ImportRow.Outcome.NEW]
        ours = Permit.objects.filter(inspection_object__in=some, data_source=batch.source)
        ours.filter(inspection_object__in=born, recorded_at=batch.handled_at).delete()
        closed = Permit.objects.filter(inspection_object__in=some, superseded_at=batch.handled_at)
        again = [dated.again(old, {}, undo.at) for old in closed.exclude(recorded_at=batch.handled_at)]
        ours.filter(recorded_at=batch.handled_at, superseded_at=None).update(superseded_at=undo.at)
        many.insert(again)


def _contacts_back(saying: Mapping[int, ImportRow], at: datetime) -> None:
    contacts = contacts_of(saying)
    restoring: list[Contact] = []
    removing: list[int] = []
    for pk, row in saying.items():
        contact, changes = contacts.get(pk), row.changes
        if contact is None or "contact_name" not in _said(row):
            continue
        is_ours = row.outcome == ImportRow.Outcome.NEW or not changes.get("contact_name", ["x"])[0]
        if is_ours:
            removing.append(contact.pk)
            continue
        for name in _CONTACT:
            if name in changes:
                setattr(contact, name.removeprefix("contact_"), opened_change(OBJECTS, name, changes[name][0]))
        contact.updated_at = at
        restoring.append(contact)
    for some in in_parts(removing):
        Contact.objects.filter(pk__in=some).delete()
    many.update(restoring, ["name", "phone", "updated_at"])
