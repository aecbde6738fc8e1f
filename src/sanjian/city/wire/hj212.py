"""The devices that speak HJ 212, from their past to the present: history at full speed, then minute after minute."""

import asyncio
import time
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from functools import partial
from itertools import chain

from ..clock import DAY
from ..clock import day as date_of
from .crew import Member, speech
from .device import Device, Message
from .faults import Trouble
from .frames import Report, frame
from .journey import Journey

CHUNK = 60
"""City minutes that a device thinks ahead."""
TO_GREET = DAY + 1
"""Every device first reports its newest finished periods, as one does that was switched on: an hour, a day."""
SWEEP_S, OPEN_S, DRAIN_S = 1.0, 30.0, 120.0
PER_ADDRESS = 150
"""Connections from one loopback address: a gateway allows 200 from one by default."""


class Voice:
    """A member of the crew with its connection."""

    def __init__(self, member: Member, device: Device, journey: Journey, skew_s: int) -> None:
        self.member, self.device, self._journey = member, device, journey
        self._skew = timedelta(seconds=skew_s)
        self._serial = 0

    def message(self, day: int, report: Report) -> Message:
        """A report as bytes; the device's own clock is in its QN and in the time of real-time values."""
        on = date_of(day, self._journey.town.opened_on)
        midnight = datetime(on.year, on.month, on.day)  # noqa: DTZ001 - the wire carries local time without a zone
        self._serial = (self._serial + 1) % 1000
        qn = f"{midnight + timedelta(minutes=report.due) + self._skew:%Y%m%d%H%M%S}{self._serial:03d}"
        start = midnight + self._skew if report.command == "2011" else midnight
        raw = frame(report, self.member.device_mn, str(self.member.row["system_code"]), start, qn)
        return Message(qn.encode(), raw, report.command)

    def past(self, since: int, until: int) -> Iterator[Message]:
        """Its periods that ended in [since, until)."""
        told = speech(self.member, self._journey.town.plan, since, until, with_real_time=False)
        return (self.message(day, report) for day, report in told)

    def greeting(self, now: int) -> list[Message]:
        """The newest finished period of each command."""
        told = list(speech(self.member, self._journey.town.plan, now - TO_GREET, now, with_real_time=False))
        newest = {report.command: day * DAY + report.due for day, report in told}
        return [self.message(day, r) for day, r in told if newest[r.command] == day * DAY + r.due]

    async def present(self, offset: float) -> None:
        """Minute after minute until the run ends; `offset` spreads the devices over each minute."""
        clock = self._journey.clock
        begin, end = int(clock.start), clock.end
        while begin < end:
            until = min(begin + CHUNK, int(min(end, begin + CHUNK)) + 1)
            await clock.reaches(begin + offset - 1)
            told = speech(self.member, self._journey.town.plan, begin, until, with_real_time=True)
            for day, report in told:
                due = day * DAY + report.due + offset
                if due >= end:
                    return
                if due < clock.start and report.command == "2011":
                    continue  # that moment is over; a period that has just ended is still news
                await clock.reaches(due)
                self.device.say([self.message(day, report)])
            begin = until


def voices(journey: Journey) -> list[Voice]:
    """Everyone with a connection of their own, from several loopback addresses where the gateway is on one."""
    made = []
    for number, member in enumerate(journey.crew):
        chance = journey.town.plan.random("wire", "hj212", number)
        trouble = Trouble.of(chance) if journey.with_faults else None
        is_local = journey.host == "127.0.0.1"
        local = (f"127.0.{1 + number // PER_ADDRESS}.1", 0) if is_local else None
        device = Device((journey.host, journey.port), local, journey.tally, trouble)
        made.append(Voice(member, device, journey, trouble.skew_s if trouble else 0))
    return made


async def drive(journey: Journey) -> None:
    """Connect all devices, send the past and the present, and wait for the last answers."""
    crew = voices(journey)
    journey.tally.devices = len(crew)
    watch = asyncio.create_task(_watch(crew, journey))
    try:
        await _open(crew)
        await _say_past(crew, journey)
        journey.has_told_past = True
        live, over = asyncio.create_task(_live(crew)), asyncio.create_task(_ended(journey))
        done, left = await asyncio.wait({live, over}, return_when=asyncio.FIRST_COMPLETED)
        for task in left:
            task.cancel()
        for task in done:
            task.result()
        await _until(lambda: all(v.device.is_idle for v in crew), DRAIN_S)
    finally:
        watch.cancel()
        for voice in crew:
            voice.device.close()
    journey.told(journey.tally)


async def _live(crew: list[Voice]) -> None:
    await asyncio.gather(*(voice.present(n / len(crew)) for n, voice in enumerate(crew)))


async def _ended(journey: Journey) -> None:
    await journey.is_over.wait()


async def _open(crew: list[Voice]) -> None:
    """Connect, some at a time: a listener's queue is short."""
    for start in range(0, len(crew), 100):
        some = [voice.device for voice in crew[start : start + 100]]
        for device in some:
            device.open()
        await _until(partial(_are_connected, some), OPEN_S)
    if not any(voice.device.is_connected for voice in crew):
        raise ConnectionError("网关没有接受任何设备的连接")


def _are_connected(devices: list[Device]) -> bool:
    return all(device.is_connected for device in devices)


async def _say_past(crew: list[Voice], journey: Journey) -> None:
    """The story first, so that something is to be seen early; then everyone's greeting and history.

    The greeting comes before the history, as from a device that is back after a silence: whoever only told the past
    would look silent until it is told.
    """
    now = int(journey.clock.start)
    since, story = now - round(journey.history_days * DAY), journey.story
    for voice in crew:
        if story is not None and voice.member is story.member:
            voice.device.tell(chain(voice.past(story.since, now), voice.past(min(since, story.since), story.since)))
    for voice in crew:
        if story is not None and voice.member is story.member:
            continue
        voice.device.say(voice.greeting(now))
        if journey.history_days:
            voice.device.tell(voice.past(since, now))
        await asyncio.sleep(0)


async def _watch(crew: list[Voice], journey: Journey) -> None:
    while True:
        await asyncio.sleep(SWEEP_S)
        now = time.monotonic()
        for voice in crew:
            voice.device.check(now)
        journey.tally.is_caught_up = journey.has_told_past and all(voice.device.is_idle for voice in crew)
        journey.told(journey.tally)


async def _until(condition: Callable[[], bool], within_s: float) -> None:
    """Look again and again, and go on after `within_s` in any case: what is missing then is in the figures."""
    end = time.monotonic() + within_s
    while not condition() and time.monotonic() < end:
        await asyncio.sleep(0.05)
