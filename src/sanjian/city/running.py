"""`sanjian city run`: builds or opens a city, starts an installation where none is named, plays, and prints figures.

By itself it touches nothing that exists: home, database, ports and processes are made for the run and removed after it.
With `--against` it plays to the installation of this environment, which must be running with the city loaded.
"""

import json
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import django
from rich.console import Console
from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from .clock import SHANGHAI
from .folder import CITY, City
from .installation import Installation, comes_up, prepare, running, this_one, throw_away
from .memory import MEMORY, Memory
from .plan import Plan
from .wire.tally import Tally

if TYPE_CHECKING:
    from .playing import Options


def main(
    *, scale: float = 0.02, seed: int = 1, minutes: float = 5.0, speed: float = 1.0, only: str = "",
    faults: bool = False, history: float = 0.0, ago: int = 0, against: bool = False, city: Path | None = None,
    as_json: bool = False,
) -> int:  # fmt: skip
    """Entry of the command. Returns its exit status: 0 when every frame is where it belongs and every door opened.

    Args:
        minutes: city minutes; 0 runs until interrupted, and goes on where it stopped when started again.
        only: names of protocols and doors, comma separated; "" is all of them.
        ago: how many days ago the city was opened, if it is opened by this run.
        against: play to the installation of this environment instead of one of its own.
        city: folder of a built city; without it the one in the home, or one built for the run.
    """
    if not minutes and speed != 1:
        print("没有终点的运行只能与实际同速：更快会发出未来的数据", file=sys.stderr)  # noqa: T201
        return 2
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "sanjian.face.site.settings")
    with ExitStack() as stack:
        installation = this_one() if against else prepare(stack.enter_context(throw_away()))
        django.setup()
        from .playing import Options, known_names

        names = frozenset(filter(None, (name.strip() for name in only.split(","))))
        if unknown := sorted(names - set(known_names())):
            print(f"--only 不认识 {'、'.join(unknown)}，可用：{'、'.join(known_names())}", file=sys.stderr)  # noqa: T201
            return 2
        town, folder = opened(installation, Plan(scale, seed), city, days_ago=ago, is_loaded=not against)
        if not against:
            stack.enter_context(running(installation))
        elif not comes_up(installation):
            print(f"{installation.root} 没有运行的平台，请先 sanjian up", file=sys.stderr)  # noqa: T201
            return 2
        memory = Memory(folder / MEMORY) if not minutes else None
        since = memory.days_since(datetime.now(UTC)) if memory else None
        options = Options(
            minutes or float("inf"), speed, names, faults, history if since is None else min(history, since),
            with_story=since is None,
        )  # fmt: skip
        figures = _play(town, folder, installation, options, memory)
    print(json.dumps(figures, ensure_ascii=False) if as_json else _as_text(figures))  # noqa: T201
    return 0 if not minutes or is_sound(figures) else 1


def is_sound(figures: dict[str, object]) -> bool:
    """Whether the run kept the platform's promises: nothing acknowledged is lost, nothing unexplained."""
    answered = int(str(figures["acknowledged"])) + int(str(figures["rejected_on_purpose"]))
    nothing_lost = figures["acked_lost"] == 0 and figures["refused_lost"] == 0
    return nothing_lost and figures["sent"] == answered and not figures["refused_interfaces"]


def opened(
    installation: Installation, plan: Plan, city: Path | None, *, days_ago: int, is_loaded: bool
) -> tuple[City, Path]:
    """The city, built where it is not yet, and loaded if asked for."""
    from . import building
    from .loading import load

    folder = city or installation.home / CITY
    with steps() as told:
        if not (folder / "city.json").exists():
            building.build(plan, folder, told)
        town = City.open(folder)
        if is_loaded:
            load(town, datetime.now(SHANGHAI).date() - timedelta(days=days_ago), told)
    return City.open(folder), folder


def play_once(town: City, folder: Path, installation: Installation, *, history_days: float) -> dict[str, object]:
    """Tell the whole history and a minute of the present, without a staged story."""
    from .playing import Options

    options = Options(1.0, only=frozenset({"hj212"}), history_days=history_days, with_story=False)
    return _play(town, folder, installation, options, None)


def _play(
    town: City, folder: Path, installation: Installation, options: "Options", memory: Memory | None
) -> dict[str, object]:
    from .playing import run
    from .wire.crew import crew

    total = options.minutes * 60 / options.speed if options.minutes != float("inf") else None
    with _bar() as bar:
        task = bar.add_task("发送", total=total)

        def told(tally: Tally) -> None:
            said = f"设备 {tally.devices}  已发 {tally.sent:,}  已应答 {tally.acknowledged:,}"
            bar.update(task, description=said, completed=bar.tasks[task].elapsed or 0.0)
            if memory is not None and tally.is_caught_up:
                memory.keep(datetime.now(UTC))

        return run(town, crew(town), folder, installation, options, told)


def _bar() -> Progress:
    columns = (SpinnerColumn(), TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn())
    return Progress(*columns, console=Console(stderr=True))


@contextmanager
def steps() -> Iterator[Callable[..., None]]:
    """A bar for what is built and loaded: told(name, done, total)."""
    with _bar() as bar:
        tasks: dict[str, int] = {}

        def told(name: str, done: float = 0, total: float | None = None) -> None:
            if name not in tasks:
                tasks[name] = bar.add_task(name, total=total)
            bar.update(tasks[name], completed=done, total=total)  # type: ignore[arg-type]

        yield told


def _as_text(figures: dict[str, object]) -> str:
    return "\n".join(f"{name:<22}{value}" for name, value in figures.items())
