"""The worker: live first, history behind, absence on the clock, one holder per screen, a clean end."""

import os
import signal
import subprocess
import sys
import time
from datetime import timedelta
from pathlib import Path

import polars as pl
import pytest

from sanjian.base.screening import contract, facts, housekeeping
from sanjian.base.screening.housekeeping import Housekeeping
from sanjian.base.screening.models import Backfill, FindingRecord, ScreenState, WorkerState
from sanjian.base.screening.queries import screen_lags
from sanjian.base.screening.worker import HOLD, Worker
from sanjian.base.sensing.streams import READINGS

from .kit import HOUR, START, World, above, enterprise, hourly, run_above

pytestmark = pytest.mark.django_db


class Clock:
    """Time that only moves when a test says so."""

    def __init__(self) -> None:
        self.now = START + 24 * HOUR

    def __call__(self):
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def world(tmp_path: Path) -> World:
    enterprise("A", "B")
    return World(tmp_path)


def use(monkeypatch, *screens):
    monkeypatch.setattr(contract, "_screens", {s.name: s for s in screens})


def test_live_rows_are_judged_in_the_first_pass_and_history_in_the_passes_after(world, clock, monkeypatch):
    use(monkeypatch, above())
    world.send(hourly("A", 0, [60, 10]))
    worker = Worker(world.lake, world.store, clock)
    worker.pass_once()
    assert FindingRecord.objects.count() == 1, "a small history is done at once"
    assert Backfill.objects.get().finished_at is not None
    world.send(hourly("B", 22, [60]))
    worker.pass_once()
    assert FindingRecord.objects.count() == 2
    (lag,) = screen_lags(world.lake)
    assert (lag.behind, lag.history_left, lag.findings) == (0, 0, 2)


def test_a_screen_with_a_pace_gathers_rows(world, clock, monkeypatch):
    use(monkeypatch, above(pace=timedelta(minutes=5)))
    worker = Worker(world.lake, world.store, clock)
    world.lake.table(READINGS)
    worker.pass_once()
    world.send(hourly("A", 22, [60]))
    worker.pass_once()
    assert FindingRecord.objects.count() == 0
    clock.now += timedelta(minutes=5)
    worker.pass_once()
    assert FindingRecord.objects.count() == 1


def test_rules_about_absence_run_on_the_clock_with_facts_alone(world, clock, monkeypatch):
    calls = []

    def absent(rows, known, parameters, now):
        calls.append((rows["readings"].height, known["open"].height, now))
        return []

    use(monkeypatch, above(absent, every=timedelta(minutes=1), facts=("open",)))
    worker = Worker(world.lake, world.store, clock)
    for _ in range(3):
        worker.pass_once()
        clock.now += timedelta(seconds=40)
    assert [(n, m) for n, m, _ in calls] == [(0, 0), (0, 0)]


def test_a_failing_screen_does_not_stop_its_neighbour(world, clock, monkeypatch):
    def broken(rows, known, parameters, now):
        raise KeyError("nothing here")

    def also(rows, known, parameters, now):
        from dataclasses import replace

        return [replace(f, screen="test.zz") for f in run_above(rows, known, parameters, now)]

    use(monkeypatch, above(broken), above(also, name="test.zz"))
    worker = Worker(world.lake, world.store, clock)
    world.lake.table(READINGS)
    worker.pass_once()
    world.send(hourly("A", 22, [60]))
    worker.pass_once()
    assert [r.screen for r in FindingRecord.objects.all()] == ["test.zz"]
    assert ScreenState.objects.get(screen="test.above").errors == 1


def test_a_screen_that_another_worker_holds_is_left_alone_until_the_hold_lapses(world, clock, monkeypatch):
    use(monkeypatch, above())
    world.lake.table(READINGS)
    worker = Worker(world.lake, world.store, clock)
    worker.pass_once()
    ScreenState.objects.update(worker="another:1", held_until=clock.now + HOLD)
    world.send(hourly("A", 22, [60]))
    worker.pass_once()
    assert FindingRecord.objects.count() == 0
    clock.now += HOLD + timedelta(seconds=1)
    worker.pass_once()
    assert FindingRecord.objects.count() == 1


def test_the_worker_says_that_it_lives(world, clock, monkeypatch):
    use(monkeypatch, above())
    Worker(world.lake, world.store, clock).pass_once()
    assert WorkerState.objects.get().at == clock.now


def test_stop_ends_the_run_and_takes_the_worker_off_the_list(world, clock, monkeypatch):
    use(monkeypatch, above())
    worker = Worker(world.lake, world.store, clock)
    worker.stop()
    worker.run()
    assert not WorkerState.objects.exists()


def test_housekeeping_merges_small_files_when_there_are_many_and_changes_no_row(world, clock, monkeypatch):
    monkeypatch.setattr(housekeeping, "COMPACT_FILES", 10)
    lake = world.lake
    keeper = Housekeeping(lake)
    keeper.some(clock.now)
    for n in range(12):
        lake.append(READINGS, hourly("A", n, [n]))
    before = lake.scan(READINGS).sort("data_time_at").collect()
    assert keeper.some(clock.now) == 11
    assert lake.scan(READINGS).sort("data_time_at").collect().equals(before)
    clock.now += housekeeping.TIDY
    assert keeper.some(clock.now) >= 0


def test_facts_without_a_provider_are_empty_frames_of_their_columns():
    frame = facts.FactFrame("things", "测试", (), ())
    facts.declare("nofamily", frame)
    screen = above(name="nofamily.x", facts=("things", "open"))
    assert facts.load(screen, None).keys() == {"things"}
    assert isinstance(facts.load(screen, None)["things"], pl.DataFrame)


def test_sigterm_ends_the_process_with_the_work_in_hand_finished(tmp_path):
    """A real process: it stops by itself, with code 0, soon after the signal."""
    home = {**os.environ, "SANJIAN_HOME": str(tmp_path / "home")}
    start = (
        "import django; django.setup(); from django.core.management import call_command as c; "
        "c('migrate', verbosity=0, skip_checks=True); from sanjian.base.screening.worker import main; main()"
    )
    process = subprocess.Popen([sys.executable, "-c", start], env=home, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    try:
        deadline = time.monotonic() + 60
        while "worker started" not in process.stdout.readline():
            assert time.monotonic() < deadline
            assert process.poll() is None
        process.send_signal(signal.SIGTERM)
        assert process.wait(timeout=30) == 0
    finally:
        process.kill()
        process.stdout.close()
