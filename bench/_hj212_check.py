"""What the lake holds of what was acknowledged, compared frame by frame."""

from pathlib import Path
from typing import Any

import polars as pl

from sanjian.base.lake import Lake, Stream
from sanjian.base.sensing.streams import FRAMES, QUARANTINE, READINGS


def compare(lake_root: Path, acked_file: Path) -> dict[str, Any]:
    """Hold every acknowledged frame against the lake.

    A frame counts as lost when its bytes (by hash, with its MN and QN) are not in `frames`, or when `readings`, earlier
    versions included, does not have one row for each factor that it carried.
    """
    lake = Lake(lake_root)
    acked = pl.read_csv(acked_file, schema_overrides={"device_mn": pl.String, "qn": pl.String})
    frames = lake.scan(FRAMES, superseded=True).select("device_mn", "qn", "frame_sha256", "action").collect()
    stored = frames.filter(pl.col("action").str.starts_with("accept")).unique(["device_mn", "qn", "frame_sha256"])
    rows = (
        lake.scan(READINGS, superseded=True)
        .group_by("frame_sha256")
        .agg(pl.col("factor_code").n_unique().alias("rows"))
        .collect()
    )
    held = acked.join(stored, on=["device_mn", "qn", "frame_sha256"], how="left")
    held = held.join(rows, on="frame_sha256", how="left")
    without_frame = held.filter(pl.col("action").is_null()).height
    without_readings = held.filter(pl.col("rows").fill_null(0) < pl.col("factors")).height
    lost = held.filter(pl.col("action").is_null() | (pl.col("rows").fill_null(0) < pl.col("factors"))).height
    return {
        "acked_in_file": acked.height,
        "lost": lost,
        "acked_without_frame": without_frame,
        "acked_without_readings": without_readings,
        "duplicates": sum(_duplicates(lake, stream) for stream in (FRAMES, READINGS)),
        "resent_rows": _superseded(lake, READINGS),
        "frames_received_again": frames.height - frames["frame_sha256"].n_unique(),
        "frames_stored": frames.height,
        "readings_stored": lake.scan(READINGS).select(pl.len()).collect().item(),
        "quarantined": lake.scan(QUARANTINE).select(pl.len()).collect().item(),
    }


def _duplicates(lake: Lake, stream: Stream) -> int:
    """Rows of a plain scan beyond one for each natural key."""
    rows = lake.scan(stream).select(stream.key)
    counts = rows.select(pl.len().alias("all"), pl.struct(pl.all()).n_unique().alias("keys")).collect()
    return int(counts["all"][0] - counts["keys"][0])


def _superseded(lake: Lake, stream: Stream) -> int:
    """Rows that were received again later: still in the lake, hidden from a plain scan."""
    rows = lake.scan(stream, superseded=True).select(pl.len()).collect().item()
    return int(rows - lake.scan(stream).select(pl.len()).collect().item())
