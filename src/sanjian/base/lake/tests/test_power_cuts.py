"""What a crash can leave behind is mended without losing anything that was promised."""

import json
import signal
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest

from sanjian.base.lake import Lake, TableDamaged, log

from .kit import START, THINGS, numbers, things


@pytest.fixture
def lake(tmp_path: Path) -> Lake:
    made = Lake(tmp_path)
    for number in range(3):
        made.append(THINGS, things([number], start=START + timedelta(hours=number)))
    return made


def entry(lake: Lake, version: int) -> Path:
    return log.entry(lake.table(THINGS).path, version)


@pytest.mark.parametrize("torn", ["", '{"add": {"path": "day=2026', "\x00\x00\x00\x00"])
def test_a_torn_newest_log_entry_is_set_aside_and_the_table_goes_on(lake, torn):
    entry(lake, 4).write_text(torn)
    opened = Lake(lake.root)
    assert numbers(opened.scan(THINGS)) == [0, 1, 2]
    opened.append(THINGS, things([9], start=START + timedelta(hours=9)))
    assert numbers(Lake(lake.root).scan(THINGS)) == [0, 1, 2, 9]
    assert entry(lake, 4).with_suffix(".json.damaged").exists(), "kept for whoever wants to look"


def test_an_older_entry_that_cannot_be_read_is_not_hidden(lake):
    entry(lake, 2).write_text("")
    assert log.mend(lake.table(THINGS).path) is None
    entry(lake, 3).unlink()
    entry(lake, 2).rename(entry(lake, 9))
    with pytest.raises(TableDamaged):
        log.mend(lake.table(THINGS).path)


def test_a_whole_log_is_left_alone(lake):
    assert log.mend(lake.table(THINGS).path) is None
    assert log.newest_version(lake.table(THINGS).path) == 3


def test_a_table_that_does_not_exist_has_no_version(tmp_path):
    assert log.newest_version(tmp_path / "nothing") == -1
    assert log.mend(tmp_path / "nothing") is None


def test_an_orphan_file_of_a_crash_before_the_commit_is_never_read_and_vacuumed_away(lake):
    folder = lake.table(THINGS).path / "day=2026-11-01"
    orphan = folder / "part-orphan.parquet"
    things([77]).drop("day").write_parquet(orphan)
    assert numbers(lake.scan(THINGS)) == [0, 1, 2]
    lake.vacuum(THINGS, keep_hours=0)
    assert not orphan.exists()
    assert numbers(lake.scan(THINGS)) == [0, 1, 2]


WRITER = """
import sys
from datetime import timedelta
from pathlib import Path
from sanjian.base.lake import Lake
from sanjian.base.lake.tests.kit import START, THINGS, things
lake = Lake(Path(sys.argv[1]))
for n in range(1000):
    lake.append(THINGS, things([n], start=START + timedelta(hours=n)))
    print(n, flush=True)
"""


@pytest.mark.parametrize("after", [1, 4])
def test_a_writer_killed_at_any_moment_has_stored_what_it_acknowledged(tmp_path, after):
    process = subprocess.Popen([sys.executable, "-c", WRITER, str(tmp_path)], stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    acknowledged = [int(process.stdout.readline()) for _ in range(after)]
    process.send_signal(signal.SIGKILL)
    acknowledged += [int(line) for line in process.stdout.read().split("\n")[:-1]]
    process.wait()
    process.stdout.close()
    found = numbers(Lake(tmp_path).scan(THINGS, superseded=True))
    assert set(acknowledged) <= set(found)
    assert len(found) == len(set(found))


def test_the_log_names_only_files_that_exist(lake):
    for version in range(1, 4):
        for line in entry(lake, version).read_text().splitlines():
            added = json.loads(line).get("add")
            if added:
                assert (lake.table(THINGS).path / added["path"]).exists()
