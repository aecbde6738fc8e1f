"""A finding can be run again years later, by a stranger, and any altered byte is named."""

import json
from pathlib import Path

import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sanjian.base.evidence.models import EvidenceFile
from sanjian.base.screening import contract, progress
from sanjian.base.screening.folders import NotAFolder, export, verify_folder
from sanjian.base.screening.models import FindingRecord
from sanjian.base.screening.slices import NotReproducible, frame_of, freeze
from sanjian.base.screening.verdicts import verify
from sanjian.base.sensing.streams import READINGS

from .kit import HOUR, START, World, above, enterprise, hourly, run_above

pytestmark = pytest.mark.django_db


@pytest.fixture
def known(monkeypatch):
    """The test screen is registered, for this test only."""
    screen = above()
    monkeypatch.setattr(contract, "_screens", {screen.name: screen})
    return screen


@pytest.fixture
def world(tmp_path: Path, known) -> World:
    enterprise("A", "B")
    made = World(tmp_path)
    progress.live(known, made.lake, made.store, START)
    made.send(hourly("A", 0, [10] * 40 + [60, 70] + [10] * 40), hourly("B", 0, [99] * 82))
    progress.live(known, made.lake, made.store, START + 90 * HOUR)
    return made


@pytest.fixture
def record(world) -> FindingRecord:
    return FindingRecord.objects.get(subject="A")


def checked(world, record, **more):
    return verify(world.store.get(record.inputs_sha256), world.store.get, **more)


def test_a_finding_is_come_to_again_and_agrees_with_the_lake_row_by_row(world, record):
    verdict = checked(world, record, lake=world.lake, expect=record.inputs_sha256)
    assert verdict.holds
    assert [c.holds for c in verdict.checks] == [True] * len(verdict.checks)
    assert "逐行一致" in verdict.checks[-1].seen_zh


def test_the_slice_holds_only_the_needed_rows_of_the_subject(world, record):
    manifest = json.loads(world.store.get(record.inputs_sha256))
    (entry,) = manifest["inputs"]
    rows = frame_of(world.store.get(entry["sha256"]))
    assert set(rows["device_mn"]) == {"A"}
    assert rows.height == entry["rows"] == 6 + 2 + 3
    assert entry["lake_version"] == world.lake.version(READINGS)


def test_every_frozen_file_is_registered_as_evidence(record):
    assert EvidenceFile.objects.filter(sha256=record.inputs_sha256).exists()
    assert EvidenceFile.objects.count() == 4


def test_freezing_is_deterministic(world, record):
    before = record.inputs_sha256
    FindingRecord.objects.all().delete()
    progress.Watermark.objects.update(version=0)
    progress.live(above(), world.lake, world.store, START + 90 * HOUR)
    assert FindingRecord.objects.get(subject="A").inputs_sha256 == before


def test_later_rows_and_compaction_do_not_disturb_the_comparison(world, record):
    for n in range(10):
        world.send(hourly("A", 30 + n, [99], received=START + 500 * HOUR))
    world.lake.compact(READINGS, min_files=2)
    assert checked(world, record, lake=world.lake).holds


def test_a_lake_that_no_longer_keeps_the_version_is_said_and_is_no_failure(world, record):
    for n in range(10):
        world.send(hourly("A", 36 + n, [10], received=START + 500 * HOUR))
    world.lake.compact(READINGS, min_files=2)
    world.lake.vacuum(READINGS, keep_hours=0)
    verdict = checked(world, record, lake=world.lake)
    assert verdict.holds
    assert verdict.checks[-1].holds is None
    assert "已按保存期清理" in verdict.checks[-1].seen_zh


def test_a_lake_that_was_altered_is_found_out(world, record):
    table = world.lake.table(READINGS)
    for path in table.path.glob("day=2026-11-02/*.parquet"):
        rows = pl.read_parquet(path, hive_partitioning=False)
        rows.with_columns(value=pl.col("value") * 0.5).write_parquet(path, compression="zstd", compression_level=1)
    verdict = checked(world, record, lake=world.lake)
    assert not verdict.holds
    assert "不符" in verdict.checks[-1].seen_zh


def test_another_version_of_the_rule_says_so_and_does_not_pass(world, record, monkeypatch):
    monkeypatch.setattr(contract, "_screens", {"test.above": above(version="2")})
    verdict = checked(world, record)
    assert not verdict.holds
    assert "版本 1" in verdict.checks[-2].seen_zh


def test_a_rule_that_reads_what_it_may_not_is_refused_at_the_first_freeze(tmp_path, known):
    import itertools

    turns = itertools.count()

    def impure(rows, facts, parameters, now):
        return [f for f in run_above(rows, facts, parameters, now) if next(turns) == 0]

    screen = above(impure)
    world = World(tmp_path)
    world.send(hourly("A", 0, [60, 10]))
    from sanjian.base.screening.runner import judge
    from sanjian.base.screening.windows import Window

    (outcome,) = judge(
        screen, world.lake, [Window(("A",), START, START + HOUR)], {"readings": 1}, lambda s, k: {}, START
    )
    with pytest.raises(NotReproducible):
        freeze(outcome.findings[0], outcome.seen, world.store.put)


def test_a_stranger_verifies_the_exported_folder_without_database_or_lake(world, record, tmp_path, django_db_blocker):
    names = export(record.inputs_sha256, world.store.get, tmp_path / "out")
    assert names == ["README.txt", "SHA256SUMS", "inputs/readings.parquet", "manifest.json"]
    with django_db_blocker.block():
        verdict = verify_folder(tmp_path / "out", expect=record.inputs_sha256)
    assert verdict.holds
    assert verdict.finding["summary_zh"] == record.summary_zh


def test_two_exports_are_the_same_bytes(world, record, tmp_path):
    for name in ("one", "two"):
        export(record.inputs_sha256, world.store.get, tmp_path / name)
    one, two = ({p.name: p.read_bytes() for p in (tmp_path / n).rglob("*") if p.is_file()} for n in ("one", "two"))
    assert one == two


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_any_altered_byte_in_any_file_is_named(world, record, tmp_path_factory, data):
    folder = tmp_path_factory.mktemp("tampered") / "out"
    names = export(record.inputs_sha256, world.store.get, folder)
    name = data.draw(st.sampled_from(names))
    content = bytearray((folder / name).read_bytes())
    content[data.draw(st.integers(0, len(content) - 1))] ^= data.draw(st.integers(1, 255))
    (folder / name).write_bytes(bytes(content))
    verdict = verify_folder(folder)
    assert not verdict.holds
    assert any(c.holds is False and name in c.seen_zh for c in verdict.checks)


def test_a_consistent_forgery_is_found_by_the_hash_known_from_elsewhere(world, record, tmp_path):
    export(record.inputs_sha256, world.store.get, tmp_path / "out")
    verdict = verify_folder(tmp_path / "out", expect="f" * 64)
    assert not verdict.holds
    assert "manifest.json 被改动" in verdict.checks[0].seen_zh


def test_missing_and_additional_files_are_named(world, record, tmp_path):
    export(record.inputs_sha256, world.store.get, tmp_path / "out")
    (tmp_path / "out" / "inputs" / "readings.parquet").unlink()
    (tmp_path / "out" / "extra.txt").write_text("?")
    seen = " ".join(c.seen_zh for c in verify_folder(tmp_path / "out").checks if c.holds is False)
    assert "inputs/readings.parquet" in seen
    assert "extra.txt" in seen


def test_a_folder_that_is_something_else_is_refused_in_plain_words(tmp_path, world, record):
    with pytest.raises(NotAFolder, match="manifest"):
        verify_folder(tmp_path)
    with pytest.raises(NotAFolder, match="不是空的"):
        export(record.inputs_sha256, world.store.get, tmp_path)
