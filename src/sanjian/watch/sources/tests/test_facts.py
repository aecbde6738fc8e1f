"""The registry's facts reach the screens, and the three screens run end to end on a real lake and database."""

from datetime import date, datetime, timedelta
from pathlib import Path

import polars as pl
import pytest

from sanjian.base.evidence.store import Store
from sanjian.base.identity.models import District
from sanjian.base.lake import Lake
from sanjian.base.registry.models import Factor, InspectionObject, LegalBasis, Limit, MonitoringPoint
from sanjian.base.screening import contract, facts, progress, services
from sanjian.base.screening.judging import on_clock
from sanjian.base.screening.models import FindingRecord
from sanjian.base.screening.verdicts import verify
from sanjian.base.sensing.models import PointState
from sanjian.base.sensing.streams import READINGS
from sanjian.watch.sources.screens import exceedance, frames, frozen, gap

from .rows import MN, at, hours

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def outlet(monkeypatch: pytest.MonkeyPatch) -> MonitoringPoint:
    """One outlet with a NOx limit that was tightened, and one of dust that is not ours."""
    monkeypatch.setattr(services, "_subscribers", [])
    owner = InspectionObject.objects.create(
        credit_code="913100000000000001",
        name="测试电厂",
        district=District.objects.create(code="310104", name="徐汇区"),
        latitude=31.2,
        longitude=121.4,
    )
    place = {"inspection_object": owner, "latitude": 31.2, "longitude": 121.4}
    point = MonitoringPoint.objects.create(device_mn=MN, name="1# 排口", medium="gas", **place)
    MonitoringPoint.objects.create(device_mn="DUST1", name="工地", medium="dust", **place)
    nox, _ = Factor.objects.update_or_create(
        code="a21002", defaults={"name": "氮氧化物", "unit": "mg/m³", "decimals": 1}
    )
    basis, _ = LegalBasis.objects.get_or_create(
        code="eec-2026-1107-over-standard",
        defaults={
            "instrument": "生态环境法典",
            "article": "第一千一百零七条",
            "text": "超标",
            "valid_from": "2026-08-15",
        },
    )
    source = {"point": point, "factor": nox, "source": "排污许可证", "legal_basis": basis}
    Limit.objects.create(upper=100, valid_from=date(2014, 7, 1), valid_to=date(2026, 6, 30), **source)
    Limit.objects.create(upper=50, valid_from=date(2026, 7, 1), **source)
    return point


@pytest.fixture
def lake(tmp_path: Path) -> Lake:
    made = Lake(tmp_path / "lake")
    made.table(READINGS)
    return made


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(tmp_path / "evidence")


def state(point: MonitoringPoint, moment: datetime, received: datetime, flag: str = "N") -> None:
    values = {"hour": {"a21002": [40.0, flag, moment.isoformat(), "0" * 64]}}
    PointState.objects.update_or_create(
        point=point, defaults={"received_at": received, "data_time_at": moment, "values": values}
    )


def test_facts_have_exactly_the_documented_columns(outlet):
    state(outlet, at("2026-11-23 08:00"), at("2026-11-23 09:02"))
    known = facts.load(gap.SCREEN, None)
    for frame in (frames.POINTS, frames.LIMITS, frames.FACTORS, frames.LATEST):
        assert dict(known[frame.name].schema) == frame.schema
    assert known["limits"]["upper"].to_list() == [100.0, 50.0]
    assert known["latest"].row(0)[:3] == (MN, "hour", "a21002")


def test_points_of_other_families_are_left_out_and_subjects_narrow():
    assert facts.load(gap.SCREEN, None)["points"]["device_mn"].to_list() == [MN]
    assert facts.load(gap.SCREEN, ["NOBODY"])["points"].is_empty()


def test_an_exceedance_becomes_a_record_with_its_law_and_can_be_verified(lake, store):
    progress.live(exceedance.SCREEN, lake, store, at("2026-11-23 08:00"))
    lake.append(READINGS, hours("2026-11-23 08:00", [40.0, 128.0, 30.0]))
    progress.live(exceedance.SCREEN, lake, store, at("2026-11-23 11:05"))
    record = FindingRecord.objects.get()
    assert [law.code for law in record.law.all()] == ["eec-2026-1107-over-standard"]
    assert record.point is not None
    assert record.point.device_mn == MN
    verdict = verify(store.get(record.inputs_sha256), store.get, lake=lake, expect=record.inputs_sha256)
    assert verdict.holds, verdict.checks
    assert {c.name for c in verdict.checks} >= {"facts/limits.parquet", "inputs/readings.parquet", "重算"}


def test_the_limit_of_the_day_is_the_one_the_registry_has_for_it(lake, store):
    progress.live(exceedance.SCREEN, lake, store, at("2026-06-30 08:00"))
    lake.append(READINGS, hours("2026-06-30 22:00", [80.0] * 4))
    progress.live(exceedance.SCREEN, lake, store, at("2026-07-01 02:05"))
    assert FindingRecord.objects.get().started_at == at("2026-07-01 00:00")


def test_a_device_goes_silent_is_found_on_the_clock_and_ends_with_its_next_row(outlet, lake, store):
    lake.append(READINGS, hours("2026-11-23 05:00", [40.0] * 4))
    state(outlet, at("2026-11-23 08:00"), at("2026-11-23 09:02"))
    progress.live(gap.SCREEN, lake, store, at("2026-11-23 09:05"))
    for now in ("2026-11-23 11:00", "2026-11-23 13:00", "2026-11-23 14:00"):
        on_clock(gap.SCREEN, store, at(now))
    record = FindingRecord.objects.get()
    assert (record.kind, record.started_at, record.ended_at) == ("device_offline", at("2026-11-23 09:00"), None)
    assert verify(store.get(record.inputs_sha256), store.get, lake=lake).holds
    lake.append(READINGS, hours("2026-11-23 14:00", [40.0]))
    state(outlet, at("2026-11-23 14:00"), at("2026-11-23 15:02"))
    progress.live(gap.SCREEN, lake, store, at("2026-11-23 15:05"))
    record.refresh_from_db()
    assert record.ended_at == at("2026-11-23 14:00")
    assert verify(store.get(record.inputs_sha256), store.get, lake=lake).holds
    lake.append(READINGS, hours("2026-11-23 09:00", [40.0] * 5, is_backfill=True))
    progress.live(gap.SCREEN, lake, store, at("2026-11-23 15:10"))
    record.refresh_from_db()
    assert record.withdrawn_at is not None, "back-fill closed the hole"


def test_a_frozen_value_over_many_runs_is_one_finding_that_verifies(lake, store):
    lively = [40.1, 42.7, 39.8, 44.2, 41.5, 43.9, 40.6, 45.1, 38.7, 42.2, 41.9, 44.8]
    rows = hours("2026-11-20 00:00", [*lively, *[50.3] * 20, *lively])
    progress.live(frozen.SCREEN, lake, store, at("2026-11-20 00:00"))
    for n in range(8, rows.height + 1, 2):
        lake.append(READINGS, rows.slice(n - 2 if n > 8 else 0, 2 if n > 8 else 8))
        progress.live(frozen.SCREEN, lake, store, at("2026-11-20 00:02") + timedelta(hours=n))
    record = FindingRecord.objects.get()
    assert (record.started_at, record.ended_at) == (at("2026-11-20 12:00"), at("2026-11-21 08:00"))
    assert record.evidence["numbers"]["数据个数"] == 20
    assert verify(store.get(record.inputs_sha256), store.get, lake=lake).holds


def test_one_look_at_everything_finds_what_many_small_looks_found(lake, store):
    """The three screens agree between history in one piece and the same rows hour by hour."""
    lively = [40.1, 42.7, 39.8, 44.2, 41.5, 43.9, 40.6, 45.1, 38.7, 42.2, 41.9, 44.8]
    rows = pl.concat([hours("2026-11-20 00:00", [*lively, *[70.3] * 8, *lively]), hours("2026-11-21 13:00", lively)])
    for screen in (exceedance.SCREEN, frozen.SCREEN, gap.SCREEN):
        progress.live(screen, lake, store, at("2026-11-20 00:00"))
        for n in range(rows.height):
            lake.append(READINGS, rows.slice(n, 1))
            moment = rows["data_time_at"][n] + timedelta(hours=1, minutes=2)
            progress.live(screen, lake, store, moment)
        small = {r.fingerprint: (r.started_at, r.ended_at) for r in FindingRecord.objects.filter(withdrawn_at=None)}
        whole = screen.run({"readings": rows}, facts.load(screen, None), screen.parameters, at("2026-11-22 01:02"))
        assert {f.fingerprint: (f.started_at, f.ended_at) for f in whole} == small
        assert whole
        FindingRecord.objects.all().delete()
        lake = Lake(lake.root.with_name(f"lake-{screen.name}"))
        lake.table(READINGS)


def test_the_family_is_registered():
    assert {s.name for s in contract.all_screens()} >= {"sources.exceedance", "sources.frozen", "sources.gap"}
