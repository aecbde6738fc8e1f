"""The history of an object as steps that a person can read: what changed, from which day, who said so when, and what
was later corrected.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice

from sanjian.base.registry.models import ObjectVersion

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
    """One version and what it changed against the state before it. `is_first`: the registration itself."""

    version: ObjectVersion
    changes: list[Change]
    is_first: bool

    @property
    def is_corrected(self) -> bool:
        """It is no longer believed."""
        return self.version.superseded_at is not None


def steps(history: Sequence[ObjectVersion]) -> list[Step]:
    """Steps in the order of `history`: the newest state first.

    A version is held against the state that was believed before its first day, when it was recorded; the first of all
    against what it replaced.
    """
    return [_step(version, history) for version in history]


def telling(history: Sequence[ObjectVersion], most: int) -> list[Step]:
    """The newest steps that changed something and are still believed."""
    believed = (step for step in steps(history) if not step.is_corrected and (step.changes or step.is_first))
    return list(islice(believed, most))


def _step(version: ObjectVersion, history: Sequence[ObjectVersion]) -> Step:
    known = [
        v
        for v in history
        if v.pk != version.pk
        and v.recorded_at <= version.recorded_at
        and (v.superseded_at is None or v.superseded_at >= version.recorded_at)
    ]
    earlier = [v for v in known if v.valid_from < version.valid_from]
    replaced = [v for v in known if v.valid_from == version.valid_from and v.recorded_at < version.recorded_at]
    before = max(earlier or replaced, key=lambda v: (v.valid_from, v.recorded_at), default=None)
    return Step(version, _changes(before, version) if before else [], is_first=not earlier)


def _changes(before: ObjectVersion, after: ObjectVersion) -> list[Change]:
    found = []
    for name in after.changed:
        was, became = facts.spoken(before, name), facts.spoken(after, name)
        if name not in QUIET and was != became:
            found.append(Change(facts.label(name), was, became))
    return found
