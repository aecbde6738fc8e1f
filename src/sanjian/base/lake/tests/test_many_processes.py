"""Several processes append, tail and compact the same table at the same time, and no row is lost or doubled."""

import subprocess
import sys
import time
from datetime import timedelta
from pathlib import Path

from sanjian.base.lake import Lake

from .kit import START, THINGS, numbers, things

WRITERS, APPENDS = 3, 15
WRITER = """
import sys
from datetime import timedelta
from pathlib import Path
from sanjian.base.lake import Lake
from sanjian.base.lake.tests.kit import START, THINGS, things
lake, who = Lake(Path(sys.argv[1])), int(sys.argv[2])
for n in range({appends}):
    number = who * {appends} + n
    lake.append(THINGS, things([number], thing=str(who), start=START + timedelta(hours=n)))
"""
COMPACTOR = """
import sys
from pathlib import Path
from sanjian.base.lake import Lake, NotStored
from sanjian.base.lake.tests.kit import THINGS
lake = Lake(Path(sys.argv[1]))
print("ready", flush=True)
while lake.version(THINGS) < {until}:
    try:
        lake.compact(THINGS, min_files=4)
    except NotStored:
        pass  # another compaction was first
"""


def _start(code: str, *arguments: str) -> subprocess.Popen[str]:
    return subprocess.Popen([sys.executable, "-c", code, *arguments], stdout=subprocess.PIPE, text=True)


def _end(workers: list[subprocess.Popen[str]]) -> None:
    """Leave no process and no pipe behind: both would be blamed on a later test."""
    for worker in workers:
        worker.kill()
        worker.wait()
        assert worker.stdout is not None
        worker.stdout.close()


def test_concurrent_writers_a_compactor_and_a_tailing_reader_lose_nothing(tmp_path: Path):
    total = WRITERS * APPENDS
    lake = Lake(tmp_path)
    lake.table(THINGS)
    workers = [_start(WRITER.format(appends=APPENDS), str(tmp_path), str(n)) for n in range(WRITERS)]
    workers.append(_start(COMPACTOR.format(until=total), str(tmp_path)))
    seen: list[int] = []
    after, deadline = 0, time.monotonic() + 120
    try:
        while len(seen) < total:
            assert time.monotonic() < deadline, f"{len(seen)} of {total}"
            rows, after = lake.tail(THINGS, after)
            seen += numbers(rows)
        assert all(worker.wait(timeout=60) == 0 for worker in workers)
    finally:
        _end(workers)
    assert sorted(seen) == list(range(total)), "the chain of tails gave every row once"
    assert numbers(Lake(tmp_path).scan(THINGS, superseded=True)) == list(range(total))
    assert numbers(lake.tail(THINGS, after)[0]) == []


def test_many_processes_may_make_the_same_table_at_once(tmp_path: Path):
    code = WRITER.format(appends=1)
    workers = [_start(code, str(tmp_path), str(n)) for n in range(4)]
    try:
        assert all(worker.wait(timeout=60) == 0 for worker in workers)
    finally:
        _end(workers)
    assert numbers(Lake(tmp_path).scan(THINGS)) == [0, 1, 2, 3]
    commits = [*(tmp_path / THINGS.name / "_delta_log").glob("*.json")]
    assert len(commits) == 5, "one creation and four appends: nobody created what was there"


def test_two_lakes_in_one_process_do_not_disturb_each_other(tmp_path: Path):
    one, two = Lake(tmp_path), Lake(tmp_path)
    for number in range(10):
        lake = one if number % 2 else two
        lake.append(THINGS, things([number], start=START + timedelta(hours=number)))
    assert numbers(one.scan(THINGS)) == numbers(two.scan(THINGS)) == list(range(10))
