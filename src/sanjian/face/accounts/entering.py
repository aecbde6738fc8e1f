"""From proving who one is to being in: the one way that password, passkey and single sign-on share.

Steps: the first proof; a second one when the account has a second factor (a passkey is both at once: it asks for the
finger or the PIN); then the session. What is half done waits in the session for five minutes.
"""

from ipaddress import ip_address
from typing import Any

from django.contrib.auth import login
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme, urlencode

from sanjian.base.identity import lock_out, second_factor, sessions
from sanjian.base.identity.models import Account, AccountSession

from .gatekeeper import MUST_ENROL

PENDING = "pending"
PENDING_S = 300
BACKEND = "django.contrib.auth.backends.ModelBackend"
_BROWSERS = (("Edg/", "Edge"), ("Firefox/", "Firefox"), ("Chrome/", "Chrome"), ("Safari/", "Safari"))
_SYSTEMS = (
    ("Android", "Android"), ("iPhone", "iPhone"), ("iPad", "iPad"), ("Windows", "Windows"), ("Mac OS X", "macOS"),
    ("Linux", "Linux"),
)  # fmt: skip


def proceed(request: HttpRequest, account: Account, how: str, back: str) -> HttpResponse:
    """After the first proof: ask for the second, or let the person in."""
    if not second_factor.is_asked(account):
        return enter(request, account, how, back)
    request.session[PENDING] = {"pk": account.pk, "at": timezone.now().timestamp(), "next": back}
    return HttpResponseRedirect(reverse("second_step"))


def pending(request: HttpRequest) -> tuple[Account, str] | None:
    """Who waits for the second step, and where they want to go; None when nobody does, or for too long."""
    waiting: dict[str, Any] = request.session.get(PENDING) or {}
    if not waiting or timezone.now().timestamp() - waiting["at"] > PENDING_S:
        return None
    account = Account.objects.filter(pk=waiting["pk"], is_active=True).first()
    return (account, waiting["next"]) if account else None


def enter(request: HttpRequest, account: Account, how: str, back: str) -> HttpResponse:
    """Open the session. Where the role asks for a second factor and there is none, setting it up comes first."""
    now = timezone.now()
    request.session.pop(PENDING, None)
    login(request, account, backend=BACKEND)
    sessions.begin(request.session, account, how=how, ip=ip_of(request), device=device_of(request), at=now)
    lock_out.succeeded(account)
    if second_factor.must_enrol(account):
        request.session[MUST_ENROL] = True
    return HttpResponseRedirect(safe_next(request, back))


def safe_next(request: HttpRequest, back: str) -> str:
    """An address of this site, the start page otherwise."""
    hosts = {request.get_host()}
    is_ours = url_has_allowed_host_and_scheme(back, allowed_hosts=hosts, require_https=request.is_secure())
    return back if back and is_ours else reverse("today")


def with_next(name: str, back: str) -> str:
    """Address of a page that leads on to another."""
    return f"{reverse(name)}?{urlencode({'next': back})}" if back else reverse(name)


def ip_of(request: HttpRequest) -> str | None:
    """The client's address, None when the server does not know it."""
    try:
        return str(ip_address(request.META.get("REMOTE_ADDR", "")))
    except ValueError:
        return None


def device_of(request: HttpRequest) -> str:
    """Browser and system in two words, enough for a person to know their own devices."""
    agent = request.headers.get("User-Agent", "")
    words = [next((name for mark, name in marks if mark in agent), "") for marks in (_BROWSERS, _SYSTEMS)]
    return " · ".join(w for w in words if w) or agent[:60]


HOW = AccountSession.How
