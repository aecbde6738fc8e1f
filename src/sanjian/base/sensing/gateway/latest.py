"""The newest values of every point as the gateway knows them, merged from batches in memory."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

import orjson
import polars as pl
from django.db import connection, transaction

from sanjian.base.sensing.models import PointState

Values = dict[str, dict[str, list[Any]]]
"""{kind: {factor_code: [value, data_flag, data_time ISO, frame_sha256]}}"""

_DATA_TIME = 2


class Latest:
    """Merges readings into the newest state of each point; reads what the database knows at first touch."""

    def __init__(self) -> None:
        self._states: dict[int, PointState] = {}

    def merge(self, seen: pl.DataFrame, values: pl.DataFrame | None, ids: Mapping[str, int]) -> list[PointState]:
        """Rows to write for the points that were heard from.

        Args:
            seen: one row a device: device_mn, received_at, peer.
            values: one row a device, kind and factor, in the columns of READINGS.
            ids: device code -> point; devices that are no longer registered are left out.
        """
        heard = {ids[mn]: (at, peer) for mn, at, peer in _rows(seen, "device_mn", "received_at", "peer") if mn in ids}
        self._load([number for number in heard if number not in self._states])
        for point_id, (received_at, peer) in heard.items():
            state = self._states.setdefault(point_id, PointState(point_id=point_id, values={}))
            state.received_at, state.peer = received_at, peer
        if values is not None:
            for mn, kind, at, digest, *columns in _grouped(values):
                if mn in ids and (touched := self._states.get(ids[mn])):
                    _update(touched, kind, at, digest, zip(*columns, strict=True))
        return [self._states[point_id] for point_id in heard]

    def _load(self, point_ids: list[int]) -> None:
        for some in (point_ids[n : n + 500] for n in range(0, len(point_ids), 500)):
            for known in PointState.objects.filter(point_id__in=some):
                self._states[known.point_id] = known


def _update(state: PointState, kind: str, at: datetime, digest: str, columns: Iterable[tuple[str, Any, Any]]) -> None:
    """Replace the factors whose data time is not older than the one known: late back-fill does not turn "now" back."""
    held: dict[str, list[Any]] = state.values.setdefault(kind, {})
    iso = at.isoformat(timespec="seconds")
    for code, value, flag in columns:
        old = held.get(code)
        if old is None or old[_DATA_TIME] <= iso:
            held[code] = [value, flag, iso, digest]
    if state.data_time_at is None or state.data_time_at < at:
        state.data_time_at = at


def _grouped(values: pl.DataFrame) -> list[tuple[Any, ...]]:
    """One row a frame: device, kind, data time, frame hash, and lists of factor codes, values, flags."""
    return (
        values.filter(pl.col("data_time_at").is_not_null())
        .group_by("device_mn", "kind", "data_time_at", "frame_sha256", maintain_order=True)
        .agg("factor_code", "value", "data_flag")
        .rows()
    )


def _rows(frame: pl.DataFrame, *columns: str) -> list[tuple[Any, ...]]:
    return frame.select(columns).rows()


_UPSERT = """
INSERT INTO sensing_pointstate (point_id, received_at, data_time_at, peer, "values") VALUES (%s, %s, %s, %s, %s)
ON CONFLICT (point_id) DO UPDATE SET received_at = excluded.received_at, data_time_at = excluded.data_time_at,
    peer = excluded.peer, "values" = excluded."values"
"""


def write_states(states: Sequence[PointState]) -> None:
    """Insert or replace rows in one transaction.

    By hand, because this is the one write that happens for every point every second: the ORM's own upsert takes five
    times as long, and what it takes is taken from the gateway's interpreter lock.
    """
    adapt = connection.ops.adapt_datetimefield_value
    rows = [
        (s.point_id, adapt(s.received_at), adapt(s.data_time_at), s.peer, orjson.dumps(s.values).decode())
        for s in states
    ]
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.executemany(_UPSERT, rows)
