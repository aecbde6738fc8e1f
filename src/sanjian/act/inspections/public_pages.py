"""The page behind the QR code. No log-in: who holds the code may see what it says, and nothing more."""

from collections.abc import Callable
from datetime import datetime
from functools import wraps

from django.contrib.auth.decorators import login_not_required
from django.core.cache import cache
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from sanjian.base.evidence import signing

from . import queries
from .forms import RatingForm
from .models import InspectionCode
from .rules import codes
from .rules.codes import Status
from .services.errors import RatingError
from .services.ratings import rate as take_rating

GUESSES, PERIOD_S = 20, 600
"""Ours: wrong codes from one address in ten minutes before we stop answering. The seal alone has 80 bits."""


def _throttled(
    view: Callable[[HttpRequest, InspectionCode], HttpResponse],
) -> Callable[[HttpRequest, str], HttpResponse]:
    """Stop answering an address that only guesses; whoever holds a real code is never counted."""

    @wraps(view)
    def guarded(request: HttpRequest, code_id: str) -> HttpResponse:
        key = f"code-guesses:{request.META.get('REMOTE_ADDR', '')}"
        if cache.get(key, 0) >= GUESSES:
            return render(request, "inspections/public_unknown.html", {"is_throttled": True}, status=429)
        found = queries.public_code(code_id, request.GET.get("s", ""))
        if found is None:
            cache.add(key, 0, PERIOD_S)
            cache.incr(key)
            return render(request, "inspections/public_unknown.html", {"is_throttled": False}, status=404)
        return view(request, found)

    return guarded


@login_not_required
@never_cache
@require_GET
@_throttled
def show(request: HttpRequest, code: InspectionCode) -> HttpResponse:
    """What is checked, on what basis, by whom, until when; after the visit, what came of it."""
    return _page(request, code, RatingForm() if _can_rate(code) else None)


@login_not_required
@never_cache
@require_http_methods(["POST"])
@_throttled
def rate(request: HttpRequest, code: InspectionCode) -> HttpResponse:
    """Take a rating."""
    form = RatingForm(request.POST)
    if not form.is_valid():
        return _page(request, code, form, status=422)
    try:
        take_rating(code, score=form.cleaned_data["score"], comment=form.cleaned_data["comment"], now=timezone.now())
    except RatingError as error:
        form.add_error(None, error.message)
        return _page(request, code, form, status=422)
    return HttpResponseRedirect(f"{reverse('code:show', args=[code.code_id])}?s={queries.seal(code.code_id)}")


@login_not_required
@never_cache
@require_GET
def server_time(_request: HttpRequest) -> JsonResponse:
    """The server's time, for the stamp that a screenshot cannot fake."""
    return JsonResponse({"now": timezone.now().isoformat()})


@login_not_required
@require_GET
def public_key(_request: HttpRequest) -> HttpResponse:
    """The key with which anyone verifies a code's token without a network."""
    return HttpResponse(signing.public_key_pem(signing.signing_key()), content_type="application/x-pem-file")


def _can_rate(code: InspectionCode) -> bool:
    is_open = code.delivered_at is not None and timezone.now() - code.delivered_at <= codes.RATING_WINDOW
    return is_open and code.status == Status.RESULT_SENT


def _page(request: HttpRequest, code: InspectionCode, form: RatingForm | None, status: int = 200) -> HttpResponse:
    now = timezone.now()
    standing = _standing(code, now)
    visit = getattr(code, "inspection", None)
    context = {
        "code": code,
        "seal": queries.seal(code.code_id),
        "now": now,
        "standing": standing,
        "visit": visit if visit and visit.finished_at else None,
        "items": code.items.all(),
        "form": form,
    }
    return render(request, "inspections/public.html", context, status=status)


def _standing(code: InspectionCode, now: datetime) -> str:
    """How the code stands for someone at the gate: valid, early, in_use, over, expired or cancelled."""
    if code.is_expired(now):
        return "expired"
    if code.status == Status.CANCELLED:
        return "cancelled"
    if code.status == Status.IN_USE:
        return "in_use"
    if code.status == Status.ISSUED:
        return "valid" if now >= code.window_from else "early"
    return "over"
