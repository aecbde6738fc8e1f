"""What pages show of "now": the newest value of each factor, whatever order the data come in."""

from datetime import UTC, datetime, timedelta

import polars as pl
import pytest

from sanjian.base.identity.models import District
from sanjian.base.registry.models import InspectionObject, MonitoringPoint
from sanjian.base.sensing.gateway.latest import Latest, write_states
from sanjian.base.sensing.gateway.state import last_seen, newest_values
from sanjian.base.sensing.models import PointState

from .in_process import MN

HOUR = timedelta(hours=1)
AT = datetime(2026, 3, 12, 2, tzinfo=UTC)


@pytest.fixture
def ids(db: None) -> dict[str, int]:
    district = District.objects.create(code="310115", name="浦东新区")
    site = InspectionObject.objects.create(
        credit_code="9" * 18, name="试验厂", district=district, latitude=31.2, longitude=121.5
    )
    point = MonitoringPoint.objects.create(
        device_mn=MN, inspection_object=site, name="总排口", medium="water", latitude=31, longitude=121
    )
    return {MN: point.pk}


def readings(*rows: tuple[str, float | None, datetime], kind: str = "hour", mn: str = MN) -> pl.DataFrame:
    return pl.DataFrame(
        [(mn, kind, code, value, "N", at, f"sha-{value}") for code, value, at in rows],
        schema=["device_mn", "kind", "factor_code", "value", "data_flag", "data_time_at", "frame_sha256"],
        orient="row",
    )


def take(latest: Latest, ids: dict[str, int], values: pl.DataFrame | None, received: datetime = AT) -> PointState:
    """Merge and write one batch; returns the row as the database has it."""
    seen = pl.DataFrame({"device_mn": [MN], "received_at": [received], "peer": ["10.0.0.1:5"]})
    write_states(latest.merge(last_seen(seen), None if values is None else newest_values(values), ids))
    return PointState.objects.get()


def test_the_newest_value_of_each_factor_is_kept_with_its_packet(ids: dict[str, int]) -> None:
    state = take(Latest(), ids, readings(("w01018", 2.0, AT + HOUR), ("w01018", 1.0, AT), ("w21003", None, AT)))
    assert state.values == {
        "hour": {
            "w01018": [2.0, "N", "2026-03-12T03:00:00+00:00", "sha-2.0"],
            "w21003": [None, "N", "2026-03-12T02:00:00+00:00", "sha-None"],
        }
    }
    assert (state.data_time_at, state.received_at, state.peer) == (AT + HOUR, AT, "10.0.0.1:5")


def test_late_back_fill_does_not_turn_now_back(ids: dict[str, int]) -> None:
    latest = Latest()
    take(latest, ids, readings(("w01018", 2.0, AT)))
    state = take(latest, ids, readings(("w01018", 1.0, AT - HOUR), ("w21003", 5.0, AT - HOUR)), AT + HOUR)
    assert {code: entry[0] for code, entry in state.values["hour"].items()} == {"w01018": 2.0, "w21003": 5.0}
    assert (state.data_time_at, state.received_at) == (AT, AT + HOUR)


def test_a_restarted_gateway_goes_on_from_what_the_database_knows(ids: dict[str, int]) -> None:
    take(Latest(), ids, readings(("w01018", 2.0, AT)))
    state = take(Latest(), ids, readings(("w01018", 7.0, AT), kind="rt"))
    assert {kind: values["w01018"][0] for kind, values in state.values.items()} == {"hour": 2.0, "rt": 7.0}


def test_a_heartbeat_moves_the_time_of_receipt_alone(ids: dict[str, int]) -> None:
    latest = Latest()
    take(latest, ids, readings(("w01018", 2.0, AT)))
    state = take(latest, ids, None, AT + HOUR)
    assert (state.received_at, state.data_time_at, list(state.values)) == (AT + HOUR, AT, ["hour"])


def test_a_device_that_left_the_register_is_not_written(ids: dict[str, int]) -> None:
    seen = pl.DataFrame({"device_mn": ["gone"], "received_at": [AT], "peer": ["p"]})
    write_states(Latest().merge(seen, readings(("w01018", 2.0, AT), mn="gone"), ids))
    assert not PointState.objects.exists()
