"""The runner reads on from its watermark, judges each subject in full, and stores a finding once."""

import itertools
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sanjian.base.identity.models import AuditEntry
from sanjian.base.live.models import LiveEvent
from sanjian.base.screening import progress, services
from sanjian.base.screening.backfill import backfill
from sanjian.base.screening.models import Backfill, FindingRecord, Watermark
from sanjian.base.sensing.streams import READINGS

from .kit import HOUR, START, World, above, enterprise, hourly, run_above

pytestmark = pytest.mark.django_db


@pytest.fixture
def world(tmp_path: Path) -> World:
    enterprise("A", "B")
    made = World(tmp_path)
    made.lake.table(READINGS)
    live(made)  # the screen has met the empty stream: from here on everything is live
    return made


def live(world: World, hour: int = 24, screen=None):
    return progress.live(screen or above(), world.lake, world.store, START + hour * HOUR)


def spans() -> list[tuple[str, int, int | None]]:
    """(subject, first hour, hour after the last or None) of findings that stand."""
    return [
        (r.subject, (r.started_at - START) // HOUR, r.ended_at and (r.ended_at - START) // HOUR)
        for r in FindingRecord.objects.filter(withdrawn_at=None).order_by("subject", "started_at")
    ]


def test_a_stretch_that_arrives_hour_by_hour_is_one_finding_that_grows_and_ends(world):
    values = [10, 60, 70, 80, 20]
    for n, value in enumerate(values):
        world.send(hourly("A", n, [value]))
        live(world, hour=n + 1)
        if n == 2:
            assert spans() == [("A", 1, None)]
    assert spans() == [("A", 1, 4)]
    record = FindingRecord.objects.get()
    assert record.severity == 4
    assert record.raised_at == START + 2 * HOUR
    assert [law.code for law in record.law.all()] == ["air-law-2018-99"]


def test_a_stretch_longer_than_the_look_back_keeps_its_start(world):
    for n in range(30):
        world.send(hourly("A", n, [60]))
        live(world, hour=n + 1)
    assert spans() == [("A", 0, None)]


def test_running_again_over_the_same_rows_changes_nothing_and_tells_nobody(world):
    world.send(hourly("A", 0, [60, 60, 10]))
    live(world)
    before = (list(FindingRecord.objects.values()), LiveEvent.objects.count(), AuditEntry.objects.count())
    Watermark.objects.update(version=0)  # a crash before the watermark moved
    assert live(world).tally.same == 1
    assert (list(FindingRecord.objects.values()), LiveEvent.objects.count(), AuditEntry.objects.count()) == before


def test_nothing_new_is_nothing_to_do(world):
    world.send(hourly("A", 0, [60]))
    live(world)
    assert live(world).tally is None


def test_rows_of_other_kinds_wake_nobody(world):
    import polars as pl

    world.send(hourly("A", 0, [60]).with_columns(kind=pl.lit("rt")))
    assert live(world).rows == 0


def test_late_rows_are_judged_at_their_own_time(world):
    world.send(hourly("A", 400, [10]), hourly("B", 400, [10]))
    live(world, hour=401)
    world.send(hourly("A", 3, [60]))
    live(world, hour=402)
    assert spans() == [("A", 3, 4)]


def test_a_late_row_that_closes_a_hole_joins_two_findings_and_withdraws_the_second(world):
    world.send(hourly("A", 0, [60, 60]), hourly("A", 3, [60, 60, 10]))
    live(world)
    assert spans() == [("A", 0, 2), ("A", 3, 5)]
    world.send(hourly("A", 2, [60]))
    live(world)
    assert spans() == [("A", 0, 5)]
    assert FindingRecord.objects.count() == 2, "what was withdrawn stays on record"
    assert AuditEntry.objects.filter(act="finding.withdrawn").count() == 1


def test_a_corrected_value_withdraws_the_finding_it_had_caused(world):
    world.send(hourly("A", 0, [10, 60, 10]))
    live(world)
    world.send(hourly("A", 1, [20], received=START + 9 * HOUR))
    live(world)
    assert spans() == []
    world.send(hourly("A", 1, [70], received=START + 10 * HOUR))
    live(world)
    assert spans() == [("A", 1, 2)]


def test_a_correction_in_the_middle_of_a_stretch_splits_it(world):
    world.send(hourly("A", 0, [60] * 10 + [10]))
    live(world)
    world.send(hourly("A", 5, [20], received=START + 20 * HOUR))
    live(world)
    assert spans() == [("A", 0, 5), ("A", 6, 10)]


def test_a_finding_on_an_unknown_device_is_kept_visible_until_somebody_registers_it(world):
    world.send(hourly("STRANGER", 0, [60, 10]))
    assert live(world).tally.unclaimed == 1
    assert LiveEvent.objects.filter(kind="finding.unclaimed").count() == 1
    enterprise("STRANGER")
    assert services.claim_unclaimed(at=START) == 1
    assert spans() == [("STRANGER", 0, 1)]


def test_everyone_who_subscribed_hears_of_new_and_changed_findings_in_the_same_transaction(world, monkeypatch):
    heard = []
    monkeypatch.setattr(services, "_subscribers", [])
    services.subscribe(lambda record, created: heard.append((record.severity, created)))
    world.send(hourly("A", 0, [60]))
    live(world, hour=1)
    world.send(hourly("A", 1, [60]))
    live(world, hour=2)
    assert heard == [(2, True), (3, False)]


def test_a_subscriber_that_fails_leaves_neither_finding_nor_watermark(world, monkeypatch):
    def refuse(record, created):
        raise RuntimeError("no")

    monkeypatch.setattr(services, "_subscribers", [refuse])
    world.send(hourly("A", 0, [60]))
    with pytest.raises(RuntimeError):
        live(world)
    assert spans() == []
    monkeypatch.setattr(services, "_subscribers", [])
    live(world)
    assert len(spans()) == 1


def test_a_screen_that_meets_a_lake_with_history_starts_live_and_judges_history_behind(tmp_path):
    enterprise("A")
    world = World(tmp_path)
    world.send(hourly("A", 0, [60, 60, 10]))
    world.send(hourly("A", 24 * 40, [60, 60, 10]))
    live(world, hour=24 * 41)
    assert spans() == []
    world.send(hourly("A", 24 * 41, [60]))
    live(world, hour=24 * 41 + 1)
    assert spans() == [("A", 24 * 41, None)], "live data do not wait for history"
    steps = 0
    while backfill(above(), world.lake, world.store, START + 24 * 41 * HOUR).more:
        steps += 1
    assert steps >= 1
    assert spans() == [("A", 0, 2), ("A", 960, 962), ("A", 984, None)]
    assert Backfill.objects.get().finished_at is not None


def test_a_batch_too_big_for_a_live_step_becomes_a_backfill(world, monkeypatch):
    monkeypatch.setattr(progress, "ROWS", 10)
    world.send(hourly("A", 0, [60] * 5 + [10] * 20))
    assert live(world).rows == 0
    backfill(above(), world.lake, world.store, START + 30 * HOUR)
    assert spans() == [("A", 0, 5)]


def test_log_entries_that_are_gone_mean_history_is_judged_again(world):
    world.send(hourly("A", 0, [60, 10]))
    world.send(hourly("B", 0, [60, 10]))
    (world.lake.table(READINGS).path / "_delta_log" / f"{1:020d}.json").unlink()
    from sanjian.base.lake import Lake

    lake = Lake(world.root / "lake2")
    # The log of a table whose first entries were cleaned after a checkpoint:
    lake.append(READINGS, hourly("A", 0, [60, 10]))
    lake.append(READINGS, hourly("B", 0, [60, 10]))
    lake.clean_log(READINGS)
    (lake.table(READINGS).path / "_delta_log" / f"{1:020d}.json").unlink()
    progress.live(above(), lake, world.store, START + 5 * HOUR)
    assert spans() == []
    backfill(above(), lake, world.store, START + 5 * HOUR)
    assert spans() == [("A", 0, 1), ("B", 0, 1)]


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    values=st.lists(st.sampled_from([10.0, 60.0]), min_size=1, max_size=14),
    order=st.randoms(use_true_random=False),
    cuts=st.sets(st.integers(1, 13), max_size=4),
)
def test_any_order_of_arrival_comes_to_what_one_look_at_all_rows_would(tmp_path_factory, values, order, cuts):
    FindingRecord.objects.all().delete()
    Watermark.objects.all().delete()
    Backfill.objects.all().delete()
    if not FindingRecord._meta.apps.get_model("registry", "MonitoringPoint").objects.filter(device_mn="A").exists():
        enterprise("A")
    world = World(tmp_path_factory.mktemp("order"))
    world.lake.table(READINGS)
    screen = above(look_back=2 * HOUR)
    live(world, screen=screen)
    places = list(range(len(values)))
    order.shuffle(places)
    bounds = [0, *sorted(c for c in cuts if c < len(places)), len(places)]
    for start, end in itertools.pairwise(bounds):
        world.send(*(hourly("A", n, [values[n]]) for n in places[start:end]))
        live(world, hour=100, screen=screen)
    whole = run_above({"readings": hourly("A", 0, values)}, {}, screen.parameters, START + 100 * HOUR)
    assert spans() == [("A", (f.started_at - START) // HOUR, (f.ended_at - START) // HOUR) for f in whole]
