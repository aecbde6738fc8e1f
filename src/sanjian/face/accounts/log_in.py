"""Logging in and out: password, second step, passkey, and proving oneself again before a sensitive act."""

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import authenticate, logout
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from sanjian.base.identity import lock_out, passkeys, second_factor, sessions
from sanjian.base.identity.models import Account, Passkey
from sanjian.base.identity.requests import AccountRequest

from . import entering
from .entering import HOW
from .forms import CodeForm, LogInForm

METHODS = require_http_methods(["GET", "HEAD", "POST"])


@login_not_required
@never_cache
@METHODS
@sensitive_post_parameters("password")
def log_in(request: HttpRequest) -> HttpResponse:
    """Name and password. Whether an account exists, is closed or has another password looks the same from outside."""
    back = request.POST.get("next") or request.GET.get("next", "")
    if isinstance(request.user, Account):
        return HttpResponseRedirect(entering.safe_next(request, back))
    form = LogInForm(request.POST if request.method == "POST" else None)
    status = 200
    if form.is_valid():
        account, said, status = _by_password(request, form.cleaned_data["username"], form.cleaned_data["password"])
        if account:
            return entering.proceed(request, account, HOW.PASSWORD, back)
        form.add_error(None, said)
    elif form.is_bound:
        status = 422
    facts = {"form": form, "next": back, "has_sso": bool(settings.OIDC_RP_CLIENT_ID)}
    return render(request, "registration/login.html", facts, status=status)


@login_not_required
@never_cache
@METHODS
@sensitive_post_parameters("code")
def second_step(request: HttpRequest) -> HttpResponse:
    """The code of the app, a recovery code, or a passkey, by whoever has just given the right password."""
    waiting = entering.pending(request)
    if waiting is None:
        messages.info(request, _("登录已过期，请重新输入密码"))
        return HttpResponseRedirect(entering.with_next("login", request.GET.get("next", "")))
    account, back = waiting
    form = CodeForm(request.POST if request.method == "POST" else None)
    status = 200
    if form.is_valid():
        how, said = _by_code(request, account, form.cleaned_data["code"])
        if how:
            return entering.enter(request, account, how, back)
        form.add_error("code", said)
    if form.is_bound:
        status = 422
    facts = {"form": form, "next": back, "has_passkey": Passkey.objects.filter(account=account).exists()}
    return render(request, "accounts/second_step.html", facts, status=status)


@login_not_required
@never_cache
@require_POST
def passkey_options(request: HttpRequest) -> HttpResponse:
    """What the browser needs to use a passkey: of the person known so far, or of anybody."""
    waiting = entering.pending(request)
    known = request.user if isinstance(request.user, Account) else waiting[0] if waiting else None
    return HttpResponse(passkeys.log_in_options(known, request.session), content_type="application/json")


@login_not_required
@never_cache
@require_POST
def passkey_log_in(request: HttpRequest) -> HttpResponse:
    """Log in with a passkey: as second step, or with nothing else, because it asks for finger or PIN itself."""
    waiting, now = entering.pending(request), timezone.now()
    expected, back = waiting if waiting else (None, request.POST.get("next", ""))
    try:
        account = passkeys.check(request.session, request.POST.get("answer", ""), account=expected, at=now)
        until = lock_out.locked_until(account.username, now)
    except passkeys.PasskeyRefused as error:
        if expected:
            lock_out.failed(expected.username, why=lock_out.WRONG_PASSKEY, ip=entering.ip_of(request), at=now)
        else:
            lock_out.refused(lock_out.WRONG_PASSKEY, ip=entering.ip_of(request), at=now)
        messages.error(request, str(error))
        return HttpResponseRedirect(entering.with_next("second_step" if expected else "login", back))
    if until or not account.is_active:
        messages.error(request, _closed(until) if until else _("账号或密码不对，或账号未启用"))
        return HttpResponseRedirect(entering.with_next("login", back))
    return entering.enter(request, account, HOW.PASSKEY, back)


@login_not_required
@require_POST
def log_out(request: HttpRequest) -> HttpResponse:
    """End this session."""
    if isinstance(request.user, Account):
        sessions.left(request.session.session_key, request.user, timezone.now())
    logout(request)
    return HttpResponseRedirect(entering.with_next("login", ""))


@never_cache
@METHODS
@sensitive_post_parameters("proof")
def confirm(request: AccountRequest) -> HttpResponse:
    """Prove oneself again: password, code or passkey. Wrong ones count towards the lock-out."""
    back = request.POST.get("next") or request.GET.get("next", "")
    account, now, said, status = request.user, timezone.now(), "", 200
    if request.method == "POST":
        until = lock_out.locked_until(account.username, now)
        if until:
            said, status = _closed(until), 429
        elif _proves(request, account):
            sessions.prove(request.session, now)
            lock_out.succeeded(account)
            return HttpResponseRedirect(entering.safe_next(request, back))
        else:
            until = lock_out.failed(account.username, why=lock_out.WRONG_PASSWORD, ip=entering.ip_of(request), at=now)
            said, status = (_closed(until), 429) if until else (_("没有通过，请再试"), 422)
    facts = {
        "next": back,
        "said": said,
        "has_passkey": Passkey.objects.filter(account=account).exists(),
        "has_code": second_factor.has_factor(account),
    }
    return render(request, "accounts/confirm.html", facts, status=status)


def _proves(request: AccountRequest, account: Account) -> bool:
    answer, proof, now = request.POST.get("answer", ""), request.POST.get("proof", ""), timezone.now()
    if answer:
        try:
            return passkeys.check(request.session, answer, account=account, at=now).pk == account.pk
        except passkeys.PasskeyRefused:
            return False
    return bool(proof) and (account.check_password(proof) or second_factor.check_code(account, proof, now))


def _by_password(request: HttpRequest, username: str, password: str) -> tuple[Account | None, str, int]:
    """The account of a right password; otherwise what to say and with which status."""
    now = timezone.now()
    until = lock_out.locked_until(username, now)
    if until:
        return None, _closed(until), 429
    account = authenticate(request, username=username, password=password)
    if isinstance(account, Account):
        return account, "", 200
    until = lock_out.failed(username, why=lock_out.WRONG_PASSWORD, ip=entering.ip_of(request), at=now)
    return (None, _closed(until), 429) if until else (None, _("账号或密码不对，或账号未启用"), 422)


def _by_code(request: HttpRequest, account: Account, code: str) -> tuple[str, str]:
    """How the second step was taken; otherwise "" and what to say."""
    now = timezone.now()
    until = lock_out.locked_until(account.username, now)
    if until:
        return "", _closed(until)
    if second_factor.check_code(account, code, now):
        return HOW.ONE_TIME, ""
    if second_factor.use_recovery_code(account, code, now):
        messages.info(request, _("恢复码已用掉一个，还剩 %(n)d 个") % {"n": second_factor.remaining_codes(account)})
        return HOW.RECOVERY, ""
    until = lock_out.failed(account.username, why=lock_out.WRONG_CODE, ip=entering.ip_of(request), at=now)
    return "", _closed(until) if until else _("口令不对或已用过；每个口令只能用一次，请等下一个")


def _closed(until: object) -> str:
    return _("尝试次数过多，请在 %(time)s 之后再试，或联系安全管理员") % {
        "time": f"{timezone.localtime(until):%H:%M}"  # type: ignore[arg-type]
    }
