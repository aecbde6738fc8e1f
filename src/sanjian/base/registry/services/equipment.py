"""What people do to the equipment register (装备库): instruments, their checks, readings, and who has them.

Whether a reading may be evidence depends on every check of its instrument, also on those that are learned of later. So
each service that adds or voids a check judges all readings of the instrument again in the same transaction
(`rules.calibration.judge`), and tells the subscribers which records rest on a reading that changed.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from sanjian.base.identity import audit
from sanjian.base.identity.models import Account, Role

from ..models import Calibration, FieldReading, Instrument, Loan, Officer
from ..rules import calibration as rules
from .errors import Clash, InvalidValues, NotAllowed
from .permission import ensure_keeper
from .rows import checked, invalid, put

USERS = frozenset({Role.SUPERVISOR, Role.ENFORCER, Role.MONITOR})
"""Who may take an instrument, read it and check it before use; verification and the register are the keepers'."""

CLOCK_TOLERANCE = timedelta(minutes=5)
"""Ours: how far a device's clock may be ahead before a moment counts as lying in the future."""


@dataclass(frozen=True, slots=True)
class Reopening:
    """Readings whose worth changed because of one check, learned of now.

    Args:
        lost: readings that were good and are clue only now.
        regained: readings that were clue only and are good now: a certificate was registered late.
        because: the check that was added or voided.
    """

    instrument: Instrument
    because: Calibration
    lost: tuple[FieldReading, ...]
    regained: tuple[FieldReading, ...]
    at: datetime

    @property
    def records(self) -> list[tuple[str, str]]:
        """Records (kind, id) that cite a reading that was lost: to be examined again, each once."""
        return sorted({(r.record_kind, r.record_id) for r in self.lost if r.record_id})


_subscribers: list[Callable[[Reopening], object]] = []


def on_reopened(callback: Callable[[Reopening], object]) -> None:
    """Have a callback told of every reopening with readings in it, inside its transaction. Twice changes nothing."""
    if callback not in _subscribers:
        _subscribers.append(callback)


def save_instrument(
    instrument: Instrument, values: Mapping[str, Any], *, actor: Account | None, at: datetime, reason: str = ""
) -> Instrument:
    """Register an instrument (a new, unsaved `Instrument()`), or change one.

    Raises:
        InvalidValues, NothingChanged, NotAllowed.
    """
    bodies = [instrument.body] if instrument.body_id else []
    bodies += [values["body"]] if values.get("body") else []
    ensure_keeper(actor, {body.territory_id for body in bodies})
    was_metered = instrument.is_metered
    with transaction.atomic():
        put(instrument, values, actor=actor, at=at, kind="instrument", reason=reason)
        if instrument.is_metered != was_metered:
            _judge_all(instrument, at)
    return instrument


def record_calibration(
    instrument: Instrument, values: Mapping[str, Any], *, actor: Account | None, at: datetime
) -> Reopening:
    """Register a check, made now or long ago; every reading of the instrument is judged by it at once.

    Args:
        values: kind, performed_at, has_passed; and certificate_no, agency, valid_to, range_text, uncertainty,
            document_sha256.

    Raises:
        InvalidValues: in the future; a verification that passed without a term; a daily check with one.
        NotAllowed: only keepers register verification and calibration.
    """
    kind = values.get("kind")
    if kind == Calibration.Kind.DAILY:
        _ensure_user(actor, instrument)
    else:
        ensure_keeper(actor, {instrument.body.territory_id})
    _check_check(values, at)
    check = Calibration(instrument=instrument, recorded_at=at, recorded_by=actor, **values)
    with transaction.atomic():
        _lock(instrument)
        checked(check).save()
        reopening = _reopen(instrument, check, at)
        details = {"instrument": instrument.asset_no, "kind": check.kind, "passed": check.has_passed}
        audit.record("calibration.add", actor=actor, kind="calibration", record_id=check.pk, at=at,
                     details=details | _counts(reopening))  # fmt: skip
    return reopening


def void_calibration(check: Calibration, *, actor: Account | None, at: datetime, reason: str) -> Reopening:
    """Declare a check's certificate void, learned late: it stays, marked, and no reading may rest on it.

    Raises:
        InvalidValues: no reason.
        Clash: it is void already.
        NotAllowed.
    """
    ensure_keeper(actor, {check.instrument.body.territory_id})
    if not reason.strip():
        raise InvalidValues({"reason": [_("请写明作废的理由")]})
    with transaction.atomic():
        _lock(check.instrument)
        marked = {"voided_at": at, "voided_by": actor, "void_reason": reason.strip()[:200]}
        if not Calibration.objects.counting().filter(pk=check.pk).update(**marked):
            raise Clash(_("这条检定校准记录已经作废"))
        check.refresh_from_db()
        reopening = _reopen(check.instrument, check, at)
        audit.record("calibration.void", actor=actor, kind="calibration", record_id=check.pk, reason=reason.strip(),
                     at=at, details={"instrument": check.instrument.asset_no} | _counts(reopening))  # fmt: skip
    return reopening


def record_reading(
    instrument: Instrument,
    *,
    taken_at: datetime,
    quantity: str,
    value: float,
    unit: str,
    officer: Officer | None = None,
    record_kind: str = "",
    record_id: str = "",
    actor: Account | None,
    at: datetime,
) -> FieldReading:
    """Keep a value read from an instrument, with what it is worth by the checks known now.

    Args:
        taken_at: aware; when it was read.
        record_kind, record_id: what cites it, e.g. "code" and a code's id.

    Raises:
        InvalidValues: in the future, or a scrapped instrument.
        NotAllowed: the instrument is not of the actor's territory.
    """
    _ensure_user(actor, instrument)
    _ensure_past("taken_at", taken_at, at)
    if instrument.state == Instrument.State.SCRAPPED:
        raise invalid(None, _("装备已报废，不能再登记读数"))
    with transaction.atomic():
        _lock(instrument)
        standing = rules.judge(checks_of(instrument), taken_at, is_metered=instrument.is_metered)
        reading = FieldReading(
            instrument=instrument, officer=officer, taken_at=taken_at, quantity=quantity.strip(), value=value,
            unit=unit.strip(), record_kind=record_kind, record_id=record_id, **_as_columns(standing),
        )  # fmt: skip
        checked(reading).save()
        audit.record("reading.add", actor=actor, kind="reading", record_id=reading.pk, at=at,
                     details={"instrument": instrument.asset_no, "standing": reading.standing})  # fmt: skip
    return reading


def lend(instrument: Instrument, officer: Officer, *, actor: Account | None, at: datetime) -> Loan:
    """Hand an instrument to an officer; the database allows one holder at a time.

    Raises:
        Clash: somebody has it.
        InvalidValues: it is not in use, or the officer has left.
        NotAllowed.
    """
    _ensure_user(actor, instrument)
    if instrument.state in (Instrument.State.SCRAPPED, Instrument.State.REPAIR):
        raise invalid(None, _("装备在维修或已报废，不能借出"))
    if officer.left_on and officer.left_on <= at.astimezone(rules.SHANGHAI).date():
        raise invalid("officer", _("该人员已离岗"))
    try:
        with transaction.atomic():
            loan = Loan.objects.create(instrument=instrument, officer=officer, taken_at=at)
            audit.record("loan.take", actor=actor, kind="instrument", record_id=instrument.pk, at=at,
                         details={"loan": loan.pk, "officer": officer.pk})  # fmt: skip
    except IntegrityError as error:
        raise Clash(_("装备已借出，归还后才能再借")) from error
    return loan


def give_back(loan: Loan, *, actor: Account | None, at: datetime) -> None:
    """Note that an instrument came back.

    Raises:
        Clash: it is back already.
        NotAllowed.
    """
    _ensure_user(actor, loan.instrument)
    with transaction.atomic():
        if not Loan.objects.filter(pk=loan.pk, returned_at=None).update(returned_at=max(at, loan.taken_at)):
            raise Clash(_("装备已经归还"))
        audit.record("loan.return", actor=actor, kind="instrument", record_id=loan.instrument_id, at=at,
                     details={"loan": loan.pk, "officer": loan.officer_id})  # fmt: skip


def checks_of(instrument: Instrument) -> list[rules.Check]:
    """The checks that count, as the rules see them."""
    columns = ("kind", "performed_at", "has_passed", "valid_to")
    return [
        rules.Check(*row) for row in Calibration.objects.counting().filter(instrument=instrument).values_list(*columns)
    ]


def _reopen(instrument: Instrument, because: Calibration, at: datetime) -> Reopening:
    """Judge every reading again, write what changed, tell the subscribers. Call it in the transaction of the check."""
    lost, regained = _judge_all(instrument, at)
    reopening = Reopening(instrument, because, tuple(lost), tuple(regained), at)
    if lost or regained:
        for callback in _subscribers:
            callback(reopening)
    return reopening


def _judge_all(instrument: Instrument, at: datetime) -> tuple[list[FieldReading], list[FieldReading]]:
    checks = checks_of(instrument)
    lost: list[FieldReading] = []
    regained: list[FieldReading] = []
    written: list[FieldReading] = []
    for reading in FieldReading.objects.filter(instrument=instrument).order_by("taken_at", "pk"):
        columns = _as_columns(rules.judge(checks, reading.taken_at, is_metered=instrument.is_metered))
        if all(getattr(reading, name) == value for name, value in columns.items()):
            continue
        if reading.standing != columns["standing"]:
            (lost if columns["standing"] == FieldReading.Standing.CLUE_ONLY else regained).append(reading)
            reading.reopened_at = at
        for name, value in columns.items():
            setattr(reading, name, value)
        written.append(reading)
    FieldReading.objects.bulk_update(written, ["standing", "standing_reason", "reopened_at"], batch_size=500)
    return lost, regained


def _as_columns(standing: rules.Standing) -> dict[str, str]:
    word = FieldReading.Standing.GOOD if standing.good else FieldReading.Standing.CLUE_ONLY
    return {"standing": word, "standing_reason": standing.reason_zh[:200]}


def _counts(reopening: Reopening) -> dict[str, Any]:
    return {
        "lost": [r.pk for r in reopening.lost],
        "regained": [r.pk for r in reopening.regained],
        "records": [list(record) for record in reopening.records],
    }


def _lock(instrument: Instrument) -> None:
    """The instrument's row is the lock: a reading and a check registered at once are judged one after the other."""
    Instrument.objects.select_for_update().get(pk=instrument.pk)


def _check_check(values: Mapping[str, Any], at: datetime) -> None:
    _ensure_past("performed_at", values["performed_at"], at)
    gives_term, until = values.get("kind") in rules.TERM_GIVING, values.get("valid_to")
    if gives_term and values.get("has_passed") and until is None:
        raise invalid("valid_to", _("合格的检定或校准须有有效期"))
    if not gives_term and until is not None:
        raise invalid("valid_to", _("使用前核查没有有效期"))
    if until is not None and until < values["performed_at"].astimezone(rules.SHANGHAI).date():
        raise invalid("valid_to", _("有效期不能早于检定或校准的日期"))


def _ensure_past(field: str, moment: datetime, at: datetime) -> None:
    if moment > at + CLOCK_TOLERANCE:
        raise invalid(field, _("时间不能在现在之后"))


def _ensure_user(actor: Account | None, instrument: Instrument) -> None:
    if actor is None:
        return
    if actor.role not in USERS or not Instrument.objects.visible_to(actor).filter(pk=instrument.pk).exists():
        raise NotAllowed(_("只有本辖区的监管、执法和监测人员可以使用装备"))
