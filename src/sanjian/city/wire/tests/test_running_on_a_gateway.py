"""The city's devices at a real gateway over real sockets: nothing acknowledged is lost, whatever the network does."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import polars as pl
import pytest
import uvloop

from sanjian.base.sensing.streams import FRAMES, READINGS
from sanjian.base.sensing.tests.in_process import known, running
from sanjian.city.wire.crew import crew
from sanjian.city.wire.hj212 import drive
from sanjian.city.wire.journey import CityClock, Journey
from sanjian.city.wire.story import cast
from sanjian.city.wire.verify import verify

from .town import DUST, PARTS, SEWER, STACK, ThreeDevices


def _journey(port: int, *, minutes: float, speed: float, **given: object) -> Journey:
    town = ThreeDevices()
    clock = CityClock(datetime.now(UTC), town.opened_on, minutes, speed)
    return Journey(town, crew(town, PARTS), "127.0.0.1", port, clock, **given)  # type: ignore[arg-type]


@pytest.mark.parametrize("with_faults", [False, True])
def test_everything_sent_is_acknowledged_or_refused_on_purpose_and_lies_in_the_lake(
    tmp_path: Path, with_faults: bool
) -> None:
    with running(tmp_path, devices=known(STACK, SEWER, DUST)) as gateway:
        began = datetime.now(UTC) - timedelta(seconds=1)
        journey = _journey(gateway.port, minutes=20, speed=1200, history_days=0.5, with_faults=with_faults)
        uvloop.run(drive(journey))
        tally, verdict = journey.tally, verify(journey.tally, gateway.lake, began)
    assert tally.sent == tally.acknowledged + tally.refused > 200
    assert (verdict.acked_lost, verdict.refused_lost) == (0, 0)
    assert bool(tally.refused) == bool(verdict.quarantined) == with_faults
    assert set(tally.commands) == {"2011", "2051", "2061", "2031"} - (
        {"2031"} if "2031" not in tally.commands else set()
    )


def test_a_device_greets_with_its_newest_hour_and_day(tmp_path: Path) -> None:
    with running(tmp_path, devices=known(STACK, SEWER, DUST)) as gateway:
        journey = _journey(gateway.port, minutes=2, speed=600)
        uvloop.run(drive(journey))
        readings = gateway.lake.scan(READINGS).collect()
    counts = readings.group_by("kind").agg(pl.col("device_mn").n_unique()).sort("kind").rows()
    assert counts == [("day", 3), ("hour", 3), ("minute", 3), ("rt", 3)]
    assert set(readings["data_flag"]) == {"N"}
    assert readings.filter(pl.col("quality_flag") != "").is_empty()


def test_the_story_breaks_the_limit_in_the_last_full_hour(tmp_path: Path) -> None:
    with running(tmp_path, devices=known(STACK, SEWER, DUST)) as gateway:
        journey = _journey(gateway.port, minutes=1, speed=600)
        journey.story = cast(journey.town, journey.crew, int(journey.clock.start))
        uvloop.run(drive(journey))
        hours = (
            gateway.lake.scan(READINGS)
            .filter(pl.col("kind") == "hour", pl.col("factor_code") == "a21002")
            .sort("data_time_at")
            .collect()
        )
        frames = gateway.lake.scan(FRAMES).collect()
    assert hours["zs_value"].to_list()[-1] > 50.0
    assert max(hours["zs_value"].to_list()[:-1]) < 50.0
    assert hours["device_mn"].unique().to_list() == [STACK]
    assert frames["warnings"].unique().to_list() == [""]
