"""The chain from an analyser's reading to a mass, link by link.

Each link is plain arithmetic that takes numbers or polars expressions alike: `wet_to_dry(80.0, 0.1)` for a worked
example, `wet_to_dry(pl.col("value"), pl.col("moisture"))` for a table. Nothing is clipped; what cannot be computed is
null in a table and raises ZeroDivisionError for a single number.
"""

from decimal import ROUND_HALF_EVEN, Decimal
from typing import TypeVar

import polars as pl

from .rulesets import RuleSet

V = TypeVar("V", float, pl.Expr)

MOLAR_MASS = {"a21002": 46.0, "a21003": 30.0, "a21004": 46.0, "a21005": 28.0, "a21026": 64.0}
"""g/mol: NOx as NO2, NO, NO2, CO, SO2."""


def ppm_to_mg_m3(ppm: V, molar_mass: float, law: RuleSet) -> V:
    """Volume fraction in umol/mol to mg/m3 at standard state. Source: HJ 212-2017, appendix D; HJ 75-2017, annex C."""
    return ppm * (molar_mass / law.molar_volume.value)


def nox_as_no2(no: V, no2: V) -> V:
    """Nitrogen oxides as NO2, all in mg/m3. Source: HJ 212-2017, appendix D (NOx = NO x 46/30 + NO2)."""
    return no * (46.0 / 30.0) + no2


def to_standard_state(actual: V, temperature_c: V, static_pa: V, ambient_pa: V, law: RuleSet) -> V:
    """A concentration at stack conditions as mg/m3 at 273 K and 101325 Pa. Source: HJ 212-2017, appendix D.

    Args:
        static_pa: gauge pressure in the stack, Pa.
        ambient_pa: atmospheric pressure, Pa.
    """
    zero = law.standard_temperature.value
    return actual * (temperature_c + zero) * law.standard_pressure.value / ((ambient_pa + static_pa) * zero)


def wet_to_dry(wet: V, moisture: V) -> V:
    """A wet concentration as dry. `moisture` is a volume fraction, 0 to below 1. Source: HJ 212-2017, appendix D."""
    return wet / (1.0 - moisture)


def corrected_to_oxygen(dry: V, oxygen: V, reference: float, law: RuleSet) -> V:
    """The corrected value (折算值) at the reference oxygen, unguarded: see `oxygen_mark` before it is used.

    Args:
        oxygen: dry, % vol.
        reference: of the permit or the emission standard, % vol.

    Source: HJ 75-2017, annex C; HJ 212-2017, appendix D.
    """
    air = law.oxygen_of_air.value
    return dry * (air - reference) / (air - oxygen)


def oxygen_mark(oxygen: pl.Expr, law: RuleSet) -> pl.Expr:
    """What is to be said of a corrected value: null, `oxygen_near_air` or `oxygen_at_air` (there is no value then)."""
    return (
        pl.when(oxygen >= law.oxygen_of_air.value)
        .then(pl.lit("oxygen_at_air"))
        .when(oxygen >= law.oxygen_guard.value)
        .then(pl.lit("oxygen_near_air"))
    )


def corrected(rows: pl.DataFrame, reference: float, law: RuleSet) -> pl.DataFrame:
    """Rows with `zs_value` and `zs_mark` from `value` (dry, mg/m3) and `oxygen` (% vol).

    A value near the oxygen of air is computed and marked, never clipped; at or above it there is none.
    """
    mark = oxygen_mark(pl.col("oxygen"), law)
    plain = corrected_to_oxygen(pl.col("value"), pl.col("oxygen"), reference, law)
    known = pl.col("oxygen") < law.oxygen_of_air.value
    return rows.with_columns(zs_value=pl.when(known).then(plain), zs_mark=mark)


def velocity(dynamic_pa: V, density: V, pitot: float, field: float) -> V:
    """Mean velocity of the section, m/s. Source: HJ 75-2017, annex C.

    Args:
        dynamic_pa: pressure difference of the pitot tube, Pa, not negative.
        density: of the wet gas at stack conditions, kg/m3.
        pitot: coefficient K_p.
        field: velocity-field coefficient K_v (速度场系数).
    """
    speed: V = (dynamic_pa * 2.0 / density) ** 0.5
    return speed * (pitot * field)


def wet_flow(speed: V, area_m2: float) -> V:
    """Actual wet flow, m3/h. Source: HJ 212-2017, appendix D (Qs = 3600 x F x Vs)."""
    return speed * (3600.0 * area_m2)


def standard_dry_flow(actual: V, temperature_c: V, static_pa: V, ambient_pa: V, moisture: V, law: RuleSet) -> V:
    """Standard dry flow (标干流量) in the unit of `actual`. Source: HJ 212-2017, appendix D; HJ 75-2017, annex C."""
    zero = law.standard_temperature.value
    state = actual * zero * (ambient_pa + static_pa) / ((temperature_c + zero) * law.standard_pressure.value)
    return state * (1.0 - moisture)


def gas_mass_kg(dry: V, flow_m3: V) -> V:
    """Mass from the dry concentration as measured (never the corrected one), mg/m3, and standard dry flow, m3.

    Source: HJ 212-2017, appendix D (G = C x Q x 10^-6).
    """
    return dry * flow_m3 * 1e-6


def water_load_kg(concentration: V, flow_m3: V) -> V:
    """Load of a period from mg/L and m3. Source: HJ 212-2017, appendix D (load = D x C x 10^-3)."""
    return concentration * flow_m3 * 1e-3


def flow_weighted(value: pl.Expr, flow: pl.Expr) -> pl.Expr:
    """Flow-weighted mean of the rows that have both; null when no water flowed. Source: HJ 212-2017, appendix D."""
    both = value.is_not_null() & flow.is_not_null()
    weight = pl.when(both).then(flow).sum()
    return pl.when(weight > 0).then(pl.when(both).then(value * flow).sum() / weight)


def rounded(value: float, decimals: int) -> float:
    """Half to even on the decimal text of a number, as GB/T 8170-2008, 3.2 asks (四舍六入五成双): 2.45 -> 2.4."""
    return float(Decimal(repr(value)).quantize(Decimal(1).scaleb(-decimals), rounding=ROUND_HALF_EVEN))
