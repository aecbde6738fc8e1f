"""What is missing is asked for, exactly, once, and a little at a time."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sanjian.base.identity.models import AuditEntry
from sanjian.base.lake.instance import the_lake
from sanjian.base.registry.tests.cast import MN, make_cast, saw
from sanjian.base.sensing import recall
from sanjian.base.sensing.holes import HOUR, Span, cut, holes, minute_step
from sanjian.base.sensing.models import DeviceCommand, GatewayState
from sanjian.base.sensing.streams import READINGS

DAY = datetime(2026, 3, 12, tzinfo=UTC)


def hours(*numbers: int) -> list[datetime]:
    return [DAY + n * HOUR for n in numbers]


def test_a_hole_is_between_reports_and_at_the_end() -> None:
    assert holes(hours(0, 1, 4), HOUR, DAY + 4 * HOUR) == [Span(*hours(2, 3))]
    assert holes(hours(0, 1), HOUR, DAY + 4 * HOUR) == [Span(*hours(2, 3))]
    assert holes(hours(0, 1), HOUR, DAY) == []
    assert holes([], HOUR, DAY) == []


@given(st.sets(st.integers(0, 80), min_size=1), st.integers(1, 30))
def test_cut_spans_cover_exactly_what_is_missing(present: set[int], longest: int) -> None:
    spans = cut(holes(hours(*sorted(present)), HOUR, DAY + 80 * HOUR), HOUR, longest * HOUR)
    covered = [begin + n * HOUR for begin, end in spans for n in range((end - begin) // HOUR + 1)]
    expected = [n for n in range(min(present), max([*present, 79]) + 1) if n not in present]
    assert sorted(covered) == hours(*expected)
    assert all(end - begin < longest * HOUR for begin, end in spans)


def test_the_step_of_minute_data_is_the_usual_distance() -> None:
    ten = [DAY + timedelta(minutes=10 * n) for n in (0, 1, 2, 3, 7, 8)]
    assert minute_step(ten) == timedelta(minutes=10)
    assert minute_step(ten[:2]) is None
    assert minute_step(hours(0, 1, 2, 3, 4)) is None


@pytest.mark.django_db
def test_exactly_the_missing_hours_are_asked_for_once(own_lake: None) -> None:
    import polars as pl

    now = datetime.now(UTC).replace(minute=30, second=0, microsecond=0)
    cast = make_cast()
    saw(cast.point, now - timedelta(minutes=1))
    newest = now.replace(minute=0)
    present = [newest - n * HOUR for n in (2, 3, 6, 7)]
    row = dict.fromkeys(READINGS.schema) | {"device_mn": MN, "factor_code": "w01018", "kind": "hour", "value": 1.0}
    rows = [row | {"data_time_at": at, "received_at": at, "day": at.date()} for at in present]
    the_lake().append(READINGS, pl.DataFrame(rows, schema=READINGS.schema))
    assert recall.look_for_holes(now) == 1
    assert recall.look_for_holes(now + timedelta(minutes=10)) == 0
    command = DeviceCommand.objects.get()
    begin, end = (f"{newest - n * HOUR + timedelta(hours=8):%Y%m%d%H%M%S}" for n in (5, 4))
    assert (command.code, command.area_sealed) == ("2061", f"BeginTime={begin};EndTime={end}")
    assert (command.origin, command.asked_by, command.state) == ("recall", None, "queued")
    assert AuditEntry.objects.filter(act="command.queue").count() == 1


@pytest.mark.django_db
def test_a_command_whose_gateway_is_gone_is_ended() -> None:
    now, point = datetime.now(UTC), make_cast().point
    sent = {"point": point, "code": "1061", "reason": "r", "queued_at": now, "expires_at": now, "state": "sent"}
    DeviceCommand.objects.create(**sent, device_mn="A", gateway="gone", sent_at=now - timedelta(hours=2))
    DeviceCommand.objects.create(**sent, device_mn="B", gateway="here", sent_at=now - timedelta(hours=2))
    GatewayState.objects.create(name="here", at=now)
    assert recall.settle_abandoned(now) == 1
    assert list(DeviceCommand.objects.order_by("device_mn").values_list("state", flat=True)) == ["failed", "sent"]
