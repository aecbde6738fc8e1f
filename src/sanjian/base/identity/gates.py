"""Which roles a page exists for. For everybody else it does not exist: 404, so that nobody learns what they may not
open.
"""

from collections.abc import Callable
from functools import wraps
from typing import Any
from urllib.parse import urlencode, urlsplit

from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils import timezone

from . import sessions
from .models import ADMINISTRATOR_ROLES, OFFICIAL_ROLES, REGULATED_ROLES, Role
from .requests import AccountRequest

CASEWORK = OFFICIAL_ROLES | REGULATED_ROLES | {Role.AUDITOR}
KEEPERS = ADMINISTRATOR_ROLES
REGISTER_READERS = OFFICIAL_ROLES | {Role.AUDITOR}
SCORE_READERS = OFFICIAL_ROLES | ADMINISTRATOR_ROLES
"""Who reads how good the rules are: those who act on them, and those who keep them running."""
REGISTRARS = frozenset({Role.SUPERVISOR})
"""Who keeps the base registries: supervisors, each within their district."""
CONSOLE = frozenset({Role.MONITOR, Role.SUPERVISOR, Role.DISTRICT})
"""Who has commands sent to devices: neither the regulated nor enforcement; `sensing.sending` says who sends what."""

Page = Callable[..., HttpResponseBase]


def only(*roles: str) -> Callable[[Page], Page]:
    """A page for these roles."""

    def gate(page: Page) -> Page:
        @wraps(page)
        def gated(request: AccountRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            if request.user.role not in roles:
                raise Http404
            return page(request, *args, **kwargs)

        return gated

    return gate


casework = only(*CASEWORK)
keepers = only(*KEEPERS)
register_readers = only(*REGISTER_READERS)
registrars = only(*REGISTRARS)


def fresh_login_required(page: Page) -> Page:
    """A sensitive act: whoever showed who they are longer than ten minutes ago is asked again, and then comes back.

    A form that was sent is not kept: the person returns to the page that it was on.
    """

    @wraps(page)
    def asked(request: AccountRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if sessions.is_fresh(request.session, timezone.now()):
            return page(request, *args, **kwargs)
        back = request.get_full_path() if request.method in {"GET", "HEAD"} else _page_before(request)
        address = f"{reverse('confirm')}?{urlencode({'next': back})}"
        if request.headers.get("HX-Request"):
            return HttpResponse(status=204, headers={"HX-Redirect": address})
        return HttpResponseRedirect(address)

    return asked


def _page_before(request: AccountRequest) -> str:
    """Path of the page that a form was on; the start page when the browser does not say."""
    parts = urlsplit(request.headers.get("Referer", ""))
    if parts.netloc != request.get_host():
        return "/"
    return f"{parts.path}?{parts.query}" if parts.query else parts.path
