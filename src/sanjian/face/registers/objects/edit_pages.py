"""Registering an object and changing it: the forms of the register's keepers."""

from datetime import date
from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from sanjian.base.identity.gates import registrars
from sanjian.base.identity.personal import masked_name
from sanjian.base.identity.requests import AccountRequest
from sanjian.base.registry.models import InspectionObject, Listing, ObjectRole
from sanjian.base.registry.queries.objects import object_at
from sanjian.base.registry.services import objects
from sanjian.base.registry.services.errors import ChangedMeanwhile, InvalidValues, NothingChanged, RegistryError

from . import facts, moment
from .forms import EditForm, Entry, FactsForm, initial_facts
from .object_pages import standing

FORM = ("GET", "HEAD", "POST")


@require_http_methods(FORM)
@registrars
def new(request: AccountRequest) -> HttpResponse:
    """Take an object into the registry."""
    form = FactsForm(request.user, request.POST or None)
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        try:
            thing = objects.register_object(
                form.facts(), actor=request.user, at=timezone.now(), valid_from=given["valid_from"],
                reason=given["reason"], roles=given["roles"], listings=given["listings"],
            )  # fmt: skip
        except InvalidValues as error:
            form.take(error.errors)
        except RegistryError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, _("已登记：%(name)s") % {"name": thing.name})
            return redirect("object", thing.pk)
    return shown_form(request, form, {"title": _("登记检查对象"), "act": _("登记")})


@require_http_methods(FORM)
@registrars
def edit(request: AccountRequest, pk: int) -> HttpResponse:
    """Change or correct an object from a day on. Whoever was slower sees both values and decides again.

    With `on` in the address the form starts from what held on that day, to correct the past.
    """
    thing, today = standing(request, pk), timezone.localdate()
    day = moment.asked(request.GET.dict(), today).on or today
    shown = object_at(request.user, pk, day) if day != today else None
    initial = initial_facts(shown or thing) | _held(thing, day)
    initial |= {"seen": thing.changed_at.isoformat(), "valid_from": day}
    person = masked_name((shown or thing).legal_person)
    form = EditForm(request.user, request.POST or None, initial=initial, masked_person=person)
    context = {"title": _("变更"), "act": _("保存变更"), "thing": thing, "conflicts": []}
    if request.method == "POST" and form.is_valid():
        try:
            _write(request, thing, form)
        except InvalidValues as error:
            form.take(error.errors)
        except ChangedMeanwhile as error:
            context["conflicts"] = _conflicts(thing, form)
            form = _again(request, form, thing)
            form.add_error(None, str(error))
        except RegistryError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, _("已记入变更，自 %(day)s 起") % {"day": form.cleaned_data["valid_from"]})
            return redirect("object", thing.pk)
    return shown_form(request, form, context)


@transaction.atomic
def _write(request: AccountRequest, thing: InspectionObject, form: EditForm) -> None:
    """Facts, roles and lists in one transaction; nothing changed at all is said, not recorded."""
    given, now = form.cleaned_data, timezone.now()
    held = _held(thing, given["valid_from"])
    is_same_held = all(set(given[name]) == set(held[name]) for name in held)
    try:
        objects.change_object(
            thing, form.facts(), actor=request.user, at=now, valid_from=given["valid_from"],
            valid_to=given["valid_to"], reason=given["reason"], seen_at=given["seen"],
        )  # fmt: skip
    except NothingChanged:
        if is_same_held:
            raise
    if not is_same_held:
        parts = {name: frozenset(given[name]) for name in held}
        write = objects.ObjectWrite(thing.pk, {}, given["valid_from"], **parts)
        objects.write_objects([write], actor=request.user, at=now, reason=given["reason"])


def _held(thing: InspectionObject, day: date) -> dict[str, list[str]]:
    roles = ObjectRole.objects.as_of(day).filter(inspection_object=thing)
    lists = Listing.objects.as_of(day).filter(inspection_object=thing)
    return {
        "roles": list(roles.values_list("role", flat=True)),
        "listings": list(lists.values_list("list_code", flat=True)),
    }


def _conflicts(thing: InspectionObject, form: EditForm) -> list[tuple[str, str, str]]:
    """Where the form and the present row differ: label, what was entered, what stands now."""
    stands = InspectionObject.objects.select_related("district").get(pk=thing.pk)
    entered = InspectionObject.objects.select_related("district").get(pk=thing.pk)
    for name, value in form.facts().items():
        setattr(entered, name, value)
    lines = ((facts.label(n), facts.spoken(entered, n), facts.spoken(stands, n)) for n in form.facts())
    return [line for line in lines if line[1] != line[2]]


def _again(request: AccountRequest, form: EditForm, thing: InspectionObject) -> EditForm:
    """The same form, now marked as having seen the present row."""
    stands = InspectionObject.objects.get(pk=thing.pk)
    data = request.POST.copy()
    data["seen"] = stands.changed_at.isoformat()
    again = EditForm(request.user, data, initial=form.initial, masked_person=masked_name(stands.legal_person))
    again.full_clean()
    return again


def shown_form(request: AccountRequest, form: Entry, context: dict[str, Any]) -> HttpResponse:
    """The page of a form; one that is sent back for its errors says so by its status."""
    status = 422 if form.is_bound and form.errors else 200
    return render(request, "registers_objects/form.html", {"form": form} | context, status=status)
