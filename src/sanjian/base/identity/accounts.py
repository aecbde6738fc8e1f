"""The life of an account, with its powers kept apart (GB/T 22239-2019, level 3: three administrators).

The system administrator makes accounts, which may do nothing; the security administrator says what each may do, opens
and closes it; the auditor watches both and changes nothing. Nobody changes their own. What is refused is recorded too:
an administrator who tries is what an auditor looks for.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NoReturn

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from . import audit, passwords, personal, second_factor, sessions
from .models import ADMINISTRATOR_ROLES, OFFICIAL_ROLES, REGULATED_ROLES, Account, Role

ACTS: Mapping[str, Role] = {
    "create": Role.OPERATOR,
    "describe": Role.OPERATOR,
    "grant": Role.SECURITY,
    "activate": Role.SECURITY,
    "close": Role.SECURITY,
    "reset_password": Role.SECURITY,
    "reset_factors": Role.SECURITY,
    "bind_sso": Role.SECURITY,
    "unlock": Role.SECURITY,
}
"""Who may do what to other people's accounts. The auditor is not in it."""


class AccountRefused(Exception):
    """An act on an account that the rules forbid. `field` is the form field it belongs to, "" for the whole form."""

    def __init__(self, message: str, field: str = "") -> None:
        super().__init__(message)
        self.message, self.field = message, field


@dataclass(frozen=True, slots=True)
class Grant:
    """What an account may do and see. `body` is a registry.Body, None for none."""

    role: str
    district_id: str | None = None
    body: Any = None
    inspection_object_id: int | None = None


def may(actor: Account, act: str) -> bool:
    """Whether this person's role does this act at all."""
    return actor.role == ACTS[act]


def create(
    username: str, display_name: str, *, id_number: str = "", actor: Account, at: datetime
) -> tuple[Account, str]:
    """Make an account that may do nothing yet. Returns it and its initial password, shown this once.

    Raises:
        AccountRefused: not the system administrator, or the name is taken.
    """
    _check_actor(actor, "create", None, at)
    if Account.objects.filter(username__iexact=username).exists():
        raise AccountRefused(_("账号 %(name)s 已存在，请换一个") % {"name": username}, "username")
    password = passwords.initial_password()
    account = Account(username=username, display_name=display_name, is_active=False)
    _identify(account, id_number)
    with transaction.atomic():
        account.save()
        passwords.put(account, password, must_change=True, at=at)
        _record("create", account, actor, at, details={"username": username})
    return account, password


def describe(account: Account, *, display_name: str, id_number: str | None, actor: Account, at: datetime) -> None:
    """Correct the name, or the ID number (None leaves it); an administrator's ID number stays as it was granted under.

    Raises:
        AccountRefused: not the system administrator, one's own account, or an administrator's ID number.
    """
    _check_actor(actor, "describe", account, at)
    if id_number and account.role in ADMINISTRATOR_ROLES and account.person_digest:
        _refuse("describe", account, actor, _("管理员账号的身份证号不能改：请停用后另建账号"), at, "id_number")
    with transaction.atomic():
        account.display_name = display_name
        if id_number:
            _identify(account, id_number)
        account.save(update_fields=["display_name", "id_number", "person_digest"])
        _record("describe", account, actor, at, details={"id_number": bool(id_number)})


def grant(account: Account, wanted: Grant, *, actor: Account, reason: str, at: datetime) -> None:
    """Say what an account may do and see.

    Raises:
        AccountRefused: not the security administrator, one's own account, from one administrator's role to another's, a
            person who already holds another account beside an administrator's, a body outside the district, or a role
            without the district or inspection object that it needs.
    """
    _check_actor(actor, "grant", account, at)
    _check_separation(account, wanted, actor, at)
    _check_scope(wanted)
    was = {"role": account.role, "district": account.district_id, "body": account.body_id}
    is_regulated = wanted.role in REGULATED_ROLES
    try:
        with transaction.atomic():
            account.role = wanted.role
            account.district_id = None if is_regulated else wanted.district_id
            account.body = None if is_regulated else wanted.body
            account.inspection_object_id = wanted.inspection_object_id if is_regulated else None
            account.save(update_fields=["role", "district", "body", "inspection_object_id"])
            now = {"role": account.role, "district": account.district_id, "body": account.body_id}
            now["object"] = account.inspection_object_id
            _record("grant", account, actor, at, reason, {"was": was, "now": now})
            sessions.end_others(account, keep=None, actor=actor, reason="权限变更", at=at)
    except IntegrityError as error:  # two grants at once to one person's two accounts: the database let one through
        account.refresh_from_db()
        raise AccountRefused(_("这个人已经持有另一个管理员账号"), "role") from error


def activate(account: Account, *, actor: Account, reason: str, at: datetime) -> None:
    """Open an account that has a role.

    Raises:
        AccountRefused: not the security administrator, one's own account, or no role granted yet.
    """
    _check_actor(actor, "activate", account, at)
    if not account.role:
        raise AccountRefused(_("还没有授权：请先指定角色和范围，再启用"))
    _switch(account, True, "activate", actor, reason, at)


def close(account: Account, *, actor: Account, reason: str, at: datetime) -> None:
    """Close an account; its sessions end now.

    Raises:
        AccountRefused: not the security administrator, one's own account, or the last of its kind of administrator.
    """
    _check_actor(actor, "close", account, at)
    others = Account.objects.filter(role=account.role, is_active=True).exclude(pk=account.pk)
    if account.role in ADMINISTRATOR_ROLES and account.is_active and not others.exists():
        _refuse(
            "close",
            account,
            actor,
            _("这是最后一个启用的%(role)s账号，停用后无人能履行") % {"role": account.get_role_display()},
            at,
        )
    with transaction.atomic():
        _switch(account, False, "close", actor, reason, at)
        sessions.end_others(account, keep=None, actor=actor, reason=reason, at=at)


def reset_password(account: Account, *, actor: Account, reason: str, at: datetime) -> str:
    """Give an account a new initial password, shown this once; its sessions end now.

    Raises:
        AccountRefused: not the security administrator, or one's own account.
    """
    _check_actor(actor, "reset_password", account, at)
    password = passwords.initial_password()
    with transaction.atomic():
        passwords.put(account, password, must_change=True, at=at)
        _record("reset_password", account, actor, at, reason)
        sessions.end_others(account, keep=None, actor=actor, reason=reason, at=at)
    return password


def reset_factors(account: Account, *, actor: Account, reason: str, at: datetime) -> int:
    """Take every second factor from a person who lost them; their sessions end now. Returns how many went.

    Raises:
        AccountRefused: not the security administrator, or one's own account.
    """
    _check_actor(actor, "reset_factors", account, at)
    with transaction.atomic():
        count = second_factor.forget_all(account)
        _record("reset_factors", account, actor, at, reason, {"factors": count})
        sessions.end_others(account, keep=None, actor=actor, reason=reason, at=at)
    return count


def bind_sso(account: Account, subject: str, *, actor: Account, reason: str, at: datetime) -> None:
    """Say which person of the city's single sign-on this account belongs to; "" takes that away.

    Raises:
        AccountRefused: not the security administrator, one's own account, or another account has that person.
    """
    _check_actor(actor, "bind_sso", account, at)
    try:
        with transaction.atomic():
            account.sso_subject = subject.strip() or None
            account.save(update_fields=["sso_subject"])
            _record("bind_sso", account, actor, at, reason, {"bound": bool(account.sso_subject)})
    except IntegrityError as error:
        account.refresh_from_db()
        raise AccountRefused(_("这个统一认证标识已属于另一个账号"), "sso_subject") from error


def _check_actor(actor: Account, act: str, account: Account | None, at: datetime) -> None:
    if not may(actor, act):
        _refuse(act, account, actor, _("您的角色不能做这件事"), at)
    if account is not None and account.pk == actor.pk:
        _refuse(act, account, actor, _("不能改自己的账号：请另一位管理员办理"), at)


def _check_separation(account: Account, wanted: Grant, actor: Account, at: datetime) -> None:
    """One person, one administrator's account, and nothing beside it."""
    if account.role in ADMINISTRATOR_ROLES and wanted.role != account.role:
        why = _("管理员账号不能改作他用：请停用后另建账号，系统、安全、审计三员不得互换")
        _refuse("grant", account, actor, why, at, "role")
    if wanted.role in ADMINISTRATOR_ROLES and not account.person_digest:
        why = _("管理员必须实名：请系统管理员先登记身份证号，才能核对三员不是同一人")
        _refuse("grant", account, actor, why, at, "role")
    if not account.person_digest:
        return
    same_person = Account.objects.filter(person_digest=account.person_digest).exclude(pk=account.pk).exclude(role="")
    active = same_person.filter(is_active=True)
    if same_person.filter(role__in=ADMINISTRATOR_ROLES).exists() or (
        wanted.role in ADMINISTRATOR_ROLES and active.exists()
    ):
        why = _("同一人已持有其他账号：管理员不得兼任，系统、安全、审计三员必须是三个人")
        _refuse("grant", account, actor, why, at, "role")


def _check_scope(wanted: Grant) -> None:
    if wanted.role not in Role.values:
        raise AccountRefused(_("没有这个角色"), "role")
    if wanted.role in OFFICIAL_ROLES and not wanted.district_id:
        raise AccountRefused(_("请选辖区；全市人员选全市"), "district")
    if wanted.role in REGULATED_ROLES and not wanted.inspection_object_id:
        raise AccountRefused(_("被监管单位的账号要指定所属检查对象"), "inspection_object")
    if wanted.body is not None and wanted.role in OFFICIAL_ROLES and wanted.body.territory_id != wanted.district_id:
        raise AccountRefused(_("机构不在所选辖区内：辖区人员只能属于本辖区的机构"), "body")


def _identify(account: Account, id_number: str) -> None:
    account.id_number = id_number.strip().upper()
    account.person_digest = personal.digest(id_number, "person")


def _switch(account: Account, is_active: bool, act: str, actor: Account, reason: str, at: datetime) -> None:
    with transaction.atomic():
        if not Account.objects.filter(pk=account.pk, is_active=not is_active).update(is_active=is_active):
            raise AccountRefused(_("账号已是这个状态，可能是别人刚刚办理的"))
        account.is_active = is_active
        _record(act, account, actor, at, reason)


def _record(
    act: str, account: Account, actor: Account, at: datetime, reason: str = "", details: dict[str, Any] | None = None
) -> None:
    audit.record(
        f"account.{act}", actor=actor, kind="account", record_id=account.pk, reason=reason, at=at, details=details
    )


def _refuse(act: str, account: Account | None, actor: Account, why: str, at: datetime, field: str = "") -> NoReturn:
    """Record a refusal and raise it. Outside any transaction that the raising would undo."""
    facts = {"refused": act}
    which = account.pk if account else ""
    audit.record("account.refuse", actor=actor, kind="account", record_id=which, reason=why, at=at, details=facts)
    raise AccountRefused(why, field)
