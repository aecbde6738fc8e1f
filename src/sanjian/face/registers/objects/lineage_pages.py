"""Splitting an object, and taking a merge or split back."""

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from sanjian.base.identity.gates import registrars
from sanjian.base.identity.requests import AccountRequest
from sanjian.base.registry.models import InspectionObject, Lineage
from sanjian.base.registry.services import lineage
from sanjian.base.registry.services.errors import InvalidValues, RegistryError

from .edit_pages import FORM
from .object_pages import standing
from .record_forms import SplitForm


@require_http_methods(FORM)
@registrars
def split(request: AccountRequest, pk: int) -> HttpResponse:
    """Take a part of an object out as an object of its own."""
    thing = standing(request, pk)
    kept = ("district_id", "industry_code", "industry_name", "permit_class", "supervision", "production", "address")
    form = SplitForm(request.user, thing, request.POST or None, initial={name: getattr(thing, name) for name in kept})
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        parts = {name: list(given[name]) for name in ("points", "permits", "facilities")}
        try:
            made = lineage.split(
                thing, form.facts(), actor=request.user, at=timezone.now(), valid_from=given["valid_from"],
                reason=given["reason"], **parts,
            )  # fmt: skip
        except InvalidValues as error:
            form.take(error.errors)
        except RegistryError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, _("已拆出：%(name)s；可在档案的“合并与拆分”里撤销") % {"name": made.other.name})
            return redirect("object", made.other_id)
    context = {"thing": thing, "title": _("拆分"), "act": _("拆出新对象"), "form": form}
    return render(request, "registers_objects/form.html", context, status=422 if form.errors else 200)


@require_POST
@registrars
def undo(request: AccountRequest, pk: int) -> HttpResponse:
    """Take a merge or a split back."""
    done = Lineage.objects.select_related("survivor", "other").filter(pk=pk).first()
    visible = InspectionObject.objects.visible_to(request.user)
    if done is None or not visible.filter(pk=done.survivor_id).exists():
        raise Http404
    try:
        lineage.undo(done, actor=request.user, at=timezone.now(), reason=request.POST.get("reason", "")[:200])
    except RegistryError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, _("已撤销，移动过的记录已回到原处"))
    return redirect("object", done.survivor_id)
