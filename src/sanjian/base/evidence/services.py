"""Putting a file into the evidence store: its bytes on the disk, its row in the database."""

from datetime import datetime

from sanjian.base.config import config
from sanjian.base.identity.models import Account

from .models import EvidenceFile
from .store import Store


def evidence_store() -> Store:
    """The store of this installation."""
    return Store(config().evidence_root)


def keep(
    content: bytes,
    *,
    media_type: str,
    at: datetime,
    original_name: str = "",
    by: Account | None = None,
    store: Store | None = None,
) -> EvidenceFile:
    """Store bytes as evidence; the same bytes again give the file that is already there, with its first name and date.

    Bytes first, row second: a crash between them leaves a file that nobody cites, never a row without its bytes.

    Args:
        at: aware time of storing.
        by: who brought it; None for the system.

    Raises:
        LakeFull, NotStored: the disk refused; nothing was stored.
    """
    sha256 = (store or evidence_store()).put(content)
    file, _ = EvidenceFile.objects.get_or_create(
        sha256=sha256,
        defaults={
            "size_bytes": len(content),
            "media_type": media_type,
            "original_name": original_name[:200],
            "stored_at": at,
            "stored_by": by,
        },
    )
    return file
