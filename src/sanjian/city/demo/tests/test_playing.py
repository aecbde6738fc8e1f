"""The demonstration plays its series as a real device would, goes on after a restart, and says whose data they are."""

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from sanjian.base.identity.models import Account, AuditEntry
from sanjian.base.registry.models import Facility, InspectionObject, Limit, ObjectVersion, Permit
from sanjian.base.sensing.hj212.decode import decode_frame
from sanjian.city.demo import registry
from sanjian.city.demo.device import frame
from sanjian.city.demo.feeder import Progress, between
from sanjian.city.demo.points import DATA, HOUR, POINTS

NOW = datetime(2026, 11, 23, 9, 20, tzinfo=UTC)
BUILT = (Account, AuditEntry, Facility, InspectionObject, Limit, ObjectVersion, Permit)
HOURLY = [p for p in POINTS if p.step == HOUR]


@pytest.mark.parametrize("point", POINTS, ids=lambda p: p.device_mn)
def test_every_point_sends_clean_frames(point) -> None:
    decoded = decode_frame(frame(point, point.command, NOW, point.row(10), "20261123172000001"))
    assert decoded.action == "accept"
    assert decoded.warnings == ()
    assert set(decoded.factors) == {code for code, value in point.row(10).items() if value is not None}


def test_the_history_ends_with_the_newest_full_hour(tmp_path: Path) -> None:
    progress = Progress(tmp_path / "demo.json", NOW)
    point = HOURLY[0]
    last = progress.due(point, NOW)[-1]
    assert point.at(last, progress.first_period(point)) <= NOW - HOUR
    assert not progress.due(point, NOW)[last + 1 :]


def test_a_restart_goes_on_where_it_stopped(tmp_path: Path) -> None:
    point = HOURLY[0]
    first = Progress(tmp_path / "demo.json", NOW)
    due = first.due(point, NOW)
    first.sent(point, due[-1] + 1)
    again = Progress(tmp_path / "demo.json", NOW + timedelta(hours=3))
    assert again.anchor == first.anchor
    assert list(again.due(point, NOW + timedelta(hours=3))) == [due[-1] + n for n in (1, 2, 3)]


def test_values_between_two_hours_lie_between_them(tmp_path: Path) -> None:
    progress = Progress(tmp_path / "demo.json", NOW)
    point = HOURLY[0]
    here, there = point.row(point.past), point.row(point.past + 1)
    for code, value in between(point, progress, NOW).items():
        low, high = sorted((here[code] or 0.0, there[code] or 0.0))
        assert value is None or low <= value <= high


def test_every_series_names_its_source_and_licence() -> None:
    told = (DATA / "SOURCE.md").read_text(encoding="utf-8")
    assert all(path.name in told for path in DATA.glob("*.parquet"))


@pytest.mark.django_db
def test_building_twice_changes_nothing() -> None:
    registry.build()
    before = [model.objects.count() for model in BUILT]
    registry.build()
    after = [model.objects.count() for model in BUILT]
    assert before == after
    assert all("演示" in o.name for o in InspectionObject.objects.all())


@pytest.mark.django_db
def test_the_registry_has_a_past() -> None:
    """So that "as of" a day shows something on the demonstration."""
    registry.build()
    plant = InspectionObject.objects.get(name__contains="燃气发电")
    on_new_year = ObjectVersion.objects.as_of(date(2026, 1, 1)).get(inspection_object=plant)
    assert (on_new_year.grade, plant.grade) == ("C", "B")
    assert on_new_year.name != plant.name
    assert [p.outlet.fed_by.get().fed_by.get().code for p in plant.points.all()] == ["MF0001", "MF0002", "MF0003"]
