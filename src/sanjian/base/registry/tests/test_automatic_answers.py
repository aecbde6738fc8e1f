"""What the platform offers as an answer always says where it comes from; what it does not know it does not offer."""

from datetime import UTC, date, datetime, timedelta

import pytest

from sanjian.base.registry import answers
from sanjian.base.registry.models import Factor, Permit
from sanjian.base.sensing.models import PointState

from .cast import Cast, add_limit, make_cast

NOW = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)


@pytest.fixture
def cast(db) -> Cast:
    return make_cast()


def test_the_permit_answers_with_its_number_and_term(cast):
    assert answers.suggest("permit.valid_to", cast.plant, NOW) is None
    for start, end in ((date(2016, 1, 1), date(2020, 12, 31)), (date(2021, 1, 1), date(2025, 12, 31))):
        Permit.objects.create(
            inspection_object=cast.plant, permit_no="91310115MA1K000017001P", valid_from=start, valid_to=end
        )
    Permit.objects.create(inspection_object=cast.plant, permit_no="9" * 22, valid_from=date(2027, 1, 1))
    found = answers.suggest("permit.valid_to", cast.plant, NOW)
    assert (found.value, found.source, found.origin) == ("2025-12-31", "permit", "排污许可证 91310115MA1K000017001P")
    assert answers.suggest("permit.permit_no", cast.plant, NOW).value == "91310115MA1K000017001P"
    assert answers.suggest("permit.issuer", cast.plant, NOW) is None
    assert answers.suggest("permit.content", cast.plant, NOW) is None
    assert answers.suggest("permit.valid_to", cast.next_plant, NOW) is None


def test_the_limit_in_force_on_the_day_answers_with_its_source(cast):
    limit = add_limit(cast.point, upper=90)
    found = answers.suggest("limit:a21002", cast.plant, NOW)
    assert (found.value, found.unit, found.record_id) == (90, "mg/m3", str(limit.pk))
    assert "许可证" in found.origin
    assert answers.suggest("limit:a21002", cast.plant, datetime(2025, 12, 31, tzinfo=UTC)) is None
    assert answers.suggest("limit:w01018", cast.plant, NOW) is None


def test_telemetry_answers_with_the_newest_hour_and_its_packet(cast):
    Factor.objects.create(code="a21002", name="氮氧化物", unit="mg/m³")
    hour = NOW - timedelta(hours=1)
    values = {
        "rt": {"a21002": [70.5, "N", NOW.isoformat(), "b" * 64]},
        "hour": {"a21002": [66.0, "N", hour.isoformat(), "c" * 64]},
    }
    PointState.objects.create(point=cast.point, received_at=NOW, values=values)
    found = answers.suggest("telemetry.latest:a21002", cast.plant, NOW)
    assert (found.value, found.unit, found.sha256, found.at) == (66.0, "mg/m³", "c" * 64, hour.isoformat())
    assert found.origin == "DA001 排口 氮氧化物 小时均值"
    assert found.as_json()["record_id"] == cast.point.device_mn
    assert answers.suggest("telemetry.latest:a21002", cast.plant, hour - timedelta(minutes=1)) is None
    assert answers.suggest("telemetry.latest:a21002", cast.next_plant, NOW) is None
    assert answers.suggest("telemetry.oldest:a21002", cast.plant, NOW) is None
    assert answers.suggest("telemetry.latest:a99999", cast.plant, NOW) is None


def test_only_sources_that_exist_can_be_named(cast):
    assert answers.is_known("permit.valid_to")
    assert answers.is_known("limit:w01018")
    assert answers.is_known("telemetry.latest:w01018")
    assert not answers.is_known("weather.today")
    assert not answers.is_known("permit")
    assert not answers.is_known("permit.valid_to; drop")
    assert answers.suggest("weather.today", cast.plant, NOW) is None
    assert answers.sources() == sorted(answers.sources())


def test_a_permit_that_holds_is_offered_before_a_later_one_that_was_withdrawn(cast):
    terms = {"1": (date(2025, 1, 1), date(2029, 12, 31)), "2": (date(2026, 1, 1), date(2026, 6, 30))}
    for number, (start, end) in terms.items():
        Permit.objects.create(inspection_object=cast.plant, permit_no=number * 22, valid_from=start, valid_to=end)
    assert answers.suggest("permit.permit_no", cast.plant, NOW).value == "1" * 22
    june = datetime(2026, 6, 30, 12, tzinfo=UTC)
    assert answers.suggest("permit.permit_no", cast.plant, june).value == "2" * 22
