"""The chain by worked examples, each figure done by hand, and by what must hold for any figures."""

import math
from datetime import date
from itertools import pairwise

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sanjian.watch.sources.rules import chain
from sanjian.watch.sources.rules.rulesets import RULE_SETS, NoRuleSet, rule_set

LAW = rule_set(date(2026, 11, 23))
D = pytest.mark.clause("HJ 212-2017 appendix D")


@D
def test_a_hundred_ppm_of_sulfur_dioxide() -> None:
    assert chain.ppm_to_mg_m3(100.0, 64.0, LAW) == pytest.approx(285.714, abs=1e-3)  # 64 / 22.4 x 100


@D
def test_nitrogen_oxides_are_counted_as_dioxide() -> None:
    assert chain.nox_as_no2(30.0, 4.0) == pytest.approx(50.0)  # 30 x 46/30 + 4


@D
def test_standard_state_undoes_heat_and_thin_air() -> None:
    # 100 mg/m3 at 136.5 degC is 1.5 times as dense at 0 degC; and 101325 Pa = 100325 + 1000.
    assert chain.to_standard_state(100.0, 136.5, 1000.0, 100325.0, LAW) == pytest.approx(150.0)


@D
def test_dry_from_wet() -> None:
    assert chain.wet_to_dry(90.0, 0.10) == pytest.approx(100.0)


@D
def test_oxygen_correction_of_a_coal_boiler() -> None:
    assert chain.corrected_to_oxygen(80.0, 11.0, 9.0, LAW) == pytest.approx(96.0)  # 80 x 12 / 10


@pytest.mark.clause("HJ 75-2017 annex C")
def test_velocity_of_an_s_type_pitot() -> None:
    # sqrt(2 x 50 / 1.0) = 10; x 0.84 x 1.05
    assert chain.velocity(50.0, 1.0, 0.84, 1.05) == pytest.approx(8.82)


@D
def test_flow_and_standard_dry_flow() -> None:
    wet = chain.wet_flow(10.0, 5.0)
    assert wet == pytest.approx(180_000)
    # 273 / 409.5 = 2/3; pressure as standard; 10 % moisture: 180000 x 2/3 x 0.9
    assert chain.standard_dry_flow(wet, 136.5, 0.0, 101325.0, 0.1, LAW) == pytest.approx(108_000)


@D
def test_mass_of_gas_and_load_of_water() -> None:
    assert chain.gas_mass_kg(50.0, 108_000.0) == pytest.approx(5.4)
    assert chain.water_load_kg(40.0, 250.0) == pytest.approx(10.0)


@D
def test_water_is_weighted_by_its_flow() -> None:
    rows = pl.DataFrame({"c": [100.0, 20.0, None], "q": [30.0, 10.0, 99.0]})
    assert rows.select(chain.flow_weighted(pl.col("c"), pl.col("q"))).item() == pytest.approx(80.0)
    still = pl.DataFrame({"c": [100.0], "q": [0.0]})
    assert still.select(chain.flow_weighted(pl.col("c"), pl.col("q"))).item() is None


@pytest.mark.clause("HJ 75-2017 annex C")
def test_near_the_oxygen_of_air_a_value_is_marked_and_never_clipped() -> None:
    rows = pl.DataFrame({"value": [10.0, 10.0, 10.0, 10.0], "oxygen": [15.0, 20.5, 21.0, None]})
    found = chain.corrected(rows, 9.0, LAW)
    assert found["zs_value"].to_list() == pytest.approx([20.0, 240.0, None, None])
    assert found["zs_mark"].to_list() == [None, "oxygen_near_air", "oxygen_at_air", None]


@pytest.mark.clause("GB/T 8170-2008 3.2")
@pytest.mark.parametrize(
    ("value", "decimals", "shown"),
    [(2.45, 1, 2.4), (2.55, 1, 2.6), (2.451, 1, 2.5), (0.5, 0, 0.0), (1.5, 0, 2.0), (-2.45, 1, -2.4), (1.005, 2, 1.0)],
)
def test_rounding_goes_to_the_even_digit(value: float, decimals: int, shown: float) -> None:
    assert chain.rounded(value, decimals) == shown


def test_the_date_of_the_data_chooses_the_rules() -> None:
    assert rule_set(date(2022, 12, 31)).code == "2017"
    assert rule_set(date(2023, 1, 1)).code == "2017+marks2022"
    with pytest.raises(NoRuleSet):
        rule_set(date(2017, 1, 1))


def test_rule_sets_neither_overlap_nor_leave_a_day_out() -> None:
    for earlier, later in pairwise(RULE_SETS):
        assert earlier.valid_to is not None
        assert (later.valid_from - earlier.valid_to).days == 1


def test_what_nobody_has_verified_can_be_listed() -> None:
    assert "gas_minutes_per_hour" in LAW.unverified()
    assert "lookback_720" in LAW.unverified()


@given(st.floats(0, 1e4), st.floats(0, 20.9), st.floats(3, 15))
def test_tables_and_numbers_agree(value: float, oxygen: float, reference: float) -> None:
    single = chain.corrected_to_oxygen(value, oxygen, reference, LAW)
    table = chain.corrected(pl.DataFrame({"value": [value], "oxygen": [oxygen]}), reference, LAW)
    assert math.isclose(table["zs_value"][0], single, rel_tol=1e-12)


@given(st.floats(0, 1e4), st.floats(-20, 400), st.floats(-5000, 5000), st.floats(80_000, 105_000))
def test_mass_is_the_same_at_stack_and_at_standard_state(c: float, t: float, static: float, ambient: float) -> None:
    """Concentration and flow are carried to standard state by factors that cancel."""
    dense = chain.to_standard_state(c, t, static, ambient, LAW)
    flow = chain.standard_dry_flow(1000.0, t, static, ambient, 0.0, LAW)
    assert math.isclose(dense * flow, c * 1000.0, rel_tol=1e-9, abs_tol=1e-9)
