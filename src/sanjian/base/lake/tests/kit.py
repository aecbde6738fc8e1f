"""A small stream for the tests of the lake, and rows of it."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta

import polars as pl

from sanjian.base.lake import UTC_US, Column, Stream

START = datetime(2026, 11, 1, tzinfo=UTC)
THINGS = Stream(
    name="things",
    about_zh="测试",
    columns=(
        Column("thing", pl.String),
        Column("number", pl.Int64),
        Column("data_time_at", UTC_US),
        Column("received_at", UTC_US),
        Column("day", pl.Date),
    ),
    key=("thing", "data_time_at"),
    time="data_time_at",
    partition_of="data_time_at",
    retention_days=30,
)


def things(
    numbers: Sequence[int], *, thing: str = "a", start: datetime = START, received: datetime | None = None
) -> pl.DataFrame:
    """One row a number, an hour apart from `start` on."""
    times = [start + timedelta(hours=n) for n in range(len(numbers))]
    return pl.DataFrame(
        {
            "thing": [thing] * len(times),
            "number": list(numbers),
            "data_time_at": times,
            "received_at": [received or t for t in times],
            "day": [t.date() for t in times],
        },
        schema=THINGS.schema,
    )


def numbers(rows: pl.LazyFrame) -> list[int]:
    """The numbers of some rows, sorted."""
    return sorted(rows.select("number").collect()["number"].to_list())


TODAY = date(2026, 11, 23)
