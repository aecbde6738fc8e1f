"""Command-line entries of accounts and audit."""

import getpass
import json
import os
import sys

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError

from . import audit
from .models import REGULATED_ROLES, Account, District, Role


def audit_verify(as_json: bool) -> None:
    """Walk the audit chain from its first entry and say where it breaks, if it does; exit status 1 then."""
    count, broken = audit.verify()
    if broken:
        print(f"审计链在第 {broken.seq} 条断开：{broken.why}", file=sys.stderr)
    else:
        print(f"审计链完整，共 {count} 条")
    if as_json:
        print(json.dumps({"entries": count, "broken_at": broken.seq if broken else None}))
    if broken:
        raise SystemExit(1)


def account_add(username: str, *, name: str, role: str, district: str, certificate: str) -> None:
    """Create an account; the password comes from SANJIAN_NEW_PASSWORD or the terminal, never from the command line."""
    if role not in Role.values or role in REGULATED_ROLES:
        usable = "、".join(r for r in Role.values if r not in REGULATED_ROLES)
        _refuse(f"角色 {role} 不存在或不能在这里建立；可用：{usable}")
    if not District.objects.filter(code=district).exists():
        _refuse(f"没有行政区划代码 {district}")
    if Account.objects.filter(username=username).exists():
        _refuse(f"账号 {username} 已存在")
    password = os.environ.get("SANJIAN_NEW_PASSWORD") or getpass.getpass("密码：")
    account = Account(username=username, display_name=name, role=role, district_id=district, certificate_no=certificate)
    try:
        validate_password(password, account)
    except ValidationError as error:
        _refuse("；".join(error.messages))
    account.set_password(password)
    account.save()
    print(f"已建立账号 {username}（{name}，{account.get_role_display()}）")


def _refuse(why: str) -> None:
    print(why, file=sys.stderr)
    raise SystemExit(2)
