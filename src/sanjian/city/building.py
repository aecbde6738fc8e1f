"""Writing a city: every part's tables, then what happens in it. The same plan gives the same bytes."""

import json
import shutil
from collections.abc import Callable
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import polars as pl

from .folder import ABOUT, EVENTS, TABLES, TRUTH, hash_of
from .parts import Part, Tables, parts
from .plan import Plan
from .truth.ledger import SCHEMA, Event

VERSION = 2
"""Raised with every change after which the same plan gives another city."""
COUNTED = {
    "objects": "objects", "dust_stations": "dust_stations", "trucks": "trucks", "producers": "producers",
    "facilities": "waste_facilities", "waste_vehicles": "waste_vehicles", "video_points": "video_points",
}  # fmt: skip
"""Figure -> table whose rows it counts."""

Told = Callable[..., None]


def build(plan: Plan, folder: Path, told: Told = lambda *_: None) -> dict[str, Any]:
    """Write the city of a plan into a folder, which appears whole or not at all.

    Args:
        told: called with the name of what is being done, how far it is, and of how much.

    Returns:
        What `city.json` holds.

    Raises:
        FileExistsError: the folder holds a city already.
    """
    if (folder / ABOUT).exists():
        raise FileExistsError(f"{folder} 里已有一座城市")
    built = folder.with_name(f"{folder.name}.part")
    shutil.rmtree(built, ignore_errors=True)
    (built / TABLES).mkdir(parents=True)
    (built / TRUTH).mkdir(mode=0o700)
    all_parts = parts()
    tables: Tables = {}
    for n, part in enumerate(all_parts):
        told(part.name, n, len(all_parts))
        tables |= part.tables(plan, dict(tables))
    for name, table in tables.items():
        table.write_parquet(built / TABLES / f"{name}.parquet", compression="zstd", statistics=False)
    events = events_of(plan, tables, all_parts)
    pl.DataFrame([asdict(e) for e in events], schema=SCHEMA).write_parquet(built / TRUTH / EVENTS, statistics=False)
    about = {
        "version": VERSION, "scale": plan.scale, "seed": plan.seed, **figures(tables),
        "hash": hash_of((built / TABLES).iterdir()), "truth_hash": hash_of((built / TRUTH).iterdir()),
    }  # fmt: skip
    (built / ABOUT).write_text(json.dumps(about, ensure_ascii=False, indent=1), encoding="utf-8")
    folder.parent.mkdir(parents=True, exist_ok=True)
    if folder.exists():
        folder.rmdir()
    built.rename(folder)
    told("", len(all_parts), len(all_parts))
    return about


def events_of(plan: Plan, tables: Tables, all_parts: tuple[Part, ...]) -> list[Event]:
    """What happens in all parts, numbered by subject and time."""
    found = [event for part in all_parts if part.events for event in part.events(plan, tables)]
    found.sort(key=lambda e: (e.part, e.subject, e.since, e.cause))
    return [replace(event, event_no=n) for n, event in enumerate(found, 1)]


def figures(tables: Tables) -> dict[str, int]:
    """The counts that can be held against the article's."""
    counts = {name: tables[table].height for name, table in COUNTED.items() if table in tables}
    return counts | {"dischargers": tables["objects"].filter(pl.col("supervision") == "key").height}
