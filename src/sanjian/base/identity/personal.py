"""Personal identifiers: encrypted where they lie, masked where they are shown, compared without being readable.

Keys are derived from the installation's secret key (HKDF-SHA256), one for each purpose. AES-256-GCM, a fresh nonce for
each value; the field's name is bound in, so that a value moved to another column does not open. Losing the secret key
means losing these values: it belongs in the backup, apart from the database.

Changing the secret key: put the new one in SANJIAN_SECRET_KEY and the old one in SANJIAN_OLD_SECRET_KEYS, so that old
values still open; run `sanjian rekey`; then take the old one away.
"""

import base64
import hashlib
import hmac
import os
import re
from functools import lru_cache
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings
from django.db import models

_MARK = "enc1:"
_NONCE_BYTES = 12
_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)


class Unreadable(ValueError):
    """A stored value that this installation's key does not open: another key, or the value was changed."""


@lru_cache(maxsize=64)
def _key(secret: str, purpose: str) -> bytes:
    return HKDF(hashes.SHA256(), 32, salt=None, info=f"sanjian {purpose}".encode()).derive(secret.encode())


def encrypt(text: str, bound_to: str) -> str:
    """Encrypt one value for one column; "" stays "".

    Args:
        bound_to: what the value belongs to, e.g. "registry.contact.phone"; needed again to open it.
    """
    if not text:
        return ""
    nonce = os.urandom(_NONCE_BYTES)
    sealed = AESGCM(_key(settings.SECRET_KEY, "personal data")).encrypt(nonce, text.encode(), bound_to.encode())
    return _MARK + base64.urlsafe_b64encode(nonce + sealed).decode()


def decrypt(stored: str, bound_to: str) -> str:
    """Open a value made by `encrypt`.

    Raises:
        Unreadable: wrong key, wrong column, or changed.
    """
    if not stored:
        return ""
    for secret in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS):
        clear = _opened(secret, stored, bound_to)
        if clear is not None:
            return clear
    raise Unreadable(bound_to)


def opens_under(secret: str, stored: str, bound_to: str) -> bool:
    """Whether one given secret key opens a stored value."""
    return _opened(secret, stored, bound_to) is not None


def _opened(secret: str, stored: str, bound_to: str) -> str | None:
    try:
        raw = base64.urlsafe_b64decode(stored.removeprefix(_MARK))
        key = AESGCM(_key(secret, "personal data"))
        return key.decrypt(raw[:_NONCE_BYTES], raw[_NONCE_BYTES:], bound_to.encode()).decode()
    except (ValueError, InvalidTag):
        return None


def digest(text: str, purpose: str) -> str:
    """A keyed hash that tells whether two values are the same person's without storing either; "" stays ""."""
    if not text:
        return ""
    key = _key(settings.SECRET_KEY, f"digest {purpose}")
    return hmac.new(key, text.strip().upper().encode(), hashlib.sha256).hexdigest()


class PersonalField(models.TextField):  # type: ignore[type-arg]
    """A text that is encrypted in the database and clear in Python. It cannot be searched: keep a `digest` for that."""

    def bound_to(self) -> str:
        """What the values of this column are sealed to."""
        return f"{self.model._meta.label_lower}.{self.name}"

    def from_db_value(self, value: str | None, *_args: Any) -> str | None:
        """Open what the database holds."""
        return value if value is None else decrypt(value, self.bound_to())

    def get_prep_value(self, value: Any) -> Any:
        """Encrypt what is saved."""
        value = super().get_prep_value(value)
        return value if value is None else encrypt(value, self.bound_to())


def is_id_number(number: str) -> bool:
    """Whether 18 characters are a citizen's ID number with the right check character (GB 11643-1999, ISO 7064 MOD
    11-2).
    """
    if not re.fullmatch(r"[1-9]\d{16}[0-9X]", number, re.ASCII):
        return False
    total = sum(int(digit) * weight for digit, weight in zip(number[:17], _WEIGHTS, strict=True))
    return "10X98765432"[total % 11] == number[17]


def masked_name(name: str) -> str:
    """张三 -> 张*, 欧阳小明 -> 欧**明: enough to tell people apart, too little to name them."""
    if len(name) <= 1:
        return name
    return f"{name[0]}*" if len(name) == 2 else f"{name[0]}{'*' * (len(name) - 2)}{name[-1]}"


def masked_number(number: str, head: int = 3, tail: int = 4) -> str:
    """13812345678 -> 138****5678; anything too short to hide behind its ends is hidden whole."""
    if len(number) <= head + tail:
        return "*" * len(number)
    return f"{number[:head]}{'*' * (len(number) - head - tail)}{number[-tail:]}"
