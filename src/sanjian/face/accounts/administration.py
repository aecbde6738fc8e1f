"""账号管理: one administrator makes accounts, one says what each may do, one reads."""

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Q
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from sanjian.base.identity import accounts, lock_out, second_factor
from sanjian.base.identity.gates import fresh_login_required, keepers, only
from sanjian.base.identity.models import Account, AuditEntry, LockOut, Role
from sanjian.base.identity.requests import AccountRequest
from sanjian.base.registry.models import InspectionObject

from .forms import AccountForm, GrantForm, ReasonForm, SsoForm

PAGE_SIZE = 50
STATES = {"active": Q(is_active=True), "new": Q(role=""), "closed": Q(is_active=False) & ~Q(role="")}
PLAIN = ("activate", "close", "reset_password", "reset_factors")


@require_safe
@keepers
def account_list(request: AccountRequest) -> HttpResponse:
    """All accounts; filters are the address."""
    text, role, state = (request.GET.get(name, "") for name in ("q", "role", "state"))
    rows = Account.objects.select_related("district", "body").order_by("username")
    if text:
        rows = rows.filter(Q(username__icontains=text) | Q(display_name__icontains=text))
    if role in Role.values:
        rows = rows.filter(role=role)
    if state in STATES:
        rows = rows.filter(STATES[state])
    query = request.GET.copy()
    query.pop("page", None)
    facts = {
        "page": Paginator(rows, PAGE_SIZE).get_page(request.GET.get("page")),
        "q": text,
        "role": role,
        "state": state,
        "roles": Role.choices,
        "states": [("active", _("启用")), ("new", _("待授权")), ("closed", _("停用"))],
        "query": query.urlencode(),
        "may_create": accounts.may(request.user, "create"),
        "locked": LockOut.objects.filter(locked_until__gt=timezone.now()).count(),
    }
    return render(request, "accounts/list.html", facts)


@require_http_methods(["GET", "HEAD", "POST"])
@only(Role.OPERATOR)
@never_cache
@fresh_login_required
def account_new(request: AccountRequest) -> HttpResponse:
    """Make an account that may do nothing yet; its initial password is shown this once."""
    form = AccountForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        given = form.cleaned_data
        try:
            made, password = accounts.create(
                given["username"], given["display_name"], id_number=given["id_number"], actor=request.user,
                at=timezone.now(),
            )  # fmt: skip
        except accounts.AccountRefused as error:
            form.add_error(error.field or None, error.message)
        else:
            return render(request, "accounts/handed_over.html", {"account": made, "password": password, "is_new": True})
    return render(request, "accounts/new.html", {"form": form}, status=422 if form.is_bound else 200)


@require_safe
@keepers
@never_cache
def account_page(request: AccountRequest, pk: int) -> HttpResponse:
    """One account: who, what it may do, how secured, what happened to it. Each administrator sees their own acts."""
    return _page(request, _found(pk))


@require_POST
@keepers
@never_cache
@fresh_login_required
def account_act(request: AccountRequest, pk: int, act: str) -> HttpResponse:
    """One act of the life of an account."""
    account, actor, now = _found(pk), request.user, timezone.now()
    if act not in {"describe", "grant", "bind_sso", *PLAIN} or not accounts.may(actor, act):
        raise Http404
    form = _forms(account, act, request.POST)[act]
    if not form.is_valid():
        return _page(request, account, act, form)
    try:
        password = _do(act, account, form, actor, now)
    except accounts.AccountRefused as error:
        form.add_error(error.field if error.field in form.fields else None, error.message)
        account.refresh_from_db()
        return _page(request, account, act, form)
    if password:
        return render(request, "accounts/handed_over.html", {"account": account, "password": password})
    messages.success(request, _("已办理，并写入审计"))
    return redirect("account_page", pk)


@require_safe
@only(Role.SECURITY, Role.AUDITOR)
def lock_outs(request: AccountRequest) -> HttpResponse:
    """Names under which log-in fails, the closed ones first."""
    now = timezone.now()
    rows = list(LockOut.objects.select_related("account").order_by("-last_failed_at")[:200])
    rows.sort(key=lambda row: not (row.locked_until and row.locked_until > now))
    facts = {"rows": rows, "now": now, "may_unlock": accounts.may(request.user, "unlock"), "form": ReasonForm()}
    return render(request, "accounts/lock_outs.html", facts)


@require_POST
@only(Role.SECURITY)
@fresh_login_required
def unlock(request: AccountRequest, digest: str) -> HttpResponse:
    """Open a closed name before its time. Not one's own."""
    row, form = get_object_or_404(LockOut, pk=digest), ReasonForm(request.POST)
    if row.account_id == request.user.pk:
        messages.error(request, _("不能改自己的账号：请另一位管理员办理"))
    elif not form.is_valid():
        messages.error(request, _("请写明解锁的理由"))
    elif lock_out.unlock(row, actor=request.user, reason=form.cleaned_data["reason"], at=timezone.now()):
        messages.success(request, _("已解锁"))
    return redirect("lock_outs")


def _found(pk: int) -> Account:
    return get_object_or_404(Account.objects.select_related("district", "body"), pk=pk)


def _forms(account: Account, act: str, data: Any = None) -> dict[str, Any]:
    """The form of each act, prefixed by nothing: only the one that was sent gets the data."""

    def given(name: str) -> Any:
        return data if name == act else None

    return {
        "describe": AccountForm(given("describe"), account=account),
        "grant": GrantForm(given("grant"), account=account),
        "bind_sso": SsoForm(given("bind_sso"), initial={"sso_subject": account.sso_subject}),
        **{name: ReasonForm(given(name)) for name in PLAIN},
    }


def _do(act: str, account: Account, form: Any, actor: Account, now: Any) -> str:
    """Call the service of an act. Returns an initial password when there is one to hand over."""
    given, password = form.cleaned_data, ""
    if act == "describe":
        accounts.describe(
            account, display_name=given["display_name"], id_number=given["id_number"] or None, actor=actor, at=now
        )
    elif act == "grant":
        accounts.grant(account, form.grant(), actor=actor, reason=given["reason"], at=now)
    elif act == "bind_sso":
        accounts.bind_sso(account, given["sso_subject"], actor=actor, reason=given["reason"], at=now)
    else:
        done = getattr(accounts, act)(account, actor=actor, reason=given["reason"], at=now)
        password = done if act == "reset_password" else ""
    return password


def _page(request: AccountRequest, account: Account, act: str = "", form: Any = None) -> HttpResponse:
    forms = _forms(account, "")
    if form is not None:
        forms[act] = form
    allowed = {name: f for name, f in forms.items() if accounts.may(request.user, name)}
    allowed.pop("activate" if account.is_active else "close", None)
    if account.pk == request.user.pk:
        allowed = {}
    trail = AuditEntry.objects.filter(record_kind="account", record_id=str(account.pk)).order_by("-seq")
    own = InspectionObject.objects.filter(pk=account.inspection_object_id or 0).first()
    facts = {
        "account": account,
        "own_object": own,
        "forms": allowed,
        "failed": act,
        "is_self": account.pk == request.user.pk,
        "has_factor": second_factor.has_factor(account),
        "policy": second_factor.policy(account),
        "trail": trail[:30],
    }
    return render(request, "accounts/account_page.html", facts, status=422 if form is not None else 200)
