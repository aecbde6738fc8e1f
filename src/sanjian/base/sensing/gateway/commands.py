"""Commands on their way: taken from the queue, sent over the device's own connection, followed to their end.

Once a second one query looks at the queue. For a device that is connected and has no command under way:

1. claim: a conditional update from queued to sent, with the exact bytes, in the same transaction as the audit entry;
2. write the bytes to the connection; was it gone by then, the command goes back to the queue: nothing was sent;
3. frames that the device sends are shown to its exchange once they are durable, and every change is written down.

A connection that is lost meanwhile ends the command as failed: whether the device acted is not known, and the text says
so. The receive path pays for all this only while commands are open.
"""

import asyncio
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import polars as pl
import structlog
from django.db import DatabaseError

from sanjian.base.sensing.hj212.decode import decode_frame
from sanjian.base.sensing.hj212.exchange import Exchange, Manner, Patience, Reply

from .command_store import Claimed, CommandStore, Progress
from .protocol import Decoded

log = structlog.get_logger()
POLL_S = 1.0
LOST_ZH = "连接中断，设备是否执行不得而知"


@dataclass(slots=True)
class _Open:
    claimed: Claimed
    exchange: Exchange


class Commands:
    """All commands that one gateway has under way. Lives on the event loop; `heard` may be called from any thread."""

    def __init__(
        self, store: CommandStore, write: Callable[[str, bytes], bool], connected: Callable[[], frozenset[str]],
        patience: Patience | None = None, poll_s: float = POLL_S,
    ) -> None:  # fmt: skip
        """
        Args:
            write: sends bytes to a device; False when it is not connected.
            connected: codes of the devices connected now.
        """
        self._store, self._write, self._connected = store, write, connected
        self._patience, self._poll_s = patience or Patience(), poll_s
        self._open: dict[str, _Open] = {}
        self._manners: dict[str, Manner] = {}
        self._worker = ThreadPoolExecutor(1, thread_name_prefix="commands")
        self._loop: asyncio.AbstractEventLoop | None = None

    async def run(self) -> None:
        """Serve the queue until cancelled; what the database refuses is tried again a second later."""
        self._loop = asyncio.get_running_loop()
        has_recovered = False
        while True:
            try:
                if not has_recovered:
                    await self._in_worker(self._store.recover)
                    has_recovered = True
                await self._round()
            except DatabaseError as error:
                log.warning("commands not served", error=str(error))
            except Exception:  # the last handler of this task: a command that goes wrong must not stop the receiving
                log.exception("commands not served")
            await asyncio.sleep(self._poll_s)

    async def stop(self) -> None:
        """Say of everything under way that nobody follows it any more."""
        for mn in list(self._open):
            await self._lose(mn, "网关停止，设备是否执行不得而知")
        await self._in_worker(self._store.close)
        self._worker.shutdown()

    def heard(self, decoded: Decoded) -> None:
        """Look at a durable batch: how devices write their headers, and what belongs to an open command."""
        rows = decoded.exchange
        if rows is None or rows.is_empty():
            return
        ours = rows.filter(pl.col("system_code") != "91")
        names = (ours[n].to_list() for n in ("device_mn", "system_code", "password", "flag"))
        self._manners.update({mn: Manner(st, pw or "", flag or "4") for mn, st, pw, flag in zip(*names, strict=True)})
        if self._loop is None:
            return
        wants_clock = rows.filter(pl.col("command") == "1013")
        if not wants_clock.is_empty():
            self._worker.submit(self._store.answer_clock, wants_clock["device_mn"].unique().to_list())
        if not self._open:
            return
        mine = rows.filter(pl.col("device_mn").is_in(list(self._open)))
        if not mine.is_empty():
            columns = ("device_mn", "command", "qn", "data_time_raw", "frame_sha256", "raw")
            found = list(mine.select(columns).iter_rows())
            self._loop.call_soon_threadsafe(self._hear, found)

    # -- on the event loop --------------------------------------------------------------------------------------

    async def _round(self) -> None:
        now = time.monotonic()
        here = self._connected()
        for mn, one in list(self._open.items()):
            if mn not in here:
                await self._lose(mn, LOST_ZH)
            elif one.exchange.due(now) and self._write(mn, one.claimed.raw):
                one.exchange.sent(now)
            if one.exchange.is_over:
                await self._note(mn)
        for claimed in await self._in_worker(self._store.claim, here - self._open.keys(), self._manners.get):
            await self._begin(claimed)

    async def _begin(self, claimed: Claimed) -> None:
        exchange = Exchange(claimed.request, claimed.qn, claimed.period, self._patience)
        self._open[claimed.device_mn] = _Open(claimed, exchange)
        if self._write(claimed.device_mn, claimed.raw):
            exchange.sent(time.monotonic())
            log.info("command sent", device_mn=claimed.device_mn, command=claimed.request.code, qn=claimed.qn)
        else:
            del self._open[claimed.device_mn]
            await self._in_worker(self._store.put_back, claimed)

    def _hear(self, found: list[tuple[str, str, str | None, str | None, str, bytes]]) -> None:
        now = time.monotonic()
        changed: set[str] = set()
        for mn, command, qn, data_time, sha256, raw in found:
            one = self._open.get(mn)
            if one is None:
                continue
            is_answer = command in ("9011", "9012", "9013")
            needs_items = is_answer or (command == one.exchange.request.code and not one.exchange.request.is_history)
            items = _items(raw) if needs_items else {}
            if one.exchange.hear(Reply(command, qn or "", items, data_time, sha256), now):
                changed.add(mn)
        for mn in changed:
            task = asyncio.ensure_future(self._note(mn))
            task.add_done_callback(_report)

    async def _note(self, mn: str) -> None:
        one = self._open.get(mn)
        if one is None:
            return
        exchange = one.exchange
        if exchange.is_over:
            del self._open[mn]
        await self._in_worker(self._store.note, one.claimed.pk, Progress.of(exchange))

    async def _lose(self, mn: str, why_zh: str) -> None:
        one = self._open.pop(mn, None)
        if one is not None:
            await self._in_worker(self._store.note, one.claimed.pk, Progress.lost(one.exchange, why_zh))

    async def _in_worker(self, do, *args):  # type: ignore[no-untyped-def]
        return await asyncio.get_running_loop().run_in_executor(self._worker, do, *args)


def _items(raw: bytes) -> dict[str, str]:
    """What a frame says, flat: `RtdInterval`, `i13008-Info`, `w01018-SN`."""
    decoded = decode_frame(raw)
    flat = dict(decoded.cp)
    for code, fields in decoded.factors.items():
        for name, text in fields.items():
            flat[f"{code}-{name}"] = text if isinstance(text, str) else ",".join(text)
    return flat


def _report(task: asyncio.Task[None]) -> None:
    if not task.cancelled() and (error := task.exception()) is not None:
        log.error("command not noted", error=str(error))
