"""What a recomputation would change: the list that a person sees before anything is applied."""

from typing import Any

import polars as pl

from .derive import DATUM

FIELDS = ("value", "zs_value", "flow_m3", "mass_kg", "valid_share", "method", "mark")
SCHEMA: dict[str, Any] = {
    "device_mn": pl.String,
    "factor_code": pl.String,
    "kind": pl.String,
    "data_time_at": pl.Datetime("us", "UTC"),
    "field": pl.String,
    "old": pl.String,
    "new": pl.String,
    "why": pl.String,
    "ruleset": pl.String,
}


def changes(old: pl.DataFrame, new: pl.DataFrame, why: str, *, figures: int = 9) -> pl.DataFrame:
    """Every field of every derived datum that would change.

    Args:
        old, new: derived rows (`derive.SCHEMA`), one a datum; `old` may lack rows, `new` must hold all that is meant.
        why: in words, the same for all rows: which correction, which parameter, which back-fill.
        figures: significant figures beyond which two numbers are the same.

    Returns:
        Columns of SCHEMA in the order of the datum; old and new as text, null where there was or will be nothing.
    """
    both = new.select(*DATUM, "ruleset", *(pl.col(f).alias(f"new_{f}") for f in FIELDS)).join(
        old.select(*DATUM, *(pl.col(f).alias(f"old_{f}") for f in FIELDS)), on=DATUM, how="left"
    )
    parts = []
    for field in FIELDS:
        was, is_ = (_text(both, f"{side}_{field}", figures) for side in ("old", "new"))
        part = both.select(*DATUM, "ruleset", field=pl.lit(field), old=was, new=is_, why=pl.lit(why))
        parts.append(part.filter(pl.col("old").ne_missing(pl.col("new"))))
    return pl.concat(parts).select(list(SCHEMA)).sort(DATUM, maintain_order=True)


def _text(rows: pl.DataFrame, name: str, figures: int) -> pl.Series:
    column = rows[name]
    if column.dtype.is_float():
        return column.round_sig_figs(figures).cast(pl.String)
    return column.cast(pl.String)
