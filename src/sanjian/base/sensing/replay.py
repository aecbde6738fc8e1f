"""Sending frames to a gateway as a device does: a window of open frames, answers awaited, resent when none comes."""

import asyncio
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime

from .hj212.decode import Decoded, decode_frame
from .hj212.framing import Framer
from .hj212.session import answer_command
from .importers import Sendable

ANSWER_S, RESENDS = 10.0, 3
"""Time to wait for an answer and number of resends. Source: HJ 212-2017, table 1 (超时重发)."""


class Unreachable(ConnectionError):
    """The gateway cannot be reached, or went away; the message is for a person, in Chinese."""


@dataclass(slots=True)
class Summary:
    """What came of a replay.

    `wanted` frames asked for an answer and have a QN to recognise it by; `acked` of them got it.
    """

    frames: int = 0
    sent: int = 0
    wanted: int = 0
    acked: int = 0
    unanswered: int = 0
    resent: int = 0
    bytes: int = 0
    seconds: float = 0.0

    def as_dict(self) -> dict[str, float | int]:
        """All figures, with the rate."""
        rate = self.sent / self.seconds if self.seconds else 0.0
        return {**asdict(self), "seconds": round(self.seconds, 3), "frames_per_s": round(rate, 1)}


async def send(
    frames: Sequence[Sendable],
    host: str,
    port: int,
    *,
    speed: float | None = None,
    window: int = 900,
    answer_s: float = ANSWER_S,
    progress: Callable[[Summary], None] | None = None,
) -> Summary:
    """Send all frames over one connection and wait for their answers.

    Args:
        speed: how many times faster than the moments at which the frames were due; None sends as fast as answered.
        window: frames that may be without answer at the same time.
        answer_s: how long to wait for an answer before resending; after RESENDS times the frame counts as unanswered.
        progress: called as answers come.

    Raises:
        Unreachable: no connection, or it broke.
    """
    try:
        reader, writer = await asyncio.open_connection(host, port)
    except OSError as error:
        why = error.strerror or str(error)
        raise Unreachable(f"连不上 {host}:{port}：{why}。网关启动了吗（sanjian gateway）？") from error
    sender = _Sender(writer, Summary(frames=len(frames)), window, answer_s, progress)
    receiving = asyncio.create_task(sender.receive(reader))
    began = time.monotonic()
    try:
        await _all(sender, frames, speed)
        await sender.finish()
    except (ConnectionError, asyncio.IncompleteReadError) as error:
        raise Unreachable(f"{host}:{port} 中断了连接，已应答 {sender.summary.acked} 包") from error
    finally:
        receiving.cancel()
        writer.close()
        await asyncio.gather(receiving, return_exceptions=True)
    sender.summary.seconds = time.monotonic() - began
    return sender.summary


async def _all(sender: "_Sender", frames: Sequence[Sendable], speed: float | None) -> None:
    first_due: datetime | None = None
    began = time.monotonic()
    for frame in frames:
        if speed is not None and frame.due_at is not None:
            first_due = first_due or frame.due_at
            wait_s = (frame.due_at - first_due).total_seconds() / speed - (time.monotonic() - began)
            if wait_s > 0:
                await asyncio.sleep(wait_s)
        await sender.send(frame.raw)


@dataclass(slots=True)
class _Open:
    raw: bytes
    sent_at: float
    times: int = 1


class _Sender:
    """One connection's open frames, by QN and kind of answer."""

    def __init__(
        self,
        writer: asyncio.StreamWriter,
        summary: Summary,
        window: int,
        answer_s: float,
        progress: Callable[[Summary], None] | None,
    ) -> None:
        self.summary = summary
        self._writer, self._window, self._answer_s, self._progress = writer, window, answer_s, progress
        self._open: dict[tuple[str, str], _Open] = {}
        self._changed = asyncio.Event()
        self._is_gone = False

    async def send(self, raw: bytes) -> None:
        """Send one frame as soon as the window has room."""
        while len(self._open) >= self._window:
            await self._wait()
        expected = expected_answer(decode_frame(raw))
        self._writer.write(raw)
        await self._writer.drain()
        self.summary.sent += 1
        self.summary.bytes += len(raw)
        if expected is not None and expected not in self._open:
            self.summary.wanted += 1
            self._open[expected] = _Open(raw, time.monotonic())

    async def finish(self) -> None:
        """Wait until every open frame is answered or given up."""
        while self._open:
            await self._wait()

    async def receive(self, reader: asyncio.StreamReader) -> None:
        """Take answers until the connection ends."""
        framer = Framer()
        while data := await reader.read(65536):
            for cut in framer.feed(data):
                if cut.is_frame:
                    header = decode_frame(cut).header
                    if self._open.pop((header.get("QN", ""), header.get("CN", "")), None):
                        self.summary.acked += 1
            if self._progress is not None:
                self._progress(self.summary)
            self._changed.set()
        self._is_gone = True
        self._changed.set()

    async def _wait(self) -> None:
        """Wait for an answer, or until something must be resent or given up."""
        if self._is_gone:
            raise ConnectionResetError
        self._changed.clear()
        oldest = min(o.sent_at for o in self._open.values())
        try:
            await asyncio.wait_for(self._changed.wait(), max(0.0, oldest + self._answer_s - time.monotonic()))
        except TimeoutError:
            self._resend(time.monotonic() - self._answer_s)

    def _resend(self, before: float) -> None:
        for key, frame in list(self._open.items()):
            if frame.sent_at > before:
                continue
            if frame.times > RESENDS:
                del self._open[key]
                self.summary.unanswered += 1
                continue
            self._writer.write(frame.raw)
            frame.sent_at, frame.times = time.monotonic(), frame.times + 1
            self.summary.resent += 1


def expected_answer(decoded: Decoded) -> tuple[str, str] | None:
    """QN and CN of the answer that a frame should get; None when it wants none or cannot be recognised by one."""
    header = decoded.header
    command = answer_command(header.get("CN", ""))
    if not (decoded.ack and command and header.get("QN") and decoded.is_accepted):
        return None
    return header["QN"], command
