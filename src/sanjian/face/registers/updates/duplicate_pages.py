"""Objects that may be one: the list by likeness, and two of them side by side for a person's decision."""

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Count, Field
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from sanjian.base.identity.gates import registrars
from sanjian.base.identity.models import District
from sanjian.base.identity.requests import AccountRequest
from sanjian.base.registry.models import InspectionObject, Match, ObjectRole
from sanjian.base.registry.rules import matching
from sanjian.base.registry.updates import duplicates

from .forms import DecisionForm, ReasonForm

PAGE_SIZE = 50
_COMPARED = (
    "name", "credit_code", "site_no", "former_code", "district", "address", "industry_name", "permit_class",
    "supervision", "production", "legal_person", "registered_at", "changed_at",
)  # fmt: skip


@require_safe
@registrars
def listing(request: AccountRequest) -> HttpResponse:
    """Pairs by likeness; the address is the filter."""
    state = request.GET.get("state", Match.State.OPEN)
    district = request.GET.get("district", "")
    seen = duplicates.visible_matches(request.user)
    found = seen.filter(state=state) if state in Match.State.values else seen
    if district:
        found = found.filter(first__district=district)
    counts: dict[str, int] = dict(seen.order_by().values_list("state").annotate(Count("id")))
    context = {
        "page": Paginator(found, PAGE_SIZE).get_page(request.GET.get("page")),
        "state": state,
        "district": district,
        "districts": District.objects.filter(is_city=False) if request.user.sees_whole_city else [],
        "states": [(value, label, counts.get(value, 0)) for value, label in Match.State.choices],
        "here": "duplicates",
    }
    return render(request, "updates/duplicates.html", context)


@require_POST
@registrars
def search(request: AccountRequest) -> HttpResponse:
    """Look for pairs now, within the viewer's district."""
    viewer = request.user
    found = duplicates.refresh(timezone.now(), None if viewer.sees_whole_city else viewer.district_id, viewer)
    messages.success(request, _("新发现 %(n)d 对疑似重复") % {"n": found})
    return redirect("duplicates")


@require_http_methods(["GET", "HEAD", "POST"])
@registrars
def page(request: AccountRequest, pk: int) -> HttpResponse:
    """Two objects side by side; a person says whether they are one."""
    match = _found(request, pk)
    form = DecisionForm(request.POST or None)
    if request.method == "POST":
        if not form.is_valid():
            return _page(request, match, form, status=422)
        given = form.cleaned_data
        try:
            duplicates.decide(
                match, is_same=given["verdict"] == "same", actor=request.user, at=timezone.now(),
                reason=given["reason"], survivor_id=given["survivor"],
            )  # fmt: skip
        except duplicates.MatchError as error:
            form.add_error(None, str(error))
            return _page(request, match, form, status=422)
        messages.success(request, _("已合并，可以撤回") if given["verdict"] == "same" else _("已记为不同对象"))
        return redirect("duplicates")
    return _page(request, match, form)


@require_POST
@registrars
def reopen(request: AccountRequest, pk: int) -> HttpResponse:
    """Take a decision back."""
    match, form = _found(request, pk), ReasonForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("请写明撤回的理由"))
        return redirect("duplicate", pk)
    try:
        duplicates.reopen(match, actor=request.user, at=timezone.now(), reason=form.cleaned_data["reason"])
    except duplicates.MatchError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, _("已撤回，恢复为待判断"))
    return redirect("duplicate", pk)


def _found(request: AccountRequest, pk: int) -> Match:
    match = duplicates.visible_matches(request.user).filter(pk=pk).first()
    if match is None:
        raise Http404
    return match


def _page(request: AccountRequest, match: Match, form: DecisionForm, status: int = 200) -> HttpResponse:
    first, second = match.first, match.second
    ours = [_candidate(thing) for thing in (first, second)]
    context = {
        "match": match,
        "form": form,
        "reopen_form": ReasonForm(),
        "facts": [_fact(name, first, second) for name in _COMPARED] + [_roles(first, second)],
        "distance_m": matching.distance_m(*ours),
        "reasons": [(words, round(share * 100)) for words, share in match.reasons],
        "survivor": str(form["survivor"].value() or first.pk),
        "verdict": form["verdict"].value() or "",
    }
    return render(request, "updates/duplicate.html", context, status=status)


def _fact(name: str, first: InspectionObject, second: InspectionObject) -> dict[str, Any]:
    field: Field[Any, Any] = InspectionObject._meta.get_field(name)  # type: ignore[assignment]
    sides = [
        _(getattr(thing, f"get_{name}_display")()) if field.choices and getattr(thing, name) else getattr(thing, name)
        for thing in (first, second)
    ]
    return {
        "head": field.verbose_name,
        "sides": sides,
        "differs": sides[0] != sides[1] and not name.endswith("_at"),
        "is_time": name.endswith("_at"),
    }


def _roles(first: InspectionObject, second: InspectionObject) -> dict[str, Any]:
    today = timezone.localdate()
    sides = [
        "、".join(
            _(role.get_role_display()) for role in ObjectRole.objects.as_of(today).filter(inspection_object=thing)
        )
        for thing in (first, second)
    ]
    return {"head": _("角色"), "sides": sides, "differs": sides[0] != sides[1], "is_time": False}


def _candidate(thing: InspectionObject) -> matching.Candidate:
    return matching.Candidate(thing.pk, thing.name, latitude=thing.latitude, longitude=thing.longitude)
