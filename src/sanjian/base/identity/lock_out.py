"""Lock-out after failed log-ins: five under one name close that name for a quarter of an hour.

A name that no account has is treated the same, so that nobody learns which names exist; its text is not kept (people
type passwords into the wrong field), only a keyed digest. Failures are counted by an atomic update.
"""

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext_noop

from . import audit, personal
from .models import Account, LockOut

TRIES = 5
"""Wrong passwords or codes in a row (GB/T 22239-2019 8.1.4.1 asks for a limit; the number is our choice)."""
COOL_OFF = timedelta(minutes=15)
"""How long a name stays closed, and how long failures are remembered (our choice)."""
WRONG_PASSWORD, WRONG_CODE, WRONG_PASSKEY = (
    gettext_noop("密码不符"),
    gettext_noop("验证码不符"),
    gettext_noop("通行密钥不符"),
)
SSO_REFUSED = gettext_noop("统一认证没有通过")


def locked_until(username: str, now: datetime) -> datetime | None:
    """Until when nobody can log in under this name; None when one can try."""
    row = LockOut.objects.filter(name_digest=_digest(username), locked_until__gt=now).first()
    return row.locked_until if row else None


def failed(username: str, *, why: str, ip: str | None, at: datetime) -> datetime | None:
    """Count a failed log-in, record it, and close the name when it was one too many.

    Returns:
        Until when the name is closed now; None while it is not.
    """
    digest = _digest(username)
    account = Account.objects.filter(username=username).first()
    with transaction.atomic():
        fresh = {"account": account, "last_failed_at": at, "last_ip": ip}
        LockOut.objects.get_or_create(name_digest=digest, defaults=fresh)
        LockOut.objects.filter(name_digest=digest, last_failed_at__lt=at - COOL_OFF).update(
            failures=0, locked_until=None
        )
        LockOut.objects.filter(name_digest=digest).update(failures=F("failures") + 1, **fresh)
        closes = LockOut.objects.filter(name_digest=digest, failures__gte=TRIES).exclude(locked_until__gt=at)
        is_closed = closes.update(locked_until=at + COOL_OFF)
        which = account.pk if account else f"?{digest[:12]}"
        facts = {"ip": ip or ""}
        audit.record("login.refuse", actor=None, kind="account", record_id=which, reason=why, at=at, details=facts)
        if is_closed:
            audit.record("login.lock", actor=None, kind="account", record_id=which, at=at, details=facts)
    return locked_until(username, at)


def refused(why: str, *, ip: str | None, at: datetime) -> None:
    """Record a failed log-in that named nobody: an unknown passkey, a stranger from the single sign-on."""
    audit.record("login.refuse", actor=None, kind="account", record_id="", reason=why, at=at, details={"ip": ip or ""})


def succeeded(account: Account) -> None:
    """A person is in: earlier failures are forgotten."""
    LockOut.objects.filter(name_digest=_digest(account.username)).delete()


def unlock(row: LockOut, *, actor: Account, reason: str, at: datetime) -> bool:
    """Open a closed name before its time. False when somebody else already did. Who may is the caller's gate."""
    which = row.account_id or f"?{row.name_digest[:12]}"
    with transaction.atomic():
        if not LockOut.objects.filter(pk=row.pk).delete()[0]:
            return False
        audit.record("login.unlock", actor=actor, kind="account", record_id=which, reason=reason, at=at)
    return True


def _digest(username: str) -> str:
    return personal.digest(username or "?", "log-in name")
