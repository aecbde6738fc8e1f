"""Derived hours, corrections laid over them, the list of what changes, and totals: by hand, and for any input."""

from datetime import UTC, date, datetime, timedelta

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sanjian.watch.sources.rules.changes import changes
from sanjian.watch.sources.rules.derive import SCHEMA, derive_hours, overlaid
from sanjian.watch.sources.rules.emissions import totals
from sanjian.watch.sources.rules.rulesets import rule_set
from sanjian.watch.sources.streams import DERIVED_VALUES

LAW = rule_set(date(2026, 11, 23))
START = datetime(2026, 11, 1, tzinfo=UTC)
NO_CORRECTIONS = pl.DataFrame(
    schema={
        "device_mn": pl.String, "factor_code": pl.String, "kind": pl.String,
        "data_time_at": pl.Datetime("us", "UTC"), "new_value": pl.Float64, "new_flag": pl.String,
        "applied_at": pl.Datetime("us", "UTC"),
    }
)  # fmt: skip


def readings(**factors: list[float | None]) -> pl.DataFrame:
    """Hours from START on; None is an hour of a fault, -1 one that is stopped."""
    rows = [
        ("A1", code, "hour", START + timedelta(hours=n), v, {None: "D", -1: "F"}.get(v, "N"))
        for code, values in factors.items()
        for n, v in enumerate(values)
    ]
    schema = {k: SCHEMA[k] for k in ("device_mn", "factor_code", "kind", "data_time_at", "value")}
    return pl.DataFrame(rows, schema={**schema, "data_flag": pl.String()}, orient="row")


def correction(n: int, value: float | None, flag: str | None = None, code: str = "a21002") -> pl.DataFrame:
    at = START + timedelta(hours=n)
    row = ("A1", code, "hour", at, value, flag, START + timedelta(days=9))
    return pl.DataFrame([row], schema=NO_CORRECTIONS.schema, orient="row")


def derived(given: pl.DataFrame, hours: int, corrections: pl.DataFrame = NO_CORRECTIONS) -> pl.DataFrame:
    until = START + timedelta(hours=hours)
    return derive_hours(overlaid(given, corrections), START, until, "gas", LAW, 9.0)


@pytest.mark.clause("HJ 212-2017 appendix D")
def test_an_hour_by_hand() -> None:
    # 100 mg/m3 at 15 % O2 to 9 %: x 12/6; 10 m3/s is 36000 m3 an hour: 3.6 kg, from the measured value.
    [row] = derived(readings(a21002=[100.0], a00000=[10.0], a19001=[15.0]), 1).to_dicts()
    assert (row["zs_value"], row["flow_m3"]) == (pytest.approx(200.0), pytest.approx(36_000.0))
    assert row["mass_kg"] == pytest.approx(3.6)
    assert (row["method"], row["ruleset"]) == ("measured", "2017+marks2022")


@pytest.mark.clause("HJ 212-2017 appendix D")
def test_an_hour_of_water_by_hand() -> None:
    hours = overlaid(readings(w01018=[50.0], w00000=[20.0]), NO_CORRECTIONS)
    found = derive_hours(hours, START, START + timedelta(hours=1), "water", LAW, None)
    assert found["mass_kg"].to_list() == pytest.approx([3.6])  # 20 L/s x 3.6 = 72 m3; x 50 g


@pytest.mark.clause("HJ 75-2017 12.2.3")
def test_a_missing_hour_weighs_as_the_largest_before_it_and_says_so() -> None:
    found = derived(readings(a21002=[*[10.0] * 18, 40.0, None], a00000=[10.0] * 20), 20)
    last = found.row(-1, named=True)
    assert (last["value"], last["method"]) == (None, "substituted")
    assert last["mass_kg"] == pytest.approx(40 * 36_000e-6)


def test_a_plant_at_rest_emits_nothing() -> None:
    found = derived(readings(a21002=[10.0, -1], a00000=[10.0, -1]), 2)
    assert found["method"].to_list() == ["measured", "stopped"]
    assert found["mass_kg"][1] == 0


def test_a_correction_is_listed_with_old_and_new_before_it_counts() -> None:
    sent = readings(a21002=[100.0, 50.0], a00000=[10.0, 10.0])
    old = derived(sent, 2)
    new = derived(sent, 2, correction(0, 80.0))
    listed = {r["field"]: (r["old"], r["new"]) for r in changes(old, new, "更正").iter_rows(named=True)}
    assert listed == {"value": ("100.0", "80.0"), "mass_kg": ("3.6", "2.88"), "method": ("measured", "corrected")}
    assert sent["value"].to_list() == [100.0, 50.0, 10.0, 10.0]


def test_a_mark_taken_away_makes_a_gap_and_the_last_correction_counts() -> None:
    sent = readings(a21002=[*[10.0] * 19, 90.0], a00000=[10.0] * 20)
    as_fault = correction(19, None, "D")
    assert derived(sent, 20, as_fault)["method"][-1] == "substituted"
    back = correction(19, 90.0, "N").with_columns(pl.col("applied_at") + timedelta(hours=1))
    undone = derived(sent, 20, pl.concat([back, as_fault]))
    assert changes(derived(sent, 20), undone, "撤销")["field"].to_list() == ["method"]  # now a corrected value


def test_derived_rows_fit_the_stream() -> None:
    rows = derived(readings(a21002=[100.0], a00000=[10.0]), 1).with_columns(
        correction_id=None, computed_at=pl.lit(START), day=pl.col("data_time_at").dt.date()
    )
    assert DERIVED_VALUES.conform(rows).height == 1


def test_totals_state_what_is_not_known() -> None:
    found = derived(readings(a21002=[*[10.0] * 8, 30.0, None], a00000=[10.0] * 10), 10)
    [row] = totals(found).to_dicts()
    lower = 110 * 0.036
    assert row["lower_kg"] == pytest.approx(lower)
    assert row["central_kg"] == pytest.approx(lower * 10 / 9)
    assert row["upper_kg"] == pytest.approx(lower + 30 * 0.036)
    assert (row["substituted_share"], row["is_upper_whole"]) == (0.1, True)


def test_an_hour_with_nothing_to_stand_in_is_said() -> None:
    [row] = totals(derived(readings(a21002=[10.0, None], a00000=[10.0, 10.0]), 2)).to_dicts()
    assert (row["unknown_hours"], row["is_upper_whole"]) == (1, False)


VALUES = st.lists(st.one_of(st.none(), st.just(-1.0), st.floats(0, 1e4)), min_size=1, max_size=60)


@settings(max_examples=40, deadline=None)
@given(VALUES)
def test_to_compute_twice_changes_nothing_and_bounds_are_in_order(values: list[float | None]) -> None:
    sent = readings(a21002=list(values), a00000=[10.0] * len(values))
    first, second = derived(sent, len(values)), derived(sent, len(values))
    assert changes(first, second, "again").is_empty()
    [row] = totals(first).to_dicts()
    if row["central_kg"] is not None:
        assert row["lower_kg"] - 1e-9 <= row["central_kg"] <= row["upper_kg"] + 1e-9
