"""`sanjian gateway` as a process of its own: migrated home, registered device, signals."""

import contextlib
import os
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from sanjian.base.lake import Lake

from .in_process import MN, Peer, until

_PREPARE = """
import sys, django
django.setup()
from django.core.management import call_command
call_command("migrate", verbosity=0, interactive=False)
from sanjian.base.identity.models import District
from sanjian.base.registry.models import InspectionObject, MonitoringPoint
district = District.objects.create(code="310115", name="浦东新区")
site = InspectionObject.objects.create(
    credit_code="91310000000000000X", name="试验厂", district=district, latitude=31.2, longitude=121.5)
MonitoringPoint.objects.create(
    device_mn=sys.argv[1], inspection_object=site, name="总排口", medium="water", latitude=31.2, longitude=121.5)
"""


def environment(home: Path, port: int) -> dict[str, str]:
    return {
        **os.environ, "SANJIAN_DATABASE_URL": "",
        "SANJIAN_HOME": str(home), "SANJIAN_HJ212_PORT": str(port), "SANJIAN_FLUSH_MS": "20",
        "DJANGO_SETTINGS_MODULE": "sanjian.face.site.settings",
    }  # fmt: skip


def prepare(home: Path) -> None:
    """A migrated home with one registered device."""
    home.mkdir(parents=True)
    subprocess.run([sys.executable, "-c", _PREPARE, MN], env=environment(home, 0), check=True, timeout=60)


class Process:
    """One gateway process."""

    def __init__(self, home: Path, port: int, prefix: list[str]) -> None:
        self.home, self.port, self.log = home, port, home / "log.txt"
        self.peers: list[Peer] = []
        with self.log.open("ab") as log:
            self.popen = subprocess.Popen(
                [*prefix, sys.executable, "-m", "sanjian.cli", "gateway"],
                env=environment(home, port), stdout=log, stderr=log,
            )  # fmt: skip
        until(self._is_up, "the gateway listens", 60)

    def _is_up(self) -> bool:
        assert self.popen.poll() is None, self.log.read_text()
        with contextlib.suppress(OSError):
            Peer(self.port).close()
            return True
        return False

    def peer(self) -> Peer:
        """A new connection."""
        self.peers.append(Peer(self.port))
        return self.peers[-1]

    def lake_copied_to(self, folder: Path) -> Lake:
        """A copy of its lake, as it is inside the process's own mounts."""
        return Lake(Path(shutil.copytree(f"/proc/{self.popen.pid}/root{self.home}/lake", folder)))

    def query(self, sql: str) -> list[tuple[object, ...]]:
        """Rows of its database."""
        with contextlib.closing(sqlite3.connect(self.home / "sanjian.sqlite3", timeout=20)) as database:
            return database.execute(sql).fetchall()

    def change(self, sql: str, *values: object) -> None:
        """Change its database from outside, as the pages do."""
        with contextlib.closing(sqlite3.connect(self.home / "sanjian.sqlite3", timeout=20)) as database:
            database.execute(sql, values)
            database.commit()

    def stop(self, number: int) -> int:
        """Send a signal, wait, return the exit status."""
        self.popen.send_signal(number)
        return self.popen.wait(30)


@contextlib.contextmanager
def process(home: Path, port: int, prefix: list[str] | None = None) -> Iterator[Process]:
    """A running gateway, killed at the end if the test has not ended it."""
    one = Process(home, port, prefix or [])
    try:
        yield one
    finally:
        for peer in one.peers:
            peer.close()
        if one.popen.poll() is None:
            one.popen.kill()
            one.popen.wait()


def copy_of(prepared: Path, folder: Path) -> Path:
    """A home of its own for one test."""
    return Path(shutil.copytree(prepared, folder / "home"))
