"""Running the platform's processes together: `sanjian up` starts each as a child and keeps it running.

A child that ends by itself is started again after a growing pause. A child that cannot start at all (occupied port,
broken setting: exit status 2) ends everything, because its message must be read, not scrolled away.
"""

import os
import signal
import socket
import subprocess
import sys
import time
from dataclasses import dataclass, field

from sanjian.base.config import config

CANNOT_START = 2
DEMO_CITY = ("--scale", "0.01", "--seed", "1")
DEMO_RUN = ("--minutes", "0", "--only", "hj212", "--history", "7")
"""The city of the demonstration, and how it lives: without end, after a week that has passed."""


@dataclass
class Child:
    """One process under care."""

    name: str
    arguments: list[str]
    process: subprocess.Popen[bytes] | None = None
    pause_s: float = 1.0
    start_at: float = field(default_factory=time.monotonic)

    def start(self) -> None:
        self.process = subprocess.Popen([sys.executable, "-m", "sanjian.cli", *self.arguments])
        self.start_at = time.monotonic()

    def check(self, now: float) -> int | None:
        """Start again what has ended; return an exit status that must end everything."""
        if self.process is None:
            if now >= self.start_at:
                self.start()
            return None
        status = self.process.poll()
        if status is None:
            if now - self.start_at > 60:
                self.pause_s = 1.0
            return None
        if status == CANNOT_START:
            return status
        print(f"{self.name} 意外结束（{status}），{self.pause_s:.0f} 秒后重新启动", file=sys.stderr)
        self.process, self.start_at, self.pause_s = None, now + self.pause_s, min(self.pause_s * 2, 30)
        return None

    def stop(self) -> None:
        if self.process and self.process.poll() is None:
            self.process.terminate()

    def wait(self, seconds: float) -> None:
        if self.process:
            try:
                self.process.wait(seconds)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()


def up(*, demo: bool) -> int:
    """Run gateway, web and worker (and a simulated city) until told to stop. Returns the exit status."""
    if demo:  # its people are invented and known by one printed password: a second factor is theirs to try, not to need
        os.environ.setdefault("SANJIAN_SECOND_FACTOR", "offered")
    # The city's devices must be registered before the gateway hears them for the first time.
    for arguments in [["init"], *([["city", "build", *DEMO_CITY]] if demo else [])]:
        prepared = subprocess.run([sys.executable, "-m", "sanjian.cli", *arguments], check=False)
        if prepared.returncode:
            return prepared.returncode
    settings = config()
    for port, what, setting in (
        (settings.web_port, "网站", "SANJIAN_WEB_PORT"),
        (settings.hj212_port, "HJ 212 网关", "SANJIAN_HJ212_PORT"),
    ):
        if not _is_free(settings.web_host, port):
            print(
                f"端口 {port} 已被占用，{what}无法启动。请先停止占用它的程序，或设置 {setting} 换一个端口。",
                file=sys.stderr,
            )
            return CANNOT_START
    children = [Child("网关", ["gateway"]), Child("网站", ["web"]), Child("后台", ["worker"])]
    if demo:
        children.append(Child("模拟城市", ["city", "run", "--against", *DEMO_RUN]))
    stopping: list[int] = []
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda n, _frame: stopping.append(n))
    for child in children:
        child.start()
    _greet(demo=demo)
    status = 0
    while not stopping and status == 0:
        status = next((s for c in children if (s := c.check(time.monotonic()))), 0)
        time.sleep(0.2)
    for child in children:
        child.stop()
    for child in children:
        child.wait(15)
    return status


def web() -> int:
    """Serve the pages. Several may run behind a proxy."""
    import uvicorn

    settings = config()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "sanjian.face.site.settings")
    if settings.web_port and not _is_free(settings.web_host, settings.web_port):
        print(f"端口 {settings.web_port} 已被占用，网站无法启动（SANJIAN_WEB_PORT 可换端口）。", file=sys.stderr)
        return CANNOT_START
    uvicorn.run(
        "sanjian.face.site.asgi:application",
        host=settings.web_host,
        port=settings.web_port,
        log_level="warning",
        lifespan="off",
        timeout_graceful_shutdown=3,  # open event streams never end by themselves
    )
    return 0


def _is_free(host: str, port: int) -> bool:
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            return False
    return True


def _greet(*, demo: bool) -> None:
    settings = config()
    print(f"\n  三监联动  {settings.public_url}\n  HJ 212    {settings.gateway_host}:{settings.hj212_port}")
    if demo:
        from sanjian.city.people import PASSWORD, PEOPLE

        print("\n  演示账号（密码都是 " + PASSWORD + "）")
        for person in PEOPLE:
            print(f"    {person.username:<6} {person.name}  {person.about}")
    print("\n  Ctrl+C 停止\n", flush=True)
