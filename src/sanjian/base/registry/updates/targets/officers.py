"""Officers with their certificates, from files."""

from collections.abc import Iterable
from contextlib import suppress
from datetime import datetime
from typing import Any

from django.db.models import ProtectedError
from django.utils.translation import gettext as _

from sanjian.base.identity.models import District
from sanjian.base.registry.models import Body, Certificate, ImportBatch, Officer
from sanjian.base.registry.services.certificates import add_certificate, correct_certificate
from sanjian.base.registry.services.errors import NothingChanged
from sanjian.base.registry.services.people import save_officer

from ..columns import OFFICERS
from ..lines import Line
from .contract import Scope, Undo
from .keyed import Keyed, Present, bodies, resolve_body

_PLAIN = ("name", "post", "id_number", "phone", "skills", "can_sample", "can_review", "is_established", "left_on")
_CERTIFICATE = {
    "certificate_no": "certificate_no", "certificate_from": "valid_from", "certificate_to": "valid_to",
    "certificate_checked_on": "checked_on", "certificate_issuer": "issuer",
}  # fmt: skip


class Officers(Keyed):
    """By staff number."""

    spec = OFFICERS
    key = "staff_no"

    def __init__(self) -> None:
        self._bodies: dict[str, Body] = {}

    def present(self, keys: Iterable[str]) -> dict[str, Present]:
        """See `Keyed`."""
        self._bodies = bodies()
        found = Officer.objects.filter(staff_no__in=list(keys)).select_related("body").prefetch_related("certificates")
        return {o.staff_no: Present(o.pk, _values(o), o.body.territory_id) for o in found}

    def resolve(self, line: Line, scope: Scope) -> str | None:
        """See `Keyed`."""
        body = resolve_body(line, self._bodies)
        given = line.values.get("certificate_territory")
        if given:
            code = scope.districts.get(given) or next(
                (b.territory_id for b in self._bodies.values() if b.territory.name == given or b.territory_id == given),
                None,
            )
            if code is None:
                line.wrong("certificate_territory", _("没有名为“%(name)s”的行政区") % {"name": given})
            else:
                line.values["certificate_territory"] = code
        return body.territory_id if body else None

    def create(self, values: dict[str, Any], batch: ImportBatch, at: datetime) -> int:
        """See `Keyed`."""
        officer = Officer(staff_no=values["staff_no"])
        save_officer(officer, _person(values), actor=batch.actor, at=at, reason=str(batch))
        _certify(officer, values, batch, at)
        return officer.pk

    def change(self, record_id: int, values: dict[str, Any], batch: ImportBatch, at: datetime) -> None:
        """See `Keyed`."""
        officer = Officer.objects.select_for_update().get(pk=record_id)
        with suppress(NothingChanged):
            save_officer(officer, _person(values), actor=batch.actor, at=at, reason=str(batch))
        _certify(officer, values, batch, at)

    def restore(self, record_id: int, values: dict[str, Any], batch: ImportBatch, undo: Undo) -> None:
        """See `Keyed`. Certificates go back by their recorded times: what the batch closed is believed again."""
        officer = Officer.objects.select_for_update().get(pk=record_id)
        with suppress(NothingChanged):
            save_officer(officer, _person(values), actor=undo.actor, at=undo.at, reason=undo.reason)
        if batch.handled_at is None or not any(name.startswith("certificate_") for name in values):
            return
        brought = officer.certificates.filter(recorded_at=batch.handled_at, data_source=batch.source)
        brought.filter(superseded_at=None).update(superseded_at=undo.at)
        closed = officer.certificates.filter(superseded_at=batch.handled_at).exclude(recorded_at=batch.handled_at)
        for held in closed.order_by("pk"):
            held.pk, held.recorded_at, held.superseded_at = None, undo.at, None
            held.save(force_insert=True)

    def remove(self, record_id: int) -> str | None:
        """See `Keyed`."""
        officer = Officer.objects.filter(pk=record_id).first()
        if officer is None:
            return _("记录已不存在")
        if officer.account_id or officer.loans.exists() or officer.interests.exists() or officer.absences.exists():
            return _("已有账号、借用、申报或请假记录，不能删除")
        try:
            officer.delete()
        except ProtectedError:
            return _("已有其他记录引用，不能删除")
        return None


def _values(officer: Officer) -> dict[str, Any]:
    values: dict[str, Any] = {name: getattr(officer, name) for name in _PLAIN} | {"body": officer.body.code}
    held = _latest(officer)
    if held is not None:
        values |= {ours: getattr(held, theirs) for ours, theirs in _CERTIFICATE.items()}
        values["certificate_territory"] = held.territory_id
    return values


def _latest(officer: Officer) -> Certificate | None:
    current = [c for c in officer.certificates.all() if c.superseded_at is None]
    return max(current, key=lambda c: (c.valid_from, c.pk), default=None)


def _person(values: dict[str, Any]) -> dict[str, Any]:
    """The fields of the officer's own row, a cell that was emptied as the empty value of its kind."""
    empty: dict[str, Any] = {"left_on": None, "skills": []}
    own = {n: empty.get(n, "") if values[n] in (None, "") else values[n] for n in _PLAIN if n in values}
    return own | ({"body": Body.objects.get(code=values["body"])} if "body" in values else {})


def _certify(officer: Officer, values: dict[str, Any], batch: ImportBatch, at: datetime) -> None:
    """Another number is another certificate; the same number again is a correction of what is believed of it."""
    said = {theirs: values[ours] for ours, theirs in _CERTIFICATE.items() if values.get(ours)}
    if values.get("certificate_territory"):
        said["territory"] = District.objects.get(pk=values["certificate_territory"])
    if not said:
        return
    held = _latest(Officer.objects.prefetch_related("certificates").get(pk=officer.pk))
    if held is None or said.get("certificate_no", held.certificate_no) != held.certificate_no:
        facts = {"territory": officer.body.territory, "valid_from": batch.valid_from} | said
        written = add_certificate(officer, facts, actor=batch.actor, at=at)
    else:
        with suppress(NothingChanged):
            held = correct_certificate(held, said, actor=batch.actor, at=at, reason=str(batch))
        written = held
    Certificate.objects.filter(pk=written.pk, recorded_at=at).update(data_source=batch.source)
