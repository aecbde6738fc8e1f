"""The original of every import, kept in the evidence store: sealed, because any column may hold personal data."""

import base64
from datetime import datetime

from sanjian.base.evidence.services import evidence_store, keep
from sanjian.base.identity import personal
from sanjian.base.identity.models import Account

BOUND_TO = "registry.importbatch.file"
"""What originals are sealed to."""


def seal(content: bytes, *, name: str, by: Account | None, at: datetime) -> str:
    """Keep a file encrypted; returns the SHA-256 by which it is opened again.

    Raises:
        LakeFull, NotStored: the disk refused.
    """
    locked = personal.encrypt(base64.b64encode(content).decode(), BOUND_TO).encode()
    return keep(locked, media_type="application/x-sanjian-sealed", at=at, original_name=name, by=by).sha256


def unseal(sha256: str) -> bytes:
    """The file as it was sent.

    Raises:
        FileNotFoundError, Tampered, Unreadable: gone, changed, or sealed by another key.
    """
    return base64.b64decode(personal.decrypt(evidence_store().get(sha256).decode(), BOUND_TO))
