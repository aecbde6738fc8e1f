"""The register of devices as the gateway sees it: a snapshot, replaced every few seconds by a thread of its own.

The event loop and the flush only ever read the snapshot; nobody waits for the database. Devices that are new to the
snapshot are handed on, so that what they sent before they were registered is read; a flush may still be working with
the snapshot before, so they are handed on one round later.
"""

import threading
from collections.abc import Callable, Mapping

import structlog
from django.db import Error, close_old_connections, connections

from sanjian.base.lake import LakeError
from sanjian.base.registry.models import MonitoringPoint

from .protocol import Device

log = structlog.get_logger()
REFRESH_S = 2.0
"""How soon a newly registered device is known (our choice: a person who registers it watches for its data)."""


class Devices:
    """Registered devices in service, by device code."""

    def __init__(
        self, newly: Callable[[Mapping[str, Device]], None] | None = None, refresh_s: float = REFRESH_S
    ) -> None:
        """
        Args:
            newly: called in the thread with devices that have become known, at first with all.
        """
        self._newly, self._refresh_s = newly, refresh_s
        self._known: Mapping[str, Device] = {}
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="devices", daemon=True)

    def start(self) -> None:
        """Load the register (in the calling thread) and keep it fresh."""
        self._known = load()
        self._thread.start()

    def stop(self) -> None:
        """End the refreshing."""
        self._stopping.set()
        self._thread.join()

    def known(self) -> Mapping[str, Device]:
        """The snapshot of now; never changed in place."""
        return self._known

    def _run(self) -> None:
        fresh = dict(self._known)
        while not self._stopping.wait(self._refresh_s):
            try:
                close_old_connections()
                before, self._known = self._known, load()
                if fresh and self._newly is not None:
                    self._newly(fresh)
                fresh = {mn: device for mn, device in self._known.items() if before.get(mn) != device}
            except (Error, LakeError, OSError) as error:
                log.warning("device register not refreshed", error=str(error))
            except Exception:  # the last handler of this thread: the register must not stop being refreshed
                log.exception("device register not refreshed")
        connections.close_all()


def load() -> dict[str, Device]:
    """All registered devices in service, from the database."""
    rows = MonitoringPoint.objects.filter(is_in_service=True).values_list(
        "id", "device_mn", "crc_mode", "report_interval_s"
    )
    return {row[1]: Device(*row) for row in rows.iterator(chunk_size=5000)}
