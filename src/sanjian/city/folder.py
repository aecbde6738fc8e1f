"""A built city on disk: `city.json`, `tables/`, and the sealed `truth/`."""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from hashlib import sha256
from pathlib import Path
from typing import Any

import polars as pl

from .plan import Plan
from .truth.ledger import Event

CITY = "city"
"""Folder of the city in the home of an installation."""
ABOUT, TABLES, TRUTH, OPENED = "city.json", "tables", "truth", "opened.json"
EVENTS, PLAYED = "events.parquet", "played.parquet"


@dataclass(frozen=True)
class City:
    """A city that was built. The same object serves devices, loading and scoring."""

    root: Path

    @classmethod
    def open(cls, root: Path) -> "City":
        """The city of a folder.

        Raises:
            FileNotFoundError: no city was built there.
        """
        if not (root / ABOUT).exists():
            raise FileNotFoundError(f"{root} 里没有建成的城市，请先 sanjian city build")
        return cls(root)

    @cached_property
    def about(self) -> dict[str, Any]:
        """What `city build` said: version, scale, seed, counts, hash, truth_hash."""
        return json.loads((self.root / ABOUT).read_text(encoding="utf-8"))  # type: ignore[no-any-return]

    @cached_property
    def plan(self) -> Plan:
        """The plan that it was built by."""
        return Plan(self.about["scale"], self.about["seed"])

    @property
    def opened_on(self) -> date:
        """Day 0, once the city was loaded into an installation.

        Raises:
            FileNotFoundError: it was not loaded yet.
        """
        return date.fromisoformat(json.loads((self.root / OPENED).read_text())["opened_on"])

    def open_on(self, day: date) -> None:
        """Say which day is day 0; said once, it stays."""
        path = self.root / OPENED
        if not path.exists():
            path.write_text(json.dumps({"opened_on": day.isoformat()}))

    def table(self, name: str) -> pl.DataFrame:
        """One table of the registry."""
        return pl.read_parquet(self.root / TABLES / f"{name}.parquet")

    def events(self) -> list[Event]:
        """The sealed truth: for the devices that act it out and for `city score`, for nobody else. What a run staged
        besides counts too.
        """
        paths = [self.root / TRUTH / name for name in (EVENTS, PLAYED)]
        return [Event(**row) for path in paths if path.exists() for row in pl.read_parquet(path).to_dicts()]


def hash_of(files: Iterable[Path]) -> str:
    """SHA-256 over names and bytes of files, in the order of their names."""
    digest = sha256()
    for path in sorted(files, key=lambda p: p.name):
        digest.update(path.name.encode() + b"\0" + sha256(path.read_bytes()).digest())
    return digest.hexdigest()
