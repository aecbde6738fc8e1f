"""One instrument: how it stands, its checks as a bar and a table, its readings; and the register's forms."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from sanjian.base.evidence.services import keep
from sanjian.base.identity.gates import REGISTRARS, only, register_readers, registrars
from sanjian.base.identity.models import Account
from sanjian.base.identity.requests import AccountRequest
from sanjian.base.registry.models import Calibration, Instrument
from sanjian.base.registry.queries import equipment as queries
from sanjian.base.registry.services import equipment

from ..people.entry import Crumbs, bound, enter
from .bar import draw
from .forms import CheckForm, InstrumentForm, LendForm, VoidForm

MOST_READINGS = 100
"""Readings on the page, newest first (our choice)."""
users = only(*equipment.USERS)


def found_instrument(viewer: Account, pk: int) -> Instrument:
    """An instrument in the viewer's scope; 404 otherwise."""
    instrument = Instrument.objects.visible_to(viewer).select_related("body__territory").filter(pk=pk).first()
    if instrument is None:
        raise Http404
    return instrument


def above(instrument: Instrument | None = None) -> Crumbs:
    """The steps above an instrument's forms."""
    steps = [(reverse("equipment"), _("装备"))]
    return [*steps, (reverse("instrument", args=[instrument.pk]), instrument.name)] if instrument else steps


@require_safe
@register_readers
def page(request: AccountRequest, pk: int) -> HttpResponse:
    """An instrument with its calibration bar, checks, readings and loans."""
    now, viewer = timezone.now(), request.user
    found = queries.instrument_page(viewer, pk, now, most_readings=MOST_READINGS)
    if found is None:
        raise Http404
    can_use = viewer.role in equipment.USERS
    standing = found.standing
    context: dict[str, Any] = {
        "found": found,
        "instrument": found.instrument,
        "reason": "" if standing.good else _(standing.reason) % standing.facts,
        "bar": draw(found.periods, found.checks, now) if found.instrument.is_metered else None,
        "most": MOST_READINGS,
        "can_write": viewer.role in REGISTRARS,
        "can_use": can_use,
        "lend_form": LendForm(viewer) if can_use and not found.loan else None,
    }
    return render(request, "equipment/instrument.html", context)


@require_http_methods(["GET", "POST"])
@registrars
def new(request: AccountRequest) -> HttpResponse:
    """Register an instrument."""
    form = InstrumentForm(request.user, bound(request))

    def save(values: dict[str, Any]) -> str:
        instrument = equipment.save_instrument(Instrument(), values, actor=request.user, at=timezone.now())
        return reverse("instrument", args=[instrument.pk])

    return enter(request, form, save, title=_("登记装备"), here="equipment", crumbs=above())


@require_http_methods(["GET", "POST"])
@registrars
def edit(request: AccountRequest, pk: int) -> HttpResponse:
    """Change an instrument."""
    instrument = found_instrument(request.user, pk)
    form, name = InstrumentForm(request.user, bound(request), instrument=instrument), instrument.name

    def save(values: dict[str, Any]) -> str:
        equipment.save_instrument(instrument, values, actor=request.user, at=timezone.now())
        return reverse("instrument", args=[pk])

    title = _("修改 %(name)s") % {"name": name}
    return enter(request, form, save, title=title, here="equipment", crumbs=above(instrument))


@require_http_methods(["GET", "POST"])
@users
def new_check(request: AccountRequest, pk: int) -> HttpResponse:
    """Register a check, made now or long ago; keepers also verifications and calibrations, with their paper."""
    instrument = found_instrument(request.user, pk)
    is_keeper, now = request.user.role in REGISTRARS, timezone.now()
    form = CheckForm(bound(request), request.FILES or None, now=timezone.localtime(now), is_keeper=is_keeper)

    def save(values: dict[str, Any]) -> str:
        if document := values.pop("document", None):
            kind = document.content_type or "application/octet-stream"
            file = keep(document.read(), media_type=kind, at=now, original_name=document.name, by=request.user)
            values["document_sha256"] = file.sha256
        outcome = equipment.record_calibration(instrument, values, actor=request.user, at=now)
        _tell(request, outcome)
        return reverse("instrument", args=[pk])

    about = _("登记不合格的核查后，与前后两次合格核查之间的读数都改为“仅作线索”，引用这些读数的记录须重新审查。")
    return enter(request, form, save, title=_("登记核查"), here="equipment", crumbs=above(instrument), about=about)


@require_http_methods(["GET", "POST"])
@registrars
def void_check(request: AccountRequest, pk: int) -> HttpResponse:
    """Declare a check's certificate void."""
    own = Instrument.objects.visible_to(request.user)
    check = Calibration.objects.counting().filter(pk=pk, instrument__in=own).select_related("instrument__body").first()
    if check is None:
        raise Http404
    form = VoidForm(bound(request))

    def save(values: dict[str, Any]) -> str:
        _tell(request, equipment.void_calibration(check, actor=request.user, at=timezone.now(), **values))
        return reverse("instrument", args=[check.instrument_id])

    about = _("作废后，这张证书不再支持任何读数；记录本身保留。")
    title = _("作废 %(no)s") % {"no": check.certificate_no or check.get_kind_display()}
    return enter(request, form, save, title=title, here="equipment", crumbs=above(check.instrument), about=about)


def _tell(request: AccountRequest, outcome: equipment.Reopening) -> None:
    """Say at once what the check did to readings."""
    if outcome.lost:
        facts = {"count": len(outcome.lost), "records": len(outcome.records)}
        said = _("%(count)s 条读数改为“仅作线索”，涉及 %(records)s 条记录须重新审查") % facts
        messages.warning(request, said)
    if outcome.regained:
        messages.info(request, _("%(count)s 条读数恢复为可作证据") % {"count": len(outcome.regained)})
