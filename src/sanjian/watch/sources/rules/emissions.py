"""Totals of emission with what is not known of them.

Three figures, each of which says what it is:
- lower: hours that were measured (or corrected by a person) alone; what was missing counts as nothing;
- upper: these and the substituted hours, which by the standard take the largest recent value;
- central: measured, and every missing hour at the mean of the measured hours of operation. It supposes that hours are
  missing at random, which a person should doubt where a plant loses data at its worst hours.
"""

import polars as pl

BY = ("device_mn", "factor_code")


def totals(hours: pl.DataFrame, by: tuple[str, ...] = BY) -> pl.DataFrame:
    """Emission of each group.

    Args:
        hours: derived hours: mass_kg, method, and the columns of `by`.
        by: grouping columns. Means are taken within each device and factor, then added up.

    Returns:
        by, lower_kg, central_kg, upper_kg, hours, measured_hours, substituted_hours, unknown_hours, stopped_hours,
        substituted_share (of hours of operation, 0-1) and is_upper_whole (no hour is left without any figure).
        central_kg is null where no hour was measured; upper_kg is never below central_kg.
    """
    good = pl.col("method").is_in(["measured", "corrected"])
    filled = pl.col("method") == "substituted"
    unknown = pl.col("method") == "none"
    fine = hours.group_by(*dict.fromkeys((*by, *BY)), maintain_order=True).agg(
        lower_kg=pl.col("mass_kg").filter(good).sum(),
        substituted_kg=pl.col("mass_kg").filter(filled).sum(),
        mean_kg=pl.col("mass_kg").filter(good).mean(),
        hours=pl.len(),
        measured_hours=good.sum(),
        substituted_hours=filled.sum(),
        unknown_hours=unknown.sum(),
        stopped_hours=(pl.col("method") == "stopped").sum(),
    )
    missing = pl.col("substituted_hours") + pl.col("unknown_hours")
    guess = pl.when(missing > 0).then(pl.col("mean_kg") * missing).otherwise(0.0)
    fine = fine.with_columns(central_kg=pl.col("lower_kg") + guess)
    upper = pl.max_horizontal(pl.col("lower_kg") + pl.col("substituted_kg"), "central_kg")
    counts = ("hours", "measured_hours", "substituted_hours", "unknown_hours", "stopped_hours")
    whole = (
        fine.with_columns(upper_kg=upper)
        .group_by(by, maintain_order=True)
        .agg(
            pl.col("lower_kg").sum(),
            central_kg=pl.when(pl.col("central_kg").null_count() == 0).then(pl.col("central_kg").sum()),
            upper_kg=pl.col("upper_kg").sum(),
            **{name: pl.col(name).sum() for name in counts},
        )
    )
    running = pl.col("hours") - pl.col("stopped_hours")
    return whole.with_columns(
        substituted_share=pl.when(running > 0).then(pl.col("substituted_hours") / running).otherwise(0.0),
        is_upper_whole=pl.col("unknown_hours") == 0,
    )
