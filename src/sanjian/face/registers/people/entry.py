"""A page with one form: shown, sent back with its errors in place (422), or saved and left."""

from collections.abc import Callable, Sequence
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import NON_FIELD_ERRORS
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import gettext as _

from sanjian.base.identity.requests import AccountRequest
from sanjian.base.registry.services.errors import InvalidValues, NothingChanged, RegistryError

Crumbs = Sequence[tuple[str, str]]
"""(address, label) of the steps above."""


def enter(
    request: AccountRequest,
    form: forms.Form,
    save: Callable[[dict[str, Any]], str],
    *,
    title: str,
    here: str,
    crumbs: Crumbs,
    about: str = "",
    submit: str = "",
) -> HttpResponse:
    """Serve a form page.

    Args:
        form: bound when the request is a POST.
        save: takes the cleaned values, returns the address to go to; its `RegistryError`s are shown in the form.
        here: URL name of the register's tab.
    """
    if request.method == "POST" and form.is_valid():
        try:
            address = save(dict(form.cleaned_data))
        except NothingChanged:
            form.add_error(None, _("没有改动任何内容"))
        except InvalidValues as error:
            add_faults(form, error)
        except RegistryError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, _("已保存"))
            return HttpResponseRedirect(address)
    context = {
        "form": form,
        "title": title,
        "here": here,
        "crumbs": crumbs,
        "about": about,
        "submit": submit or _("保存"),
    }
    return render(request, "people/form.html", context, status=422 if request.method == "POST" else 200)


def add_faults(form: forms.Form, error: InvalidValues) -> None:
    """What a service found wrong, each at its field; what has no field here goes to the top."""
    for name, said in error.errors.items():
        field = name if name in form.fields and name != NON_FIELD_ERRORS else None
        for sentence in said:
            form.add_error(field, sentence)


def bound(request: AccountRequest) -> Any:
    """What to bind a form to: the data of a POST, or nothing."""
    return request.POST if request.method == "POST" else None
