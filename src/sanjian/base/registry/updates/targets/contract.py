"""What every register's target promises."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Protocol

from sanjian.base.identity.models import Account, District
from sanjian.base.registry.models import DataSource, ImportBatch, ImportRow

from ..lines import Line


@dataclass(frozen=True)
class Scope:
    """In whose name, from where and since when lines are judged.

    Attributes:
        district: the only district whose records may be touched; None for the whole city.
        districts: code by code and by name.
    """

    actor: Account | None
    source: DataSource
    valid_from: date
    district: str | None
    districts: Mapping[str, str]

    def covers(self, district: str) -> bool:
        """Whether a record of this district may be touched."""
        return self.district is None or self.district == district


def scope_of(batch: ImportBatch) -> Scope:
    """The scope of a batch: its actor's district; a pull that nobody started speaks for the whole city."""
    actor = batch.actor
    whole_city = actor is None or actor.sees_whole_city
    districts: dict[str, str] = {}
    for one in District.objects.filter(is_city=False):
        districts |= {one.code: one.code, one.name: one.code}
    return Scope(
        actor, batch.source, batch.valid_from, None if whole_city or actor is None else actor.district_id, districts
    )


@dataclass(frozen=True)
class Undo:
    """Who takes a batch back, when, and why."""

    actor: Account
    at: datetime
    reason: str


@dataclass(frozen=True)
class Undone:
    """What taking rows back did: rows restored, and those that could not be, as (line number, why)."""

    restored: int
    refused: Sequence[tuple[int, str]]


class Target(Protocol):
    """One register."""

    def judge(self, lines: Sequence[Line], scope: Scope) -> None:
        """Give every line its outcome, target and changes. Reads only."""

    def write(self, batch: ImportBatch, rows: Sequence[ImportRow], at: datetime) -> None:
        """Write NEW and CHANGED rows, set `target_id` of new ones. Called inside a transaction, at most once a row."""

    def undo(self, batch: ImportBatch, rows: Sequence[ImportRow], undo: Undo) -> Undone:
        """Take back some rows that were written, last line first; refusals come with the reason a line. Called inside
        a transaction, once a row.
        """
