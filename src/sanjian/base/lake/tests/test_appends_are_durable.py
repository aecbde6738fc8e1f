"""When `append` returns the rows are on the disk; when it raises nothing was stored."""

import os
from datetime import timedelta
from pathlib import Path

import polars as pl
import pytest

from sanjian.base.lake import Lake, LakeFull, NotStored, table
from sanjian.base.lake.durable import make_folder

from .kit import START, THINGS, numbers, things


@pytest.fixture
def lake(tmp_path: Path) -> Lake:
    return Lake(tmp_path)


class Spy:
    """What was made durable, and when, in the order in which it happened: (what, path)."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.events: list[tuple[str, str]] = []
        real = os.fsync

        def fsync(descriptor: int) -> None:
            self.events.append(("sync", os.readlink(f"/proc/self/fd/{descriptor}")))
            real(descriptor)

        monkeypatch.setattr(os, "fsync", fsync)
        commit = table.Table._commit

        def committed(self_: table.Table, actions, rows_written):
            self.events.append(("commit", ""))
            return commit(self_, actions, rows_written)

        monkeypatch.setattr(table.Table, "_commit", committed)

    def places(self, what: str, ends: str) -> list[int]:
        return [n for n, (kind, path) in enumerate(self.events) if kind == what and path.endswith(ends)]


def test_data_file_then_its_folder_then_the_commit_then_the_log_entry_then_its_folder(lake, monkeypatch):
    lake.append(THINGS, things([1]))
    spy = Spy(monkeypatch)
    lake.append(THINGS, things([2]))
    (data,) = spy.places("sync", ".parquet")
    folder = spy.places("sync", "day=2026-11-01")[0]
    (commit,) = spy.places("commit", "")
    (entry,) = spy.places("sync", f"{2:020d}.json")
    log = spy.places("sync", "_delta_log")[-1]
    assert data < folder < commit < entry < log


def test_a_new_folder_is_made_durable_in_the_folder_that_holds_it(tmp_path, monkeypatch):
    spy = Spy(monkeypatch)
    make_folder(tmp_path / "a" / "b")
    assert [Path(p).name for kind, p in spy.events] == [tmp_path.name, "a"]


def test_every_row_of_every_partition_comes_back(lake):
    rows = things(range(60))
    version = lake.append(THINGS, rows)
    assert version == 1
    assert lake.scan(THINGS).sort("data_time_at").collect().equals(rows)


def test_another_process_sees_what_was_appended(lake):
    lake.append(THINGS, things([1, 2]))
    assert numbers(Lake(lake.root).scan(THINGS)) == [1, 2]


def test_an_empty_append_makes_no_version(lake):
    assert lake.append(THINGS, THINGS.empty()) == 0
    assert lake.version(THINGS) == 0
    assert lake.scan(THINGS).collect().is_empty()


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda r: r.drop("number"), "missing"),
        (lambda r: r.with_columns(colour=pl.lit("red")), "unknown"),
        (lambda r: r.with_columns(number=pl.lit("many")), "things"),
        (lambda r: r.with_columns(day=pl.lit(None, dtype=pl.Date)), "has no day"),
    ],
)
def test_rows_that_do_not_fit_the_stream_are_refused_and_nothing_is_stored(lake, change, message):
    with pytest.raises(ValueError, match=message):
        lake.append(THINGS, change(things([1])))
    assert lake.version(THINGS) == 0


def test_columns_in_another_order_are_put_in_order(lake):
    lake.append(THINGS, things([1]).select(reversed(THINGS.schema)))
    assert lake.scan(THINGS).collect().columns == list(THINGS.schema)


@pytest.mark.parametrize(("number", "error"), [(28, LakeFull), (122, LakeFull), (5, NotStored), (30, NotStored)])
def test_a_disk_that_refuses_the_data_stores_nothing_leaves_no_file_and_can_be_tried_again(
    lake, monkeypatch, number, error
):
    """28 ENOSPC and 122 EDQUOT are a full disk; 5 EIO and 30 EROFS are not."""
    lake.append(THINGS, things([1]))
    real = os.fsync

    def refuse(descriptor: int) -> None:
        if os.readlink(f"/proc/self/fd/{descriptor}").endswith(".parquet"):
            raise OSError(number, "refused")
        real(descriptor)

    monkeypatch.setattr(os, "fsync", refuse)
    with pytest.raises(error):
        lake.append(THINGS, things([2], start=START + timedelta(hours=1)))
    monkeypatch.undo()
    assert numbers(lake.scan(THINGS)) == [1]
    assert len(list(lake.root.rglob("*.parquet"))) == 1
    lake.append(THINGS, things([2], start=START + timedelta(hours=1)))
    assert numbers(lake.scan(THINGS)) == [1, 2]


def test_a_log_that_refuses_is_told_apart_too(lake, monkeypatch):
    lake.append(THINGS, things([1]))
    from deltalake.exceptions import DeltaError

    class Refusing:
        def __init__(self, inner):
            self.inner = inner

        def __getattr__(self, name):
            return getattr(self.inner, name)

        def create_write_transaction(self, *args, **kwargs):
            raise DeltaError("Generic LocalFileSystem error: No space left on device (os error 28)")

    inner = lake.table(THINGS)
    monkeypatch.setattr(inner, "_table", Refusing(inner._table))
    with pytest.raises(LakeFull):
        lake.append(THINGS, things([2]))
    assert numbers(Lake(lake.root).scan(THINGS)) == [1]
