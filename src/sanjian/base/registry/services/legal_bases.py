"""Keeping the provisions (法律依据): adding one, its successor, correcting it, and saying that somebody held it against
the gazette.

A provision is never rewritten into the next version of the law: the next version is a row of its own, so that conduct
of an earlier day keeps the text of its day. Who verified a provision and when stands in the audit chain.
"""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from hashlib import sha256
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from sanjian.base.identity import audit
from sanjian.base.identity.models import Account, AuditEntry

from ..models import LegalBasis
from .items import ItemError, NotTheirs, Overtaken, keeps_library
from .rows import checked

FIELDS = ("instrument", "article", "text", "valid_from", "valid_to")
"""What a person may enter of a provision, besides its code."""

VERIFIED, DOUBTED = "legal_basis.verify", "legal_basis.doubt"


def mark_of(basis: LegalBasis) -> str:
    """What a provision says, as a short mark: a form brings back the mark of what its reader saw."""
    said = "\x1f".join(str(getattr(basis, name)) for name in (*FIELDS, "replaced_by_id", "is_verified"))
    return sha256(said.encode()).hexdigest()[:16]


def add_basis(
    values: Mapping[str, Any], *, actor: Account, at: datetime, reason: str = "", replaces: LegalBasis | None = None
) -> LegalBasis:
    """Register a provision; not verified yet.

    Args:
        values: `code` and FIELDS.
        replaces: the provision that it takes the place of, see `succeed`.

    Raises:
        InvalidValues: by field; also a code that is taken.
        ItemError: no right, or `replaces` cannot be replaced by it.
    """
    _require(actor)
    with transaction.atomic():
        basis = checked(LegalBasis(**{name: values[name] for name in ("code", *FIELDS) if name in values}))
        basis.save()
        audit.record("legal_basis.add", actor=actor, kind="legal_basis", record_id=basis.code, reason=reason, at=at,
                     details={"name": str(basis), **_span(basis)})  # fmt: skip
        if replaces is not None:
            succeed(replaces, basis, actor=actor, at=at, reason=reason)
    return basis


def succeed(former: LegalBasis, successor: LegalBasis, *, actor: Account, at: datetime, reason: str) -> None:
    """Say which provision takes the place of one; the former ends the day before the successor begins, or where it
    ended already. Several may lead to one successor.

    Raises:
        ItemError: no right; it has a successor already; or the successor does not begin later.
    """
    _require(actor)
    if successor.valid_from <= former.valid_from:
        raise ItemError(_("替代条款的施行日期须晚于原条款的施行日期"))
    eve = successor.valid_from - timedelta(days=1)
    last = eve if former.valid_to is None else min(eve, former.valid_to)
    with transaction.atomic():
        untouched = LegalBasis.objects.filter(pk=former.pk, replaced_by=None, valid_to=former.valid_to)
        if not untouched.update(replaced_by=successor, valid_to=last):
            raise Overtaken(_("原条款已有替代条款，或刚被别人修改，请刷新后再看"))
        former.refresh_from_db()
        audit.record("legal_basis.succeed", actor=actor, kind="legal_basis", record_id=former.code, reason=reason,
                     at=at, details={"successor": successor.code, **_span(former)})  # fmt: skip


def correct_basis(
    basis: LegalBasis, values: Mapping[str, Any], *, actor: Account, at: datetime, reason: str, seen: str
) -> LegalBasis:
    """Correct how a provision was entered, or say when it ended; it then has to be verified again.

    Args:
        values: of FIELDS.
        seen: `mark_of` what the editor saw.

    Raises:
        InvalidValues: by field.
        ItemError: no right, no reason, or days that its versions forbid.
        Overtaken: somebody else changed it since it was read.
    """
    _require(actor)
    with transaction.atomic():
        basis = LegalBasis.objects.select_for_update(of=("self",)).get(pk=basis.pk)
        if mark_of(basis) != seen:
            raise Overtaken(_("该条款刚被别人修改，请刷新后再改"))
        changed = {name: value for name, value in values.items() if name in FIELDS and getattr(basis, name) != value}
        if not changed:
            return basis
        if not reason.strip():
            raise ItemError(_("请写明修改的理由"))
        for name, value in changed.items():
            setattr(basis, name, value)
        basis.is_verified = False
        _ensure_between(checked(basis))
        basis.save()
        audit.record("legal_basis.correct", actor=actor, kind="legal_basis", record_id=basis.code, reason=reason,
                     at=at, details={"fields": sorted(changed), **_span(basis)})  # fmt: skip
    return basis


def verify(basis: LegalBasis, is_good: bool, *, actor: Account, at: datetime, source: str, seen: str) -> None:
    """Say that a person held the provision against the gazette, or that it must be looked at again.

    Args:
        source: which gazette or edition it was held against, or why it is in doubt.
        seen: `mark_of` what the person saw: nobody verifies a text that changed under their eyes.

    Raises:
        ItemError: no right, or no source.
        Overtaken: the provision changed since it was read.
    """
    _require(actor)
    if not source.strip():
        raise ItemError(_("请写明所依据的公报或官方文本"))
    with transaction.atomic():
        stored = LegalBasis.objects.select_for_update(of=("self",)).get(pk=basis.pk)
        if mark_of(stored) != seen or stored.is_verified == is_good:
            raise Overtaken(_("该条款刚被别人修改，请刷新后再看"))
        LegalBasis.objects.filter(pk=basis.pk).update(is_verified=is_good)
        audit.record(VERIFIED if is_good else DOUBTED, actor=actor, kind="legal_basis", record_id=basis.code,
                     reason=source.strip(), at=at)  # fmt: skip
    basis.is_verified = is_good


def verification_of(basis: LegalBasis) -> AuditEntry | None:
    """Who verified a provision, when and against what; None when nobody did, or it came verified with the platform."""
    if not basis.is_verified:
        return None
    told = AuditEntry.objects.filter(act=VERIFIED, record_kind="legal_basis", record_id=basis.code)
    return told.order_by("-seq").first()


def _ensure_between(basis: LegalBasis) -> None:
    """A provision begins after those it replaced and ends before its successor begins."""
    after: LegalBasis | None = basis.replaced_by
    if after is not None and (basis.valid_to is None or basis.valid_to >= after.valid_from):
        raise ItemError(_("失效日期须早于替代条款的施行日期 %(day)s") % {"day": after.valid_from})
    former = LegalBasis.objects.filter(replaced_by=basis).exclude(valid_to__lt=basis.valid_from)
    if one := former.first():
        raise ItemError(_("施行日期须晚于所替代条款“%(basis)s”的失效日期") % {"basis": str(one)})


def _span(basis: LegalBasis) -> dict[str, str | None]:
    days: dict[str, date | None] = {"valid_from": basis.valid_from, "valid_to": basis.valid_to}
    return {name: day.isoformat() if day else None for name, day in days.items()}


def _require(actor: Account) -> None:
    if not keeps_library(actor):
        raise NotTheirs(_("事项库由市级监管人员维护"))
