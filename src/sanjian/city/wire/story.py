"""The story that a visitor sees: one stack breaks its limit in the last full hour, without a mark and for real.

It is acted out by the part's own behaviour as a failure of treatment; should that stay below the limit (low load), the
hour is raised to `OVER` times it. What is played is written into the truth, for it happened.
"""

from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import polars as pl

from ..clock import DAY
from ..minutes import NORMAL, Minutes
from ..parts import Part, Row
from ..plan import Plan
from ..truth.ledger import SCHEMA, VIOLATION, Event
from .crew import Member, Town

OVER = 1.4
BEFORE = 3
"""Full hours that are told before the one that counts, so that a curve is seen and not a dot."""
HOUR = 60
PLAYED = "truth/played.parquet"


@dataclass(frozen=True, slots=True)
class Story:
    """Who breaks which limit, and from when on it is told."""

    member: Member
    event: Event
    since: int


def choose(town: Town, crew: list[Member]) -> tuple[int, str, float] | None:
    """Place in the crew, factor and hourly limit of the one who plays: the first stack with a limit for NOx, else the
    first limit of an hour that anybody has."""
    limits = town.table("limits").filter(pl.col("period") == "hour", pl.col("upper").is_not_null())
    limits = limits.sort(pl.col("factor") != "a21002", maintain_order=True)
    places = {member.device_mn: place for place, member in enumerate(crew)}
    for row in limits.iter_rows(named=True):
        if row["device_mn"] in places:
            return places[row["device_mn"]], str(row["factor"]), float(row["upper"])
    return None


def cast(town: Town, crew: list[Member], now: int) -> Story | None:
    """Put the story into the crew; `crew` is changed. None in a city without limits."""
    chosen = choose(town, crew)
    if chosen is None:
        return None
    place, factor, upper = chosen
    member, hour = crew[place], now // HOUR * HOUR - HOUR
    event = Event(
        0, member.part.name, member.device_mn, int(str(member.row["object_no"])), VIOLATION, "treatment_failure", hour,
        hour + HOUR, 1.0, factor,
    )  # fmt: skip
    raised = _raised(member.part, event, upper, member.o2_reference.get(factor))
    actor = replace(member, part=raised, events=[e for e in member.events if not _touches(e, event)])
    crew[place] = actor
    return Story(actor, event, hour - BEFORE * HOUR)


def remember(story: Story, folder: Path) -> None:
    """Add what is played to the truth beside the sealed events of the city."""
    path = folder / PLAYED
    path.parent.mkdir(mode=0o700, exist_ok=True)
    row = {name: [getattr(story.event, name)] for name in SCHEMA}
    rows = pl.DataFrame(row, schema=SCHEMA)
    known = pl.read_parquet(path) if path.exists() else rows.clear()
    known.extend(rows).unique(maintain_order=True).write_parquet(path)


def _touches(one: Event, other: Event) -> bool:
    return one.since < other.until and one.until > other.since


def _raised(part: Part, event: Event, upper: float, reference: float | None) -> Part:
    """The part, with the hour of the event above the limit."""

    def act_out(plan: Plan, row: Row, day: int, minutes: Minutes, events: list[Event]) -> Minutes:
        acted = part.act_out(plan, row, day, minutes, events) if part.act_out else minutes
        begin, end = event.since - day * DAY, event.until - day * DAY
        if begin < 0 or end > DAY or event.factor not in acted.values:
            return acted
        return _above(acted.copy(), slice(begin, end), event.factor, upper, reference)

    return replace(part, act_out=act_out)


def _above(minutes: Minutes, hour: slice, factor: str, upper: float, reference: float | None) -> Minutes:
    """The hour as normal minutes whose mean, corrected where the limit is, lies above it."""
    values = minutes.values[factor]
    minutes.flags[hour], minutes.is_silent[hour] = NORMAL, False
    share = 1.0
    if reference is not None and "a19001" in minutes.values:
        oxygen = minutes.values["a19001"]
        oxygen[hour] = np.clip(np.nan_to_num(oxygen[hour], nan=reference), 0.0, max(reference, 15.0))
        share = float(np.mean((21.0 - reference) / (21.0 - oxygen[hour])))
    before = np.nan_to_num(values[hour], nan=0.0)
    mean = float(before.mean()) * share
    if mean < OVER * upper:
        ripple = before / before.mean() if before.mean() > 0 else np.ones_like(before)
        values[hour] = OVER * upper / share * np.clip(ripple, 0.8, 1.2)
    return minutes
