"""One officer: papers, interests, days away, loans; and the forms that change them."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from sanjian.act.inspections.queries import visits_gone_on
from sanjian.base.identity.gates import REGISTRARS, register_readers, registrars
from sanjian.base.identity.models import Account, Role
from sanjian.base.identity.personal import masked_number
from sanjian.base.identity.requests import AccountRequest
from sanjian.base.registry.models import Certificate, Officer
from sanjian.base.registry.queries import people as queries
from sanjian.base.registry.services import people
from sanjian.base.registry.services.errors import InvalidValues, RegistryError

from .entry import Crumbs, bound, enter
from .forms import OfficerForm
from .papers import paper, standing_of


def found_officer(viewer: Account, pk: int) -> Officer:
    """An officer in the viewer's scope, with papers; 404 otherwise."""
    officer = queries.with_papers(Officer.objects.visible_to(viewer)).select_related("account").filter(pk=pk).first()
    if officer is None:
        raise Http404
    return officer


def may_know_interests(viewer: Account, officer: Officer) -> bool:
    """Supervisors of the own body or above, the auditor, and the officer."""
    return viewer.role == Role.AUDITOR or people.supervises(viewer, officer.body) or officer.account_id == viewer.pk


def above(officer: Officer | None = None) -> Crumbs:
    """The steps above an officer's forms."""
    steps = [(reverse("people"), _("机构人员"))]
    return [*steps, (reverse("officer", args=[officer.pk]), officer.name)] if officer else steps


@require_safe
@register_readers
def page(request: AccountRequest, pk: int) -> HttpResponse:
    """An officer. Personal numbers are masked; interests show only to those who may know."""
    return _page(request, found_officer(request.user, pk))


def _page(
    request: AccountRequest, officer: Officer, opened: dict[str, str] | None = None, status: int = 200
) -> HttpResponse:
    viewer, today = request.user, timezone.localdate()
    knows = may_know_interests(viewer, officer)
    former = Certificate.objects.filter(officer=officer).exclude(superseded_at=None).select_related("territory")
    context: dict[str, Any] = {
        "officer": officer,
        "standing": standing_of(officer, today),
        "papers": [(c, paper(c, today)) for c in officer.certificates.all()],
        "former": former.order_by("-superseded_at"),
        "knows_interests": knows,
        "interests": list(officer.interests.all()) if knows else [],
        "keeps_interests": people.supervises(viewer, officer.body),
        "absences": [a for a in officer.absences.all() if a.last_day >= today],
        "is_away": any(a.first_day <= today <= a.last_day for a in officer.absences.all()),
        "loans": officer.loans.filter(returned_at=None).select_related("instrument"),
        "visits": visits_gone_on(officer.account_id, today.year) if officer.account_id else 0,
        "numbers": {
            "id_number": masked_number(officer.id_number, 3, 2),
            "phone": masked_number(officer.phone),
        } | (opened or {}),
        "opened": bool(opened),
        "can_write": viewer.role in REGISTRARS,
        "today": today,
    }  # fmt: skip
    response = render(request, "people/officer.html", context, status=status)
    if opened:
        response["Cache-Control"] = "no-store"
    return response


@require_http_methods(["GET", "POST"])
@registrars
def new(request: AccountRequest) -> HttpResponse:
    """Register a person."""
    form = OfficerForm(request.user, bound(request))

    def save(_values: dict[str, Any]) -> str:
        officer = people.save_officer(Officer(), form.values(), actor=request.user, at=timezone.now())
        return reverse("officer", args=[officer.pk])

    return enter(request, form, save, title=_("登记人员"), here="people", crumbs=above())


@require_http_methods(["GET", "POST"])
@registrars
def edit(request: AccountRequest, pk: int) -> HttpResponse:
    """Change a person."""
    officer = found_officer(request.user, pk)
    form = OfficerForm(request.user, bound(request), officer=officer)

    def save(_values: dict[str, Any]) -> str:
        people.save_officer(officer, form.values(), actor=request.user, at=timezone.now())
        return reverse("officer", args=[officer.pk])

    name = officer.name
    return enter(request, form, save, title=_("修改 %(name)s") % {"name": name}, here="people", crumbs=above(officer))


@require_POST
@registrars
def reveal(request: AccountRequest, pk: int) -> HttpResponse:
    """Open one masked number for a stated purpose; who did so is in the audit chain. Never kept by the browser."""
    officer, field = found_officer(request.user, pk), request.POST.get("field", "")
    try:
        purpose = request.POST.get("purpose", "")
        value = people.reveal(officer, field, actor=request.user, purpose=purpose, at=timezone.now())
    except InvalidValues as error:
        messages.error(request, str(error))
        return _page(request, officer, status=422)
    except RegistryError as error:
        messages.error(request, str(error))
        return HttpResponseRedirect(reverse("officer", args=[pk]))
    return _page(request, officer, {field: value or _("没有登记")})
