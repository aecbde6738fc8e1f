"""The story that is played really breaks the limit, and is written into the truth."""

from pathlib import Path

import numpy as np
import polars as pl

from sanjian.city.truth.ledger import VIOLATION
from sanjian.city.wire.aggregate import periods
from sanjian.city.wire.crew import crew
from sanjian.city.wire.story import PLAYED, cast, remember

from .town import PARTS, STACK, ThreeDevices


def test_the_corrected_mean_of_the_last_full_hour_lies_above_the_limit_and_no_other() -> None:
    town = ThreeDevices()
    members = crew(town, PARTS)
    story = cast(town, members, 10 * 60 + 17)
    assert story is not None
    assert members[0] is story.member
    hours = periods(members[0].day(town.plan, 0), members[0].o2_reference, 60)
    above = np.flatnonzero(hours.series["a21002"].corrected > 50.0)
    assert above.tolist() == [9]
    assert (hours.flags[9], story.event.since, story.event.until) == ("N", 540, 600)


def test_what_is_played_is_truth_and_is_written_once(tmp_path: Path) -> None:
    town = ThreeDevices()
    story = cast(town, crew(town, PARTS), 617)
    assert story is not None
    remember(story, tmp_path)
    remember(story, tmp_path)
    [row] = pl.read_parquet(tmp_path / PLAYED).to_dicts()
    assert (row["subject"], row["nature"], row["since"]) == (STACK, VIOLATION, 540)


def test_a_city_without_limits_has_no_story() -> None:
    town = ThreeDevices()
    town.table = lambda name: ThreeDevices().table(name).clear() if name == "limits" else ThreeDevices().table(name)
    assert cast(town, crew(town, PARTS), 617) is None
