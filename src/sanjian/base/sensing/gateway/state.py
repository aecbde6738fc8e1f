"""What pages show of "now": the newest values of each point, unknown devices, and the gateway's own health.

Written by a thread of its own, after the rows are durable: were it to fail, no data is lost, and the next write brings
everything up to date. Between two writes what came in is merged, the newest value of each factor wins, so a busy second
costs one row a point. The thread rests several times as long as it has worked, so under heavy load pages lag by a few
seconds instead of the data.
"""

import threading
import time
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any

import polars as pl
import structlog
from django.db import Error, close_old_connections, connections
from django.db.models import F

from sanjian.base.sensing.models import GatewayState, UnknownDevice

from .latest import Latest, write_states
from .protocol import Decoded, Device

log = structlog.get_logger()
EVERY_S = 1.0
REST = 6
"""How many times longer than it worked the thread rests (our choice)."""
MOST_UNKNOWN = 10_000
"""Unknown devices listed at most (our choice): somebody who makes codes up must not fill the table. Their frames are
kept in quarantine all the same."""
_MERGE_AT = 16
"""Batches held before they are merged, so that a database that is down costs no memory."""


class StateWriter:
    """Collects what was stored and writes the newest of it, at most once a second."""

    def __init__(
        self,
        name: str,
        protocol: str,
        devices: Callable[[], Mapping[str, Device]],
        gauges: Callable[[], dict[str, Any]],
        every_s: float = EVERY_S,
    ) -> None:
        """
        Args:
            name: primary key of this process's GatewayState row.
            gauges: the fields of GatewayState as they are now.
        """
        self._name, self._protocol, self._devices, self._gauges = name, protocol, devices, gauges
        self._every_s = every_s
        self._lock = threading.Lock()
        self._latest: list[pl.DataFrame] = []
        self._seen: list[pl.DataFrame] = []
        self._unknown: dict[str, tuple[int, str, int]] = {}
        self._points = Latest()
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="state", daemon=True)

    def start(self) -> None:
        """Begin writing."""
        self._thread.start()

    def stop(self) -> None:
        """Write what is left and end."""
        self._stopping.set()
        self._thread.join()

    def put(self, decoded: Decoded) -> None:
        """Take note of a stored batch; from any thread, quick."""
        with self._lock:
            if decoded.latest is not None and not decoded.latest.is_empty():
                self._latest.append(decoded.latest)
                if len(self._latest) >= _MERGE_AT:
                    self._latest = [newest_values(pl.concat(self._latest))]
            if decoded.seen is not None and not decoded.seen.is_empty():
                self._seen.append(decoded.seen)
                if len(self._seen) >= _MERGE_AT:
                    self._seen = [last_seen(pl.concat(self._seen))]
            for device_mn, (frames, peer, at_us) in decoded.unknown.items():
                self._unknown[device_mn] = (self._unknown.get(device_mn, (0,))[0] + frames, peer, at_us)

    def _run(self) -> None:
        rest_s = self._every_s
        while not self._stopping.wait(rest_s):
            rest_s = max(self._every_s, REST * self._write())
        self._write()
        connections.close_all()

    def _write(self) -> float:
        """Write everything once; returns the seconds it took."""
        began = time.monotonic()
        with self._lock:
            latest, self._latest = self._latest, []
            seen, self._seen = self._seen, []
            unknown, self._unknown = self._unknown, {}
        try:
            close_old_connections()
            self._write_points(latest, seen)
            latest, seen = [], []
            self._write_unknown(unknown)
            unknown = {}
            GatewayState.objects.update_or_create(name=self._name, defaults={"at": datetime.now(UTC), **self._gauges()})
        except Error as error:
            log.warning("state not written", error=str(error))
            self._put_back(latest, seen, unknown)
        except Exception:  # the last handler of this thread: what it could not bear is dropped, the next write goes on
            log.exception("state not written")
        return time.monotonic() - began

    def _put_back(
        self, latest: list[pl.DataFrame], seen: list[pl.DataFrame], unknown: dict[str, tuple[int, str, int]]
    ) -> None:
        with self._lock:
            self._latest, self._seen = latest + self._latest, seen + self._seen
            for device_mn, (frames, peer, at_us) in unknown.items():
                newer = self._unknown.get(device_mn, (0, peer, at_us))
                self._unknown[device_mn] = (newer[0] + frames, newer[1], newer[2])

    def _write_points(self, latest: list[pl.DataFrame], seen: list[pl.DataFrame]) -> None:
        if not seen:
            return
        ids = {device.device_mn: device.point_id for device in self._devices().values()}
        values = newest_values(pl.concat(latest)) if latest else None
        write_states(self._points.merge(last_seen(pl.concat(seen)), values, ids))

    def _write_unknown(self, unknown: dict[str, tuple[int, str, int]]) -> None:
        room = MOST_UNKNOWN - UnknownDevice.objects.count() if unknown else 0
        for device_mn, (frames, peer, at_us) in unknown.items():
            at = datetime.fromtimestamp(at_us / 1e6, UTC)
            if room <= 0 and not UnknownDevice.objects.filter(pk=device_mn).exists():
                log.warning("unknown device not listed", device_mn=device_mn, listed=MOST_UNKNOWN)
                continue
            row, is_new = UnknownDevice.objects.get_or_create(
                device_mn=device_mn,
                defaults={
                    "protocol": self._protocol, "peer": peer, "first_seen_at": at, "last_seen_at": at, "frames": frames,
                },
            )  # fmt: skip
            room -= is_new
            if not is_new:
                UnknownDevice.objects.filter(pk=row.pk).update(peer=peer, last_seen_at=at, frames=F("frames") + frames)


def newest_values(readings: pl.DataFrame) -> pl.DataFrame:
    """Of each device, kind and factor the reading with the newest data time; of equal ones the last."""
    return readings.sort("data_time_at", maintain_order=True).unique(
        ["device_mn", "kind", "factor_code"], keep="last", maintain_order=True
    )


def last_seen(seen: pl.DataFrame) -> pl.DataFrame:
    """Of each device its last row."""
    return seen.unique("device_mn", keep="last", maintain_order=True)
