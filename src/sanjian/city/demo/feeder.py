"""Playing the demonstration: real series, moved to the present, sent by one device per point over TCP.

At the first start the history up to the last full hour is sent, then each point's newest row a few seconds apart, so
that a person who has just opened the board sees things happen; from then on a value in real time every ten seconds and
each period's mean when the period is over. Values between two hours of the source are interpolated linearly. What has
been sent is remembered in `demo.json` of the home folder, so that a restart goes on where it stopped.
"""

import asyncio
import json
from datetime import UTC, datetime
from pathlib import Path

import structlog

from sanjian.base.config import config
from sanjian.base.sensing.hj212.times import CHINA

from .device import Device, Report
from .points import DAY, HOUR, POINTS, DemoPoint

log = structlog.get_logger()
REAL_TIME_EVERY_S = 10.0
NEWEST_APART_S = 3.0
AT_ONCE = 200
"""Reports sent before waiting for their answers: history would take minutes one by one."""


class Progress:
    """Where the demonstration stands: the moment that splits past from future, and the rows sent per point."""

    def __init__(self, path: Path, now: datetime) -> None:
        self._path = path
        stored = json.loads(path.read_text()) if path.exists() else {}
        self.anchor = (
            datetime.fromisoformat(stored["anchor"]) if stored else now.replace(minute=0, second=0, microsecond=0)
        )
        self._sent: dict[str, int] = stored.get("sent", {})

    def first_period(self, point: DemoPoint) -> datetime:
        """Start of the first period that was still to come when the demonstration began."""
        if point.step == DAY:
            return self.anchor.astimezone(CHINA).replace(hour=0)
        return self.anchor

    def due(self, point: DemoPoint, now: datetime) -> range:
        """Rows whose period is over and which have not been acknowledged yet."""
        over = point.past + int((now - self.first_period(point)) / point.step)
        return range(self._sent.get(point.device_mn, 0), over)

    def sent(self, point: DemoPoint, rows: int) -> None:
        """Remember that the first `rows` rows of a point are acknowledged."""
        self._sent[point.device_mn] = rows
        part = self._path.with_suffix(".part")
        part.write_text(json.dumps({"anchor": self.anchor.isoformat(), "sent": self._sent}))
        part.rename(self._path)


def between(point: DemoPoint, progress: Progress, now: datetime) -> dict[str, float | None]:
    """The values at a moment, linear between the means of two neighbouring periods; None where a neighbour is
    missing.
    """
    position = point.past + (now - progress.first_period(point)) / point.step
    index, share = int(position), position % 1
    here, there = point.row(index), point.row(index + 1)
    return {
        code: None if (a := here[code]) is None or (b := there[code]) is None else a + (b - a) * share for code in here
    }


async def play(device: Device, progress: Progress, order: int, *, once: bool) -> None:
    """Everything one device does."""
    due = progress.due(device.point, _now())
    for start in range(0, len(due) - 1, AT_ONCE):
        await _periods(device, progress, due[:-1][start : start + AT_ONCE])
    await asyncio.sleep(0 if once else order * NEWEST_APART_S)
    await _periods(device, progress, due[-1:])
    while not once:
        if device.point.step == HOUR:
            now = _now()
            await device.send([Report("2011", now, between(device.point, progress, now))], now)
        await _periods(device, progress, progress.due(device.point, _now())[:AT_ONCE])
        await asyncio.sleep(REAL_TIME_EVERY_S)


async def _periods(device: Device, progress: Progress, rows: range) -> None:
    """Send the means of some periods and remember that they are acknowledged."""
    if rows:
        point = device.point
        first = progress.first_period(point)
        await device.send([Report(point.command, point.at(row, first), point.row(row)) for row in rows], _now())
        progress.sent(point, rows[-1] + 1)


async def _gateway_listens(host: str, port: int) -> None:
    """Wait until the gateway is there: `sanjian up` starts everything at the same moment."""
    while True:
        try:
            _, writer = await asyncio.open_connection(host, port)
        except OSError:
            await asyncio.sleep(0.2)
        else:
            writer.close()
            return


async def run(*, once: bool) -> None:
    """Play all points until done (`once`) or for ever."""
    settings = config()
    progress = Progress(settings.home / "demo.json", _now())
    devices = [Device(point, settings.gateway_host, settings.hj212_port) for point in POINTS]
    await _gateway_listens(settings.gateway_host, settings.hj212_port)
    log.info("demonstration plays", devices=len(devices), anchor=progress.anchor.isoformat())
    await asyncio.gather(*(play(device, progress, n, once=once) for n, device in enumerate(devices)))


def main(*, once: bool) -> None:
    """Entry of `sanjian city demo`."""
    try:
        asyncio.run(run(once=once))
    except KeyboardInterrupt:
        return


def _now() -> datetime:
    return datetime.now(UTC)
