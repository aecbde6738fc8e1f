"""Heads written out convict whoever cuts the chain's tail or writes it anew, and say between which two."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from django.db import connection

from sanjian.base.identity import audit, chain, constraints, heads
from sanjian.base.identity.commands import audit_head, audit_verify
from sanjian.base.identity.models import AuditEntry, AuditHead

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
pytestmark = pytest.mark.django_db


@pytest.fixture
def kept(own_home: Path) -> list[chain.Head]:
    """Ten entries, a head written after the fourth, the eighth and the tenth."""
    for n in range(1, 11):
        audit.record("test", actor=None, kind="clue", record_id=n, at=NOW, details={"n": n})
        if n in (4, 8, 10):
            heads.write(NOW + timedelta(minutes=n))
    found = heads.known()
    assert [f.problem for f in found] == ["", "", ""]
    return [f.head for f in found if f.head]


def intrude(change: Callable[[], object]) -> chain.Break | None:
    """What verification says after an intruder who owns the database was there and repaired the chain's own head."""
    with constraints.lifted(connection):
        change()
    last = AuditEntry.objects.order_by("-seq").first()
    if last:
        AuditHead.objects.update(seq=last.seq, hash=last.hash)
    return audit.verify(f.head for f in heads.known() if f.head)[1]


def rewrite(first: int) -> None:
    """Change one entry and give every later one a hash that fits."""
    previous = AuditEntry.objects.get(seq=first - 1).hash
    for entry in AuditEntry.objects.filter(seq__gte=first).order_by("seq"):
        entry.reason, entry.previous_hash = "另写", previous
        entry.hash = previous = chain.link(previous, audit.as_chain(entry))
        entry.save()


def test_an_untouched_chain_agrees_with_its_heads(kept: list[chain.Head]) -> None:
    assert audit.verify(kept) == (10, None)


@pytest.mark.parametrize("first_missing", [2, 5, 8, 10])
def test_a_cut_tail_is_located(kept: list[chain.Head], first_missing: int) -> None:
    broken = intrude(lambda: AuditEntry.objects.filter(seq__gte=first_missing).delete())
    assert broken is not None
    assert broken.seq == first_missing


@pytest.mark.parametrize(("first", "between"), [(3, (1, 4)), (5, (5, 8)), (8, (5, 8)), (9, (9, 10)), (10, (9, 10))])
def test_a_rewriting_is_located_between_two_heads(kept: list[chain.Head], first: int, between: tuple[int, int]) -> None:
    broken = intrude(lambda: rewrite(first))
    assert broken is not None
    assert (broken.seq, broken.until) == between


def test_an_emptied_chain_is_found(kept: list[chain.Head]) -> None:
    broken = intrude(lambda: AuditEntry.objects.all().delete())
    assert broken is not None
    assert broken.seq == 1


def test_walking_from_a_checkpoint_comes_to_the_same(kept: list[chain.Head]) -> None:
    assert audit.verify(kept, after=kept[1]) == (2, None)
    broken = intrude(lambda: AuditEntry.objects.filter(seq=9).update(reason="另写"))
    assert broken is not None
    assert audit.verify(kept, after=kept[1])[1] == broken


def test_a_changed_or_missing_head_file_is_not_believed(kept: list[chain.Head], own_home: Path) -> None:
    first, second, _third = sorted((own_home / "audit-heads").glob("*.head"))
    second.unlink()
    assert [bool(f.problem) for f in heads.known()] == [False, True]
    first.write_text(first.read_text().replace(".", ".A", 1))
    assert heads.known()[0].head is None
    assert "签名不符" in heads.known()[0].problem


def test_one_head_a_day_and_none_when_nothing_happened(own_home: Path) -> None:
    assert heads.write_daily(NOW) == 0
    audit.record("test", actor=None, kind="clue", record_id=1, at=NOW)
    assert heads.write_daily(NOW) == 1
    assert heads.write_daily(NOW + timedelta(hours=1)) == 0
    assert heads.write_daily(NOW + timedelta(days=1)) == 0
    audit.record("test", actor=None, kind="clue", record_id=2, at=NOW)
    assert heads.write_daily(NOW + timedelta(days=1)) == 1


def test_the_commands_write_a_head_and_find_the_cut(
    own_home: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit):
        audit_head()
    for n in range(3):
        audit.record("test", actor=None, kind="clue", record_id=n, at=NOW)
    audit_head(tmp_path / "elsewhere")
    audit_head()
    audit_verify(as_json=True)
    assert '"broken_at": null' in capsys.readouterr().out
    intrude(lambda: AuditEntry.objects.filter(seq=3).delete())
    with pytest.raises(SystemExit) as stop:
        audit_verify(as_json=True)
    assert stop.value.code == 1
    said = capsys.readouterr()
    assert '"broken_at": 3' in said.out
    assert "截断" in said.err


def test_a_head_kept_elsewhere_tells_when_our_own_are_gone(own_home: Path, tmp_path: Path) -> None:
    for n in range(3):
        audit.record("test", actor=None, kind="clue", record_id=n, at=NOW)
        audit_head()
    kept = tmp_path / "notary"
    kept.mkdir()
    newest = heads.known()[-1].path
    newest.rename(kept / newest.name)
    assert heads.known(kept)[0].problem == "", "one of several is as good as all"
    for file in heads.known():
        file.path.unlink()
    intrude(_cut_and_repair)
    audit_verify(as_json=False)
    with pytest.raises(SystemExit):
        audit_verify(as_json=False, elsewhere=kept)
    with pytest.raises(SystemExit):
        audit_verify(as_json=False, elsewhere=tmp_path / "nowhere")


def _cut_and_repair() -> None:
    """What somebody who owns the database does: the last entry goes, and the chain's own head fits again."""
    AuditEntry.objects.filter(seq=3).delete()
    last = AuditEntry.objects.get(seq=2)
    AuditHead.objects.update(seq=2, hash=last.hash)
