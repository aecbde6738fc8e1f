"""Setting passwords: not one of the last five, and every other session ends."""

import secrets
from datetime import datetime
from typing import Any

from django.contrib.auth.hashers import check_password
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from . import audit, sessions
from .models import Account, FormerPassword

REMEMBERED = 5
_ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"
"""Without what is mistaken for something else when read from paper."""


def initial_password() -> str:
    """A password to be handed over once and changed at the first log-in: 16 characters, 79 bits."""
    return "-".join("".join(secrets.choice(_ALPHABET) for _ in range(4)) for _ in range(4))


class NotUsedBefore:
    """Password validator: none of the account's last five, the present one included."""

    def validate(self, password: str, user: Any = None) -> None:
        """Raise ValidationError when the password was used before."""
        if not isinstance(user, Account) or user.pk is None:
            return
        former = FormerPassword.objects.filter(account=user).order_by("-set_at").values_list("password", flat=True)
        if any(check_password(password, stored) for stored in {user.password, *former[:REMEMBERED]} if stored):
            raise ValidationError(_("最近 %(n)d 次用过的密码不能再用") % {"n": REMEMBERED}, code="password_used_before")

    def get_help_text(self) -> str:
        """The rule, for forms."""
        return _("不能与最近 %(n)d 次用过的密码相同") % {"n": REMEMBERED}


def change(account: Account, password: str, *, keep_session: str | None, at: datetime) -> int:
    """The person sets a new password (already validated). Returns how many other sessions ended."""
    with transaction.atomic():
        put(account, password, must_change=False, at=at)
        audit.record("password.change", actor=account, kind="account", record_id=account.pk, at=at)
        return sessions.end_others(account, keep=keep_session, actor=account, reason="修改密码", at=at)


def put(account: Account, password: str, *, must_change: bool, at: datetime) -> None:
    """Write a password and remember it. Inside the caller's transaction, which also records it."""
    account.set_password(password)
    account.password_set_at, account.must_change_password = at, must_change
    account.save(update_fields=["password", "password_set_at", "must_change_password"])
    FormerPassword.objects.create(account=account, password=account.password, set_at=at)
    kept = FormerPassword.objects.filter(account=account).order_by("-set_at", "-pk").values_list("pk", flat=True)
    FormerPassword.objects.filter(account=account).exclude(pk__in=list(kept[:REMEMBERED])).delete()
