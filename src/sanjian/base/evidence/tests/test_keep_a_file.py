"""Evidence: stored once, named by its hash, durable, and found out when altered."""

import hashlib
import os
from datetime import UTC, datetime
from pathlib import Path

import pytest

from sanjian.base.evidence.models import EvidenceFile
from sanjian.base.evidence.services import keep
from sanjian.base.evidence.store import Store, Tampered
from sanjian.base.lake import LakeFull

AT = datetime(2026, 11, 23, tzinfo=UTC)


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(tmp_path)


@pytest.mark.django_db
def test_the_same_bytes_are_one_file_with_the_first_name_and_date(store):
    first = keep(b"photo", media_type="image/jpeg", at=AT, original_name="a.jpg", store=store)
    again = keep(b"photo", media_type="image/png", at=AT.replace(year=2027), original_name="b.jpg", store=store)
    assert first.sha256 == again.sha256 == hashlib.sha256(b"photo").hexdigest()
    assert (again.original_name, again.stored_at) == ("a.jpg", AT)
    assert EvidenceFile.objects.count() == 1
    assert store.get(first.sha256) == b"photo"


def test_altered_bytes_are_never_given_out(store):
    sha256 = store.put(b"photo")
    store.path(sha256).write_bytes(b"phot0")
    with pytest.raises(Tampered) as error:
        store.get(sha256)
    assert error.value.sha256 == sha256


def test_a_hash_that_is_none_is_refused_before_it_becomes_a_path(store):
    for bad in ("../../etc/passwd", "A" * 64, "a" * 63, ""):
        with pytest.raises(ValueError, match="not a SHA-256"):
            store.get(bad)


@pytest.mark.django_db
def test_a_full_disk_stores_nothing_and_says_so(store, monkeypatch):
    def full(descriptor):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(LakeFull):
        keep(b"photo", media_type="image/jpeg", at=AT, store=store)
    monkeypatch.undo()
    assert not EvidenceFile.objects.exists()
    assert [p for p in store.root.rglob("*") if p.is_file()] == []
