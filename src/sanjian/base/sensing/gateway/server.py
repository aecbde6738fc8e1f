"""The socket server: one for all wire protocols.

Accepting is done by hand, so that it can pause: above the cap on connections the kernel's queue holds newcomers, and
when descriptors run out the gateway waits instead of spinning.
"""

import asyncio
import errno
import os
import socket
import time
from collections import Counter
from collections.abc import Callable, Mapping

import structlog
from django.utils.translation import gettext as _

from sanjian.base.lake import Lake

from .connection import Connection
from .counters import Counters
from .ingest import Ingest, Sender
from .limits import Limits
from .protocol import Decoded, Device, ProtocolAdapter

log = structlog.get_logger()
BACKLOG = 4096
SWEEP_S = 1.0
"""How often time-outs are looked at (our choice): one pass over all connections is cheaper than a timer for each."""
_EXHAUSTED = {errno.EMFILE, errno.ENFILE, errno.ENOBUFS, errno.ENOMEM}


class PortTaken(Exception):
    """The address cannot be listened on; the message says what to do, in Chinese."""


class Gateway:
    """One listening port of one protocol."""

    def __init__(
        self,
        adapter: ProtocolAdapter,
        lake: Lake,
        devices: Callable[[], Mapping[str, Device]],
        *,
        limits: Limits | None = None,
        flush_ms: int = 500,
        stored: Callable[[Decoded], None],
    ) -> None:
        """
        Args:
            devices: the register of devices as it is now.
            flush_ms: longest that a received frame waits before it is stored.
            stored: called in the flush thread with every durable batch; must be quick.
        """
        self.adapter, self.limits = adapter, limits or Limits()
        self.counters = Counters()
        self.ingest = Ingest(
            adapter, lake, devices, self.limits, flush_ms, self.counters,
            stored=stored, named=self._named, crowded=self._crowded,
        )  # fmt: skip
        self._devices = devices
        self._connections: dict[Connection, None] = {}
        self._by_address: Counter[str] = Counter()
        self._by_device: dict[str, list[Connection]] = {}
        self._room = asyncio.Event()
        self._room.set()
        self._tasks: list[asyncio.Task[None]] = []
        self._listener: socket.socket | None = None
        self._is_crowded = False

    @property
    def connected(self) -> int:
        """Open connections."""
        return len(self._connections)

    def devices_connected(self) -> frozenset[str]:
        """Codes of the registered devices that have an open connection and have named themselves on it."""
        return frozenset(self._by_device)

    def write(self, device_mn: str, raw: bytes) -> bool:
        """Send bytes over a device's newest connection; False when it has none that takes them. On the event loop."""
        return any(connection.write(raw) for connection in reversed(self._by_device.get(device_mn, [])))

    async def start(self, host: str, port: int) -> int:
        """Listen and serve; returns the port, which the system chooses for 0.

        Raises:
            PortTaken: the address is in use, not ours, or not allowed.
        """
        self._listener = listen(host, port)
        jobs = (self._accept(self._listener), self._sweep(), self.ingest.run())
        self._tasks = [asyncio.create_task(job) for job in jobs]
        bound: int = self._listener.getsockname()[1]
        log.info("gateway listening", protocol=self.adapter.name, host=host, port=bound)
        return bound

    async def broken(self) -> None:
        """Wait until one of the gateway's own tasks ends, which none should, and raise what ended it."""
        done, _rest = await asyncio.wait(self._tasks, return_when=asyncio.FIRST_COMPLETED)
        for task in done:
            task.result()

    async def stop(self) -> None:
        """Stop accepting and reading, store and answer what was received, close."""
        accepting, sweeping, flushing = self._tasks
        for task in (accepting, sweeping):
            task.cancel()
        await asyncio.gather(accepting, sweeping, return_exceptions=True)
        if self._listener is not None:
            self._listener.close()
        for connection in self._connections:
            connection.pause("stopping")
        self.ingest.stop()
        await flushing
        for connection in list(self._connections):
            connection.close("stopping")
        log.info("gateway stopped", **self.counters.as_dict())

    # -- what connections tell ----------------------------------------------------------------------------------

    def joined(self, connection: Connection) -> None:
        """A connection is open."""
        self._connections[connection] = None
        self.counters.accepted += 1
        if self._is_crowded:
            connection.pause("crowded")
        if len(self._connections) >= self.limits.connections:
            self._room.clear()

    def left(self, connection: Connection) -> None:
        """A connection is gone."""
        self._connections.pop(connection, None)
        self._forget_address(connection.address)
        if connection.device_mn is not None:
            self._forget_device(connection)
        self._room.set()

    # -- tasks --------------------------------------------------------------------------------------------------

    async def _accept(self, listener: socket.socket) -> None:
        loop = asyncio.get_running_loop()
        while True:
            await self._room.wait()
            try:
                accepted, address = await loop.sock_accept(listener)
            except OSError as error:
                if error.errno in _EXHAUSTED:
                    log.error("cannot accept", error=str(error), connections=self.connected)
                    await asyncio.sleep(1)
                continue
            await self._admit(accepted, address[0], address[1])

    async def _admit(self, accepted: socket.socket, address: str, port: int) -> None:
        if self._by_address[address] >= self.limits.per_address:
            accepted.close()
            self.counters.closed["per_address"] += 1
            log.warning("connection refused", reason="per_address", address=address, allowed=self.limits.per_address)
            return
        self._by_address[address] += 1
        try:
            accepted.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
            await asyncio.get_running_loop().connect_accepted_socket(lambda: Connection(self, address, port), accepted)
        except OSError as error:  # the peer was gone before we got to it
            self._forget_address(address)
            accepted.close()
            log.info("connection lost while accepting", address=address, error=str(error))

    async def _sweep(self) -> None:
        while True:
            await asyncio.sleep(SWEEP_S)
            now, known = time.monotonic(), self._devices()
            for connection in [c for c in self._connections if c.may_be_overdue(now)]:
                device = known.get(connection.device_mn) if connection.device_mn else None
                reason = connection.overdue(now, device.report_interval_s if device else None)
                if reason:
                    connection.close(reason)

    # -- caps ---------------------------------------------------------------------------------------------------

    def _named(self, sender: Sender, device_mn: str) -> None:
        """A connection has said which device it is: of too many with the same code the oldest goes."""
        if not isinstance(sender, Connection) or sender.device_mn == device_mn or sender not in self._connections:
            return
        if sender.device_mn is not None:
            self._forget_device(sender)
        sender.device_mn = device_mn
        same = self._by_device.setdefault(device_mn, [])
        same.append(sender)
        if len(same) > self.limits.per_device:
            same[0].close("per_device")

    def _crowded(self, is_crowded: bool) -> None:
        self._is_crowded = is_crowded
        log.warning("reading paused" if is_crowded else "reading resumed", queued=self.ingest.queued)
        for connection in self._connections:
            if is_crowded:
                connection.pause("crowded")
            else:
                connection.resume("crowded")

    def _forget_address(self, address: str) -> None:
        self._by_address[address] -= 1
        if self._by_address[address] <= 0:
            del self._by_address[address]

    def _forget_device(self, connection: Connection) -> None:
        same = self._by_device.get(connection.device_mn or "", [])
        if connection in same:
            same.remove(connection)
        if not same:
            self._by_device.pop(connection.device_mn or "", None)


def listen(host: str, port: int) -> socket.socket:
    """A listening, non-blocking socket. Raises PortTaken with a message for the operator."""
    try:
        family, kind, protocol, _name, address = socket.getaddrinfo(
            host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
        listener = socket.socket(family, kind, protocol)
    except OSError as error:
        raise PortTaken(_("无法解析监听地址 %(host)s：%(error)s") % {"host": host, "error": error}) from error
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(address)
        listener.listen(BACKLOG)
        listener.setblocking(False)
    except OSError as error:
        listener.close()
        raise PortTaken(_why_not(host, port, error)) from error
    return listener


def _why_not(host: str, port: int, error: OSError) -> str:
    where = {"host": host, "port": port, "error": os.strerror(error.errno or 0)}
    if error.errno == errno.EADDRINUSE:
        return _("端口 %(port)s 已被其他程序占用。请先停止占用它的程序，或设置 SANJIAN_HJ212_PORT 换一个端口") % where
    if error.errno == errno.EACCES:
        return _("没有权限监听端口 %(port)s。1024 以下的端口需要管理员权限，请换一个端口") % where
    return _("无法监听 %(host)s:%(port)s：%(error)s") % where
