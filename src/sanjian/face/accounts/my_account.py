"""我的账号: who I am here, my password, where I am logged in."""

from datetime import timedelta

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from sanjian.base.identity import passwords, second_factor, sessions
from sanjian.base.identity.models import AccountSession, OneTimeSecret
from sanjian.base.identity.requests import AccountRequest
from sanjian.base.registry.models import InspectionObject

from .forms import PasswordForm

IDLE = timedelta(seconds=settings.SESSION_COOKIE_AGE)


@require_safe
@never_cache
def account(request: AccountRequest) -> HttpResponse:
    """Profile, second factors, sessions."""
    me = request.user
    standing = list(sessions.living(me, timezone.now()))
    used = sessions.last_used(standing, IDLE)
    own = InspectionObject.objects.filter(pk=me.inspection_object_id).first() if me.inspection_object_id else None
    facts = {
        "own_object": own,
        "sessions": [
            (row, used.get(row.session_key), row.session_key == request.session.session_key) for row in standing
        ],
        "one_time": OneTimeSecret.objects.filter(account=me, confirmed_at__isnull=False).first(),
        "passkeys": list(me.passkeys.all()),
        "codes_left": second_factor.remaining_codes(me),
        "policy": second_factor.policy(me),
        "has_factor": second_factor.has_factor(me),
        "how_words": dict(AccountSession.How.choices),
    }
    return render(request, "accounts/account.html", facts)


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@sensitive_post_parameters()
def password(request: AccountRequest) -> HttpResponse:
    """Change the password; every other session ends."""
    me = request.user
    form = PasswordForm(me, request.POST if request.method == "POST" else None)
    if form.is_valid():
        was_handed_over = me.must_change_password
        ended = passwords.change(
            me, form.cleaned_data["new"], keep_session=request.session.session_key, at=timezone.now()
        )
        _keep_session(request)
        said = ngettext("密码已修改，其他 %(n)d 处登录已退出", "密码已修改，其他 %(n)d 处登录已退出", ended) % {
            "n": ended
        }
        messages.success(request, said)
        return redirect("today" if was_handed_over else "account")
    return render(request, "accounts/password.html", {"form": form}, status=422 if form.is_bound else 200)


@require_POST
def sessions_end(request: AccountRequest) -> HttpResponse:
    """End one other session, or all others."""
    me, now = request.user, timezone.now()
    pk = request.POST.get("session", "")
    if pk.isdigit():
        ended = sessions.end_one(me, int(pk), at=now)
    else:
        ended = sessions.end_others(me, keep=request.session.session_key, actor=me, reason="本人结束其他登录", at=now)
    messages.success(request, ngettext("已退出 %(n)d 处登录", "已退出 %(n)d 处登录", ended) % {"n": ended})
    return redirect("account")


def _keep_session(request: AccountRequest) -> None:
    """This session goes on under its new key, and stays the same row of the list."""
    before = request.session.session_key
    update_session_auth_hash(request, request.user)
    request.session.save()
    AccountSession.objects.filter(session_key=before).update(session_key=request.session.session_key)
