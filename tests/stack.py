"""The whole platform as its own processes in a temporary home: what `sanjian up` runs, on free ports."""

import os
import secrets
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import psycopg


def own_database() -> str:
    """The address of a fresh database on the server that the run was given; "" for SQLite in the home folder."""
    server = os.environ.get("SANJIAN_DATABASE_URL", "")
    if not server:
        return ""
    name = f"stack_{secrets.token_hex(6)}"
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}")
    return urlunsplit(urlsplit(server)._replace(path=f"/{name}"))


def free_port() -> int:
    """A loopback port that nobody listens on right now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def wait_for(condition: Callable[[], object], what: str, seconds: float = 60.0) -> object:
    """Ask again and again until the condition holds; the answer that held. Raises TimeoutError naming what was
    awaited.
    """
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if answer := condition():
            return answer
        time.sleep(0.05)
    raise TimeoutError(f"{what}: not within {seconds} s")


@dataclass
class Stack:
    """Gateway, web and worker, each a process of its own."""

    home: Path
    web_port: int = field(default_factory=free_port)
    hj212_port: int = field(default_factory=free_port)
    database_url: str = field(default_factory=own_database)
    children: list[subprocess.Popen[bytes]] = field(default_factory=list)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.web_port}"

    @property
    def environment(self) -> dict[str, str]:
        return {
            **os.environ,
            "SANJIAN_HOME": str(self.home),
            "SANJIAN_DATABASE_URL": self.database_url,
            "SANJIAN_WEB_PORT": str(self.web_port),
            "SANJIAN_HJ212_PORT": str(self.hj212_port),
            "SANJIAN_PUBLIC_URL": self.url,
        }

    def command(self, *arguments: str, **options: object) -> subprocess.CompletedProcess[str]:
        """Run one `sanjian` command to its end."""
        return subprocess.run(
            [sys.executable, "-m", "sanjian.cli", *arguments],
            env=self.environment, text=True, capture_output=True, timeout=120, check=False, **options,
        )  # fmt: skip

    def start(self) -> None:
        """Build a small city and start the processes; returns when pages and gateway answer."""
        for arguments in (["init"], ["city", "build", "--scale", "0.002"]):
            done = self.command(*arguments)
            assert done.returncode == 0, done.stderr
        for name in ("gateway", "web", "worker"):
            program = [sys.executable, "-m", "sanjian.cli", name]
            with (self.home / f"{name}.log").open("wb") as log:
                self.children.append(subprocess.Popen(program, env=self.environment, stdout=log, stderr=log))
        wait_for(self._answers, "pages and gateway", 60)

    def _answers(self) -> bool:
        try:
            with urllib.request.urlopen(f"{self.url}/healthz", timeout=2) as answer:
                pages = answer.status == 200
            with socket.create_connection(("127.0.0.1", self.hj212_port), timeout=2):
                return pages
        except OSError:
            return False

    def stop(self) -> None:
        """End what was started, by id."""
        for child in self.children:
            child.terminate()
        for child in self.children:
            try:
                child.wait(20)
            except subprocess.TimeoutExpired:
                child.kill()
                child.wait()
