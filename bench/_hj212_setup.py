"""A real gateway for the benches: its own home, a migrated database, registered devices, a process of its own."""

import contextlib
import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from bench._hj212_load import device_mn
from sanjian.base.config import PROJECT_ROOT


def environment(home: Path, port: int) -> dict[str, str]:
    """Settings of a bench's gateway: everything comes from one address, so the cap per address is raised."""
    return {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "sanjian.face.site.settings",
        "SANJIAN_HOME": str(home),
        "SANJIAN_HJ212_PORT": str(port),
        "SANJIAN_GATEWAY_HOST": "127.0.0.1",
        "SANJIAN_GATEWAY_PER_ADDRESS": "1000000",
        "POLARS_MAX_THREADS": os.environ.get("POLARS_MAX_THREADS", "2"),
    }


_REGISTER = """
import sys, django
django.setup()
from django.core.management import call_command
from bench._hj212_load import device_mn
from sanjian.base.identity.models import District
from sanjian.base.registry.models import InspectionObject, MonitoringPoint
call_command("migrate", verbosity=0, interactive=False)
district = District.objects.create(code="310115", name="浦东新区")
site = InspectionObject.objects.create(
    credit_code="0" * 18, name="基准测试企业", district=district, latitude=31.2, longitude=121.5)
MonitoringPoint.objects.bulk_create([
    MonitoringPoint(device_mn=device_mn(n), inspection_object=site, name=f"点位 {n}", medium="dust",
                    latitude=31.2, longitude=121.5, report_interval_s=60)
    for n in range(int(sys.argv[1]))
], batch_size=500)
"""


def register(home: Path, devices: int) -> None:
    """Migrate a new database and register the bench's devices in it."""
    subprocess.run(
        [sys.executable, "-c", _REGISTER, str(devices)], env=environment(home, 0), cwd=PROJECT_ROOT, check=True
    )


def free_port() -> int:
    """A port that is free now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class GatewayProcess:
    """`sanjian gateway` as a child process."""

    def __init__(self, home: Path, port: int) -> None:
        self.home, self.port = home, port
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> float:
        """Start it; returns the seconds until it accepts connections."""
        began = time.monotonic()
        with (self.home / "gateway.log").open("ab") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "sanjian.cli", "gateway"],
                env=environment(self.home, self.port), cwd=PROJECT_ROOT, stdout=log, stderr=log,
            )  # fmt: skip
        while time.monotonic() - began < 60:
            if self.process.poll() is not None:
                raise RuntimeError((self.home / "gateway.log").read_text()[-2000:])
            with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", self.port), 0.2):
                return time.monotonic() - began
            time.sleep(0.01)
        raise RuntimeError("the gateway did not start within 60 s")

    def stop(self, number: int = signal.SIGTERM) -> int:
        """Send a signal and wait; returns the exit status."""
        assert self.process is not None
        self.process.send_signal(number)
        return self.process.wait(60)

    def cpu_s(self) -> float:
        """CPU seconds that the process has used, by the kernel's count."""
        assert self.process is not None
        fields = Path(f"/proc/{self.process.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def peak_mib(self) -> int:
        """Peak resident memory."""
        assert self.process is not None
        status = Path(f"/proc/{self.process.pid}/status").read_text()
        return int(next(line for line in status.splitlines() if line.startswith("VmHWM")).split()[1]) // 1024


@contextlib.contextmanager
def load(plan: dict[str, Any], folder: Path) -> Iterator[subprocess.Popen[bytes]]:
    """The load generator as a child process; its figures are the last line of its stdout."""
    path = folder / "plan.json"
    path.write_text(json.dumps(plan))
    process = subprocess.Popen(
        [sys.executable, "-m", "bench._hj212_load", str(path)],
        cwd=PROJECT_ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    )  # fmt: skip
    try:
        yield process
    finally:
        if process.poll() is None:
            process.kill()
        process.wait()


def figures_of(process: subprocess.Popen[bytes], timeout_s: float) -> dict[str, Any]:
    """Wait for the load generator and read its figures."""
    out, error = process.communicate(timeout=timeout_s)
    if process.returncode:
        raise RuntimeError(error.decode()[-2000:])
    figures: dict[str, Any] = json.loads(out.splitlines()[-1])
    return figures


__all__ = ["GatewayProcess", "device_mn", "figures_of", "free_port", "load", "register"]
