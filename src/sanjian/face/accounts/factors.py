"""Second factors of one's own account: authenticator app, passkeys, recovery codes. Each change asks who one is."""

import segno
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from sanjian.base.identity import passkeys, second_factor
from sanjian.base.identity.gates import fresh_login_required
from sanjian.base.identity.models import OneTimeSecret
from sanjian.base.identity.requests import AccountRequest

from .forms import CodeForm
from .gatekeeper import MUST_ENROL


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@fresh_login_required
def authenticator(request: AccountRequest) -> HttpResponse:
    """Set up an authenticator app: scan, then type a first code. It counts only from then on."""
    me, now = request.user, timezone.now()
    if OneTimeSecret.objects.filter(account=me, confirmed_at__isnull=False).exists():
        messages.info(request, _("动态口令已经启用；换手机请先移除再重新设置"))
        return redirect("account")
    row = second_factor.offer_secret(me, now)
    form = CodeForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        if second_factor.confirm_secret(me, form.cleaned_data["code"], now):
            request.session.pop(MUST_ENROL, None)
            return _with_codes(request)
        form.add_error("code", _("口令不对：请核对手机时间是否准确，再输入当前显示的 6 位数字"))
    picture = segno.make(second_factor.address(row), error="m").svg_data_uri(
        scale=5, border=2, dark="#16202A", light="#FFFFFF"
    )
    facts = {
        "form": form,
        "picture": picture,
        "secret": " ".join(row.secret[i : i + 4] for i in range(0, len(row.secret), 4)),
        "must": bool(request.session.get(MUST_ENROL)),
    }
    return render(request, "accounts/authenticator.html", facts, status=422 if form.is_bound else 200)


@require_POST
@fresh_login_required
def authenticator_remove(request: AccountRequest) -> HttpResponse:
    """Take the app away; not the last factor where the role asks for one."""
    me = request.user
    if second_factor.policy(me) == "required" and not me.passkeys.exists():
        messages.error(request, _("您的角色必须有第二重验证：请先添加通行密钥，再移除动态口令"))
    elif second_factor.remove_secret(me, timezone.now()):
        messages.success(request, _("动态口令已移除"))
    return redirect("account")


@require_POST
@never_cache
@fresh_login_required
def recovery_codes(request: AccountRequest) -> HttpResponse:
    """Fresh recovery codes, shown once."""
    return _with_codes(request)


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@fresh_login_required
def passkey_new(request: AccountRequest) -> HttpResponse:
    """Add a passkey: the browser makes it, the form brings it."""
    status = 200
    if request.method == "POST":
        name, answer = request.POST.get("name", ""), request.POST.get("answer", "")
        try:
            passkeys.register(request.user, request.session, answer, name=name, at=timezone.now())
        except passkeys.PasskeyRefused as error:
            messages.error(request, str(error))
            status = 422
        else:
            request.session.pop(MUST_ENROL, None)
            messages.success(request, _("通行密钥已添加，下次可以用它直接登录"))
            return redirect("account") if second_factor.remaining_codes(request.user) else _with_codes(request)
    return render(request, "accounts/passkey_new.html", {"name": request.POST.get("name", "")}, status=status)


@require_POST
@never_cache
@fresh_login_required
def passkey_new_options(request: AccountRequest) -> HttpResponse:
    """What the browser needs to make a passkey."""
    return HttpResponse(passkeys.registration_options(request.user, request.session), content_type="application/json")


@require_POST
@fresh_login_required
def passkey_remove(request: AccountRequest, pk: int) -> HttpResponse:
    """Take one passkey away; not the last factor where the role asks for one."""
    me = request.user
    has_app = OneTimeSecret.objects.filter(account=me, confirmed_at__isnull=False).exists()
    if second_factor.policy(me) == "required" and not has_app and me.passkeys.count() <= 1:
        messages.error(request, _("您的角色必须有第二重验证：请先设置另一种，再移除这个通行密钥"))
    elif passkeys.remove(me, pk, timezone.now()):
        messages.success(request, _("通行密钥已移除"))
    return redirect("account")


def _with_codes(request: AccountRequest) -> HttpResponse:
    codes = second_factor.new_recovery_codes(request.user, timezone.now())
    return render(request, "accounts/recovery_codes.html", {"codes": codes})
