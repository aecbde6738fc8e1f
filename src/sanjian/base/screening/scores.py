"""What a score says: how well screens find what really happened, where that is known. Written by whoever knows the
truth, read by the page; a score is a JSON file in `scores/` of the home.
"""

import json
import math
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from sanjian.base.config import config

FOLDER = "scores"
SCHEMA = 1
Z = 1.959964
"""Quantile of the normal distribution for 95 %."""


@dataclass(frozen=True, slots=True)
class Rate:
    """A rate with its 95 % interval.

    Args:
        hits, of: counts behind it; `of` may be a time, e.g. subject-days.
        value: hits / of (times the unit of the rate); None where `of` is 0.
        low, high: interval in the unit of `value`; None where `of` is 0.
    """

    hits: int
    of: float
    value: float | None
    low: float | None
    high: float | None


def share(hits: int, of: int) -> Rate:
    """A share with Wilson's 95 % interval. Source: E. B. Wilson, J. Am. Stat. Assoc. 22, 1927."""
    if of == 0:
        return Rate(hits, of, None, None, None)
    p, z2 = hits / of, Z * Z
    middle, half = p + z2 / (2 * of), Z * math.sqrt(p * (1 - p) / of + z2 / (4 * of * of))
    low, high = (middle - half) / (1 + z2 / of), (middle + half) / (1 + z2 / of)
    return Rate(hits, of, p, 0.0 if hits == 0 else max(0.0, low), 1.0 if hits == of else min(1.0, high))


@dataclass(frozen=True, slots=True)
class Cause:
    """One cause in the truth, and what a screen made of it.

    Args:
        nature: "cheat", "violation" or "look-alike".
        events: that lie wholly in the time that was watched.
        found: of these, found (of a look-alike: accused).
        is_claimed: whether the screen claims to find this cause; what it finds besides is right, but no miss otherwise.
    """

    name: str
    nature: str
    events: int
    found: int
    is_claimed: bool


@dataclass(frozen=True, slots=True)
class Row:
    """One screen, or the clues of all screens together.

    Args:
        name: of the screen; "clues" for the clues.
        recall: events found of those claimed.
        precision: findings that point at something real, of all that could be judged.
        false_alarms: per 1,000 subject-days.
        onset_min: from the start of an event to the start of what was found in it, in the data: median and 95th
            percentile, minutes; None where nothing was found.
        delay_min: from the start of an event to the finding, as it was watched live: the same two; None where none was.
        live: events behind `delay_min`.
    """

    name: str
    version: str
    recall: Rate
    precision: Rate
    false_alarms: Rate
    onset_min: tuple[float, float] | None
    delay_min: tuple[float, float] | None
    live: int
    causes: tuple[Cause, ...] = ()


@dataclass(frozen=True, slots=True)
class Score:
    """One score of an installation against a truth.

    Args:
        release: version of the platform.
        city: scale, seed and hash of what was watched, and other facts about it, by name.
        since, until: time that was watched.
        is_complete: whether the screens had judged everything that came in.
        rows: one per registered screen.
        clues: the same for what people saw.
        uncovered: causes that no screen claims to find.
        edge: events that began before or ended after the watched time; counted nowhere, and accuse nobody.
    """

    release: str
    made_at: datetime
    city: dict[str, Any]
    since: datetime
    until: datetime
    devices: int
    subject_days: float
    is_complete: bool
    rows: tuple[Row, ...]
    clues: Row
    uncovered: tuple[Cause, ...]
    edge: int
    schema: int = SCHEMA

    def as_json(self) -> dict[str, Any]:
        """Plain values; times as ISO text."""
        plain: dict[str, Any] = json.loads(json.dumps(asdict(self), default=lambda at: at.isoformat()))
        return plain

    @classmethod
    def from_json(cls, plain: dict[str, Any]) -> "Score":
        """The score of `as_json`.

        Raises:
            ValueError: another schema, or not a score.
        """
        try:
            if plain["schema"] != SCHEMA:
                raise ValueError(f"schema {plain['schema']}")
            return cls(
                **{
                    **plain,
                    **{name: datetime.fromisoformat(plain[name]) for name in ("made_at", "since", "until")},
                    "rows": tuple(_row(row) for row in plain["rows"]),
                    "clues": _row(plain["clues"]),
                    "uncovered": tuple(Cause(**cause) for cause in plain["uncovered"]),
                }
            )
        except (KeyError, TypeError) as error:
            raise ValueError(f"not a score: {error}") from error


def _row(plain: dict[str, Any]) -> Row:
    rates = {name: Rate(**plain[name]) for name in ("recall", "precision", "false_alarms")}
    pairs = {name: tuple(plain[name]) if plain[name] else None for name in ("onset_min", "delay_min")}
    return Row(**{**plain, **rates, **pairs, "causes": tuple(Cause(**cause) for cause in plain["causes"])})


def keep(score: Score, home: Path) -> Path:
    """Write a score into a home. Returns the file."""
    folder = home / FOLDER
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{score.made_at:%Y%m%d-%H%M%S}-{score.release}.json"
    part = path.with_suffix(".part")
    part.write_text(json.dumps(score.as_json(), ensure_ascii=False, indent=1), encoding="utf-8")
    part.rename(path)
    return path


def kept(most: int = 50) -> list[Score]:
    """The newest scores of the home, newest first; a file that is none is left out."""
    found = []
    for path in sorted((config().home / FOLDER).glob("*.json"), reverse=True)[:most]:
        try:
            found.append(Score.from_json(json.loads(path.read_text(encoding="utf-8"))))
        except (ValueError, OSError):
            continue
    return found
