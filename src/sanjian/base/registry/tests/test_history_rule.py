"""Two times: a day has one answer, corrections flow forward, and nothing that was believed is lost."""

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from sanjian.base.registry.rules import history
from sanjian.base.registry.rules.history import State

START = date(2026, 1, 1)
DAYS = [START + timedelta(days=n) for n in range(12)]
changes = st.tuples(
    st.dictionaries(st.sampled_from("ab"), st.integers(0, 3), min_size=1),
    st.integers(0, 9),
    st.none() | st.integers(0, 2),
)


def _first() -> list[State]:
    return [State(START, None, {"a": 0, "b": 0}, frozenset("ab"), 0)]


def _carried_out(states: list[State], change) -> tuple[list[State], history.Plan]:
    values, start, length = change
    until = None if length is None else DAYS[start] + timedelta(days=length)
    plan = history.plan(states, values, DAYS[start], until)
    rest = [s for s in states if s not in plan.close]
    numbered = [State(s.valid_from, s.valid_to, s.values, s.asserted, n + 1000) for n, s in enumerate(plan.add)]
    return rest + numbered, plan


@given(st.lists(changes, max_size=6))
def test_a_day_has_exactly_one_answer(made) -> None:
    states = _first()
    for change in made:
        states, _plan = _carried_out(states, change)
        assert all(sum(s.holds_on(day) for s in states) == 1 for day in [*DAYS, date(2030, 1, 1)])
        values, start, _length = change
        now = history.at(states, DAYS[start])
        assert now is not None
        assert values.items() <= now.values.items()


@given(st.lists(changes, max_size=4), changes)
def test_days_before_and_after_a_change_are_as_they_were(made, change) -> None:
    states = _first()
    for earlier in made:
        states, _plan = _carried_out(states, earlier)
    after, _plan = _carried_out(states, change)
    _values, start, length = change
    for n, day in enumerate(DAYS):
        if n < start or (length is not None and n > start + length):
            assert history.at(after, day).values == history.at(states, day).values  # type: ignore[union-attr]


@given(st.lists(st.tuples(st.sampled_from("ab"), st.integers(0, 9)), unique=True, min_size=2, max_size=5), st.randoms())
def test_open_changes_of_different_days_or_fields_do_not_depend_on_their_order(made, shuffled) -> None:
    results = []
    for order in (list(made), sorted(made, key=lambda _x: shuffled.random())):
        states = _first()
        for name, start in order:
            if start:
                states, _plan = _carried_out(states, ({name: f"{name}{start}"}, start, None))
        results.append([dict(history.at(states, day).values) for day in DAYS])  # type: ignore[union-attr]
    assert results[0] == results[1]


def test_a_correction_of_the_past_keeps_what_was_learned_later() -> None:
    states, _plan = _carried_out(_first(), ({"a": 5}, 6, None))
    states, _plan = _carried_out(states, ({"a": 1, "b": 1}, 2, None))
    assert history.at(states, DAYS[4]).values == {"a": 1, "b": 1}  # type: ignore[union-attr]
    assert history.at(states, DAYS[8]).values == {"a": 5, "b": 1}  # type: ignore[union-attr]
