"""The gateway as a process: settings in, exit code out.

Exit codes: 0 stopped by a signal with everything received stored and answered; 1 stopped while the lake would not take
what was received; 2 the address cannot be listened on.
"""

import asyncio
import gc
import logging
import signal
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import structlog
import uvloop

from sanjian.base.lake import Lake
from sanjian.base.sensing.hj212.exchange import Patience
from sanjian.base.sensing.quarantine import release

from .command_store import CommandStore
from .commands import Commands
from .devices import Devices
from .limits import Limits
from .protocol import Decoded, Device, adapter
from .server import Gateway, PortTaken
from .splits import Splits
from .state import StateWriter

log = structlog.get_logger()
SWITCH_S = 0.001
"""How long the flush may keep the interpreter from the event loop (our choice; Python's default is 5 ms)."""

COLLECT = (50_000, 20, 50)
"""When the garbage collector runs (our choice): a full pass over the state of thousands of points stops everything for
a tenth of a second, and next to nothing here is cyclic."""


@dataclass(frozen=True, slots=True)
class Settings:
    """One gateway process."""

    lake_root: Path
    host: str = "127.0.0.1"
    port: int = 9212
    protocol: str = "hj212"
    flush_ms: int = 500
    limits: Limits = field(default_factory=Limits)
    patience: Patience = field(default_factory=Patience)


def serve(settings: Settings, *, ready: Callable[[int], None] | None = None) -> int:
    """Run a gateway until SIGTERM or SIGINT; returns the exit code.

    Django must be set up and its database migrated.

    Args:
        ready: called with the port once connections are accepted.

    Raises:
        PortTaken: the address cannot be listened on.
    """
    sys.setswitchinterval(SWITCH_S)
    gc.freeze()
    gc.set_threshold(*COLLECT)
    return uvloop.run(_serve(settings, ready))


async def _serve(settings: Settings, ready: Callable[[int], None] | None) -> int:
    devices = Devices(lambda fresh: release_fresh(settings.lake_root, fresh))
    stopped = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stopped.set)

    def gauges() -> dict[str, Any]:
        counters = gateway.counters
        return {
            "connections": gateway.connected,
            "frames": counters.frames,
            "readings": counters.readings,
            "quarantined": counters.quarantined,
            "incomplete_splits": splits.incomplete,
            "trouble": gateway.ingest.trouble,
        }

    def stored(decoded: Decoded) -> None:
        state.put(decoded)
        commands.heard(decoded)
        splits.put(decoded)

    name = f"{settings.protocol}@{settings.host}:{settings.port}"
    state = StateWriter(name, settings.protocol, devices.known, gauges)
    gateway = Gateway(
        adapter(settings.protocol), Lake(settings.lake_root), devices.known,
        limits=settings.limits, flush_ms=settings.flush_ms, stored=stored,
    )  # fmt: skip
    splits = Splits()
    commands = Commands(CommandStore(name), gateway.write, gateway.devices_connected, settings.patience)
    await loop.run_in_executor(None, devices.start)  # before the first frame: nobody is unknown for a moment
    try:
        port = await gateway.start(settings.host, settings.port)
    except PortTaken:
        await loop.run_in_executor(None, devices.stop)
        raise
    state.start()
    following = (asyncio.create_task(commands.run()), asyncio.create_task(splits.run()))
    if ready is not None:
        ready(port)
    waiting = asyncio.create_task(stopped.wait())
    broken = asyncio.create_task(gateway.broken())
    await asyncio.wait((waiting, broken, *following), return_when=asyncio.FIRST_COMPLETED)
    for task in following:
        if task.done():
            task.result()
    if not waiting.done():
        broken.result()  # a gateway that cannot flush must end, so that it is started again, rather than sit there
    broken.cancel()
    log.info("gateway stopping", connections=gateway.connected, queued=gateway.ingest.queued)
    for task in following:
        task.cancel()
    await asyncio.gather(*following, return_exceptions=True)
    await commands.stop()
    await gateway.stop()
    await loop.run_in_executor(None, splits.close)
    await loop.run_in_executor(None, devices.stop)
    await loop.run_in_executor(None, state.stop)
    return 1 if gateway.ingest.unstored else 0


def release_fresh(lake_root: Path, devices: Mapping[str, Device]) -> None:
    """Read what devices sent before they were registered. With a lake of its own: the flush does not wait for it."""
    done = release(Lake(lake_root), devices)
    if done.frames:
        log.info("quarantine released", frames=done.frames, readings=done.readings, held=done.held)


def log_to_stdout(level: int = logging.INFO) -> None:
    """Operations events as one JSON object a line on stdout."""
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.dict_tracebacks,
            structlog.processors.JSONRenderer(ensure_ascii=False),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=structlog.PrintLoggerFactory(sys.stdout),
        cache_logger_on_first_use=True,
    )


__all__ = ["PortTaken", "Settings", "log_to_stdout", "serve"]
