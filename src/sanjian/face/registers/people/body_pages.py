"""Bodies as a tree, and one body with its people and the items that it claims."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from sanjian.base.identity.gates import REGISTRARS, register_readers, registrars
from sanjian.base.identity.models import Account
from sanjian.base.identity.requests import AccountRequest
from sanjian.base.registry.models import Body, InspectionItem, Power
from sanjian.base.registry.queries import people as queries
from sanjian.base.registry.services import people
from sanjian.base.registry.services.errors import RegistryError

from .entry import Crumbs, bound, enter
from .forms import BodyForm, ClaimForm, EndForm
from .papers import standing_of

SHOWN = ("claimed", "unclaimed", "all")


def _found(viewer: Account, pk: int) -> Body:
    bodies = Body.objects.visible_to(viewer).select_related("territory", "parent", "entrusted_by", "statutory_basis")
    body = bodies.filter(pk=pk).first()
    if body is None:
        raise Http404
    return body


def _above(body: Body | None = None) -> Crumbs:
    steps = [(reverse("people"), _("机构人员")), (reverse("bodies"), _("机构"))]
    return [*steps, (reverse("body", args=[body.pk]), body.name)] if body else steps


@require_safe
@register_readers
def listing(request: AccountRequest) -> HttpResponse:
    """The tree of bodies in scope."""
    rows = queries.as_tree(queries.body_rows(request.user, timezone.localdate()))
    return render(request, "people/bodies.html", {"rows": rows, "can_write": request.user.role in REGISTRARS})


@require_safe
@register_readers
def page(request: AccountRequest, pk: int) -> HttpResponse:
    """A body: what it is, who works there, and the matrix of its powers."""
    return _page(request, _found(request.user, pk))


def _page(request: AccountRequest, body: Body, form: ClaimForm | None = None, status: int = 200) -> HttpResponse:
    viewer, today = request.user, timezone.localdate()
    everything = queries.claim_rows(body, today)
    shown = request.GET.get("show", "") if request.GET.get("show") in SHOWN else SHOWN[0]
    rows = [row for row in everything if shown == "all" or (row[1] is not None) == (shown == "claimed")]
    officers = queries.with_papers(queries.officer_rows(viewer, {"body": str(body.pk)}, today))
    context: dict[str, Any] = {
        "body": body,
        "lineage": people.lineage(body)[1:],
        "below": Body.objects.visible_to(viewer).filter(parent=body),
        "officers": [(officer, standing_of(officer, today)) for officer in officers],
        "rows": rows,
        "shown": shown,
        "claimed": sum(claim is not None for _item, claim, _all in everything),
        "total": len(everything),
        "form": form or ClaimForm(InspectionItem.objects.all(), initial={"valid_from": today}),
        "can_write": viewer.role in REGISTRARS,
        "today": today,
    }
    return render(request, "people/body.html", context, status=status)


@require_http_methods(["GET", "POST"])
@registrars
def new(request: AccountRequest) -> HttpResponse:
    """Register a body."""
    form = BodyForm(request.user, bound(request))

    def save(values: dict[str, Any]) -> str:
        body = people.save_body(Body(), values, actor=request.user, at=timezone.now())
        return reverse("body", args=[body.pk])

    return enter(request, form, save, title=_("登记机构"), here="people", crumbs=_above())


@require_http_methods(["GET", "POST"])
@registrars
def edit(request: AccountRequest, pk: int) -> HttpResponse:
    """Change a body."""
    body = _found(request.user, pk)
    form = BodyForm(request.user, bound(request), body=body)

    def save(values: dict[str, Any]) -> str:
        people.save_body(body, values, actor=request.user, at=timezone.now())
        return reverse("body", args=[body.pk])

    title = _("修改 %(name)s") % {"name": body.name}
    return enter(request, form, save, title=title, here="people", crumbs=_above(body))


@require_POST
@registrars
def claim(request: AccountRequest, pk: int) -> HttpResponse:
    """Claim the chosen items from one day on."""
    body = _found(request.user, pk)
    form = ClaimForm(InspectionItem.objects.all(), request.POST, initial={})
    if not form.is_valid():
        return _page(request, body, form, status=422)
    try:
        count = people.claim_items(
            body, form.cleaned_data["item"], valid_from=form.cleaned_data["valid_from"], actor=request.user,
            at=timezone.now(),
        )  # fmt: skip
    except RegistryError as error:
        form.add_error(None, str(error))
        return _page(request, body, form, status=422)
    messages.success(request, _("已认领 %(count)s 个事项") % {"count": count})
    return HttpResponseRedirect(reverse("body", args=[pk]))


@require_http_methods(["GET", "POST"])
@registrars
def end_claim(request: AccountRequest, pk: int) -> HttpResponse:
    """End a claim on a day."""
    own = Body.objects.visible_to(request.user)
    power = Power.objects.current().filter(pk=pk, body__in=own).select_related("body__territory", "item").first()
    if power is None:
        raise Http404
    form = EndForm(bound(request), initial={"last_day": timezone.localdate()})

    def save(values: dict[str, Any]) -> str:
        people.end_claim(power, actor=request.user, at=timezone.now(), **values)
        return reverse("body", args=[power.body_id])

    title = _("结束对“%(item)s”的认领") % {"item": power.item.name}
    return enter(request, form, save, title=title, here="people", crumbs=_above(power.body))
