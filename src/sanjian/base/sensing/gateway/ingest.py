"""The flush: what all connections received becomes rows, the rows become durable, and only then answers go out.

The order is what the promise "acknowledged is never lost" rests on:

1. decode the batch (pure);
2. append quarantine and frames: whatever happens later, what was received is kept;
3. append readings;
4. send the answers.

A crash before 4 leaves frames that nobody was promised; the device sends them again, and the natural key makes the
same rows of them. When the lake cannot store, the flush stays at the step it has reached and tries again until it can;
nothing is answered and nothing is read meanwhile.
"""

import asyncio
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from typing import Protocol

import polars as pl
import structlog
from django.utils.translation import gettext as _

from sanjian.base.lake import Lake, LakeFull, Stream

from .counters import Counters
from .decoding import decode
from .limits import Limits
from .protocol import Decoded, Device, Piece, ProtocolAdapter

log = structlog.get_logger()
RETRY_S, RETRY_MOST_S = 0.5, 5.0
"""Pause after the first failure to store rows, doubled up to the second (our choice): soon there when space is."""


class Unstored(Exception):
    """The gateway is stopping and the lake would not take the rows; nobody was told that they are safe."""


class Sender(Protocol):
    """Where a piece came from, as far as the flush cares."""

    peer: str

    def answered(self, frames: int, answers: list[bytes]) -> None:
        """`frames` are durable; send these answers."""


class Ingest:
    """The queue between connections and the lake. `put` on the event loop; storing in one worker thread."""

    def __init__(
        self,
        adapter: ProtocolAdapter,
        lake: Lake,
        devices: Callable[[], Mapping[str, Device]],
        limits: Limits,
        flush_ms: int,
        counters: Counters,
        *,
        stored: Callable[[Decoded], None],
        named: Callable[[Sender, str], None],
        crowded: Callable[[bool], None],
    ) -> None:
        """
        Args:
            devices: the register of devices as it is now.
            stored: called in the worker thread with every durable batch, before its answers go out.
            named: called on the event loop when a sender has said which device it is.
            crowded: called on the event loop with True when all reading must pause, with False when it may go on.
        """
        self._adapter, self._lake, self._devices = adapter, lake, devices
        self._limits, self._flush_s, self._counters = limits, flush_ms / 1000, counters
        self._stored, self._named, self._crowded = stored, named, crowded
        self._pieces: list[Piece] = []
        self._senders: list[Sender] = []
        self._bytes = 0
        self._first_at = 0.0
        self._arrived = asyncio.Event()
        self._enough = asyncio.Event()
        self._is_crowded = False
        self._stopping = threading.Event()
        self._worker = ThreadPoolExecutor(1, thread_name_prefix="flush")
        self._loop: asyncio.AbstractEventLoop | None = None
        self.trouble = ""
        """Why nothing is stored at the moment, for people; empty when all is well."""
        self.unstored = 0
        """Pieces given up at the end because the lake would not take them; none of them was answered."""

    @property
    def queued(self) -> int:
        """Pieces that wait for a flush."""
        return len(self._pieces)

    def put(self, sender: Sender, pieces: Sequence[tuple[bytes, str]], at_us: int) -> int:
        """Queue what a sender's bytes were cut into; returns how many were queued (blank ends are only counted)."""
        if not self._pieces:
            self._first_at = time.monotonic()
        before = len(self._pieces)
        for raw, reason in pieces:
            if reason == "blank":
                self._counters.blanks += 1
                continue
            self._pieces.append(Piece(raw, reason, sender.peer, at_us))
            self._senders.append(sender)
            self._bytes += len(raw)
        taken = len(self._pieces) - before
        if taken:
            self._arrived.set()
            if len(self._pieces) >= self._limits.batch_frames:
                self._enough.set()
            self._watch_crowd()
        return taken

    async def run(self) -> None:
        """Flush for ever: at the latest `flush_ms` after the oldest piece arrived, or when a batch is full."""
        self._loop = asyncio.get_running_loop()
        while not self._stopping.is_set() or self._pieces:
            await self._arrived.wait()
            if not self._pieces:
                self._arrived.clear()
                continue
            left_s = self._first_at + self._flush_s - time.monotonic()
            if left_s > 0 and not self._stopping.is_set():
                with suppress(TimeoutError):
                    await asyncio.wait_for(self._enough.wait(), left_s)
            await self._flush()
        self._worker.shutdown()

    def stop(self) -> None:
        """Let `run` end after what is queued has been flushed, or could not be."""
        self._stopping.set()
        self._arrived.set()
        self._enough.set()

    async def _flush(self) -> None:
        size = self._limits.batch_frames
        pieces, self._pieces = self._pieces[:size], self._pieces[size:]
        senders, self._senders = self._senders[:size], self._senders[size:]
        self._bytes = sum(len(p.raw) for p in self._pieces)
        self._first_at = time.monotonic()
        if not self._pieces and not self._stopping.is_set():
            self._arrived.clear()
        if len(self._pieces) < size and not self._stopping.is_set():
            self._enough.clear()
        loop = asyncio.get_running_loop()
        try:
            decoded = await loop.run_in_executor(self._worker, self._store, pieces)
        except Unstored:
            self.unstored += len(pieces)
            log.error("frames left unacknowledged", frames=len(pieces), trouble=self.trouble)
            return
        self._answer(senders, decoded)
        self._watch_crowd()

    def _answer(self, senders: list[Sender], decoded: Decoded) -> None:
        """Tell every sender how many of its frames are safe, and send their answers in order, one write a sender."""
        out: dict[Sender, tuple[list[str | None], list[bytes]]] = {}
        for sender, device_mn, answer in zip(senders, decoded.devices, decoded.answers, strict=True):
            names, answers = out.setdefault(sender, ([], []))
            names.append(device_mn)
            if answer:
                answers.append(answer)
        for sender, (names, answers) in out.items():
            device_mn = next((n for n in reversed(names) if n), None)
            if device_mn:
                self._named(sender, device_mn)
            sender.answered(len(names), answers)
            self._counters.answers += len(answers)

    def _watch_crowd(self) -> None:
        """Pause all reading above the bound or in trouble, and go on below half of it."""
        limits = self._limits
        if self._is_crowded:
            is_low = len(self._pieces) < limits.queue_frames // 2 and self._bytes < limits.queue_bytes // 2
            if is_low and not self.trouble:
                self._is_crowded = False
                self._crowded(False)
        elif self.trouble or len(self._pieces) >= limits.queue_frames or self._bytes >= limits.queue_bytes:
            self._is_crowded = True
            self._crowded(True)

    # -- in the worker thread -----------------------------------------------------------------------------------

    def _store(self, pieces: list[Piece]) -> Decoded:
        began = time.monotonic()
        decoded = decode(self._adapter, pieces, self._devices())
        self._counters.decode_s += time.monotonic() - began
        for stream, rows in decoded.appends:
            self._append(stream, rows)
        counters = self._counters
        counters.flushes += 1
        counters.frames += len(pieces)
        counters.readings += decoded.readings
        counters.quarantined += decoded.quarantined
        self._stored(decoded)
        took_s = time.monotonic() - began
        counters.flush_s += took_s
        counters.slowest_flush_s = max(counters.slowest_flush_s, took_s)
        return decoded

    def _append(self, stream: Stream, rows: pl.DataFrame) -> None:
        """Append until it succeeds. Raises Unstored when the gateway is told to stop while it cannot."""
        pause_s = RETRY_S
        while True:
            try:
                self._lake.append(stream, rows)
            except Exception as error:  # the rows fit the stream, so whatever it is, it is about storage
                self._in_trouble(stream, error)
                if self._stopping.wait(pause_s):
                    raise Unstored from error
                pause_s = min(2 * pause_s, RETRY_MOST_S)
            else:
                if self.trouble:
                    log.info("storage works again", stream=stream.name)
                    self.trouble = ""
                return

    def _in_trouble(self, stream: Stream, error: Exception) -> None:
        full = isinstance(error, LakeFull) or "No space left" in str(error)
        if full:
            text = _("磁盘已满，暂停接收和应答；腾出空间后自动恢复")
        else:
            text = _("数据湖无法写入，暂停接收和应答：%(error)s") % {"error": str(error)[:120]}
        if text != self.trouble:
            log.error("storage refused", stream=stream.name, is_full=full, error=str(error))
        self.trouble = text
        if self._loop is not None:
            self._loop.call_soon_threadsafe(self._watch_crowd)
