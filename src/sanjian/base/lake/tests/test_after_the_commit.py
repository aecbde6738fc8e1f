"""What goes wrong after a commit must not undo it: rows that the log names keep their files."""

import pytest

from sanjian.base.lake import Lake, log

from .kit import THINGS, numbers, things


@pytest.fixture
def lake(tmp_path):
    return Lake(tmp_path)


def test_a_file_that_the_log_names_is_found_there(lake):
    before = lake.version(THINGS)
    lake.append(THINGS, things([7]))
    (added,) = log.added_files(lake.table(THINGS).path, before, lake.version(THINGS))
    path = added["path"].removeprefix(f"{lake.table(THINGS).path}/")
    assert log.is_mentioned(lake.table(THINGS).path, before, lake.version(THINGS), [path])
    assert not log.is_mentioned(lake.table(THINGS).path, before, lake.version(THINGS), ["day=2026-11-01/other.parquet"])


def test_a_checkpoint_that_cannot_be_written_loses_no_row(lake):
    """The checkpoint's place is taken by a folder: every hundredth commit fails after it has happened."""
    table = lake.table(THINGS)
    lake.append(THINGS, things([0]))
    blocked = table.path / "_delta_log" / f"{100:020d}.checkpoint.parquet"
    blocked.mkdir()
    for number in range(1, 102):
        lake.append(THINGS, things([number]))
    assert numbers(lake.scan(THINGS, superseded=True)) == list(range(102))
