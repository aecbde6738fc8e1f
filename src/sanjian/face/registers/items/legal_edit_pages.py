"""Keeping the provisions: for supervisors of the whole city; for others these pages do not exist."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from sanjian.base.identity.requests import AccountRequest
from sanjian.base.registry.models import LegalBasis
from sanjian.base.registry.services import legal_bases
from sanjian.base.registry.services.errors import InvalidValues
from sanjian.base.registry.services.items import ItemError

from .edit_pages import library_keepers
from .legal_forms import BasisForm


@require_http_methods(["GET", "POST"])
@library_keepers
def new(request: AccountRequest) -> HttpResponse:
    """A new provision; with `?replaces=code` the successor of that one."""
    former = None
    if code := request.GET.get("replaces"):
        former = get_object_or_404(LegalBasis, code=code)
    form = BasisForm(request.POST or None, former=former)
    if request.method == "POST" and form.is_valid():
        reason = form.cleaned_data["reason"]
        try:
            basis = legal_bases.add_basis(
                form.values(), actor=request.user, at=timezone.now(), reason=reason, replaces=former
            )
        except (InvalidValues, ItemError) as error:
            _add_problems(form, error)
        else:
            messages.success(request, _("已登记，核对公报后请标记为已核对"))
            return HttpResponseRedirect(reverse("legal_basis", args=[basis.code]))
    return _show(request, form, None, former)


@require_http_methods(["GET", "POST"])
@library_keepers
def edit(request: AccountRequest, code: str) -> HttpResponse:
    """Correct how a provision was entered, or say when it ended."""
    basis = get_object_or_404(LegalBasis, code=code)
    form = BasisForm(request.POST or None, basis=basis)
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        try:
            legal_bases.correct_basis(
                basis, form.values(), actor=request.user, at=timezone.now(), reason=given["reason"], seen=given["seen"]
            )
        except (InvalidValues, ItemError) as error:
            _add_problems(form, error)
        else:
            messages.success(request, _("已保存"))
            return HttpResponseRedirect(reverse("legal_basis", args=[code]))
    return _show(request, form, basis, None)


@require_POST
@library_keepers
def succeed(request: AccountRequest, code: str) -> HttpResponse:
    """Name a registered provision as the one that takes the place of this."""
    former, posted = get_object_or_404(LegalBasis, code=code), request.POST
    successor = LegalBasis.objects.filter(code=posted.get("to", "")).first()
    if successor is None:
        messages.error(request, _("请选择替代条款"))
    else:
        try:
            legal_bases.succeed(
                former, successor, actor=request.user, at=timezone.now(), reason=posted.get("reason", "")[:200]
            )
        except ItemError as error:
            messages.error(request, error.message)
        else:
            messages.success(request, _("已登记替代条款"))
    return HttpResponseRedirect(reverse("legal_basis", args=[code]))


@require_POST
@library_keepers
def verify(request: AccountRequest, code: str) -> HttpResponse:
    """Say that the provision was held against the gazette, or that it must be looked at again."""
    basis, posted = get_object_or_404(LegalBasis, code=code), request.POST
    is_good = posted.get("verified") == "yes"
    try:
        legal_bases.verify(
            basis, is_good, actor=request.user, at=timezone.now(), source=posted.get("source", "")[:200],
            seen=posted.get("seen", ""),
        )  # fmt: skip
    except ItemError as error:
        messages.error(request, error.message)
    else:
        messages.success(request, _("已标记为与公报核对") if is_good else _("已撤销核对，请重新核对"))
    return HttpResponseRedirect(reverse("legal_basis", args=[code]))


def _show(
    request: AccountRequest, form: BasisForm, basis: LegalBasis | None, former: LegalBasis | None
) -> HttpResponse:
    context = {"form": form, "basis": basis, "former": former}
    return render(request, "items/legal_edit.html", context, status=422 if request.method == "POST" else 200)


def _add_problems(form: forms.Form, error: InvalidValues | ItemError) -> None:
    if isinstance(error, ItemError):
        faults: dict[str, Any] = {"": error.problems}
    else:
        faults = dict(error.errors)
    for name, said in faults.items():
        for one in said:
            form.add_error(name if name in form.fields else None, one)
