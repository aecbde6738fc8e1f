"""Permits, facilities and limits of an object: recorded, corrected, ended. Three kinds, one page."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.forms import model_to_dict
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop
from django.views.decorators.http import require_http_methods

from sanjian.base.identity.gates import registrars
from sanjian.base.identity.requests import AccountRequest
from sanjian.base.registry.models import Facility, InspectionObject, Limit, Permit
from sanjian.base.registry.services import outlets
from sanjian.base.registry.services.errors import InvalidValues, RegistryError

from .edit_pages import FORM
from .forms import Reasoned
from .object_pages import standing
from .record_forms import Dated, EndForm, FacilityForm, LimitForm, PermitForm


@dataclass(frozen=True, slots=True)
class Kind:
    """What differs between the three.

    Args:
        of: the records of an object that are believed now.
        add: takes the object and the form's values.
    """

    new: str
    edit: str
    end_word: str
    anchor: str
    form: type[Dated]
    of: Callable[[InspectionObject], QuerySet]
    add: Callable[..., Any]
    correct: Callable[..., Any]
    end: Callable[..., Any]


def _set_limit(_thing: InspectionObject, values: dict[str, Any], **more: Any) -> Limit:
    return outlets.set_limit(values["point"], {k: v for k, v in values.items() if k != "point"}, **more)


def _correct_limit(limit: Limit, values: dict[str, Any], **more: Any) -> Limit:
    return outlets.correct_limit(limit, {k: v for k, v in values.items() if k != "point"}, **more)


PERMIT = Kind(
    gettext_noop("登记许可证"), gettext_noop("更正许可证"), gettext_noop("许可证失效"), "permits", PermitForm,
    lambda thing: Permit.objects.current().filter(inspection_object=thing),
    outlets.add_permit, outlets.correct_permit, outlets.end_permit,
)  # fmt: skip
FACILITY = Kind(
    gettext_noop("登记设施"), gettext_noop("更正设施"), gettext_noop("设施停用拆除"), "facilities", FacilityForm,
    lambda thing: Facility.objects.current().filter(inspection_object=thing).select_related("inspection_object"),
    outlets.add_facility, outlets.correct_facility, outlets.end_facility,
)  # fmt: skip
LIMIT = Kind(
    gettext_noop("登记限值"), gettext_noop("更正限值"), gettext_noop("限值停止执行"), "limits", LimitForm,
    lambda thing: Limit.objects.current().filter(point__inspection_object=thing).select_related("point"),
    _set_limit, _correct_limit, outlets.end_limit,
)  # fmt: skip


@require_http_methods(FORM)
@registrars
def permit(request: AccountRequest, pk: int, record_pk: int | None = None) -> HttpResponse:
    """A permit: a new one, or one that is corrected or ended."""
    return _page(request, PERMIT, pk, record_pk)


@require_http_methods(FORM)
@registrars
def facility(request: AccountRequest, pk: int, record_pk: int | None = None) -> HttpResponse:
    """A facility or outlet: a new one, or one that is corrected or ended."""
    return _page(request, FACILITY, pk, record_pk)


@require_http_methods(FORM)
@registrars
def limit(request: AccountRequest, pk: int, record_pk: int | None = None) -> HttpResponse:
    """A limit: a new one, which ends the one before it, or one that is corrected or ended."""
    return _page(request, LIMIT, pk, record_pk)


def _page(request: AccountRequest, kind: Kind, pk: int, record_pk: int | None) -> HttpResponse:
    thing = standing(request, pk)
    record = None if record_pk is None else kind.of(thing).filter(pk=record_pk).first()
    if record_pk is not None and record is None:
        raise Http404
    is_end = request.method == "POST" and request.POST.get("step") == "end"
    initial = model_to_dict(record) if record else None
    form = kind.form(thing, None if is_end else request.POST or None, initial=initial)
    ending = EndForm(request.POST if is_end else None) if record else None
    if record and "point" in form.fields:
        form.fields["point"].disabled = True
    if request.method == "POST" and _is_done(request, kind, thing, record, ending if is_end else form):
        messages.success(request, _("已记入“%(what)s”") % {"what": _(_title(kind, record, is_end))})
        return redirect(f"{reverse('object', args=[pk])}#{kind.anchor}")
    context = {
        "thing": thing, "title": _(_title(kind, record, False)), "act": _("更正") if record else _("登记"),
        "form": form, "ending": ending, "ending_title": _(kind.end_word),
    }  # fmt: skip
    return render(request, "registers_objects/form.html", context, status=422 if request.method == "POST" else 200)


def _title(kind: Kind, record: Any, is_end: bool) -> str:
    if is_end:
        return kind.end_word
    return kind.edit if record else kind.new


def _is_done(request: AccountRequest, kind: Kind, thing: InspectionObject, record: Any, form: Reasoned | None) -> bool:
    """Let the service do what the form asks; what it found wrong stands in the form."""
    if form is None or not form.is_valid():
        return False
    more = {"actor": request.user, "at": timezone.now(), "reason": form.cleaned_data["reason"]}
    try:
        if isinstance(form, EndForm):
            kind.end(record, last_day=form.cleaned_data["last_day"], **more)
        elif isinstance(form, Dated):
            (kind.correct if record else kind.add)(record or thing, form.values(), **more)
    except InvalidValues as error:
        form.take(error.errors)
    except RegistryError as error:
        form.add_error(None, str(error))
    else:
        return True
    return False
