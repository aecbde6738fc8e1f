"""`sanjian city build`: a city on disk, and in the installation."""

import json
import resource
import sys
import time
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.progress import Progress

from sanjian.base.config import config

from .building import VERSION, build
from .clock import SHANGHAI
from .folder import CITY, City
from .loading import load
from .plan import Plan


def build_city(*, scale: float, seed: int, ago: int, folder: Path | None, is_loaded: bool, as_json: bool) -> None:
    """Build a city and bring it into the installation of this environment; prints its figures.

    Args:
        ago: how many days ago it was opened.
        folder: where to; `city/` of the home by default. The same city that stands there already is left as it is,
            another one is an error.
        is_loaded: whether the installation gets its registries; the database must be there (`sanjian init`).
    """
    began, root = time.perf_counter(), folder or config().home / CITY
    with Progress(console=Console(stderr=True)) as bar:
        task = bar.add_task("")

        def told(name: str, done: float = 0, total: float | None = None) -> None:
            bar.update(task, description=name, completed=done, total=total)

        try:
            about = _standing(Plan(scale, seed), root) or build(Plan(scale, seed), root, told)
        except FileExistsError as error:
            print(error, file=sys.stderr)
            raise SystemExit(2) from None
        built = time.perf_counter() - began
        if is_loaded:
            load(City.open(root), datetime.now(SHANGHAI).date() - timedelta(days=ago), told)
    figures = {
        **about, "build_s": round(built, 1), "seconds": round(time.perf_counter() - began, 1), "is_loaded": is_loaded,
        "peak_mb": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024), "folder": str(root),
    }  # fmt: skip
    print(json.dumps(figures, ensure_ascii=False) if as_json else f"城市已建成：{root}")


def _standing(plan: Plan, root: Path) -> dict[str, Any] | None:
    """What `city.json` of the same city says; None where there is none, or another one (which `build` refuses)."""
    try:
        city = City.open(root)
    except FileNotFoundError:
        return None
    return city.about if city.plan == plan and city.about["version"] == VERSION else None
