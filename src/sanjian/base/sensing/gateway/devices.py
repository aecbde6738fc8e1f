"""The register of devices as the gateway sees it: a snapshot, replaced every few seconds by a thread of its own.

The event loop and the flush only ever read the snapshot; nobody waits for the database.
"""

import threading
from collections.abc import Mapping

import structlog
from django.db import Error, close_old_connections, connections

from sanjian.base.registry.models import MonitoringPoint

from .protocol import Device

log = structlog.get_logger()
REFRESH_S = 3.0
"""How soon a newly registered device is known (our choice: a person who registers it watches for its data)."""


class Devices:
    """Registered devices in service, by device code."""

    def __init__(self, refresh_s: float = REFRESH_S) -> None:
        self._refresh_s = refresh_s
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
        while not self._stopping.wait(self._refresh_s):
            try:
                close_old_connections()
                self._known = load()
            except Error as error:
                log.warning("device register not refreshed", error=str(error))
        connections.close_all()


def load() -> dict[str, Device]:
    """All registered devices in service, from the database."""
    rows = MonitoringPoint.objects.filter(is_in_service=True).values_list(
        "id", "device_mn", "crc_mode", "report_interval_s"
    )
    return {row[1]: Device(*row) for row in rows.iterator(chunk_size=5000)}
