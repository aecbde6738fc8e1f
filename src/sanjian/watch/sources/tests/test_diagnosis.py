"""Rules of diagnosis on a made-up stack: each sees its cheat where it was done, and none sees the honest stack."""

from datetime import timedelta

import numpy as np
import polars as pl
import pytest

import sanjian.watch.sources.screens  # noqa: F401 -- registers them
from sanjian.base.screening.contract import Finding, all_screens
from sanjian.base.sensing.streams import DEVICE_PARAMETERS, FRAMES
from sanjian.watch.sources.screens import frames
from sanjian.watch.sources.screens.outlet import HOUR

from .stack import BEGIN, LENGTH, MN, Columns, block, facts, honest, moment, rows, run

HERE = 60
NEEDS_MORE = {"sources.parameters", "sources.uploads", "sources.exceedance", "sources.gap", "sources.frozen"}


def at_block(found: list[Finding], number: int = HERE, count: int = 1) -> bool:
    """Whether something was found, and only there."""
    inside = [f for f in found if f.started_at < moment(number + count + 1) and f.reaches_to > moment(number)]
    return bool(inside) and inside == found


@pytest.fixture
def columns() -> Columns:
    return honest()


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_an_honest_stack_is_accused_by_no_rule(seed: int) -> None:
    readings = rows(honest(seed))
    known = facts(("a21002", 100.0), ("a21026", 35.0))
    for screen in all_screens():
        if screen.family == "sources" and screen.name not in NEEDS_MORE:
            assert run(screen.name, readings, known) == [], screen.name


def test_a_changed_slope_is_lowered_and_other_gases_are_not(columns: Columns) -> None:
    columns["a21002"][block(HERE)] *= 0.6
    found = run("sources.lowered", rows(columns))
    assert at_block(found)
    assert {f.evidence.factor for f in found} == {"a21002"}
    assert all(text for text, _ruled_out in found[0].evidence.innocent)


def test_a_lowered_load_is_innocent(columns: Columns) -> None:
    """The innocent twin: everything that follows the load falls with it."""
    lowest = int(np.argmin([columns["a00000"][block(n)].mean() for n in range(45, 69)])) + 45
    for values in columns.values():
        values[block(HERE)] = values[block(lowest)]
    assert run("sources.lowered", rows(columns)) == []


def test_air_at_the_probe_thins_all_gases(columns: Columns) -> None:
    for code in ("a21002", "a21026", "a34013"):
        columns[code][block(HERE)] *= 0.65
    assert at_block(run("sources.diluted", rows(columns)))


def test_inert_gas_lowers_oxygen_too_and_air_raises_it(columns: Columns) -> None:
    for code in ("a21002", "a21026", "a34013", "a19001"):
        columns[code][block(HERE, 2)] = np.median(columns[code][block(HERE - 10, 10)]) * 0.6
    assert at_block(run("sources.purged", rows(columns)), count=2)
    columns["a19001"][block(HERE, 2)] = 15.0
    assert run("sources.purged", rows(columns)) == []


def test_a_clamp_under_the_top_is_capped(columns: Columns) -> None:
    here = columns["a21002"][block(HERE)]
    columns["a21002"][block(HERE)] = np.minimum(here, np.quantile(here, 0.5))
    assert at_block(run("sources.capped", rows(columns)))


def test_a_moving_average_is_smoothed_and_two_families_make_a_clue(columns: Columns) -> None:
    here = block(HERE)
    total = np.cumsum(columns["a21002"])
    smooth = (total[here] - total[here.start - 12 : here.stop - 12]) / 12
    columns["a21002"][here] = smooth
    readings = rows(columns)
    assert at_block(run("sources.smoothed", readings))
    assert run("sources.tampering", readings) == []  # one family alone accuses nobody
    columns["a21002"][here] = smooth * 0.6
    found = run("sources.tampering", rows(columns))
    assert at_block(found)
    assert found[0].confidence >= 0.95
    assert "概率" in found[0].summary_zh


def test_oxygen_below_what_the_stack_says(columns: Columns) -> None:
    columns["a19001"][block(HERE)] -= 3
    assert at_block(run("sources.oxygen", rows(columns)))


def test_the_own_past_with_noise_and_stretch_is_replayed(columns: Columns) -> None:
    random = np.random.default_rng(5)
    past = columns["a21002"][1000:1076]
    stretched = np.interp(np.linspace(0, 75, 72), np.arange(76), past)
    columns["a21002"][block(HERE)] = stretched * random.uniform(0.98, 1.02, 72)
    assert at_block(run("sources.replayed", rows(columns)))


def test_another_outlets_values_are_found_and_the_later_is_named(columns: Columns) -> None:
    other = {code: np.round(values, 2) for code, values in honest(4).items()}
    columns["a21002"][2000:2030] = other["a21002"][1500:1530]
    both = pl.concat([rows(columns), rows(other, mn="GT2")])
    points = pl.concat([facts()["points"], facts(mn="GT2")["points"]])
    found = run("sources.replayed", both, {**facts(), "points": points})
    assert [(f.subject, f.kind, f.evidence.numbers["逐值相同（小时）"]) for f in found] == [
        (MN, "other_series_copied", 30)
    ]
    assert found[0].started_at == BEGIN + 2000 * HOUR


def test_a_stop_mark_on_a_hot_stack_is_false_and_on_a_cold_one_is_not(columns: Columns) -> None:
    flags = {code: np.full(LENGTH, "N") for code in columns}
    flags["a21002"][100:110] = "F"
    columns["a01012"][100:110] = 120.0
    assert [f.started_at for f in run("sources.false_stop", rows(columns, flags))] == [BEGIN + 100 * HOUR]
    columns["a01012"][100:110] = 30.0
    assert run("sources.false_stop", rows(columns, flags)) == []


def test_marks_that_begin_after_crossings_follow_them(columns: Columns) -> None:
    flags = {"a21002": np.full(LENGTH, "N")}
    for n in range(5):
        columns["a21002"][100 + n * 60] = 90.0
        flags["a21002"][101 + n * 60 : 103 + n * 60] = "M"
    found = run("sources.marking", rows(columns, flags), facts(("a21002", 80.0)))
    assert [f.kind for f in found] == ["marks_follow_exceedance"]


def test_calibrations_without_gas_show_no_plateau(columns: Columns) -> None:
    flags = {"a21002": np.full(LENGTH, "N")}
    for n in range(5):
        flags["a21002"][100 + n * 100] = "C"
        columns["a21002"][100 + n * 100] = columns["a21002"][99 + n * 100]
    columns["a21002"][90:700] = 40 + 0.1 * np.sin(np.arange(610))
    assert [f.kind for f in run("sources.calibrations", rows(columns, flags))] == ["calibrations_without_gas"]
    for n in range(5):
        columns["a21002"][100 + n * 100] = 75.0
    assert run("sources.calibrations", rows(columns, flags)) == []


def test_values_crowd_under_the_limit() -> None:
    random = np.random.default_rng(3)
    free = honest()
    free["a21002"] = 50 * np.exp(random.normal(-0.15, 0.25, LENGTH))
    known = facts(("a21002", 50.0))
    assert run("sources.bunching", rows(free), known) == []
    over = (free["a21002"] > 50) & (free["a21002"] < 55)
    free["a21002"][over] = random.uniform(46, 50, int(over.sum()))
    assert {f.kind for f in run("sources.bunching", rows(free), known)} == {"bunching_under_limit"}


@pytest.mark.clause("HJ 212-2017 appendix D")
def test_a_corrected_value_that_does_not_follow_from_oxygen(columns: Columns) -> None:
    readings = rows(columns)
    due = pl.DataFrame({"data_time_at": [BEGIN + n * HOUR for n in range(LENGTH)], "o2": columns["a19001"]})
    zs = pl.col("value") * (21 - 6.0) / (21 - pl.col("o2"))
    joined = readings.join(due.cast({"data_time_at": pl.Datetime("us", "UTC")}), on="data_time_at").with_columns(
        zs_value=zs
    )
    honest_rows = joined.select(readings.columns)
    assert run("sources.recomputed", honest_rows) == []
    early = pl.col("data_time_at") < BEGIN + timedelta(hours=10)
    edited = honest_rows.with_columns(
        zs_value=pl.when(early & (pl.col("factor_code") == "a21002"))
        .then(pl.col("zs_value") * 0.7)
        .otherwise(pl.col("zs_value"))
    )
    found = run("sources.recomputed", edited)
    assert [(f.kind, f.evidence.numbers["小时数"]) for f in found] == [("corrected_concentration_mismatch", 10)]


def test_a_slope_that_is_not_the_registered_one_and_a_login_beside_it(columns: Columns) -> None:
    def told(n: int, info: str, value: float, factor: str = "a21002") -> dict[str, object]:
        at = BEGIN + n * HOUR
        return dict.fromkeys(DEVICE_PARAMETERS.schema) | {
            "device_mn": MN, "factor_code": factor, "info_code": info, "at": at, "value": value, "received_at": at,
            "day": at.date(),
        }  # fmt: skip

    said = [told(1, "i13008", 1.0), told(30, "i22002", 1, ""), told(30, "i13008", 0.7)]
    reported = pl.DataFrame(said, schema=DEVICE_PARAMETERS.schema)
    row = {"device_mn": MN, "factor_code": "a21002", "info_code": "i13008", "value": 1.0}
    known = facts(approved=pl.DataFrame([row], schema=frames.APPROVED.schema))
    readings = rows({c: columns[c] for c in ("a21002", "a19001")})
    found = run("sources.parameters", readings, known, device_parameters=reported)
    assert [(f.kind, f.severity) for f in found] == [("parameter_differs", 3)]
    assert "登录数采仪" in found[0].summary_zh
    unregistered = run("sources.parameters", readings, facts(), device_parameters=reported)
    assert [f.kind for f in unregistered] == ["parameter_changed"]


def test_one_code_from_two_addresses(columns: Columns) -> None:
    def packet(minute: int, peer: str) -> dict[str, object]:
        at = BEGIN + timedelta(minutes=minute)
        return dict.fromkeys(FRAMES.schema) | {"device_mn": MN, "received_at": at, "peer": peer, "day": at.date()}

    def packets(addresses: list[str]) -> pl.DataFrame:
        return pl.DataFrame([packet(5 * n, a) for n, a in enumerate(addresses)], schema=FRAMES.schema)

    readings = rows({"a21002": columns["a21002"]})
    turns = packets(["10.0.0.1:40", "10.0.0.2:41"] * 5)
    assert [f.kind for f in run("sources.uploads", readings, frames=turns)] == ["two_senders"]
    moved = packets(["10.0.0.1:40"] * 5 + ["10.0.0.2:41"] * 5)
    assert run("sources.uploads", readings, frames=moved) == []


def test_clean_water_in_place_of_the_sample() -> None:
    random = np.random.default_rng(2)
    from .stack import walk

    water = {code: level * np.exp(0.15 * walk(random, 0.9)) for code, level in (("w21003", 3.0), ("w21011", 0.3))}
    water["w00000"] = 50 * np.exp(0.2 * walk(random, 0.9))
    assert run("sources.water_swap", rows(water), facts(medium="water")) == []
    for code in ("w21003", "w21011"):
        water[code][2000:2010] *= 0.1
    found = run("sources.water_swap", rows(water), facts(medium="water"))
    assert [f.kind for f in found] == ["sample_swapped"]
    assert found[0].started_at == BEGIN + 2000 * HOUR


def test_manual_comparisons_that_say_twice_as_much(columns: Columns) -> None:
    hours = (100, 101, 102)
    manual = [
        {"device_mn": MN, "factor_code": "a21002", "at": BEGIN + n * HOUR, "value": 2 * columns["a21002"][n]}
        for n in hours
    ]
    known = facts(references=pl.DataFrame(manual, schema=frames.REFERENCES.schema))
    assert [f.kind for f in run("sources.references", rows(columns), known)] == ["reference_mismatch"]


def test_a_rule_comes_to_the_same_finding_from_the_rows_it_rests_on(columns: Columns) -> None:
    columns["a21002"][block(HERE)] *= 0.5
    readings = rows(columns)
    first = run("sources.lowered", readings)[0]
    cut = readings.filter(
        pl.col("data_time_at") >= first.started_at - timedelta(days=135), pl.col("data_time_at") < first.reaches_to
    )
    assert [f.as_json() for f in run("sources.lowered", cut)] == [first.as_json()]
