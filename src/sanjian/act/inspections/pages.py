"""Officers' pages of codes: my tasks, asking for a code, the code with its QR."""

import io
from typing import Any

import segno
from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from sanjian.act.clues import queries as clues
from sanjian.act.clues.models import Clue
from sanjian.act.clues.services import ClueError
from sanjian.base.identity.gates import casework, only
from sanjian.base.identity.models import Role
from sanjian.base.identity.requests import AccountRequest
from sanjian.base.registry.models import InspectionObject

from . import queries
from .forms import IssueForm
from .models import InspectionCode
from .rules.codes import Kind, Status
from .services import codes
from .services.errors import InspectionError
from .services.facts import Application

RECENT = 30
CHOICES = 20


@require_GET
@casework
def tasks(request: AccountRequest) -> HttpResponse:
    """What this person has to do: clues that wait, codes to use, and the visits of the district."""
    now = timezone.now()
    is_officer = request.user.role == Role.ENFORCER
    context = {
        "is_officer": is_officer,
        "clues": clues.my_tasks(request.user, now)[:RECENT] if is_officer else [],
        "mine": queries.my_codes(request.user) if is_officer else [],
        "recent": queries.recent_codes(request.user)[:RECENT],
        "now": now,
    }
    return render(request, "inspections/tasks.html", context)


@require_http_methods(["GET", "POST"])
@only(Role.ENFORCER)
def issue(request: AccountRequest) -> HttpResponse:
    """Ask for a code: for a clue (?clue=), or for an object (?object=) that is looked up first."""
    clue = clues.clue_page(request.user, request.GET["clue"]) if request.GET.get("clue") else None
    if clue:
        target: InspectionObject = clue.inspection_object
    elif request.GET.get("clue"):
        raise Http404
    elif request.GET.get("object", "").isdigit():
        target = get_object_or_404(queries.objects_for(request.user), id=request.GET["object"])
    else:
        return _choose_object(request)
    now = timezone.now()
    form = IssueForm(
        target, request.user, now, request.POST or None, reason=clue.title if clue else "", clue=clue is not None
    )
    context: dict[str, Any] = {"form": form, "clue": clue, "target": target, "refused": None}
    if request.method == "POST" and form.is_valid():
        try:
            code = codes.issue_code(
                _application(form, target, clue), request.user, now=now, request_key=form.cleaned_data["request_key"]
            )
        except (InspectionError, ClueError) as error:
            form.add_error(None, error.message)
        else:
            if code.status != Status.REFUSED:
                messages.success(request, _("已出具检查码"))
                return HttpResponseRedirect(code.get_absolute_url())
            # A refused application is kept; the next try of the same page is a new one.
            fresh = request.POST.copy()
            fresh["request_key"] = form.initial["request_key"]
            form.data = fresh
            context["refused"] = code
    status = 422 if request.method == "POST" else 200
    return render(request, "inspections/issue.html", context, status=status)


def _choose_object(request: AccountRequest) -> HttpResponse:
    text = request.GET.get("q", "").strip()
    found = queries.objects_for(request.user).select_related("district")
    if text:
        found = found.filter(name__icontains=text) | found.filter(credit_code__istartswith=text)
    return render(request, "inspections/choose_object.html", {"objects": found[:CHOICES], "q": text})


def _application(form: IssueForm, target: InspectionObject, clue: Clue | None) -> Application:
    given = form.cleaned_data
    return Application(
        kind=Kind(given["kind"]),
        inspection_object=target,
        items=list(given["items"]),
        officers=list(given["officers"]),
        window_from=given["window_from"],
        window_to=given["window_to"],
        mode=given["mode"],
        plan_no=given["plan_no"],
        clue=clue,
        reason=given["reason"],
        on_site_reason=given["on_site_reason"],
    )


@require_GET
def code(request: AccountRequest, code_id: str) -> HttpResponse:
    """The code with its QR, to be shown at the gate."""
    found = _found(request, code_id)
    now = timezone.now()
    context = {
        "code": found,
        "now": now,
        "items": found.items.all(),
        "public_url": queries.public_url(found),
        "goes": any(o.account_id == request.user.id for o in found.officers.all()),
        "is_expired": found.is_expired(now),
        "visit": queries.visit_page(request.user, code_id),
        "needs_approval": found.kind == Kind.EMERGENCY and found.approver_id is None,
        "is_irregular": codes.is_irregular(found, now),
    }
    return render(request, "inspections/code.html", context)


@require_GET
def qr(request: AccountRequest, code_id: str) -> HttpResponse:
    """The QR as SVG: the public address with an opaque id and a short seal, no personal data."""
    out = io.BytesIO()
    address = queries.public_url(_found(request, code_id))
    segno.make(address, error="m", micro=False).save(out, kind="svg", scale=6, border=4, xmldecl=False, nl=False)
    response = HttpResponse(out.getvalue(), content_type="image/svg+xml")
    response["Cache-Control"] = "private, no-store"
    return response


@require_POST
@only(Role.ENFORCER)
def cancel(request: AccountRequest, code_id: str) -> HttpResponse:
    """Give the code back with a reason."""
    found, reason = _found(request, code_id), request.POST.get("reason", "")
    now = timezone.now()
    _tell(request, lambda: codes.cancel_code(found, request.user, reason=reason, now=now), _("检查码已取消"))
    return HttpResponseRedirect(found.get_absolute_url())


@require_POST
@only(Role.SUPERVISOR)
def approve(request: AccountRequest, code_id: str) -> HttpResponse:
    """Approve an emergency visit afterwards."""
    found = _found(request, code_id)
    _tell(request, lambda: codes.approve_late(found, request.user, now=timezone.now()), _("已补批"))
    return HttpResponseRedirect(found.get_absolute_url())


def _found(request: AccountRequest, code_id: str) -> InspectionCode:
    found = queries.code_page(request.user, code_id)
    if found is None:
        raise Http404
    return found


def _tell(request: AccountRequest, act: Any, done: str) -> None:
    """Do something and say how it went."""
    try:
        act()
    except (InspectionError, ClueError) as error:
        messages.error(request, error.message)
    else:
        messages.success(request, done)
