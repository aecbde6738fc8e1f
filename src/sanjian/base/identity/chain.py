"""The hash of an audit entry: pure, so that a stranger can verify a chain from an export alone.

hash = SHA-256 of the previous hash and the canonical JSON (sorted keys, no blanks, UTF-8) of the entry, its position
included.
Editing, deleting, inserting or swapping entries breaks the chain at that place. Cutting off the tail or rewriting the
chain with new hashes from a point on is found by comparing with heads that were kept elsewhere: the place then lies
between the last head that still holds and the first that does not.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from json.encoder import encode_basestring as _text
from typing import Any, NamedTuple

GENESIS = "0" * 64
FIELDS = ("seq", "at", "actor", "actor_name", "role", "act", "record_kind", "record_id", "reason", "details")
_canonical = json.JSONEncoder(sort_keys=True, ensure_ascii=False, separators=(",", ":")).encode


class Link(NamedTuple):
    """An entry as plain values: what its hash covers (`at` as ISO text in UTC, to the microsecond), and both hashes."""

    seq: int
    at: str
    actor: int | None
    actor_name: str
    role: str
    act: str
    record_kind: str
    record_id: str
    reason: str
    details: dict[str, Any]
    previous_hash: str
    hash: str


class Head(NamedTuple):
    """The newest entry at some moment, kept elsewhere."""

    seq: int
    hash: str


@dataclass(frozen=True, slots=True)
class Break:
    """Where a chain stops being true, and why: at `seq`, or somewhere from `seq` to `until` if that is given."""

    seq: int
    why: str
    until: int | None = None


def link(previous_hash: str, entry: Mapping[str, Any]) -> str:
    """The hash that binds an entry (the names in FIELDS, `at` as ISO text in UTC) to the one before it."""
    return bound(previous_hash, *(entry[name] for name in FIELDS))


def bound(
    previous_hash: str,
    seq: int,
    at: str,
    actor: int | None,
    actor_name: str,
    role: str,
    act: str,
    record_kind: str,
    record_id: str,
    reason: str,
    details: Any,
) -> str:
    """`link` over values in the order of FIELDS.

    The canonical JSON is put together by hand, keys in their sorted order: a chain of years is walked entry by entry,
    and the general encoder takes four times as long.
    """
    body = (
        f'{previous_hash}\n{{"act":{_text(act)},"actor":{"null" if actor is None else actor},'
        f'"actor_name":{_text(actor_name)},"at":{_text(at)},"details":{_canonical(details) if details else "{}"},'
        f'"reason":{_text(reason)},"record_id":{_text(record_id)},"record_kind":{_text(record_kind)},'
        f'"role":{_text(role)},"seq":{seq}}}'
    )
    return sha256(body.encode("utf-8", "surrogatepass")).hexdigest()


def verify(
    entries: Iterable[Mapping[str, Any]],
    head: str | None = None,
    *,
    heads: Sequence[Head] = (),
    after: Head | None = None,
) -> tuple[int, Break | None]:
    """Walk a chain of mappings (an export); see `walk`."""
    rows = (Link(*(entry[name] for name in Link._fields)) for entry in entries)
    return walk(rows, head, heads=heads, after=after)


def walk(
    links: Iterable[tuple[Any, ...]],
    head: str | None = None,
    *,
    heads: Sequence[Head] = (),
    after: Head | None = None,
) -> tuple[int, Break | None]:
    """Walk a chain and say where it stops being true.

    Args:
        links: entries in order, each the values of `Link`.
        head: the newest hash known from beside the chain; None skips that check.
        heads: heads kept elsewhere, any order. One beyond the end of the chain says that its tail is missing.
        after: the head to begin behind, when what comes before it has been verified; None begins at the first entry.

    Returns:
        The number of entries that hold, and the first break if there is one.
    """
    start = after or Head(0, GENESIS)
    seq, previous, trusted = start.seq, start.hash, start.seq
    waiting = sorted(h for h in set(heads) if h.seq > start.seq)
    nth = 0
    expected_head = waiting[0].seq if waiting else 0
    for row in links:
        seq += 1
        if row[0] != seq:
            return seq - 1 - start.seq, _out_of_step(seq, row[0])
        if row[10] != previous:
            return seq - 1 - start.seq, Break(seq, "与上一条的哈希不衔接：这里有记录被改动、删除、插入或调换")
        try:
            previous = bound(previous, *row[:10])
        except (TypeError, ValueError):  # an intruder left something that is no text where text belongs
            previous = ""
        if row[11] != previous:
            return seq - 1 - start.seq, Break(seq, "内容与哈希不符：记录被改动")
        if seq == expected_head:
            while nth < len(waiting) and waiting[nth].seq == seq:
                if waiting[nth].hash != previous:
                    return trusted - start.seq, _rewritten(trusted, seq)
                nth += 1
            trusted = seq
            expected_head = waiting[nth].seq if nth < len(waiting) else 0
    if nth < len(waiting):
        why = f"链止于第 {seq} 条，而留存的链头到第 {waiting[-1].seq} 条：尾部被截断"
        return seq - start.seq, Break(seq + 1, why, waiting[-1].seq)
    if head is not None and previous != head:
        return seq - start.seq, Break(seq + 1, "链尾与记下的链头不符：尾部被截断、追加或整链被重写")
    return seq - start.seq, None


def _out_of_step(expected: int, found: Any) -> Break:
    return Break(expected, f"应为第 {expected} 条，实为第 {found} 条：有记录被删除、插入或调换")


def _rewritten(trusted: int, seq: int) -> Break:
    why = f"哈希逐条相连，但与第 {seq} 条时留存的链头不符：第 {trusted + 1} 条至第 {seq} 条之间起被重写"
    return Break(trusted + 1, why, seq)
