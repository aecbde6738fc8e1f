"""What `bench sources-screen` computes over all outlets at once: copies between outlets, and what peers show."""

from pathlib import Path

import polars as pl

from sanjian.watch.sources.screens.compared import peers
from sanjian.watch.sources.screens.replayed import pollutants
from sanjian.watch.sources.tamper.twins import twins


def write(folder: Path) -> None:
    """Write `across/twins.parquet` and `across/peers.parquet` beside the parts."""
    columns = ["device_mn", "factor_code", "kind", "data_time_at", "value", "data_flag"]
    rows = pl.scan_parquet(folder / "*" / "readings.parquet").select(columns)
    (folder / "across").mkdir(exist_ok=True)
    # Codes as numbers: texts of sixty million rows would not fit beside the hashes.
    hours = pollutants(rows).with_columns(pl.col("device_mn", "factor_code").cast(pl.Categorical))
    plain = pl.col("device_mn", "factor_code", "other_mn", "other_factor").cast(pl.String)
    found = twins(hours.collect(engine="streaming")).with_columns(plain)
    found.write_parquet(folder / "across" / "twins.parquet")
    peers(rows).collect(engine="streaming").write_parquet(folder / "across" / "peers.parquet")
