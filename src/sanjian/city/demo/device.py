"""One playing device: keeps a connection, sends frames, waits for 9014, sends again when none comes."""

import asyncio
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime

import structlog

from sanjian.base.sensing.hj212.encode import encode_area, encode_frame
from sanjian.base.sensing.hj212.times import CHINA

from .points import DemoPoint

log = structlog.get_logger()
ANSWER_S, PAUSE_S = 10.0, 2.0
"""HJ 212-2017 table 1: time-out on mobile media; the pause between attempts is ours."""


def frame(point: DemoPoint, command: str, at: datetime, values: dict[str, float | None], qn: str) -> bytes:
    """The frame in which a point reports values (factor code -> number, None sends no item) for a moment or period."""
    field = "Rtd" if command == "2011" else "Avg"
    factors = {
        code: {field: _text(value, point.decimals(code)), "Flag": "N"}
        for code, value in values.items()
        if value is not None
    }
    area = encode_area(at.astimezone(CHINA).strftime("%Y%m%d%H%M%S"), factors)
    header = {"QN": qn, "ST": point.system_code, "CN": command, "PW": "123456", "MN": point.device_mn, "Flag": "5"}
    return encode_frame(header, area)


def _text(value: float, decimals: int) -> str:
    return f"{value:.{decimals}f}"


@dataclass(frozen=True, slots=True)
class Report:
    """What a device has to say once: command, moment or start of the period, and values by factor code."""

    command: str
    at: datetime
    values: dict[str, float | None]


class Device:
    """The sending side of one monitoring point."""

    def __init__(self, point: DemoPoint, host: str, port: int) -> None:
        self.point, self._address = point, (host, port)
        self._streams: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None
        self._serial = 0

    def next_qn(self, now: datetime) -> str:
        """A request number that this device has not used: China time to the second and a counter."""
        self._serial = (self._serial + 1) % 1000
        return now.astimezone(CHINA).strftime("%Y%m%d%H%M%S") + f"{self._serial:03d}"

    async def send(self, reports: Sequence[Report], now: datetime) -> None:
        """Send up to 1,000 reports at once, until each is acknowledged; a gateway that is away is tried for ever."""
        waiting = {}
        for report in reports:
            qn = self.next_qn(now)
            waiting[qn.encode()] = frame(self.point, report.command, report.at, report.values, qn)
        while waiting and not await self._sent(waiting):
            await asyncio.sleep(PAUSE_S)

    async def _sent(self, waiting: dict[bytes, bytes]) -> bool:
        """One attempt: write what waits, take off what is acknowledged. True when nothing waits any more."""
        try:
            if self._streams is None:
                self._streams = await asyncio.open_connection(*self._address)
            reader, writer = self._streams
            writer.write(b"".join(waiting.values()))
            await writer.drain()
            while waiting:
                async with asyncio.timeout(ANSWER_S):
                    answer = await reader.readuntil(b"\r\n")
                if b"CN=9014" in answer:
                    waiting.pop(answer.partition(b"QN=")[2][:17], None)
            return True
        except (OSError, EOFError, TimeoutError) as error:
            log.info("demo device not answered", device_mn=self.point.device_mn, why=repr(error))
            await self.close()
            return False

    async def close(self) -> None:
        """Hang up; the next attempt connects again."""
        if self._streams:
            writer, self._streams = self._streams[1], None
            writer.close()
            with suppress(OSError):
                await writer.wait_closed()
