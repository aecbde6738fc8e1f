"""Appending to and verifying the audit chain."""

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from django.db import connection, transaction
from django.db.models import QuerySet

from . import chain
from .models import Account, AuditEntry, AuditHead

SYSTEM = "系统"
"""Name and role of acts that no person did: the worker, the gateway."""
READ = "read"
"""The act of looking at a sensitive record."""
PAGE = 2000
_BEFORE_ALL = -(2**63)
_COLUMNS = (
    "seq", "at", "actor_id", "actor_name", "role", "act", "record_kind", "record_id", "reason", "details",
    "previous_hash", "hash",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Act:
    """One act to be recorded: the arguments of `record`."""

    act: str
    kind: str
    record_id: object
    actor: Account | None
    at: datetime
    reason: str = ""
    details: dict[str, Any] = field(default_factory=dict)


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
    return record_many([Act(act, kind, record_id, actor, at, reason, details or {})])[0]


def record_many(acts: Sequence[Act]) -> list[AuditEntry]:
    """Append acts in order, the head locked once. Call it inside the transaction of the acts themselves."""
    if not acts:
        return []
    with transaction.atomic():
        head = AuditHead.objects.select_for_update().filter(id=1).first()
        if head is None:  # the very first act of an installation
            AuditHead.objects.get_or_create(id=1)
            head = AuditHead.objects.select_for_update().get(id=1)
        entries = []
        for act in acts:
            entry = _entry(act, head)
            head.seq, head.hash = entry.seq, entry.hash
            entries.append(entry)
        if len(entries) == 1:
            entries[0].save(force_insert=True)
        else:
            AuditEntry.objects.bulk_create(entries, batch_size=500)
        head.save()
    return entries


def read(
    kind: str, record_id: object, *, actor: Account, purpose: str, at: datetime, details: dict[str, Any] | None = None
) -> AuditEntry:
    """Record that a person looked at a sensitive record: opened masked personal data, a case file, a contact.

    Args:
        kind, record_id: which record was looked at.
        purpose: why, in the person's words or as the page's constant phrase.
        details: which fields were opened, never what they say.
    """
    return record(READ, actor=actor, kind=kind, record_id=record_id, reason=purpose, at=at, details=details)


def readers_of(kind: str, record_id: object) -> QuerySet[AuditEntry]:
    """Who looked at a sensitive record, the latest first. For auditors."""
    return AuditEntry.objects.filter(act=READ, record_kind=kind, record_id=str(record_id)).order_by("-seq")


def as_chain(entry: AuditEntry) -> dict[str, Any]:
    """An entry as the plain values that its hash covers, with both hashes."""
    return chain.Link(*(getattr(entry, name) for name in _COLUMNS))._replace(at=_iso(entry.at))._asdict()


def links(after: int | None = None) -> Iterator[tuple[Any, ...]]:
    """The chain in order behind a place, as the values of `chain.Link`, a page at a time.

    Read past the ORM: its conversions cost more than the hash. Both databases give `details` as text, SQLite `at` too.
    What no longer reads as what was written (an intruder's text in a number's place) is handed on as it lies there and
    fails at its hash.
    """
    is_text = connection.vendor == "sqlite"
    columns = ", ".join(f"CAST({c} AS TEXT)" if c == "at" and is_text else c for c in _COLUMNS)
    page = f"SELECT {columns} FROM identity_auditentry WHERE seq > %s ORDER BY seq LIMIT {PAGE}"  # noqa: S608
    as_iso = _iso_of_text if is_text else _iso
    place = _BEFORE_ALL if after is None else after
    while True:
        with connection.cursor() as cursor:
            cursor.execute(page, [place])
            rows = cursor.fetchall()
        for seq, at, actor, name, role, act, kind, record_id, reason, details, previous, own in rows:
            yield (
                seq, as_iso(at), actor, name, role, act, kind, record_id, reason,
                {} if details == "{}" else _parsed(details), previous, own,
            )  # fmt: skip
        if len(rows) < PAGE:
            return
        place = rows[-1][0]


def entries() -> Iterator[dict[str, Any]]:
    """The whole chain in order, as mappings: what an export holds."""
    return (chain.Link(*row)._asdict() for row in links())


def verify(heads: Iterable[chain.Head] = (), *, after: chain.Head | None = None) -> tuple[int, chain.Break | None]:
    """Walk the chain; see `chain.walk`.

    Args:
        heads: heads kept elsewhere; `heads.known()` reads those that this installation wrote out.
        after: begin behind this head instead of at the first entry.
    """
    head = AuditHead.objects.filter(id=1).first()
    newest = head.hash if head else chain.GENESIS
    return chain.walk(links(after.seq if after else None), newest, heads=tuple(heads), after=after)


def _entry(act: Act, head: AuditHead) -> AuditEntry:
    entry = AuditEntry(
        seq=head.seq + 1,
        at=act.at,
        actor=act.actor,
        actor_name=act.actor.display_name if act.actor else SYSTEM,
        role=act.actor.role if act.actor else "system",
        act=act.act,
        record_kind=act.kind,
        record_id=str(act.record_id),
        reason=act.reason,
        details=_as_kept(act.details) if act.details else {},
        previous_hash=head.hash,
    )
    entry.hash = chain.link(head.hash, as_chain(entry))
    return entry


def _as_kept(details: dict[str, Any]) -> Any:
    """Details as every database gives them back: PostgreSQL keeps numbers by value, 1e16 comes back as an integer and
    -0.0 as 0.0, and a hash over the other spelling would not hold.
    """
    return json.loads(json.dumps(details), parse_float=_number)


def _number(text: str) -> float | int:
    value = float(text)
    if value == 0:
        return 0.0
    return int(value) if abs(value) >= 1e16 and value.is_integer() else value


def _iso(at: datetime) -> str:
    """ISO text in UTC to the microsecond, what `isoformat(timespec="microseconds")` says; both databases give UTC."""
    return (at if at.tzinfo is UTC else at.astimezone(UTC)).isoformat(timespec="microseconds")


def _iso_of_text(text: Any) -> Any:
    """SQLite's text of a moment in UTC (without ".000000" on a whole second) as ISO text."""
    if isinstance(text, str) and len(text) in (19, 26):
        return f"{text[:10]}T{text[11:]}{'' if len(text) == 26 else '.000000'}+00:00"
    return text


def _parsed(details: Any) -> Any:
    try:
        return json.loads(details)
    except (ValueError, TypeError):
        return details
