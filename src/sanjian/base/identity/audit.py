"""Appending to and verifying the audit chain."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

from django.db import transaction

from . import chain
from .models import Account, AuditEntry, AuditHead

SYSTEM = "系统"
"""Name and role of acts that no person did: the worker, the gateway."""


def record(
    act: str,
    *,
    actor: Account | None,
    kind: str,
    record_id: object,
    reason: str = "",
    at: datetime,
    details: dict[str, Any] | None = None,
) -> AuditEntry:
    """Append one act. Call it inside the transaction of the act itself, so that neither stands without the other.

    Args:
        act: constant verb phrase, e.g. "clue.judge".
        actor: who did it; None for the system.
        kind, record_id: which record it was done to.
        reason: in the person's words.
        at: aware time of the act.
        details: small JSON facts; no secrets, no full ID numbers.
    """
    with transaction.atomic():
        AuditHead.objects.get_or_create(id=1)
        head = AuditHead.objects.select_for_update().get(id=1)
        entry = AuditEntry(
            seq=head.seq + 1,
            at=at,
            actor=actor,
            actor_name=actor.display_name if actor else SYSTEM,
            role=actor.role if actor else "system",
            act=act,
            record_kind=kind,
            record_id=str(record_id),
            reason=reason,
            details=details or {},
            previous_hash=head.hash,
        )
        entry.hash = chain.link(head.hash, as_chain(entry))
        entry.save(force_insert=True)
        head.seq, head.hash = entry.seq, entry.hash
        head.save()
    return entry


def as_chain(entry: AuditEntry) -> dict[str, Any]:
    """An entry as the plain values that its hash covers, with both hashes."""
    return {
        "seq": entry.seq,
        "at": entry.at.astimezone(UTC).isoformat(timespec="microseconds"),
        "actor": entry.actor_id,
        "actor_name": entry.actor_name,
        "role": entry.role,
        "act": entry.act,
        "record_kind": entry.record_kind,
        "record_id": entry.record_id,
        "reason": entry.reason,
        "details": entry.details,
        "previous_hash": entry.previous_hash,
        "hash": entry.hash,
    }


def entries() -> Iterator[dict[str, Any]]:
    """The whole chain in order, as plain values."""
    return (as_chain(e) for e in AuditEntry.objects.order_by("seq").iterator(chunk_size=2000))


def verify() -> tuple[int, chain.Break | None]:
    """Walk the whole chain; see `chain.verify`."""
    head = AuditHead.objects.filter(id=1).first()
    return chain.verify(entries(), head.hash if head else chain.GENESIS)
