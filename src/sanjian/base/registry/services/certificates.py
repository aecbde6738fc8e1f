"""Enforcement certificates (执法证): registered, corrected, checked, withdrawn; and word of those that end."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from sanjian.base.identity import audit
from sanjian.base.identity.models import Account
from sanjian.base.live.services import announce

from ..models import Certificate, Officer
from ..queries.people import ending, facts_of
from ..rules.calibration import SHANGHAI
from ..rules.certificates import last_day
from .errors import Clash, InvalidValues
from .people import replace
from .permission import ensure_keeper
from .rows import invalid, put

ENDING_WITHIN_DAYS = 60
"""Ours: time enough to sit the exam or be checked before a certificate ends."""

KEPT = (
    "certificate_no", "kind", "territory", "issuer", "issued_on", "checked_on", "withdrawn_on", "valid_from",
    "valid_to",
)  # fmt: skip
"""What a certificate says."""


def add_certificate(officer: Officer, values: Mapping[str, Any], *, actor: Account | None, at: datetime) -> Certificate:
    """Register a certificate; `values` by the names in KEPT.

    Raises:
        InvalidValues: a date lies in the future or out of order, a field does not do.
        Clash: this number is already another person's.
        NotAllowed.
    """
    ensure_keeper(actor, {officer.body.territory_id})
    _check(values, at)
    with transaction.atomic():
        _ensure_free(values["certificate_no"], officer)
        certificate = Certificate(officer=officer, recorded_at=at)
        return put(certificate, values, actor=actor, at=at, kind="certificate", also={"officer": officer.pk})


def correct_certificate(
    certificate: Certificate, values: Mapping[str, Any], *, actor: Account | None, at: datetime, reason: str
) -> Certificate:
    """Replace what is believed of a certificate: a check, a withdrawal, a longer term, a mistake. The old row stays.

    Raises:
        InvalidValues, NothingChanged, NotAllowed.
        Clash: replaced meanwhile, or the number is another person's.
    """
    ensure_keeper(actor, {certificate.officer.body.territory_id})
    if not reason.strip():
        raise InvalidValues({"reason": [_("请写明理由")]})
    said = {name: getattr(certificate, name) for name in KEPT} | dict(values)
    _check(said, at)
    with transaction.atomic():
        _ensure_free(said["certificate_no"], certificate.officer)
        new = Certificate(officer=certificate.officer, data_source=None)
        return replace(certificate, new, said, actor=actor, at=at, kind="certificate", reason=reason.strip())


def tell_endings(now: datetime) -> int:
    """Tell the people of each district once of every certificate that ends soon: for the worker. Returns how many."""
    told = 0
    today = now.astimezone(SHANGHAI).date()
    soon = ending(today, ENDING_WITHIN_DAYS).filter(ending_told_at=None)
    for certificate in soon.select_related("officer__body", "territory"):
        end = last_day(facts_of(certificate))
        if end < today:
            continue
        with transaction.atomic():
            # The claim comes first: of two workers only one tells.
            if not Certificate.objects.filter(pk=certificate.pk, ending_told_at=None).update(ending_told_at=now):
                continue
            _tell(certificate, end, now)
            told += 1
    return told


def _tell(certificate: Certificate, end: date, now: datetime) -> None:
    officer = certificate.officer
    title = _("%(officer)s的执法证将于 %(day)s 失效，请安排审验或换证") % {
        "officer": officer.name,
        "day": end.isoformat(),
    }
    details = {"officer": officer.pk, "ends": end.isoformat()}
    audit.record(
        "certificate.ending", actor=None, kind="certificate", record_id=certificate.pk, at=now, details=details
    )
    announce(
        "certificate.ending", title, at=now, severity=2, district_id=officer.body.territory_id, details=details
    )  # fmt: skip


def _check(values: Mapping[str, Any], at: datetime) -> None:
    today = at.astimezone(SHANGHAI).date()
    faults: dict[str, list[str]] = {}
    for name in ("issued_on", "checked_on"):
        if values.get(name) and values[name] > today:
            faults[name] = [_("日期不能在今天之后")]
    if values.get("checked_on") and values.get("issued_on") and values["checked_on"] < values["issued_on"]:
        faults.setdefault("checked_on", []).append(_("审验日期不能早于发证日期"))
    if values.get("valid_to") and values.get("valid_from") and values["valid_to"] < values["valid_from"]:
        faults["valid_to"] = [_("止不能早于起")]
    if faults:
        raise InvalidValues(faults)
    if not str(values.get("certificate_no", "")).strip():
        raise invalid("certificate_no", _("请填写执法证号"))


def _ensure_free(certificate_no: str, officer: Officer) -> None:
    others = Certificate.objects.current().filter(certificate_no=certificate_no).exclude(officer=officer)
    if others.exists():
        raise Clash(_("执法证号 %(no)s 已登记在另一人名下") % {"no": certificate_no})
