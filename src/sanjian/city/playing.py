"""One run of the city: its devices on the wire, its people at the pages, and what came of it, in figures."""

import asyncio
import signal
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

import polars as pl
import uvloop

from sanjian.base.lake import Lake

from .doors.browser import Refused
from .doors.doors import DOORS
from .doors.scene import Scene
from .installation import Installation
from .people import PASSWORD
from .wire.crew import Member, Town
from .wire.journey import CityClock, Journey
from .wire.protocols import PROTOCOLS
from .wire.story import Story, cast, remember
from .wire.tally import Tally
from .wire.verify import verify


@dataclass(frozen=True, slots=True)
class Options:
    """How a run goes.

    Args:
        minutes: city minutes; infinity for a run that ends when told to.
        speed: city minutes per real minute.
        only: protocols and doors by name; empty for all.
        with_story: whether one stack breaks its limit in the last full hour; without it nobody works on a clue.
    """

    minutes: float = 5.0
    speed: float = 1.0
    only: frozenset[str] = frozenset()
    with_faults: bool = False
    history_days: float = 0.0
    with_story: bool = True

    @property
    def ends(self) -> bool:
        """Whether the run ends by itself, so that the lake can be searched for all that it sent."""
        return self.minutes != float("inf")

    def wants(self, name: str) -> bool:
        """Whether a protocol or door takes part."""
        return not self.only or name in self.only


@dataclass(frozen=True, slots=True)
class Visit:
    """What the people did: uses by interface, and what was refused by door."""

    uses: Counter[str]
    refused: dict[str, str]


def known_names() -> list[str]:
    """What `--only` understands."""
    return [*PROTOCOLS, *DOORS]


def run(
    town: Town, crew: list[Member], folder: Path, installation: Installation, options: Options,
    told: Callable[[Tally], None],
) -> dict[str, object]:  # fmt: skip
    """Send and act until the minutes are over, then look into the lake. Returns the figures.

    Args:
        crew: all devices; the story's actor takes the place of one of them.
        folder: of the city; what is played is written into its truth.
    """
    began, began_at = time.monotonic(), datetime.now(UTC)
    clock = CityClock(began_at, town.opened_on, options.minutes, options.speed)
    story = cast(town, crew, int(clock.start)) if options.with_story else None
    if story is not None:
        remember(story, folder)
    journey = Journey(
        town, crew, installation.host, installation.hj212_port, clock, options.history_days,
        options.with_faults, story, told,
    )  # fmt: skip
    by_protocol, visit = uvloop.run(_together(journey, scene_of(town, story, installation), options))
    lake = Lake(installation.home / "lake")
    verdicts = [verify(tally, lake, began_at) for tally in by_protocol.values() if tally.keeps_proof]
    tallies = list(by_protocol.values())
    return {
        "sent": sum(t.sent for t in tallies),
        "acknowledged": sum(t.acknowledged for t in tallies),
        "rejected_on_purpose": sum(t.refused for t in tallies),
        "quarantined": sum(v.quarantined for v in verdicts) if options.ends else None,
        "acked_lost": sum(v.acked_lost for v in verdicts) if options.ends else None,
        "refused_lost": sum(v.refused_lost for v in verdicts) if options.ends else None,
        "resent": sum(t.resent for t in tallies),
        "devices": sum(t.devices for t in tallies),
        "connections": sum(t.connections for t in tallies),
        "by_protocol": {name: dict(sorted(t.commands.items())) for name, t in by_protocol.items()},
        "by_interface": dict(sorted(visit.uses.items())),
        "refused_interfaces": visit.refused,
        "faults": dict(sorted(sum((t.faults for t in tallies), Counter[str]()).items())),
        "seconds": round(time.monotonic() - began, 1),
    }


def scene_of(town: Town, story: Story | None, installation: Installation) -> Scene | None:
    """Where the people meet: at the object of the story."""
    if story is None:
        return None
    thing = town.table("objects").filter(pl.col("object_no") == story.event.object_no).row(0, named=True)
    return Scene(installation.root, PASSWORD, thing["name"], thing["latitude"], thing["longitude"])


async def _together(journey: Journey, scene: Scene | None, options: Options) -> tuple[dict[str, Tally], Visit]:
    """All protocols at once, and the people beside them: a page must answer while the devices talk."""
    loop, ends = asyncio.get_running_loop(), (signal.SIGINT, signal.SIGTERM)
    for number in ends:
        loop.add_signal_handler(number, journey.is_over.set)
    people = asyncio.create_task(asyncio.to_thread(_act, scene, options))
    journeys = {
        name: replace(journey, tally=Tally(keeps_proof=options.ends)) for name in PROTOCOLS if options.wants(name)
    }
    await asyncio.gather(*(PROTOCOLS[name](one) for name, one in journeys.items()))
    visit = await people
    for number in ends:  # whoever goes on after the run, to wait or to count, can be interrupted again
        loop.remove_signal_handler(number)
    return {name: one.tally for name, one in journeys.items()}, visit


def _act(scene: Scene | None, options: Options) -> Visit:
    uses, refused = Counter[str](), dict[str, str]()
    for name, door in DOORS.items():
        if scene is None or not options.wants(name):
            continue
        try:
            uses += door(scene)
        except (Refused, LookupError, OSError) as error:
            refused[name] = str(error)
    return Visit(uses, refused)
