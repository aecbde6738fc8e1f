"""统一认证: log in through the city's OpenID Connect provider. It says who somebody is, never what they may do: the
account must exist, be open, and be bound to that person. State, nonce and PKCE are on; the ID token's signature,
issuer, audience and times are checked. Without a configured client id these addresses do not exist.
"""

from typing import Any

import jwt
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import SuspiciousOperation
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from mozilla_django_oidc.auth import OIDCAuthenticationBackend
from mozilla_django_oidc.views import OIDCAuthenticationCallbackView, OIDCAuthenticationRequestView
from requests.exceptions import RequestException

from sanjian.base.identity import lock_out
from sanjian.base.identity.models import Account

from . import entering
from .entering import HOW


class CityBackend(OIDCAuthenticationBackend):  # type: ignore[misc]
    """Maps a verified ID token to the account that is bound to its claim."""

    def _verify_jws(self, payload: str, key: Any) -> dict[str, Any]:
        """The claims of an ID token meant for us, from our issuer, still in time."""
        try:
            claims: dict[str, Any] = jwt.decode(
                payload, key, algorithms=[settings.OIDC_RP_SIGN_ALGO], audience=settings.OIDC_RP_CLIENT_ID,
                issuer=settings.OIDC_OP_ISSUER, leeway=60, options={"require": ["exp", "iat", "iss", "aud", "sub"]},
            )  # fmt: skip
        except jwt.PyJWTError as error:
            raise SuspiciousOperation("ID token refused") from error
        return claims

    def get_userinfo(self, access_token: str, id_token: str, payload: dict[str, Any]) -> dict[str, Any]:  # noqa: ARG002
        """What the signed token says is enough."""
        return payload

    def verify_claims(self, claims: dict[str, Any]) -> bool:
        """The claim that names the person must be there."""
        return bool(claims.get(settings.OIDC_SUBJECT_CLAIM))

    def filter_users_by_claims(self, claims: dict[str, Any]) -> Any:
        """The open account that is bound to this person."""
        return Account.objects.filter(sso_subject=str(claims[settings.OIDC_SUBJECT_CLAIM]), is_active=True)


@method_decorator([login_not_required, never_cache], name="dispatch")
class Start(OIDCAuthenticationRequestView):  # type: ignore[misc]
    """Send the person to the provider."""

    def get(self, request: HttpRequest) -> HttpResponse:
        """Off means that the address does not exist."""
        return _only_if_on(super().get, request)


@method_decorator([login_not_required, never_cache], name="dispatch")
class Callback(OIDCAuthenticationCallbackView):  # type: ignore[misc]
    """The person comes back with a code."""

    def get(self, request: HttpRequest) -> HttpResponse:
        """Exchange the code and log in; whatever is wrong ends at the log-in page with a word about it."""
        return _only_if_on(self._exchanged, request)

    def _exchanged(self, request: HttpRequest) -> HttpResponse:
        try:
            return super().get(request)  # type: ignore[no-any-return]
        except (SuspiciousOperation, RequestException, KeyError, ValueError):
            return self.login_failure()

    def login_success(self) -> HttpResponse:
        """In by the same way as everybody, second factor included."""
        back = self.request.session.pop("oidc_login_next", None) or ""
        return entering.proceed(self.request, self.user, HOW.SSO, back)

    def login_failure(self) -> HttpResponse:
        """Back to the log-in page."""
        lock_out.refused(lock_out.SSO_REFUSED, ip=entering.ip_of(self.request), at=timezone.now())
        messages.error(self.request, _("统一认证没有通过，或您在本平台没有启用的账号。请联系安全管理员绑定账号"))
        return HttpResponseRedirect(entering.with_next("login", ""))


def _only_if_on(get: Any, request: HttpRequest) -> HttpResponse:
    if not settings.OIDC_RP_CLIENT_ID:
        raise Http404
    return get(request)  # type: ignore[no-any-return]
