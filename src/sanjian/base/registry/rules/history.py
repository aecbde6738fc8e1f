"""How one record's history changes: pure, so that it can be tried with every order of changes.

A record's history, as believed at one moment, is a row of states, one after another, none overlapping. Each state
says which fields were *asserted* at its start; any other field has its value from the state before. A change asserts
some fields from a day on:

1. without a last day, the values flow forward from that day until a later state that asserted the same field itself;
   a correction of the past thus keeps what was learned for later days;
2. with a last day, the values hold on exactly those days, whatever was asserted within them; on the day after, the
   fields are again what they were.

States are never edited. `plan` says which rows to close (superseded from now on) and which to add; what was believed
before is what the closed rows say, so that asking with an old `known_at` answers as it did then.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class State:
    """What held from a day to a day (both included; None: until further notice).

    Args:
        asserted: fields that were said to hold from `valid_from` on.
        row: which stored row this is, or whose origin (source, actor, reason) it keeps; None: of the change itself.
    """

    valid_from: date
    valid_to: date | None
    values: Mapping[str, Any]
    asserted: frozenset[str]
    row: int | None = None

    def holds_on(self, day: date) -> bool:
        """Whether this is the state of a day."""
        return self.valid_from <= day and (self.valid_to is None or day <= self.valid_to)


@dataclass(frozen=True, slots=True)
class Plan:
    """Rows to close and rows to add. A row to add with `row` keeps that row's origin."""

    close: tuple[State, ...]
    add: tuple[State, ...]


def at(states: Sequence[State], day: date) -> State | None:
    """The state of a day."""
    return next((s for s in states if s.holds_on(day)), None)


def plan(states: Sequence[State], changes: Mapping[str, Any], valid_from: date, valid_to: date | None = None) -> Plan:
    """What one change does to a history.

    Args:
        states: what is believed now, any order; empty for a record that is new.
        changes: field -> value, complete for a new record. Values are compared with ==.
        valid_from, valid_to: the days on which the values hold; None: until something later was asserted.

    Raises:
        ValueError: the days are in the wrong order.
    """
    if valid_to is not None and valid_to < valid_from:
        raise ValueError("valid_to before valid_from")
    old = sorted(states, key=lambda s: s.valid_from)
    if not old:
        return Plan((), (State(valid_from, valid_to, dict(changes), frozenset(changes)),))
    reached = _reach_back(old, valid_from)
    new = _joined([_changed(s, reached, changes, valid_from, valid_to) for s in _cut(reached, valid_from, valid_to)])
    kept = [s for s in new if any(_same(s, o) for o in old)]
    return Plan(tuple(o for o in old if not any(_same(o, s) for s in kept)), tuple(s for s in new if s not in kept))


def _reach_back(states: Sequence[State], valid_from: date) -> list[State]:
    """Before the first known state the record is taken to have been as it was at first."""
    first = states[0]
    if valid_from >= first.valid_from:
        return list(states)
    before = State(valid_from, first.valid_from - DAY, first.values, first.asserted)
    return [before, *states]


def _cut(states: Sequence[State], valid_from: date, valid_to: date | None) -> list[State]:
    """The states cut at the edges of the change; a later part asserts nothing of its own."""
    edges = [valid_from] + ([] if valid_to is None else [valid_to + DAY])
    parts = list(states)
    for edge in edges:
        cut: list[State] = []
        for state in parts:
            if state.valid_from < edge and state.holds_on(edge):
                cut.append(State(state.valid_from, edge - DAY, state.values, state.asserted, state.row))
                cut.append(State(edge, state.valid_to, state.values, frozenset(), state.row))
            else:
                cut.append(state)
        parts = cut
    return parts


def _changed(
    part: State, states: Sequence[State], changes: Mapping[str, Any], valid_from: date, valid_to: date | None
) -> State:
    fields = frozenset(changes)
    if part.valid_from < valid_from:
        return part
    if valid_to is not None and part.valid_from > valid_to:
        again = fields if part.valid_from == valid_to + DAY else frozenset[str]()
        return State(part.valid_from, part.valid_to, part.values, part.asserted | again, part.row)
    is_start = part.valid_from == valid_from
    if valid_to is None:
        later = {f for s in states if valid_from < s.valid_from <= part.valid_from for f in s.asserted}
        flowing, asserted = fields - later, part.asserted
    else:
        flowing, asserted = fields, part.asserted - fields
    values = {**part.values, **{f: changes[f] for f in flowing}}
    return State(
        part.valid_from, part.valid_to, values, asserted | fields if is_start else asserted,
        None if is_start else part.row,
    )  # fmt: skip


def _joined(parts: Sequence[State]) -> list[State]:
    """Without states that assert nothing: they are the state before, going on."""
    joined: list[State] = []
    for part in parts:
        last = joined[-1] if joined else None
        if (
            last is not None
            and not part.asserted
            and last.valid_to is not None
            and last.valid_to + DAY == part.valid_from
        ):
            joined[-1] = State(last.valid_from, part.valid_to, last.values, last.asserted, last.row)
        else:
            joined.append(part)
    return joined


def _same(one: State, other: State) -> bool:
    return (one.valid_from, one.valid_to, one.asserted, one.values) == (
        other.valid_from, other.valid_to, other.asserted, other.values,
    )  # fmt: skip
