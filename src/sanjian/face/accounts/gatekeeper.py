"""What a logged-in person has to do before anything else: log in anew after a working day, change a password that
somebody handed them, set up the second factor that their role asks for.
"""

from typing import Any

from django.contrib import messages
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.deprecation import MiddlewareMixin
from django.utils.translation import gettext as _

from sanjian.base.identity import sessions
from sanjian.base.identity.models import Account

MUST_ENROL = "must_enrol"
"""Set in the session at log-in, taken away when a factor is there."""
ALWAYS = {"logout", "set_language", "appearance", "healthz", "confirm"}
TO_CHANGE = {"password"}
TO_ENROL = {"authenticator", "passkey_new", "passkey_new_options"}


class Gatekeeper(MiddlewareMixin):
    """Stands behind LoginRequiredMiddleware; costs no query."""

    def process_view(self, request: HttpRequest, *_args: Any) -> HttpResponse | None:
        """Send the person where they must go first, or let them through."""
        viewer = request.user
        if not isinstance(viewer, Account):
            return None
        if sessions.is_over(request.session, timezone.now()):
            logout(request)
            messages.info(request, _("登录已满 12 小时，请重新登录"))
            return _go(request, f"{reverse('login')}")
        name = request.resolver_match.url_name if request.resolver_match else ""
        if name in ALWAYS:
            return None
        if viewer.must_change_password:
            return None if name in TO_CHANGE else _go(request, reverse("password"))
        if request.session.get(MUST_ENROL):
            return None if name in TO_ENROL else _go(request, reverse("authenticator"))
        return None


def _go(request: HttpRequest, address: str) -> HttpResponse:
    if request.headers.get("HX-Request"):
        return HttpResponse(status=204, headers={"HX-Redirect": address})
    if "text/event-stream" in request.headers.get("Accept", ""):
        return HttpResponse(status=204)  # "no more events": a browser that is redirected would ask again and again
    return HttpResponseRedirect(address)
