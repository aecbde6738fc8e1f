"""Intervals at their edges, rows with their counts."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sanjian.base.screening.scores import Row
from sanjian.city.score.figures import per_days, row, share, spread
from sanjian.city.score.matching import match
from sanjian.city.truth.ledger import Event

from .cast import EXPECTED, WATCHED, event, sighting


def test_wilson_as_published() -> None:
    """Newcombe, Statistics in Medicine 17 (1998), table I: 81 of 263, 15 of 148, 0 of 20 and 1 of 29, method 3."""
    for hits, of, low, high in (
        (81, 263, 0.2553, 0.3662),
        (15, 148, 0.0624, 0.1605),
        (0, 20, 0, 0.1611),
        (1, 29, 0.0061, 0.1718),
    ):
        rate = share(hits, of)
        assert (rate.low, rate.high) == (pytest.approx(low, abs=1e-4), pytest.approx(high, abs=1e-4))


def test_poisson_near_the_exact_limits() -> None:
    """Exact limits of 10 events: 4.795 to 18.39; of none: 0 to 3.689 (Garwood 1936)."""
    ten, none = per_days(10, 1000), per_days(0, 1000)
    assert (ten.low, ten.high) == (pytest.approx(4.795, rel=0.01), pytest.approx(18.39, rel=0.01))
    assert (none.value, none.low, none.high) == (0, 0, pytest.approx(3.689, rel=0.001))


def test_nothing_counted_says_nothing() -> None:
    assert share(0, 0).value is None
    assert per_days(0, 0).value is None
    assert spread([]) is None


@given(st.integers(1, 500), st.data())
def test_an_interval_holds_its_value(of: int, data: st.DataObject) -> None:
    hits = data.draw(st.integers(0, of))
    for rate in (share(hits, of), per_days(hits, of)):
        assert rate.value is not None
        assert rate.low is not None
        assert rate.high is not None
        assert 0 <= rate.low <= rate.value <= rate.high


def _row(some: list, happened: list[Event]) -> Row:
    matched = match(some, happened, EXPECTED, WATCHED)
    return row("sources.gap", "1", matched, EXPECTED, WATCHED, 500.0)


def test_a_row_counts_claimed_events_only_as_misses() -> None:
    happened = [event(), event(500, 600, event_no=2), event(900, 990, cause="dilution", event_no=3)]
    made = _row([sighting(110, 150), sighting(5000, 5100)], happened)
    assert (made.recall.hits, made.recall.of) == (1, 2)
    assert (made.precision.hits, made.precision.of) == (1, 2)
    assert (made.false_alarms.hits, made.false_alarms.value) == (1, 2.0)
    assert {(c.name, c.events, c.found, c.is_claimed) for c in made.causes} == {
        ("offline", 2, 1, True), ("dilution", 1, 0, False),
    }  # fmt: skip


def test_delay_is_of_live_events_only() -> None:
    happened = [event(100, 200), event(-300, -200, event_no=2)]
    made = _row([sighting(110, 150), sighting(-290, -250)], happened)
    assert (made.live, made.delay_min, made.onset_min) == (1, (51.0, 51.0), (10.0, 10.0))
