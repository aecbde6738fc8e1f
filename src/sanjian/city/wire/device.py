"""One device: keeps a connection, sends frames, waits for 9014, sends again when none comes.

Thousands share one event loop, so there is no task per device: the loop calls `data_received`, the fleet's sweep looks
for answers that are overdue. A frame is taken off only when it is acknowledged; a broken copy goes out right before the
whole one, and on a broken connection both go again, so an answer proves that the copy was read too.
"""

import asyncio
import time
from collections import deque
from collections.abc import Iterator
from itertools import islice
from typing import NamedTuple, cast

from .faults import BROKEN, Fault, Trouble, broken
from .tally import Tally

AT_ONCE = 200
"""Frames without an answer at which a device waits: history would take minutes one by one."""
ANSWER_S, RECONNECT_S = 30.0, 0.5
"""HJ 212-2017 table 1 allows 10 s on mobile media; thousands of devices of one machine give the gateway more."""
HOLD_S = 0.4


class Message(NamedTuple):
    """A frame and the QN by which its answer is known."""

    qn: bytes
    raw: bytes
    command: str


class _Waiting(NamedTuple):
    message: Message
    broken: bytes | None
    since: float


class Device(asyncio.Protocol):
    """The sending side of one device.

    Args:
        local: address to connect from, as for `create_connection`.
        trouble: its network; None for a perfect one.
    """

    def __init__(
        self, address: tuple[str, int], local: tuple[str, int] | None, tally: Tally, trouble: Trouble | None = None
    ) -> None:
        self._address, self._local, self._tally, self._trouble = address, local, tally, trouble
        self._loop = asyncio.get_running_loop()
        self._transport: asyncio.Transport | None = None
        self._queue: deque[Message] = deque()
        self._waiting: dict[bytes, _Waiting] = {}
        self._source: Iterator[Message] | None = None
        self._is_held, self._is_over = False, False
        self._glue, self._buffer = b"", b""
        self._later = 0
        self._opening: asyncio.Task[None] | None = None

    @property
    def is_idle(self) -> bool:
        """Nothing to say and nothing unanswered."""
        return not (self._queue or self._waiting or self._source or self._later)

    @property
    def is_connected(self) -> bool:
        """Whether the gateway holds its connection."""
        return self._transport is not None

    def open(self) -> None:
        """Connect, again and again until it works; a gateway that is away is tried for ever."""
        self._opening = self._loop.create_task(self._open())

    async def _open(self) -> None:
        while not self._is_over:
            try:
                await self._loop.create_connection(lambda: self, *self._address, local_addr=self._local)
            except OSError:
                await asyncio.sleep(RECONNECT_S)
            else:
                return

    def say(self, messages: list[Message]) -> None:
        """Queue what has become due."""
        self._count(messages)
        self._queue.extend(messages)
        self._pump()

    def tell(self, source: Iterator[Message]) -> None:
        """Say all of `source` (its past) as fast as it is answered; taken when nothing else waits."""
        self._source = source
        self._pump()

    def check(self, now: float) -> None:
        """Send again what should have been answered by now."""
        first = next(iter(self._waiting.values()), None)
        if first is not None and self._transport is not None and now - first.since > ANSWER_S:
            self._again()

    def close(self) -> None:
        """Hang up for good."""
        self._is_over = True
        if self._opening is not None:
            self._opening.cancel()
        if self._transport is not None:
            self._transport.close()

    # -- what the event loop calls ------------------------------------------------------------------------------

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)  # uvloop's are none by descent
        self._buffer, self._glue, self._is_held = b"", b"", False
        self._tally.connections += 1
        if self._waiting:
            self._again()
        self._pump()

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002 - asyncio's name
        self._transport = None
        if not self._is_over:
            self.open()

    def data_received(self, data: bytes) -> None:
        *answers, self._buffer = (self._buffer + data).split(b"\r\n")
        for answer in answers:
            if b"CN=9014" in answer:
                done = self._waiting.pop(answer.partition(b"QN=")[2][:17], None)
                if done is not None:
                    self._tally.answered(done.message.raw, done.broken)
        self._pump()

    # -- sending ------------------------------------------------------------------------------------------------

    def _count(self, messages: list[Message]) -> None:
        self._tally.sent += len(messages)
        self._tally.commands.update(message.command for message in messages)

    def _pump(self) -> None:
        while self._transport is not None and not self._is_held and len(self._waiting) < AT_ONCE:
            if not self._queue and not self._refill():
                break
            message = self._queue.popleft()
            fault = self._trouble.next() if self._trouble else Fault.NONE
            self._tally.faults[fault] += fault is not Fault.NONE
            if fault is Fault.SLOW:
                self._later += 1
                self._loop.call_later(HOLD_S, self._late, message)
            else:
                self._send(message, fault)
        if self._glue and not self._queue and not self._is_held:
            self._write(b"")

    def _refill(self) -> bool:
        if self._source is None:
            return False
        taken = list(islice(self._source, AT_ONCE))
        if not taken:
            self._source = None
        self._count(taken)
        self._queue.extend(taken)
        return bool(taken)

    def _late(self, message: Message) -> None:
        self._later -= 1
        self._queue.append(message)
        self._pump()

    def _send(self, message: Message, fault: Fault) -> None:
        copy = broken(message.raw, fault) if fault in BROKEN else None
        self._tally.sent += copy is not None
        self._waiting[message.qn] = _Waiting(message, copy, time.monotonic())
        raw = (copy or b"") + message.raw
        if fault in (Fault.SPLIT, Fault.CUT):
            self._write(raw[: len(raw) // 2])
            self._is_held = True
            self._loop.call_later(HOLD_S, self._go_on, self._transport, b"" if fault is Fault.CUT else raw)
        elif fault is Fault.GLUED:
            self._glue += raw
        else:
            self._write(raw + message.raw if fault is Fault.RESENT else raw)
            self._tally.resent += fault is Fault.RESENT
        if fault is Fault.DEAF and self._transport is not None:
            self._transport.pause_reading()
            self._loop.call_later(HOLD_S, self._hear, self._transport)

    def _go_on(self, before: asyncio.Transport | None, raw: bytes) -> None:
        """The second half of a frame, or the end of the connection; nothing when it has ended meanwhile."""
        if self._transport is None or self._transport is not before:
            return
        self._is_held = False
        if not raw:
            self._transport.close()
            return
        self._write(raw[len(raw) // 2 :])
        self._pump()

    def _hear(self, before: asyncio.Transport) -> None:
        if self._transport is before and not before.is_closing():
            before.resume_reading()

    def _write(self, raw: bytes) -> None:
        if self._transport is not None:
            self._transport.write(self._glue + raw)
            self._glue = b""

    def _again(self) -> None:
        """Everything unanswered once more, in order."""
        now = time.monotonic()
        for qn, waiting in self._waiting.items():
            self._waiting[qn] = waiting._replace(since=now)
        self._tally.resent += len(self._waiting)
        self._write(b"".join((w.broken or b"") + w.message.raw for w in self._waiting.values()))
