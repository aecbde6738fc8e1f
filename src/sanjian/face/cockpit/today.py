"""今日: what I must do now, what is late, what changed since yesterday."""

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from sanjian.base.identity.requests import AccountRequest

from .agenda import agenda


@require_safe
def page(request: AccountRequest) -> HttpResponse:
    """The first page after log-in."""
    sections = agenda(request.user, timezone.now())
    return render(
        request,
        "cockpit/today.html",
        {"main": [s for s in sections if not s.is_aside], "aside": [s for s in sections if s.is_aside]},
    )
