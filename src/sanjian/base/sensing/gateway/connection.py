"""One connection: bytes in, pieces to the flush, answers out in the order in which their frames came.

What a peer can make us hold is bounded: the cutter holds at most one frame, `in_flight` bounds frames that wait for
their answer, and a peer that does not read its answers is not read from either.
"""

import asyncio
import time
from collections.abc import Sequence
from typing import TYPE_CHECKING, cast

import structlog

if TYPE_CHECKING:
    from .server import Gateway

log = structlog.get_logger()
SETTLE_S = 1.0
"""Silence after which a frame without its optional end is taken as whole. Our choice: longer than any network jitter
between the last two bytes of a frame that we care to tell apart."""


class Connection(asyncio.Protocol):
    """Protocol object of one accepted connection. Lives on the event loop."""

    __slots__ = (
        "_gateway", "_held_since", "_paused_for", "_started", "_transport", "_unread_since", "address", "cutter",
        "device_mn", "has_ended", "in_flight", "last_at", "peer",
    )  # fmt: skip

    def __init__(self, gateway: "Gateway", address: str, port: int) -> None:
        self._gateway = gateway
        self.address = address
        self.peer = f"[{address}]:{port}" if ":" in address else f"{address}:{port}"
        self.cutter = gateway.adapter.cutter(gateway.limits.frame_bytes, gateway.limits.garbage_bytes)
        self.device_mn: str | None = None
        self.in_flight = 0
        self.has_ended = False
        self.last_at = time.monotonic()
        self._transport: asyncio.Transport | None = None
        self._started = False
        self._held_since: float | None = None
        self._unread_since: float | None = None
        self._paused_for: set[str] = set()

    # -- events of the transport --------------------------------------------------------------------------------

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)
        self._gateway.joined(self)

    def data_received(self, data: bytes) -> None:
        self.last_at = time.monotonic()
        self._started = True
        pieces = self.cutter.feed(data)
        if pieces:
            self._give(pieces)
        if not self.cutter.has_partial:
            self._held_since = None
        elif pieces or self._held_since is None:
            self._held_since = self.last_at
        if self.cutter.too_much_garbage:
            self.close("too_much_garbage")

    def eof_received(self) -> bool:
        """The peer sends no more, but may still wait for answers: stay open for writing until they are out."""
        self.has_ended = True
        self._give(self.cutter.flush())
        return self.in_flight > 0

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002 - asyncio's signature
        self._give(self.cutter.flush())
        self._transport = None
        self._gateway.left(self)

    def pause_writing(self) -> None:
        self._unread_since = time.monotonic()
        self.pause("unread")

    def resume_writing(self) -> None:
        self._unread_since = None
        self.resume("unread")

    # -- what the gateway asks of it ----------------------------------------------------------------------------

    def answered(self, frames: int, answers: list[bytes]) -> None:
        """`frames` of this connection are durable; send what answers they have."""
        self.in_flight -= frames
        transport = self._transport
        if transport is None:
            return
        if answers and not transport.is_closing():
            transport.write(b"".join(answers))
        if self.in_flight < self._gateway.limits.in_flight:
            self.resume("in_flight")
        if self.has_ended and not self.in_flight:
            transport.close()

    def write(self, raw: bytes) -> bool:
        """Send something of our own; False when the connection is ending or the peer does not read."""
        transport = self._transport
        if transport is None or transport.is_closing() or self.has_ended or self._unread_since is not None:
            return False
        transport.write(raw)
        return True

    def pause(self, why: str) -> None:
        """Stop reading, for one more reason."""
        if not self._paused_for and self._transport is not None:
            self._transport.pause_reading()
        self._paused_for.add(why)

    def resume(self, why: str) -> None:
        """Drop one reason; read again when none is left."""
        if why not in self._paused_for:
            return
        self._paused_for.discard(why)
        if not self._paused_for and self._transport is not None and not self._transport.is_closing():
            self.last_at = time.monotonic()
            self._transport.resume_reading()

    def close(self, reason: str) -> None:
        """End the connection for a reason that is counted and logged. What it sent is kept."""
        if self._transport is None or self._transport.is_closing():
            return
        self._gateway.counters.closed[reason] += 1
        level = log.debug if reason == "stopping" else log.info
        level("connection closed", reason=reason, peer=self.peer, device_mn=self.device_mn)
        if reason == "answers_not_read":
            self._transport.abort()
        else:
            self._transport.close()

    def may_be_overdue(self, now: float) -> bool:
        """Whether `overdue` is worth asking: cheap, for a peer that has just been heard from."""
        return now - self.last_at >= SETTLE_S or self._held_since is not None or self._unread_since is not None

    def overdue(self, now: float, report_interval_s: float | None) -> str:
        """Act on silence; returns the reason for which this connection should be closed, or nothing.

        Silence that we cause ourselves, by not reading, is not held against the peer.
        """
        limits = self._gateway.limits
        if self._unread_since is not None and now - self._unread_since > limits.half_frame_s:
            return "answers_not_read"
        if self._paused_for:
            return ""
        silent_s = now - self.last_at
        if self.cutter.awaits_tail and silent_s >= SETTLE_S:
            self._give(self.cutter.settle())
            self._held_since = None
        if self._held_since is not None and now - self._held_since > limits.half_frame_s:
            return "half_frame"
        if not self._started:
            return "no_first_byte" if silent_s > limits.first_byte_s else ""
        return "idle" if silent_s > limits.idle_allowed(report_interval_s) else ""

    def _give(self, pieces: Sequence[tuple[bytes, str]]) -> None:
        if not pieces:
            return
        taken = self._gateway.ingest.put(self, pieces, time.time_ns() // 1000)
        self.in_flight += taken
        if self.in_flight >= self._gateway.limits.in_flight:
            self.pause("in_flight")
