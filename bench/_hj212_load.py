"""Devices for the gateway benches: frames made beforehand, many connections on one event loop, one open frame each.

Runs as a process of its own, so that what it costs is not hidden in the gateway:

    python -m bench._hj212_load PLAN.json        prints one JSON object when done

Every device behaves like a field machine: it sends a frame, waits for the 9014 that echoes its QN, and sends the same
bytes again on a new connection when the old one broke before the answer.
"""

import asyncio
import gc
import hashlib
import json
import random
import resource
import sys
import time
from array import array
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import uvloop

from sanjian.base.sensing.hj212.crc import crc16

CHINA = timezone(timedelta(hours=8))
DUST = ("a34001", "a34002", "a34004", "LA", "a01001", "a01002", "a01006", "a01007", "a01008", "a34005")
GAS = (
    "a21002", "a21026", "a34013", "a19001", "a01012", "a01013", "a01014", "a01011", "a00000", "a21005", "a05001",
    "a01017",
)  # fmt: skip
WATER = ("w00000", "w01018", "w21003", "w21011", "w21001", "w01001", "w01010", "w01014", "w01009", "w01012")


def device_mn(index: int) -> str:
    """MN of a bench device, 24 hexadecimal digits."""
    return f"BE0C{index:020d}"


def frame(rng: random.Random, index: int, turn: int, began: datetime) -> tuple[bytes, bytes, int]:
    """The `turn`-th frame of a device: bytes, QN, number of factors.

    Seven in ten are real-time data, two minute data, one hour data. No two frames of a device share a natural key.
    """
    at = began + timedelta(seconds=turn)
    qn = f"{at:%Y%m%d%H%M%S}{index % 1000:03d}"
    kind = (turn + index) % 10
    if kind < 7:
        codes, command, when = DUST, "2011", at
        items = [f"{c}-Rtd={rng.uniform(0.01, 99):.3f},{c}-Flag=N" for c in codes]
    elif kind < 9:
        codes, command, when = GAS, "2051", began.replace(second=0) - timedelta(minutes=turn)
        items = [_aggregate(rng, c, total=False) for c in codes]
    else:
        codes, command, when = WATER, "2061", began.replace(minute=0, second=0) - timedelta(hours=turn // 10)
        items = [_aggregate(rng, c, total=True) for c in codes]
    system = {"2011": "39", "2051": "31", "2061": "32"}[command]
    segment = (
        f"QN={qn};ST={system};CN={command};PW=123456;MN={device_mn(index)};Flag=5;"
        f"CP=&&DataTime={when:%Y%m%d%H%M%S};{';'.join(items)}&&"
    ).encode()
    return b"##%04d%b%04X\r\n" % (len(segment), segment, crc16(segment)), qn.encode(), len(codes)


def _aggregate(rng: random.Random, code: str, *, total: bool) -> str:
    low = rng.uniform(0.1, 40)
    cou = f"{code}-Cou={low * 3.6:.2f}," if total else ""
    return f"{cou}{code}-Min={low:.2f},{code}-Avg={low + 1.3:.2f},{code}-Max={low + 4:.2f},{code}-Flag=N"


class Device(asyncio.Protocol):
    """One connection at a time, one frame at a time."""

    __slots__ = ("buffer", "frame_no", "index", "is_waiting", "load", "transport")

    def __init__(self, load: "Load", index: int) -> None:
        self.load, self.index = load, index
        self.transport: asyncio.Transport | None = None
        self.frame_no = -1
        self.is_waiting = False
        self.buffer = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = transport  # type: ignore[assignment]
        self.buffer = b""
        self.load.connected += 1
        if self.is_waiting:
            self.load.resent += 1
            self.write()

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002 - asyncio's name
        self.transport = None
        self.load.connected -= 1
        if not self.load.is_over:
            self.load.lost_connection(self)

    def send(self, frame_no: int) -> None:
        self.frame_no, self.is_waiting = frame_no, True
        if self.transport is not None:
            self.write()

    def write(self) -> None:
        assert self.transport is not None
        self.load.sent_at[self.frame_no] = time.monotonic()
        self.transport.write(self.load.frames[self.frame_no])

    def data_received(self, data: bytes) -> None:
        self.buffer += data
        if not self.buffer.endswith(b"\r\n"):
            return
        answer, self.buffer = self.buffer, b""
        if self.is_waiting and b"CN=9014" in answer and b"QN=" + self.load.qns[self.frame_no] in answer:
            self.load.acked_at[self.frame_no] = time.monotonic()
            self.is_waiting = False
            self.load.acked(self)
        else:
            self.load.strange += 1


class Load:
    """The whole load: an open loop at a stated rate, or, with rate 0, each device as fast as it is answered."""

    def __init__(self, plan: dict[str, Any]) -> None:
        self.plan = plan
        self.devices = [Device(self, n) for n in range(plan["devices"])]
        self.rate, self.seconds = plan["rate"], plan["seconds"]
        self.connected = self.resent = self.strange = self.late = 0
        self.is_over = False
        self.next_turn = [0] * len(self.devices)
        self.waiting_turns: dict[int, list[int]] = {}
        self.frames: list[bytes] = []
        self.qns: list[bytes] = []
        self.factors = array("h")
        self.build()
        self.sent_at, self.acked_at = array("d", [0.0]) * len(self.frames), array("d", [0.0]) * len(self.frames)

    def build(self) -> None:
        """All frames, turn by turn: frame number = turn x devices + device."""
        rng = random.Random(self.plan["seed"])
        began = datetime.fromtimestamp(self.plan["began"], CHINA)
        for turn in range(self.plan["turns"]):
            for index in range(len(self.devices)):
                raw, qn, factors = frame(rng, index, turn, began)
                self.frames.append(raw)
                self.qns.append(qn)
                self.factors.append(factors)

    async def connect(self) -> None:
        waiting = list(self.devices)
        while waiting:
            some, waiting = waiting[:200], waiting[200:]
            await asyncio.gather(*(self._open(d) for d in some))

    async def _open(self, device: Device) -> None:
        loop = asyncio.get_running_loop()
        while not self.is_over:
            try:
                await loop.create_connection(lambda: device, self.plan["host"], self.plan["port"])
            except OSError:
                await asyncio.sleep(0.3)
            else:
                return

    def lost_connection(self, device: Device) -> None:
        task = asyncio.get_running_loop().create_task(self._open(device))
        self.tasks.add(task)
        task.add_done_callback(self.tasks.discard)

    def acked(self, device: Device) -> None:
        """Open loop: send what came due meanwhile. Closed loop: send the next."""
        if self.is_over:
            return
        if self.rate:
            queue = self.waiting_turns.get(device.index)
            if queue:
                device.send(queue.pop(0))
            return
        turn = self.next_turn[device.index] = self.next_turn[device.index] + 1
        frame_no = turn * len(self.devices) + device.index
        if frame_no < len(self.frames):
            device.send(frame_no)

    async def drive(self) -> None:
        """Send at the stated rate: frame n is due n / rate seconds after the start, whatever the gateway does."""
        if not self.rate:
            for device in self.devices:
                device.send(device.index)
            await self._until_over()
            return
        began, due, count = time.monotonic(), 0, len(self.devices)
        while True:
            elapsed = time.monotonic() - began
            if elapsed >= self.seconds:
                return
            upto = min(int(elapsed * self.rate), len(self.frames))
            while due < upto:
                device = self.devices[due % count]
                if device.is_waiting:
                    self.late += 1
                    self.waiting_turns.setdefault(device.index, []).append(due)
                else:
                    device.send(due)
                due += 1
            await asyncio.sleep(0.004)

    async def _until_over(self) -> None:
        stop = Path(self.plan["stop_file"]) if self.plan.get("stop_file") else None
        ends = time.monotonic() + self.seconds
        while time.monotonic() < ends and not (stop and stop.exists()):
            await asyncio.sleep(0.05)

    async def run(self) -> dict[str, Any]:
        self.tasks: set[asyncio.Task[None]] = set()
        began = time.monotonic()
        await self.connect()
        connect_s = time.monotonic() - began
        gc.collect()
        gc.freeze()
        began_at = time.monotonic()
        await self.drive()
        drain_until = time.monotonic() + self.plan.get("drain_s", 15)
        if not self.rate:
            self.next_turn = [len(self.frames)] * len(self.devices)  # nothing new, but what is open gets its answer
        self.waiting_turns.clear()
        while any(d.is_waiting for d in self.devices) and time.monotonic() < drain_until:
            await asyncio.sleep(0.05)
        connected = self.connected
        self.is_over = True
        for device in self.devices:
            if device.transport is not None:
                device.transport.close()
        return {**self.figures(began_at), "connected": connected, "connect_s": round(connect_s, 2)}

    def figures(self, began_at: float) -> dict[str, Any]:
        """What was sent and answered; the measured window leaves out the warm-up."""
        opens = began_at + self.plan.get("warmup_s", 0)
        closes = began_at + self.seconds
        acked = [n for n, at in enumerate(self.acked_at) if at]
        inside = [n for n in acked if opens <= self.acked_at[n] < closes]
        delays = sorted(self.acked_at[n] - self.sent_at[n] for n in acked if opens <= self.sent_at[n] < closes)
        with Path(self.plan["acked_file"]).open("w", encoding="ascii") as file:
            file.write("device_mn,qn,frame_sha256,factors\n")
            for n in acked:
                device = n % len(self.devices)
                digest = hashlib.sha256(self.frames[n]).hexdigest()
                file.write(f"{device_mn(device)},{self.qns[n].decode()},{digest},{self.factors[n]}\n")
        usage = resource.getrusage(resource.RUSAGE_SELF)
        sizes = [len(f) for f in self.frames[: len(self.devices) * 10]]
        return {
            "sent": sum(1 for at in self.sent_at if at),
            "acked": len(acked),
            "unanswered": sum(d.is_waiting for d in self.devices),
            "resent": self.resent,
            "strange": self.strange,
            "late_sends": self.late,
            "window_s": round(closes - opens, 1),
            "frames_per_s": round(len(inside) / (closes - opens), 1),
            "ack_p50_ms": _at(delays, 0.50),
            "ack_p95_ms": _at(delays, 0.95),
            "ack_p99_ms": _at(delays, 0.99),
            "mean_frame_bytes": round(sum(sizes) / len(sizes)),
            "mean_factors": round(sum(self.factors) / len(self.factors), 1),
            "load_cpu_s": round(usage.ru_utime + usage.ru_stime, 1),
        }


def _at(ordered: list[float], share: float) -> float | None:
    return round(ordered[min(len(ordered) - 1, int(share * len(ordered)))] * 1000, 1) if ordered else None


def raise_descriptors(wanted: int) -> None:
    """Allow this process (and its children) as many open files as it needs."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft < wanted:
        top = wanted if hard == resource.RLIM_INFINITY else max(hard, wanted)
        try:
            resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, top))
        except (ValueError, OSError):
            resource.setrlimit(resource.RLIMIT_NOFILE, (min(wanted, hard), hard))


if __name__ == "__main__":
    plan = json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))
    raise_descriptors(plan["devices"] + 200)
    load = Load(plan)
    print("built", datetime.now(UTC).isoformat(), file=sys.stderr)
    print(json.dumps(uvloop.run(load.run())))
