"""Derived hours of one point: values with corrections laid over them, gaps filled, masses computed.

Two runs over the same input give the same rows: nothing here knows the time of day. What was received is the input and
stays what it is; a correction is laid over a copy.
"""

from datetime import datetime

import polars as pl

from .chain import corrected, gas_mass_kg, water_load_kg
from .rulesets import RuleSet
from .substitution import every_hour, substituted
from .validity import Medium, usable

FLOW = {"gas": "a00000", "water": "w00000"}
"""The flow of each medium (HJ 212-2017 tables B.1, B.2): m3/s of gas, taken as standard dry flow; L/s of water."""
M3_PER_HOUR = {"gas": 3600.0, "water": 3.6}
OXYGEN = "a19001"
DATUM = ["device_mn", "factor_code", "kind", "data_time_at"]


def overlaid(readings: pl.DataFrame, corrections: pl.DataFrame) -> pl.DataFrame:
    """Readings with corrections laid over them, and `is_corrected`.

    Args:
        readings: DATUM, value, data_flag; one row a datum.
        corrections: DATUM, new_value (null leaves the value), new_flag (null leaves the mark), applied_at. The last
            applied of a datum counts. A correction of a datum that was never received adds a row.
    """
    last = corrections.sort("applied_at", maintain_order=True).unique(DATUM, keep="last", maintain_order=True)
    both = readings.join(
        last.select(*DATUM, "new_value", "new_flag", is_corrected=pl.lit(True)), on=DATUM, how="full", coalesce=True
    )
    return (
        both.with_columns(
            value=pl.coalesce("new_value", "value"),
            data_flag=pl.coalesce("new_flag", "data_flag"),
            is_corrected=pl.col("is_corrected").fill_null(False),
        )
        .drop("new_value", "new_flag")
        .sort(DATUM)
    )


def derive_hours(
    hours: pl.DataFrame, since: datetime, until: datetime, medium: Medium, law: RuleSet, oxygen_reference: float | None
) -> pl.DataFrame:
    """Derived values of every pollutant and hour of one point.

    Args:
        hours: hourly readings of one device, as `overlaid` returns them; flow and oxygen among them.
        since, until: whole hours, aware, [since, until): the period of the capture rate (a quarter).
        oxygen_reference: % vol; None: nothing is corrected to oxygen.

    Returns:
        device_mn, factor_code, kind ("hour"), data_time_at, value (measured, as it counts for the mean; null in a
        gap), zs_value, flow_m3, mass_kg (null where concentration or flow has nothing to stand in), valid_share, method
        (measured, corrected, substituted, stopped, none: the weaker one of concentration and flow), mark, ruleset.

    Source: HJ 212-2017, appendix D; HJ 75-2017, 12.2.3.
    """
    parts = hours.partition_by("factor_code", as_dict=True)
    frames = {str(code): _filled(part, since, until, law) for (code,), part in parts.items()}
    flow = frames.get(FLOW[medium])
    oxygen = frames.get(OXYGEN)
    found = [
        _one(str(hours["device_mn"][0]), code, part, flow, oxygen, medium, law, oxygen_reference)
        for code, part in sorted(frames.items())
        if code not in {FLOW[medium], OXYGEN}
    ]
    return pl.concat(found) if found else pl.DataFrame(schema=SCHEMA)


SCHEMA = {
    "device_mn": pl.String(),
    "factor_code": pl.String(),
    "kind": pl.String(),
    "data_time_at": pl.Datetime("us", "UTC"),
    "value": pl.Float64(),
    "zs_value": pl.Float64(),
    "flow_m3": pl.Float64(),
    "mass_kg": pl.Float64(),
    "valid_share": pl.Float64(),
    "method": pl.String(),
    "mark": pl.String(),
    "ruleset": pl.String(),
}
WEAKEST = ("none", "substituted", "corrected", "measured")


def _filled(part: pl.DataFrame, since: datetime, until: datetime, law: RuleSet) -> pl.DataFrame:
    own = usable(part, law).rename({"is_usable": "is_valid"})
    whole = every_hour(
        own.select("data_time_at", "value", "data_flag", "is_corrected", "is_valid", "is_stopped"), since, until
    )
    found = substituted(whole, law)
    changed = (pl.col("method") == "measured") & pl.col("is_corrected").fill_null(False)
    return found.with_columns(method=pl.when(changed).then(pl.lit("corrected")).otherwise(pl.col("method")))


def _one(
    device_mn: str,
    code: str,
    part: pl.DataFrame,
    flow: pl.DataFrame | None,
    oxygen: pl.DataFrame | None,
    medium: Medium,
    law: RuleSet,
    reference: float | None,
) -> pl.DataFrame:
    none = pl.DataFrame({"data_time_at": part["data_time_at"], "filled": None, "method": "none"})
    flow_rows = (none if flow is None else flow).select(
        "data_time_at", flow_m3=pl.col("filled").cast(pl.Float64) * M3_PER_HOUR[medium], flow_method="method"
    )
    air = (none if oxygen is None else oxygen.filter(pl.col("is_valid"))).select(
        "data_time_at", oxygen=pl.col("filled").cast(pl.Float64)
    )
    rows = part.join(flow_rows, on="data_time_at", how="left").join(air, on="data_time_at", how="left")
    measured = pl.when(pl.col("is_valid")).then(pl.col("value"))
    rows = rows.with_columns(value=measured)
    if medium == "gas" and reference is not None:
        rows = corrected(rows, reference, law)
    else:
        rows = rows.with_columns(zs_value=pl.lit(None, pl.Float64), zs_mark=pl.lit(None, pl.String))
    mass = gas_mass_kg if medium == "gas" else water_load_kg
    stopped = (pl.col("method") == "stopped") | (pl.col("flow_method") == "stopped")
    weaker: pl.Expr = pl.lit("measured")
    for name in reversed(WEAKEST):
        weaker = (
            pl.when((pl.col("method") == name) | (pl.col("flow_method") == name)).then(pl.lit(name)).otherwise(weaker)
        )
    return rows.with_columns(
        device_mn=pl.lit(device_mn),
        factor_code=pl.lit(code),
        kind=pl.lit("hour"),
        mass_kg=pl.when(stopped).then(0.0).otherwise(mass(pl.col("filled"), pl.col("flow_m3"))),
        valid_share=pl.col("is_valid").cast(pl.Float64),
        method=pl.when(stopped).then(pl.lit("stopped")).otherwise(weaker),
        mark=pl.concat_str(pl.col("data_flag"), pl.col("zs_mark"), separator=";", ignore_nulls=True),
        ruleset=pl.lit(law.code),
    ).select(pl.col(name).cast(dtype) for name, dtype in SCHEMA.items())
