"""Command-line entries of accounts and audit."""

import getpass
import json
import os
import sys
import time
from pathlib import Path
from typing import NoReturn

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from . import audit, heads, passwords, personal, rotation
from .models import REGULATED_ROLES, Account, District, Role


def audit_verify(as_json: bool, elsewhere: Path | None = None) -> None:
    """Walk the audit chain from its first entry, hold it against the heads written out, here and in a folder kept
    elsewhere, and say where it breaks; exit status 1 then.
    """
    if elsewhere and not elsewhere.is_dir():
        _refuse(f"没有文件夹 {elsewhere}")
    files = [*heads.known(), *(heads.known(elsewhere) if elsewhere else ())]
    began = time.perf_counter()
    count, broken = audit.verify(f.head for f in files if f.head and not f.problem)
    took_s = time.perf_counter() - began
    if broken:
        to = f"至第 {broken.until} 条之间" if broken.until else ""
        print(f"审计链在第 {broken.seq} 条{to}断开：{broken.why}", file=sys.stderr)
    else:
        print(f"审计链完整，共 {count} 条；与 {len(files)} 份留存的链头相符")
    for file in files:
        if file.problem:
            print(f"链头文件 {file.path.name} 不可信：{file.problem}", file=sys.stderr)
    untrusted = [f.path.name for f in files if f.problem]
    if as_json:
        figures = {
            "entries": count,
            "seconds": round(took_s, 3),
            "per_s": round(count / took_s) if took_s else None,
            "broken_at": broken.seq if broken else None,
            "broken_until": broken.until if broken else None,
            "why": broken.why if broken else None,
            "heads": len(files),
            "untrusted_heads": untrusted,
        }
        print(json.dumps(figures, ensure_ascii=False))
    if broken or untrusted:
        raise SystemExit(1)


def audit_head(folder: Path | None = None) -> None:
    """Write the present head of the chain, signed, for keeping elsewhere."""
    path = heads.write(timezone.now(), folder)
    if path is None:
        _refuse("审计链还是空的，没有链头可写")
    print(path)


def reencrypt(as_json: bool) -> None:
    """Encrypt everything personal under the present secret key, and say whether the old keys can go."""
    counts, stale = rotation.reencrypt_all(), rotation.stale_values()
    for name, count in counts.items():
        if count:
            print(f"{name}：{count} 个值")
    print(
        "旧密钥可以撤下（SANJIAN_OLD_SECRET_KEYS）" if not stale else f"还有 {stale} 个值只有旧密钥能打开，请再运行一次"
    )
    if as_json:
        print(json.dumps({"written": sum(counts.values()), "stale": stale}))
    if stale:
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
    account = Account(username=username, display_name=name, role=role, district_id=district, certificate_no=certificate)
    if account.is_administrator:
        _name_person(account)
    password = os.environ.get("SANJIAN_NEW_PASSWORD") or getpass.getpass("密码：")
    try:
        validate_password(password, account)
    except ValidationError as error:
        _refuse("；".join(error.messages))
    at = timezone.now()
    with transaction.atomic():
        account.save()
        passwords.put(account, password, must_change=False, at=at)
        facts = {"role": role, "from": "command"}
        audit.record("account.create", actor=None, kind="account", record_id=account.pk, at=at, details=facts)
    print(f"已建立账号 {username}（{name}，{account.get_role_display()}）")


def _name_person(account: Account) -> None:
    """The ID number of an administrator, so that the three are three people; it may be entered on the pages later."""
    number = os.environ.get("SANJIAN_NEW_ID_NUMBER", "").strip().upper()
    if not number and sys.stdin.isatty():
        number = getpass.getpass("身份证号（管理员实名，可留空以后补登）：").strip().upper()
    if not number:
        return
    if not personal.is_id_number(number):
        _refuse("不是有效的 18 位身份证号")
    account.id_number, account.person_digest = number, personal.digest(number, "person")
    if Account.objects.filter(person_digest=account.person_digest).exclude(role="").exists():
        _refuse("这个人已持有其他账号：系统、安全、审计三员必须是三个人，管理员不得兼任")


def _refuse(why: str) -> NoReturn:
    print(why, file=sys.stderr)
    raise SystemExit(2)
