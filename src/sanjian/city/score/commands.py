"""`sanjian city score`: how well the screens find what really happens in a city.

By itself it builds a city that was opened three weeks ago, has its devices tell thirty days to an installation made for
it, waits until every screen has judged them, and scores. With `--against` it scores the installation of this
environment. The truth is read here and nowhere else in the platform.
"""

import json
import os
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

import django
from rich.console import Console
from rich.table import Table

from sanjian.base.config import config
from sanjian.base.screening.scores import Rate, Row, Score, keep

from ..folder import CITY, City
from ..installation import prepare, running, this_one, throw_away
from ..plan import Plan
from ..running import opened, play_once, steps
from ..truth.drawing import FIRST_DAY, LAST_DAY

SCREENS_WITHIN_S = 1800.0
"""How long the screens may take for the whole history (our choice)."""
RELEASES = "docs/scores"


def main(*, scale: float, seed: int, against: bool, release: bool, as_json: bool) -> int:
    """Entry of the command. Returns its exit status: 0 when there is a score, whatever it is.

    Args:
        scale, seed: of the city that is built; without meaning for `against`.
        against: score the installation of this environment as it is.
        release: also write the score of this release into `docs/scores/` of the working directory.
    """
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "sanjian.face.site.settings")
    home = config().home
    with _here() if against else _own(Plan(scale, seed)) as folder:
        try:
            made = _scored(folder)
        except (FileNotFoundError, LookupError) as error:
            print(error, file=sys.stderr)
            return 2
    path = keep(made, home)
    if release:
        _keep_release(made)
    _print(made, path, as_json=as_json)
    return 0


@contextmanager
def _here() -> Iterator[Path]:
    """The city of this installation."""
    django.setup()
    yield config().home / CITY


@contextmanager
def _own(plan: Plan) -> Iterator[Path]:
    """An installation made for the score, to which a whole city has told its thirty days."""
    with ExitStack() as stack:
        installation = prepare(stack.enter_context(throw_away()))
        django.setup()
        town, folder = opened(installation, plan, None, days_ago=LAST_DAY, is_loaded=True)
        stack.enter_context(running(installation))
        play_once(town, folder, this_one(), history_days=LAST_DAY - FIRST_DAY)
        yield folder


def _scored(folder: Path) -> Score:
    from sanjian.base.lake.instance import the_lake

    from .scoring import score
    from .watching import wait_for_screens

    city, lake = City.open(folder), the_lake()
    with steps() as told:
        is_complete = wait_for_screens(lake, SCREENS_WITHIN_S, lambda left: told("筛查", 1 if left == 0 else 0, 1))
        return score(city, lake, version("sanjian"), datetime.now(UTC), is_complete=is_complete)


def _keep_release(made: Score) -> None:
    path = Path(RELEASES) / f"{made.release}.json"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(made.as_json(), ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


def _print(made: Score, path: Path, *, as_json: bool) -> None:
    """A table for people; for machines one JSON object as the last line."""
    table = Table(title=f"{made.since:%Y-%m-%d} – {made.until:%Y-%m-%d}，{made.devices} 台设备")
    for name in ("规则", "查全率", "查准率", "误报/千设备日", "起点滞后(分)", "实时延迟(分)"):
        table.add_column(name)
    for row in (*made.rows, made.clues):
        table.add_row(*_cells(row))
    console = Console(stderr=as_json)
    console.print(table)
    for cause in made.uncovered:
        console.print(f"尚无规则覆盖：{cause.name}（{cause.nature}）{cause.events}")
    if not made.is_complete:
        console.print("注意：规则还没有判完全部数据")
    console.print(f"已保存 {path}")
    if as_json:
        print(json.dumps(made.as_json(), ensure_ascii=False))


def _cells(row: Row) -> list[str]:
    def told(rate: Rate, digits: int = 2) -> str:
        if rate.value is None:
            return "—"
        return f"{rate.value:.{digits}f} [{rate.low:.{digits}f}, {rate.high:.{digits}f}] {rate.hits}/{rate.of:g}"

    pairs = [f"{pair[0]:g} / {pair[1]:g}" if pair else "—" for pair in (row.onset_min, row.delay_min)]
    return [row.name, told(row.recall), told(row.precision), told(row.false_alarms), *pairs]
