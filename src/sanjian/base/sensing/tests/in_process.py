"""A real gateway on a real socket and a real lake, on an event loop of its own thread; and a device to talk to it."""

import asyncio
import contextlib
import socket
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import uvloop

from sanjian.base.lake import Lake
from sanjian.base.sensing.gateway.limits import Limits
from sanjian.base.sensing.gateway.protocol import Decoded, Device, adapter
from sanjian.base.sensing.gateway.server import Gateway
from sanjian.base.sensing.hj212.encode import encode_area, encode_frame
from sanjian.base.sensing.hj212.times import CHINA

MN = "010000A8900016F000169DC0"
DEADLINE_S = 15.0
START = (datetime.now(UTC) - timedelta(hours=3)).astimezone(CHINA).replace(second=0)
"""One moment for the whole run: the same number is the same report, also when a minute passes meanwhile."""


def report(number: int = 0, *, mn: str = MN, value: str = "40.1", command: str = "2011", flag: str = "5") -> bytes:
    """A sound report, a minute apart for each number."""
    at = START + timedelta(minutes=number)
    header = {
        "QN": f"{at:%Y%m%d%H%M%S}{number % 1000:03d}",
        "ST": "32", "CN": command, "PW": "123456", "MN": mn, "Flag": flag,
    }  # fmt: skip
    field_name = "Rtd" if command == "2011" else "Avg"
    area = encode_area(f"{at:%Y%m%d%H%M%S}", {"w01018": {field_name: value, "Flag": "N"}})
    return encode_frame(header, area)


def broken(frame: bytes) -> bytes:
    """The frame with a CRC that no frame has: with a guessed one, one frame in a few hundred would be sound."""
    return frame[:-6] + b"BAD0\r\n"


def until(condition: Callable[[], bool], what: str = "condition", deadline_s: float = DEADLINE_S) -> None:
    """Wait for a condition; fails after the deadline."""
    ends = time.monotonic() + deadline_s
    while not condition():
        assert time.monotonic() < ends, f"waited in vain for: {what}"
        threading.Event().wait(0.01)


class Peer:
    """The other end of a connection, blocking."""

    def __init__(self, port: int) -> None:
        self.socket = socket.create_connection(("127.0.0.1", port), DEADLINE_S)
        self.socket.settimeout(DEADLINE_S)
        self.got = b""

    def send(self, data: bytes) -> None:
        self.socket.sendall(data)

    def answers(self, count: int) -> list[bytes]:
        """The next answers; fails when they do not come."""
        while self.got.count(b"\r\n") < count:
            data = self.socket.recv(65536)
            assert data, f"closed by the gateway after {self.got!r}"
            self.got += data
        parts = self.got.split(b"\r\n")
        self.got = b"\r\n".join(parts[count:])
        return parts[:count]

    def has_answer(self) -> bool:
        """Whether anything came, without waiting."""
        self.socket.setblocking(False)
        with contextlib.suppress(BlockingIOError):
            self.got += self.socket.recv(65536)
        self.socket.settimeout(DEADLINE_S)
        return bool(self.got)

    def is_closed(self) -> bool:
        """Whether the gateway has ended the connection; waits for that."""
        try:
            return self.socket.recv(65536) == b""
        except ConnectionResetError:
            return True
        except TimeoutError:
            return False

    def close(self) -> None:
        self.socket.close()


@dataclass
class Running:
    """What a test sees of a running gateway. `devices` may be replaced while it runs."""

    gateway: Gateway
    lake: Lake
    port: int
    devices: dict[str, Device]
    stored: list[Decoded] = field(default_factory=list)
    peers: list[Peer] = field(default_factory=list)

    def peer(self) -> Peer:
        """A new connection."""
        self.peers.append(Peer(self.port))
        return self.peers[-1]


def known(*codes: str, crc_mode: str = "hj", interval_s: int = 60) -> dict[str, Device]:
    """Registered devices."""
    return {mn: Device(n, mn, crc_mode, interval_s) for n, mn in enumerate(codes, start=1)}


@contextlib.contextmanager
def running(
    folder: Path, *, limits: Limits | None = None, devices: dict[str, Device] | None = None, flush_ms: int = 20
) -> Iterator[Running]:
    """A gateway that serves until the block ends, and then stops in order."""
    lake = Lake(folder / "lake")
    started: dict[str, Running] = {}
    ready, loops = threading.Event(), []

    async def serve() -> None:
        stop = asyncio.Event()
        loops.append((asyncio.get_running_loop(), stop))
        one = Running(None, lake, 0, known(MN) if devices is None else devices)  # type: ignore[arg-type]
        one.gateway = Gateway(
            adapter("hj212"), lake, lambda: one.devices, limits=limits, flush_ms=flush_ms, stored=one.stored.append
        )
        one.port = await one.gateway.start("127.0.0.1", 0)
        started["one"] = one
        ready.set()
        await stop.wait()
        await one.gateway.stop()

    thread = threading.Thread(target=lambda: uvloop.run(serve()))
    thread.start()
    assert ready.wait(DEADLINE_S)
    try:
        yield started["one"]
    finally:
        loop, stop = loops[0]
        loop.call_soon_threadsafe(stop.set)
        thread.join(DEADLINE_S)
        for peer in started["one"].peers:
            peer.close()
        assert not thread.is_alive()
