"""A city that plays without end goes on where it stopped; a fast one ends in the present."""

import json
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from sanjian.city.clock import minute_of
from sanjian.city.memory import Memory
from sanjian.city.running import is_sound
from sanjian.city.wire.journey import CityClock

NOW = datetime(2026, 3, 2, 4, 30, tzinfo=UTC)
OPENED = date(2026, 3, 1)
SOUND = {"sent": 5, "acknowledged": 4, "rejected_on_purpose": 1, "acked_lost": 0, "refused_lost": 0,
         "refused_interfaces": {}}  # fmt: skip


def test_only_what_was_not_told_is_told_after_a_restart(tmp_path: Path) -> None:
    memory = Memory(tmp_path / "told.json")
    assert memory.days_since(NOW) is None
    memory.keep(NOW)
    memory.keep(NOW + timedelta(seconds=5))
    assert json.loads((tmp_path / "told.json").read_text()) == {"until": NOW.isoformat()}
    assert Memory(tmp_path / "told.json").days_since(NOW + timedelta(hours=6)) == 0.25


def test_a_fast_city_begins_in_the_past_and_ends_now() -> None:
    fast, real = CityClock(NOW, OPENED, 60, 10), CityClock(NOW, OPENED, 60, 1)
    present = minute_of(NOW, OPENED)
    assert (fast.start, fast.end - 6) == (present - 54, present)
    assert real.start == present


@pytest.mark.parametrize(
    "change", [{"sent": 6}, {"acked_lost": 1}, {"refused_lost": 1}, {"refused_interfaces": {"pull": "…"}}]
)
def test_a_run_is_sound_only_when_every_frame_and_door_is_accounted_for(change: dict[str, object]) -> None:
    assert is_sound(SOUND)
    assert not is_sound(SOUND | change)
