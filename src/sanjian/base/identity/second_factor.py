"""动态口令 and 恢复码: what a person has besides the password. Passkeys are in `passkeys`."""

import hmac
import secrets
from datetime import datetime

import pyotp
from django.db import transaction
from django.db.models import Q

from sanjian.base.config import config

from . import audit, personal
from .models import Account, OneTimeSecret, Passkey, RecoveryCode

STEP_S = 30
DRIFT = 1
"""Steps that a phone's clock may be off, either way."""
RECOVERY_CODES = 10
ISSUER = "三监联动"
_ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"


def policy(account: Account) -> str:
    """Whether this account must have a second factor: "required", "offered" or "off".

    SANJIAN_SECOND_FACTOR says it for everybody; unset, the three administrators must and everybody else may.
    """
    said = config().second_factor
    if said in {"required", "offered", "off"}:
        return said
    return "required" if account.is_administrator else "offered"


def has_factor(account: Account) -> bool:
    """Whether the account has a confirmed authenticator app or a passkey."""
    is_confirmed = OneTimeSecret.objects.filter(account=account, confirmed_at__isnull=False).exists()
    return is_confirmed or Passkey.objects.filter(account=account).exists()


def is_asked(account: Account) -> bool:
    """Whether log-in by password goes on to a second step."""
    return policy(account) != "off" and has_factor(account)


def must_enrol(account: Account) -> bool:
    """Whether the person has to set up a second factor before anything else."""
    return policy(account) == "required" and not has_factor(account)


def offer_secret(account: Account, at: datetime) -> OneTimeSecret:
    """A secret for the person's app, not in force until a code from it is confirmed; one already in force stays."""
    row, _ = OneTimeSecret.objects.get_or_create(
        account=account, defaults={"secret": pyotp.random_base32(), "made_at": at}
    )
    return row


def address(row: OneTimeSecret) -> str:
    """The otpauth:// address that an app reads from the picture."""
    return pyotp.TOTP(row.secret).provisioning_uri(name=row.account.username, issuer_name=ISSUER)


def confirm_secret(account: Account, code: str, at: datetime) -> bool:
    """Put the offered secret into force with a first code from it."""
    with transaction.atomic():
        if not check_code(account, code, at, confirmed=False):
            return False
        OneTimeSecret.objects.filter(account=account).update(confirmed_at=at)
        audit.record("factor.add", actor=account, kind="account", record_id=account.pk, reason="动态口令", at=at)
    return True


def check_code(account: Account, code: str, at: datetime, *, confirmed: bool = True) -> bool:
    """Whether a six-digit code is right now, and was not used before. A right one is used up.

    Two requests with one code: both compute the step, one of them moves `last_step` forward, the other finds it moved.
    """
    row = OneTimeSecret.objects.filter(account=account, confirmed_at__isnull=not confirmed).first()
    code = "".join(code.split())
    if row is None or len(code) != 6 or not code.isascii() or not code.isdigit():
        return False
    now_step, totp = int(at.timestamp()) // STEP_S, pyotp.TOTP(row.secret)
    for step in range(now_step - DRIFT, now_step + DRIFT + 1):
        if hmac.compare_digest(totp.at(step * STEP_S), code):
            unused = OneTimeSecret.objects.filter(pk=row.pk, last_step__lt=step)
            return bool(unused.update(last_step=step))
    return False


def remove_secret(account: Account, at: datetime) -> bool:
    """The person takes the app away from their account."""
    with transaction.atomic():
        if not OneTimeSecret.objects.filter(account=account).delete()[0]:
            return False
        audit.record("factor.remove", actor=account, kind="account", record_id=account.pk, reason="动态口令", at=at)
    return True


def new_recovery_codes(account: Account, at: datetime) -> list[str]:
    """Fresh recovery codes, shown this once; the former ones are void."""
    codes = [
        "-".join("".join(secrets.choice(_ALPHABET) for _ in range(5)) for _ in range(2)) for _ in range(RECOVERY_CODES)
    ]
    with transaction.atomic():
        RecoveryCode.objects.filter(account=account).delete()
        RecoveryCode.objects.bulk_create(
            RecoveryCode(account=account, digest=_code_digest(account, c), made_at=at) for c in codes
        )
        audit.record("factor.codes", actor=account, kind="account", record_id=account.pk, at=at)
    return codes


def use_recovery_code(account: Account, code: str, at: datetime) -> bool:
    """Whether a recovery code is right and unused; a right one is used up."""
    unused = RecoveryCode.objects.filter(account=account, digest=_code_digest(account, code), used_at__isnull=True)
    return bool(unused.update(used_at=at))


def remaining_codes(account: Account) -> int:
    """How many recovery codes are left."""
    return RecoveryCode.objects.filter(account=account, used_at__isnull=True).count()


def forget_all(account: Account) -> int:
    """Every factor of an account goes (reset by the security administrator). Inside the caller's transaction."""
    count = 0
    for model in (OneTimeSecret, Passkey, RecoveryCode):
        count += model._base_manager.filter(Q(account=account)).delete()[0]
    return count


def _code_digest(account: Account, code: str) -> str:
    plain = "".join(c for c in code.lower() if c in _ALPHABET)
    return personal.digest(f"{account.pk} {plain}", "recovery code")
