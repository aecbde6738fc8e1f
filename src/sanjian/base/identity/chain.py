"""The hash of an audit entry: pure, so that a stranger can verify a chain from an export alone.

hash = SHA-256 of the previous hash and the canonical JSON (sorted keys, no blanks, UTF-8) of the entry, its position
included.
Editing, deleting, inserting or swapping entries breaks the chain at that place. Cutting off the tail or rewriting the
whole chain is found by comparing with a head that was kept elsewhere.
"""

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

GENESIS = "0" * 64
FIELDS = ("seq", "at", "actor", "actor_name", "role", "act", "record_kind", "record_id", "reason", "details")


def link(previous_hash: str, entry: Mapping[str, Any]) -> str:
    """The hash that binds an entry (the names in FIELDS, `at` as ISO text in UTC) to the one before it."""
    body = json.dumps({k: entry[k] for k in FIELDS}, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(f"{previous_hash}\n{body}".encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Break:
    """Where a chain stops being true, and why."""

    seq: int
    why: str


def verify(entries: Iterable[Mapping[str, Any]], head: str | None = None) -> tuple[int, Break | None]:
    """Walk a chain from its first entry.

    Args:
        entries: in order, each with FIELDS, `previous_hash` and `hash`.
        head: the newest hash known from elsewhere; None skips that check.

    Returns:
        The number of entries that hold, and the first break if there is one.
    """
    previous, count = GENESIS, 0
    for entry in entries:
        if entry["seq"] != count + 1:
            why = f"应为第 {count + 1} 条，实为第 {entry['seq']} 条：有记录被删除、插入或调换"
            return count, Break(entry["seq"], why)
        if entry["previous_hash"] != previous:
            return count, Break(entry["seq"], "与上一条的哈希不衔接")
        if entry["hash"] != link(previous, entry):
            return count, Break(entry["seq"], "内容与哈希不符：记录被改动")
        previous, count = entry["hash"], count + 1
    if head is not None and previous != head:
        return count, Break(count, "链尾与留存的链头不符：尾部被截断或整链被重写")
    return count, None
