"""Which roles a page exists for. For everybody else it does not exist: 404, so that nobody learns what they may not
open.
"""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import Http404
from django.http.response import HttpResponseBase

from .models import ADMINISTRATOR_ROLES, OFFICIAL_ROLES, REGULATED_ROLES, Role
from .requests import AccountRequest

CASEWORK = OFFICIAL_ROLES | REGULATED_ROLES | {Role.AUDITOR}
KEEPERS = ADMINISTRATOR_ROLES
REGISTER_READERS = OFFICIAL_ROLES | {Role.AUDITOR}
REGISTRARS = frozenset({Role.SUPERVISOR})
"""Who keeps the base registries: supervisors, each within their district."""

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
