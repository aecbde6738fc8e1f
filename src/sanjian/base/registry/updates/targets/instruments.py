"""Instruments with their newest verification, from files."""

from collections.abc import Iterable
from contextlib import suppress
from datetime import date, datetime, time
from typing import Any

from django.db.models import ProtectedError
from django.utils import timezone
from django.utils.translation import gettext as _

from sanjian.base.registry.models import Body, Calibration, ImportBatch, Instrument
from sanjian.base.registry.services import equipment
from sanjian.base.registry.services.errors import NothingChanged

from ..columns import INSTRUMENTS
from ..lines import Line
from .contract import Scope, Undo
from .keyed import Keyed, Present, bodies, resolve_body

_PLAIN = ("category", "name", "model", "serial_no", "maker", "location", "state", "is_metered")
_CHECK = ("certificate_no", "performed_on", "calibration_to", "has_passed", "agency")


class Instruments(Keyed):
    """By asset number."""

    spec = INSTRUMENTS
    key = "asset_no"

    def __init__(self) -> None:
        self._bodies: dict[str, Body] = {}

    def present(self, keys: Iterable[str]) -> dict[str, Present]:
        """See `Keyed`."""
        self._bodies = bodies()
        found = Instrument.objects.filter(asset_no__in=list(keys)).select_related("body")
        found = found.prefetch_related("calibrations")
        return {i.asset_no: Present(i.pk, _values(i), i.body.territory_id) for i in found}

    def resolve(self, line: Line, _scope: Scope) -> str | None:
        """See `Keyed`."""
        body = resolve_body(line, self._bodies)
        return body.territory_id if body else None

    def create(self, values: dict[str, Any], batch: ImportBatch, at: datetime) -> int:
        """See `Keyed`."""
        instrument = Instrument(asset_no=values["asset_no"])
        equipment.save_instrument(instrument, _own(values), actor=batch.actor, at=at, reason=str(batch))
        _check(instrument, values, batch, at)
        return instrument.pk

    def change(self, record_id: int, values: dict[str, Any], batch: ImportBatch, at: datetime) -> None:
        """See `Keyed`."""
        instrument = Instrument.objects.select_for_update().get(pk=record_id)
        with suppress(NothingChanged):
            equipment.save_instrument(instrument, _own(values), actor=batch.actor, at=at, reason=str(batch))
        _check(instrument, values, batch, at)

    def restore(self, record_id: int, values: dict[str, Any], batch: ImportBatch, undo: Undo) -> None:
        """See `Keyed`. A verification that the batch brought is voided: readings that rested on it are looked at."""
        instrument = Instrument.objects.select_for_update().get(pk=record_id)
        with suppress(NothingChanged):
            equipment.save_instrument(instrument, _own(values), actor=undo.actor, at=undo.at, reason=undo.reason)
        if set(values) & set(_CHECK) and batch.handled_at:
            for check in instrument.calibrations.counting().filter(recorded_at=batch.handled_at):
                equipment.void_calibration(check, actor=undo.actor, at=undo.at, reason=undo.reason)

    def remove(self, record_id: int) -> str | None:
        """See `Keyed`."""
        instrument = Instrument.objects.filter(pk=record_id).first()
        if instrument is None:
            return _("记录已不存在")
        if instrument.loans.exists() or instrument.readings.exists():
            return _("已有借用或读数记录，不能删除")
        try:
            instrument.delete()
        except ProtectedError:
            return _("已有其他记录引用，不能删除")
        return None


def _values(instrument: Instrument) -> dict[str, Any]:
    values: dict[str, Any] = {name: getattr(instrument, name) for name in _PLAIN} | {"body": instrument.body.code}
    checks = [c for c in instrument.calibrations.all() if c.kind != Calibration.Kind.DAILY and c.voided_at is None]
    newest = max(checks, key=lambda c: (c.performed_at, c.pk), default=None)
    if newest is not None:
        values |= {
            "certificate_no": newest.certificate_no,
            "performed_on": timezone.localdate(newest.performed_at),
            "calibration_to": newest.valid_to,
            "has_passed": newest.has_passed,
            "agency": newest.agency,
        }
    return values


def _own(values: dict[str, Any]) -> dict[str, Any]:
    own = {name: values[name] for name in _PLAIN if name in values}
    return own | ({"body": Body.objects.get(code=values["body"])} if "body" in values else {})


def _check(instrument: Instrument, values: dict[str, Any], batch: ImportBatch, at: datetime) -> None:
    """A verification on another day or under another number is one more; the services judge what rests on it."""
    if not set(values) & {"performed_on", "calibration_to", "certificate_no", "has_passed"}:
        return
    said = _values(Instrument.objects.prefetch_related("calibrations").get(pk=instrument.pk)) | values
    performed_on = said.get("performed_on")
    if not isinstance(performed_on, date):
        return
    moment = datetime.combine(performed_on, time(0), tzinfo=timezone.get_default_timezone())
    facts = {
        "kind": Calibration.Kind.VERIFICATION,
        "certificate_no": said.get("certificate_no") or "",
        "agency": said.get("agency") or "",
        "performed_at": moment,
        "valid_to": said.get("calibration_to"),
        "has_passed": said.get("has_passed", True),
    }
    equipment.record_calibration(instrument, facts, actor=batch.actor, at=at)
