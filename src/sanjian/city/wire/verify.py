"""After a run: is every acknowledged frame in the lake, byte for byte, and was every broken one set aside?"""

import hashlib
from dataclasses import dataclass
from datetime import datetime

import polars as pl

from sanjian.base.lake import Lake
from sanjian.base.sensing.streams import FRAMES, QUARANTINE

from .tally import Tally

_SLICE = 20_000


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the lake says.

    Args:
        acked_lost: acknowledged frames whose bytes are not in the `frames` stream.
        refused_lost: broken copies that are not in quarantine.
        quarantined: rows that came into quarantine since the run began.
    """

    acked_lost: int
    refused_lost: int
    quarantined: int


def verify(tally: Tally, lake: Lake, since: datetime) -> Verdict:
    """Hash what the lake holds again, rather than trust the digests that the gateway wrote.

    Args:
        since: begin of the run, aware.
    """
    frames = lake.scan(FRAMES, since=since, superseded=True).select("raw").collect()
    aside = lake.scan(QUARANTINE, since=since, superseded=True).select("raw").collect()
    return Verdict(
        len(tally.acknowledged_sha256 - _digests(frames)), len(tally.refused_sha256 - _digests(aside)), aside.height
    )


def _digests(rows: pl.DataFrame) -> set[bytes]:
    found: set[bytes] = set()
    for part in rows.iter_slices(_SLICE):
        found.update(hashlib.sha256(raw).digest() for raw in part["raw"])
    return found
