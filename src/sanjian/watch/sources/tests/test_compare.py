"""Reported against recomputed: the ratio, what rounding explains, and a summary for each link."""

from datetime import UTC, datetime, timedelta

import polars as pl
import pytest

from sanjian.watch.sources.rules.compare import LINKS, SCHEMA, compared, per_link

HOUR0 = datetime(2026, 11, 23, tzinfo=UTC)


def side(values: list[float | None]) -> pl.DataFrame:
    return pl.DataFrame(
        {
            "device_mn": "A1",
            "factor_code": "a21002",
            "data_time_at": [HOUR0 + timedelta(hours=n) for n in range(len(values))],
            "value": values,
        },
        schema_overrides={
            "device_mn": pl.String,
            "factor_code": pl.String,
            "value": pl.Float64,
            "data_time_at": pl.Datetime("us", "UTC"),
        },
    )


def test_the_ratio_is_relative_to_what_we_computed() -> None:
    found = compared(
        "corrected_concentration", side([90.0, 100.0, 0.0, 1.0, None]), side([100.0, 100.0, 0.0, 0.0, 5.0])
    )
    assert found["mismatch"].to_list() == [pytest.approx(0.1), 0.0, 0.0, None]
    assert dict(found.schema) == SCHEMA


def test_half_a_last_digit_is_explained_by_rounding() -> None:
    found = compared("hour_mean", side([0.4, 0.4]), side([0.44, 0.46]), decimals=1)
    assert found["is_explained_by_rounding"].to_list() == [True, False]


def test_what_one_side_lacks_is_not_compared() -> None:
    assert compared("mass_rate", side([1.0]), side([])).is_empty()


def test_each_link_has_a_row_of_its_own() -> None:
    rows = pl.concat([
        compared("hour_mean", side([99.0, 150.0]), side([100.0, 100.0])),
        compared("day_mean", side([100.0]), side([100.0])),
    ])  # fmt: skip
    found = {r["link"]: r for r in per_link(rows).iter_rows(named=True)}
    assert found["hour_mean"]["largest"] == pytest.approx(0.5)
    assert (found["day_mean"]["n"], found["day_mean"]["n_unexplained"]) == (1, 0)


def test_links_are_known_by_name() -> None:
    with pytest.raises(KeyError):
        compared("no_such_link", side([1.0]), side([1.0]))
    assert all(LINKS.values())
