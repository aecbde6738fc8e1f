"""A whole score of an installation: devices heard, findings and clues held against the truth of a small city."""

from datetime import date, timedelta
from pathlib import Path

import polars as pl
import pytest

from sanjian.act.clues.models import Clue
from sanjian.act.clues.services import take_finding
from sanjian.base.lake import Lake
from sanjian.base.registry.models import MonitoringPoint
from sanjian.base.screening.models import FindingRecord
from sanjian.base.screening.scores import Score
from sanjian.base.sensing.streams import READINGS
from sanjian.city.building import build
from sanjian.city.clock import moment
from sanjian.city.folder import City
from sanjian.city.loading import load
from sanjian.city.plan import Plan
from sanjian.city.score.scoring import score
from sanjian.city.truth.ledger import VIOLATION, Event
from sanjian.city.wire.crew import crew
from sanjian.city.wire.story import Story, remember

OPENED = date(2026, 11, 2)
HOUR = timedelta(hours=1)


@pytest.fixture
def city(db, tmp_path: Path) -> City:
    folder = tmp_path / "city"
    build(Plan(0.002, 1), folder)
    load(City.open(folder), OPENED)
    return City.open(folder)


def _device(city: City) -> str:
    return str(city.table("points")["device_mn"][0])


def _stage(city: City) -> Event:
    """A failure in the second hour of the opening day, written into the truth as a run does."""
    member = next(one for one in crew(city) if one.device_mn == _device(city))
    event = Event(0, "sources", member.device_mn, 1, VIOLATION, "treatment_failure", 60, 120, 1.0, "a21002")
    remember(Story(member, event, 0), city.root)
    return event


def _hear(city: City, lake: Lake, minutes: range) -> None:
    rows = [
        {"device_mn": _device(city), "factor_code": "a21002", "kind": "hour", "data_time_at": moment(m, OPENED),
         "value": 1.0, "received_at": moment(m + 60, OPENED), "frame_sha256": "0" * 64,
         "day": moment(m, OPENED).date()}
        for m in minutes
    ]  # fmt: skip
    empty = READINGS.empty()
    lake.append(READINGS, pl.DataFrame(rows, schema_overrides={"value": pl.Float64}).pipe(_whole, empty))


def _whole(rows: pl.DataFrame, like: pl.DataFrame) -> pl.DataFrame:
    missing = [pl.lit(None, dtype=kind).alias(name) for name, kind in like.schema.items() if name not in rows.columns]
    return rows.with_columns(missing).select(pl.col(name).cast(kind) for name, kind in like.schema.items())


def _find(city: City, since: int, fingerprint: str, *, is_withdrawn: bool = False) -> FindingRecord:
    point = MonitoringPoint.objects.get(device_mn=_device(city))
    at = moment(since, OPENED)
    return FindingRecord.objects.create(
        fingerprint=fingerprint * 32, screen="sources.exceedance", version="1", kind="hourly_exceedance",
        inspection_object=point.inspection_object, point=point, subject=point.device_mn, started_at=at,
        ended_at=at + HOUR, severity=3, confidence=0.9, summary_zh="", evidence={}, inputs_sha256="",
        raised_at=at + 2 * HOUR, updated_at=at, withdrawn_at=at if is_withdrawn else None,
    )  # fmt: skip


def _scored(city: City, lake: Lake) -> Score:
    return score(City.open(city.root), lake, "1.0", moment(1440, OPENED), is_complete=True)


def test_a_finding_and_its_clue_are_right_and_a_stray_one_is_a_false_alarm(city: City, tmp_path: Path) -> None:
    _stage(city)
    lake = Lake(tmp_path / "lake")
    _hear(city, lake, range(0, 1440, 60))
    right = _find(city, 60, "a")
    take_finding(right, True, now=right.raised_at)
    _find(city, 900, "b")
    _find(city, 600, "c", is_withdrawn=True)
    made = _scored(city, lake)
    row = next(row for row in made.rows if row.name == "sources.exceedance")
    assert (row.recall.hits, row.recall.of) == (1, 1)
    assert (row.precision.hits, row.precision.of) == (1, 2)
    assert (row.false_alarms.hits, row.false_alarms.of) == (1, made.subject_days)
    assert Clue.objects.count() == 1
    assert (made.clues.precision.hits, made.clues.precision.of) == (1, 1)
    assert {row.name for row in made.rows} >= {"sources.gap", "sources.frozen"}
    assert Score.from_json(made.as_json()) == made


def test_a_city_that_said_nothing_has_no_score(city: City, tmp_path: Path) -> None:
    with pytest.raises(LookupError, match="还没有发来数据"):
        _scored(city, Lake(tmp_path / "lake"))
