"""A throw-away installation for one run: a home and ports of its own, with gateway, worker and web as processes.

Everything that a run measures goes through the same commands that `sanjian up` starts; nothing is called in-process
but the loading of the registry, which uses the public services.
"""

import os
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from urllib.parse import urlsplit

START_S = 90.0
_PROCESSES = ("gateway", "web", "worker")


class NotStarted(RuntimeError):
    """A process of the installation did not come up; the message holds the end of its log."""


@dataclass(frozen=True, slots=True)
class Installation:
    """One that runs.

    Args:
        root: address of its pages.
    """

    home: Path
    root: str
    host: str
    hj212_port: int


def this_one() -> Installation:
    """The installation that the environment names (SANJIAN_HOME, ports)."""
    from sanjian.base.config import config

    settings = config()
    host = "127.0.0.1" if settings.web_host in ("0.0.0.0", "::") else settings.web_host  # noqa: S104 - told, not bound
    return Installation(settings.home, f"http://{host}:{settings.web_port}", settings.gateway_host, settings.hj212_port)


def prepare(home: Path) -> Installation:
    """Point this process and its children to a new home with free ports, and create its database."""
    from sanjian.base.config import config

    web, gateway = _free_port(), _free_port()
    os.environ |= {
        "SANJIAN_HOME": str(home), "SANJIAN_DATABASE_URL": "", "SANJIAN_WEB_PORT": str(web),
        "SANJIAN_HJ212_PORT": str(gateway), "SANJIAN_PUBLIC_URL": f"http://127.0.0.1:{web}",
        "SANJIAN_WEB_HOST": "127.0.0.1", "SANJIAN_GATEWAY_HOST": "127.0.0.1", "SANJIAN_PULL_NETWORKS": "127.0.0.0/8",
    }  # fmt: skip
    config.cache_clear()
    done = subprocess.run(_command("init"), check=False, capture_output=True, text=True)
    if done.returncode:
        raise NotStarted(done.stderr[-2000:])
    return this_one()


@contextmanager
def running(installation: Installation) -> Iterator[Installation]:
    """Start the processes, wait until pages and gateway answer, and end them by id afterwards."""
    children = []
    try:
        for name in _PROCESSES:
            with (installation.home / f"{name}.log").open("ab") as log:
                children.append(subprocess.Popen(_command(name), stdout=log, stderr=log))
        _wait_for(installation, children)
        yield installation
    finally:
        for child in children:
            child.terminate()
        for child in children:
            try:
                child.wait(30)
            except subprocess.TimeoutExpired:
                child.kill()
                child.wait()


@contextmanager
def throw_away() -> Iterator[Path]:
    """A home that is gone afterwards."""
    with tempfile.TemporaryDirectory(prefix="sanjian-city-") as folder:
        yield Path(folder)


def _command(name: str) -> list[str]:
    return [sys.executable, "-m", "sanjian.cli", name]


def _wait_for(installation: Installation, children: list[subprocess.Popen[bytes]]) -> None:
    end = time.monotonic() + START_S
    while time.monotonic() < end:
        for name, child in zip(_PROCESSES, children, strict=True):
            if child.poll() is not None:
                raise NotStarted((installation.home / f"{name}.log").read_text()[-2000:])
        if answers(installation):
            return
        time.sleep(0.1)
    raise NotStarted(f"{START_S:.0f} 秒内没有启动")


def comes_up(installation: Installation) -> bool:
    """Wait for one that somebody else starts at this moment; False when it does not come."""
    end = time.monotonic() + START_S
    while not answers(installation):
        if time.monotonic() > end:
            return False
        time.sleep(0.5)
    return True


def answers(installation: Installation) -> bool:
    """Whether pages and gateway are there."""
    at = urlsplit(installation.root)
    with suppress(OSError, HTTPException):
        link = HTTPConnection(at.hostname or "", at.port, timeout=5)
        link.request("GET", "/healthz")
        is_well = link.getresponse().status == 200
        link.close()
        with socket.create_connection((installation.host, installation.hj212_port), 2):
            return is_well
    return False


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
