"""What really happens in the city: who cheats and how, who breaks a limit honestly, who only looks like it.

Written once by `city build` into the sealed folder `truth/`; read by the devices that act it out and by `city score`.
No detector reads it, and a lint contract keeps it so.
"""

from dataclasses import dataclass

import polars as pl

SCHEMA = {
    "event_no": pl.Int32, "part": pl.String, "subject": pl.String, "object_no": pl.Int32, "nature": pl.String,
    "cause": pl.String, "since": pl.Int64, "until": pl.Int64, "size": pl.Float64, "factor": pl.String,
}  # fmt: skip

CHEAT, VIOLATION, LOOK_ALIKE = "cheat", "violation", "look-alike"
"""Natures: data made false; a limit broken and honestly reported; innocent, though it looks like one of the two."""


@dataclass(frozen=True, slots=True)
class Event:
    """One thing that happens to one subject.

    Args:
        part: name of the part of the city that acts it out.
        subject: device code MN, or what else a finding names as its subject.
        object_no: number of the inspection object in the city's tables.
        nature: CHEAT, VIOLATION or LOOK_ALIKE.
        cause: what is done, e.g. "dilution"; never the name of a detector's rule.
        since, until: minutes from the opening; the end is not included.
        size: how much, in the cause's own unit.
        factor: the factor concerned, "" for all.
    """

    event_no: int
    part: str
    subject: str
    object_no: int
    nature: str
    cause: str
    since: int
    until: int
    size: float
    factor: str = ""
