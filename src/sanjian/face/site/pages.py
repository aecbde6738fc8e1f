"""Pages that belong to no capability: search and health."""

from django.contrib.auth.decorators import login_not_required
from django.db import DatabaseError, connection
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from sanjian.base.identity.requests import AccountRequest

from .search import find


@require_safe
def search(request: AccountRequest) -> HttpResponse:
    """The palette's results, and the same as a page."""
    text = request.GET.get("q", "")[:80]
    found = {"q": text, "kinds": find(request.user, text)}
    template = "site/search.html#results" if request.headers.get("HX-Request") else "site/search.html"
    response = render(request, template, found)
    response["Vary"] = "HX-Request"
    return response


@login_not_required
@require_safe
def healthz(_request: HttpRequest) -> JsonResponse:
    """Whether this process can serve: 200 with the database reachable, 503 without."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError:
        return JsonResponse({"status": "failed", "database": False}, status=503)
    return JsonResponse({"status": "ok", "database": True})
