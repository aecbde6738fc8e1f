"""Scan, tail and time travel give what was appended, once, and say so when it is gone."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sanjian.base.lake import HistoryGone, Lake
from sanjian.base.lake import streams as registry

from .kit import START, THINGS, TODAY, numbers, things

HOUR = timedelta(hours=1)


@pytest.fixture
def lake(tmp_path: Path) -> Lake:
    return Lake(tmp_path)


def test_of_rows_with_one_key_the_last_received_wins_and_the_others_stay(lake):
    lake.append(THINGS, things([1], received=START + 2 * HOUR))
    lake.append(THINGS, things([2], received=START + HOUR))
    assert numbers(lake.scan(THINGS)) == [1]
    assert numbers(lake.scan(THINGS, superseded=True)) == [1, 2]


def test_of_equal_times_of_receipt_the_later_in_the_lake_wins(lake):
    for number in (1, 2, 3):
        lake.append(THINGS, things([number], received=START))
    assert numbers(lake.scan(THINGS)) == [3]


def test_a_period_includes_its_start_and_excludes_its_end(lake):
    lake.append(THINGS, things(range(60)))
    found = lake.scan(THINGS, since=START + 23 * HOUR, until=START + 26 * HOUR)
    assert numbers(found) == [23, 24, 25]


def test_microseconds_inside_the_last_millisecond_of_a_file_are_found(lake):
    moment = datetime(2026, 11, 1, 9, 0, 0, 123_456, tzinfo=UTC)
    lake.append(THINGS, things([7], start=moment))
    assert numbers(lake.scan(THINGS, since=moment, until=moment + timedelta(microseconds=1))) == [7]


def test_a_condition_narrows_what_is_read(lake):
    lake.append(THINGS, pl.concat([things([1, 2], thing="a"), things([3], thing="b")]))
    assert numbers(lake.scan(THINGS, where=pl.col("thing") == "b")) == [3]


def test_each_version_can_be_read_as_it_was(lake):
    for number in range(5):
        lake.append(THINGS, things([number], start=START + number * HOUR))
    assert [numbers(lake.scan(THINGS, version=v)) for v in range(6)] == [list(range(n)) for n in range(6)]


def test_a_version_that_never_was_is_said_to_be_gone(lake):
    lake.append(THINGS, things([1]))
    with pytest.raises(HistoryGone) as error:
        lake.scan(THINGS, version=99)
    assert (error.value.stream, error.value.version) == ("things", 99)


def test_a_chain_of_tails_gives_every_row_once_with_compaction_in_between(lake):
    seen, after = [], 0
    for number in range(20):
        lake.append(THINGS, things([number], start=START + number * HOUR))
        if number % 4 == 3:
            lake.compact(THINGS, min_files=2)
        if number % 3 == 2:
            rows, after = lake.tail(THINGS, after)
            seen += numbers(rows)
    rows, after = lake.tail(THINGS, after)
    assert sorted(seen + numbers(rows)) == list(range(20))
    assert numbers(lake.tail(THINGS, after)[0]) == []
    assert numbers(lake.scan(THINGS)) == list(range(20))


def test_a_tail_can_stop_short(lake):
    for number in range(5):
        lake.append(THINGS, things([number], start=START + number * HOUR))
    rows, upto = lake.tail(THINGS, 1, upto=3)
    assert (numbers(rows), upto) == ([1, 2], 3)


def test_a_tail_has_the_columns_and_types_of_the_stream(lake):
    lake.append(THINGS, things([1]))
    assert dict(lake.tail(THINGS, 0)[0].collect_schema()) == THINGS.schema
    assert dict(lake.tail(THINGS, 1)[0].collect_schema()) == THINGS.schema


def test_a_tail_from_before_the_kept_log_says_so(lake):
    for number in range(3):
        lake.append(THINGS, things([number], start=START + number * HOUR))
    lake.clean_log(THINGS)
    (lake.table(THINGS).path / "_delta_log" / f"{1:020d}.json").unlink()
    with pytest.raises(HistoryGone):
        lake.tail(THINGS, 0)
    assert numbers(Lake(lake.root).scan(THINGS)) == [0, 1, 2]


def test_compaction_changes_no_row_and_no_order_and_older_versions_still_read(lake):
    for number in range(10):
        lake.append(THINGS, things([number], received=START))
    before = lake.scan(THINGS, superseded=True).collect()
    assert lake.compact(THINGS) == 9
    assert lake.scan(THINGS, superseded=True).collect().equals(before)
    assert numbers(lake.scan(THINGS)) == [9]
    assert numbers(lake.scan(THINGS, version=4, superseded=True)) == [0, 1, 2, 3]
    assert lake.compact(THINGS) == 0


def test_vacuum_deletes_only_what_no_kept_version_needs(lake):
    for number in range(10):
        lake.append(THINGS, things([number], start=START + number * HOUR))
    lake.compact(THINGS)
    assert lake.vacuum(THINGS) == 0, "files of the last week stay"
    assert lake.vacuum(THINGS, keep_hours=0) == 10
    assert numbers(lake.scan(THINGS)) == list(range(10))


def test_retention_drops_whole_days_that_are_past_it(lake):
    lake.append(THINGS, things([1], start=datetime(2026, 10, 23, tzinfo=UTC)))
    lake.append(THINGS, things([2], start=datetime(2026, 10, 24, 5, tzinfo=UTC)))
    assert lake.expire(THINGS, TODAY) == 1
    assert numbers(lake.scan(THINGS)) == [2]


def test_housekeeping_brings_no_new_rows_into_a_tail(lake):
    for number in range(10):
        lake.append(THINGS, things([number], start=START + number * HOUR))
    _, after = lake.tail(THINGS, 0)
    lake.compact(THINGS)
    lake.expire(THINGS, TODAY + timedelta(days=365))
    lake.clean_log(THINGS)
    assert numbers(lake.tail(THINGS, after)[0]) == []


def test_two_streams_of_one_name_are_refused(monkeypatch):
    monkeypatch.setattr(registry, "_streams", {})
    registry.register(THINGS, THINGS)
    with pytest.raises(ValueError, match="two streams"):
        registry.register(registry.Stream("things", "", THINGS.columns, ("thing",), "data_time_at"))
    with pytest.raises(KeyError, match="known: things"):
        registry.stream("nothing")


def test_a_stream_must_have_the_columns_it_speaks_of():
    with pytest.raises(ValueError, match="no such columns"):
        registry.Stream("x", "", THINGS.columns, ("colour",), "data_time_at")


STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("append"), st.lists(st.tuples(st.integers(0, 50), st.integers(0, 9)), max_size=4)),
        st.just(("compact", None)),
        st.just(("tail", None)),
        st.just(("reopen", None)),
    ),
    max_size=12,
)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(steps=STEPS)
def test_whatever_is_done_the_lake_holds_what_a_plain_list_would(tmp_path_factory, steps):
    """A model: appended rows in a list; newest per key by time of receipt, later in the list on a tie."""
    lake = Lake(tmp_path_factory.mktemp("model"))
    rows: list[tuple[int, int, int]] = []
    tailed: list[int] = []
    after = 0
    for what, given_rows in steps:
        if what == "append" and given_rows:
            frames = []
            for hour, received in given_rows:
                rows.append((hour, received, len(rows)))
                frames.append(things([len(rows) - 1], start=START + hour * HOUR, received=START + received * HOUR))
            lake.append(THINGS, pl.concat(frames))
        elif what == "compact":
            lake.compact(THINGS, min_files=2)
        elif what == "tail":
            new, after = lake.tail(THINGS, after)
            tailed += numbers(new)
        elif what == "reopen":
            lake = Lake(lake.root)
    new, after = lake.tail(THINGS, after)
    newest: dict[int, tuple[int, int]] = {}
    for hour, received, number in rows:
        if hour not in newest or received >= newest[hour][0]:
            newest[hour] = (received, number)
    assert sorted(tailed + numbers(new)) == list(range(len(rows)))
    assert numbers(lake.scan(THINGS)) == sorted(n for _, n in newest.values())
    assert numbers(lake.scan(THINGS, superseded=True)) == list(range(len(rows)))
