"""Using an instrument: a reading, taking it, bringing it back."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from sanjian.act.inspections.queries import codes_of
from sanjian.base.identity.requests import AccountRequest
from sanjian.base.registry.services import equipment
from sanjian.base.registry.services.errors import RegistryError
from sanjian.base.registry.services.rows import invalid

from ..people.entry import bound, enter
from .forms import LendForm, ReadingForm
from .instrument_pages import above, found_instrument, users


@require_http_methods(["GET", "POST"])
@users
def new_reading(request: AccountRequest, pk: int) -> HttpResponse:
    """Keep a value read from the instrument, with what it is worth."""
    instrument = found_instrument(request.user, pk)
    form = ReadingForm(request.user, bound(request), now=timezone.localtime())

    def save(values: dict[str, Any]) -> str:
        code_id = values.pop("code").strip().upper()
        if code_id and not codes_of(request.user).filter(code_id=code_id).exists():
            raise invalid("code", _("没有这个检查码"))
        record = {"record_kind": "code", "record_id": code_id} if code_id else {}
        reading = equipment.record_reading(instrument, actor=request.user, at=timezone.now(), **values, **record)
        if reading.standing == reading.Standing.CLUE_ONLY:
            messages.warning(request, _("该读数仅作线索：%(why)s") % {"why": reading.standing_reason})
        return reverse("instrument", args=[pk])

    return enter(request, form, save, title=_("登记读数"), here="equipment", crumbs=above(instrument))


@require_POST
@users
def lend(request: AccountRequest, pk: int) -> HttpResponse:
    """Hand the instrument to an officer."""
    instrument, form = found_instrument(request.user, pk), LendForm(request.user, request.POST)
    if not form.is_valid():
        messages.error(request, _("请选择借给谁"))
    else:
        try:
            equipment.lend(instrument, form.cleaned_data["officer"], actor=request.user, at=timezone.now())
        except RegistryError as error:
            messages.error(request, str(error))
        else:
            messages.success(request, _("已借出"))
    return HttpResponseRedirect(reverse("instrument", args=[pk]))


@require_POST
@users
def give_back(request: AccountRequest, pk: int) -> HttpResponse:
    """Note that the instrument is back."""
    instrument = found_instrument(request.user, pk)
    loan = instrument.loans.filter(returned_at=None).first()
    if loan is None:
        messages.error(request, _("装备已经归还"))
    else:
        try:
            equipment.give_back(loan, actor=request.user, at=timezone.now())
        except RegistryError as error:
            messages.error(request, str(error))
        else:
            messages.success(request, _("已归还"))
    return HttpResponseRedirect(reverse("instrument", args=[pk]))
