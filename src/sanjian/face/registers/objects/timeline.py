"""The history of an object as steps that a person can read: what changed, from which day, who said so when, and what
was later corrected.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import islice

from sanjian.base.registry.models import ObjectVersion
from sanjian.base.registry.services.checking import FACT_FIELDS

from . import facts

QUIET = frozenset({"datum", "longitude"})
"""Fields that are told with another one."""


@dataclass(frozen=True, slots=True)
class Change:
    """One field; `before` is empty when there was nothing before."""

    label: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Step:
    """One version and what it changed against the state before it.

    Args:
        recorded_at: when its facts were first recorded, also if a later row gave them another last day.
        is_first: it is the registration itself.
    """

    version: ObjectVersion
    changes: list[Change]
    recorded_at: datetime
    is_first: bool

    @property
    def is_corrected(self) -> bool:
        """It is no longer believed."""
        return self.version.superseded_at is not None


def steps(history: Sequence[ObjectVersion]) -> list[Step]:
    """Steps in the order of `history`: the newest state first.

    A version is held against the state that was believed before its first day, when it was recorded; the first of all
    against what it replaced. A row that was closed only because the next state began is no correction: it and the row
    that tells the same facts with a last day are one step.
    """
    goes_on = _continuations(history)
    ended = {before.pk for before in goes_on.values()}
    return [_step(version, _root(version, goes_on), history) for version in history if version.pk not in ended]


def telling(history: Sequence[ObjectVersion], most: int) -> list[Step]:
    """The newest steps that changed something and are still believed."""
    believed = (step for step in steps(history) if not step.is_corrected and (step.changes or step.is_first))
    return list(islice(believed, most))


def _continuations(history: Sequence[ObjectVersion]) -> dict[int, ObjectVersion]:
    """By the key of a row: the row whose facts it goes on with, from the same day, written as that was closed."""
    closed = {(v.valid_from, v.superseded_at): v for v in history if v.superseded_at is not None}
    pairs = ((v.pk, closed.get((v.valid_from, v.recorded_at)), v) for v in history)
    # Strictly later: rows written and closed within one act would lead back to themselves.
    return {
        pk: old
        for pk, old, new in pairs
        if old and old.recorded_at < new.recorded_at and all(getattr(old, f) == getattr(new, f) for f in FACT_FIELDS)
    }


def _root(version: ObjectVersion, goes_on: Mapping[int, ObjectVersion]) -> ObjectVersion:
    while version.pk in goes_on:
        version = goes_on[version.pk]
    return version


def _step(version: ObjectVersion, root: ObjectVersion, history: Sequence[ObjectVersion]) -> Step:
    """`root` is the row that first told these facts: what it changed then is what the step changed."""
    known = [
        v
        for v in history
        if v.pk != root.pk
        and v.recorded_at <= root.recorded_at
        and (v.superseded_at is None or v.superseded_at >= root.recorded_at)
    ]
    earlier = [v for v in known if v.valid_from < root.valid_from]
    replaced = [v for v in known if v.valid_from == root.valid_from and v.recorded_at < root.recorded_at]
    before = max(earlier or replaced, key=lambda v: (v.valid_from, v.recorded_at), default=None)
    return Step(version, _changes(before, root) if before else [], root.recorded_at, is_first=not earlier)


def _changes(before: ObjectVersion, after: ObjectVersion) -> list[Change]:
    found = []
    for name in after.changed:
        was, became = facts.spoken(before, name), facts.spoken(after, name)
        if name not in QUIET and was != became:
            found.append(Change(facts.label(name), was, became))
    return found
