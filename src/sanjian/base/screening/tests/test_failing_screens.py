"""A rule that raises hurts nobody else: it is counted, tried again, and then only what it fails on is set aside."""

from pathlib import Path

import pytest

from sanjian.base.lake import LakeFull
from sanjian.base.screening import progress
from sanjian.base.screening.judging import TRIES, retry
from sanjian.base.screening.models import FindingRecord, ScreenState, SetAside, Watermark
from sanjian.base.screening.runner import ScreenFailed
from sanjian.base.sensing.streams import READINGS

from .kit import HOUR, START, World, above, enterprise, hourly, run_above

pytestmark = pytest.mark.django_db
NOW = START + 5 * HOUR


def fails_on_b(rows, facts, parameters, now):
    if "B" in set(rows["readings"]["device_mn"]):
        raise ZeroDivisionError("division by zero")
    return run_above(rows, facts, parameters, now)


@pytest.fixture
def world(tmp_path: Path) -> World:
    enterprise("A", "B", "C")
    made = World(tmp_path)
    made.lake.table(READINGS)
    progress.live(above(), made.lake, made.store, NOW)
    made.send(hourly("A", 0, [60, 10]), hourly("B", 0, [60, 10]), hourly("C", 0, [60, 10]))
    return made


def test_the_watermark_waits_while_the_batch_is_tried_again(world):
    for _ in range(TRIES - 1):
        with pytest.raises(ScreenFailed, match="division by zero"):
            progress.live(above(fails_on_b), world.lake, world.store, NOW)
    assert Watermark.objects.get().version == 0
    assert ScreenState.objects.get().failures == TRIES - 1
    assert not SetAside.objects.exists()


def test_at_the_third_failure_the_failing_subject_is_set_aside_and_its_neighbours_go_on(world):
    for _ in range(TRIES - 1):
        with pytest.raises(ScreenFailed):
            progress.live(above(fails_on_b), world.lake, world.store, NOW)
    progress.live(above(fails_on_b), world.lake, world.store, NOW)
    assert set(FindingRecord.objects.values_list("subject", flat=True)) == {"A", "C"}
    aside = SetAside.objects.get()
    assert aside.key == ["B"]
    assert "ZeroDivisionError" in aside.error
    assert ScreenState.objects.get().errors == TRIES
    assert Watermark.objects.get().version == world.lake.version(READINGS)


def test_what_was_set_aside_can_be_judged_again(world):
    for _ in range(TRIES - 1):
        with pytest.raises(ScreenFailed):
            progress.live(above(fails_on_b), world.lake, world.store, NOW)
    progress.live(above(fails_on_b), world.lake, world.store, NOW)
    assert retry(SetAside.objects.get(), above(), world.lake, world.store, NOW).new == 1
    assert SetAside.objects.get().settled_at == NOW


def test_a_rule_that_recovers_loses_nothing(world):
    with pytest.raises(ScreenFailed):
        progress.live(above(fails_on_b), world.lake, world.store, NOW)
    assert progress.live(above(), world.lake, world.store, NOW).tally.new == 3
    assert ScreenState.objects.get().failures == 0


def test_a_full_disk_is_not_the_rules_fault(world):
    class Full(type(world.store)):
        def put(self, content):
            raise LakeFull("No space left on device")

    with pytest.raises(LakeFull):
        progress.live(above(), world.lake, Full(world.root / "evidence"), NOW)
    assert Watermark.objects.get().version == 0
    assert ScreenState.objects.get().failures == 0
    assert progress.live(above(), world.lake, world.store, NOW).tally.new == 3
