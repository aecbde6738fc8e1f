"""The audit chain: what is written holds, and whoever changes it afterwards is found, at the place."""

from datetime import UTC, datetime

import pytest
from django.db import connection
from hypothesis import given
from hypothesis import strategies as st

from sanjian.base.identity import audit, chain, constraints
from sanjian.base.identity.models import AuditEntry

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)


def _built(length: int) -> list[dict[str, object]]:
    entries: list[dict[str, object]] = []
    previous = chain.GENESIS
    for seq in range(1, length + 1):
        entry: dict[str, object] = {
            "seq": seq, "at": NOW.isoformat(), "actor": None, "actor_name": "系统", "role": "system", "act": "test",
            "record_kind": "clue", "record_id": str(seq), "reason": "", "details": {"n": seq},
        }  # fmt: skip
        entry |= {"previous_hash": previous, "hash": chain.link(previous, entry)}
        previous = str(entry["hash"])
        entries.append(entry)
    return entries


def test_an_untouched_chain_holds() -> None:
    assert chain.verify(_built(20)) == (20, None)


@given(at=st.integers(0, 11), field=st.sampled_from(["reason", "actor_name", "act", "record_id", "at"]))
def test_an_edited_entry_is_found_at_its_place(at: int, field: str) -> None:
    entries = _built(12)
    entries[at][field] = "另写"
    count, broken = chain.verify(entries)
    assert count == at
    assert broken is not None
    assert broken.seq == at + 1


@given(at=st.integers(0, 10))
def test_a_deleted_entry_is_found(at: int) -> None:
    entries = _built(12)
    del entries[at]
    assert chain.verify(entries)[1] is not None


@given(at=st.integers(0, 10))
def test_two_swapped_entries_are_found(at: int) -> None:
    entries = _built(12)
    entries[at], entries[at + 1] = entries[at + 1], entries[at]
    assert chain.verify(entries)[1] is not None


def test_a_cut_tail_and_a_rewritten_chain_are_found_by_a_head_kept_elsewhere() -> None:
    entries = _built(12)
    head = str(entries[-1]["hash"])
    assert chain.verify(entries[:-1], head)[1] is not None
    rewritten = _built(11)
    assert chain.verify(rewritten, head)[1] is not None


@pytest.mark.django_db
def test_entries_in_the_database_form_one_chain() -> None:
    for n in range(5):
        audit.record("test", actor=None, kind="clue", record_id=n, reason="因为", at=NOW, details={"n": n})
    assert audit.verify() == (5, None)


@pytest.mark.django_db
def test_a_row_changed_behind_the_back_of_the_application_is_found() -> None:
    for n in range(5):
        audit.record("test", actor=None, kind="clue", record_id=n, at=NOW)
    with constraints.lifted(connection):
        AuditEntry.objects.filter(seq=3).update(reason="后来补写")
    count, broken = audit.verify()
    assert count == 2
    assert broken is not None
    assert broken.seq == 3
