"""What is right, what is found, who is accused."""

from hypothesis import given
from hypothesis import strategies as st

from sanjian.city.score.matching import NEVER, TOLERANCE_MIN, Matched, Sighting, Watched, match

from .cast import EXPECTED, WATCHED, event, sighting

minutes = st.integers(-9_000, 9_000)
lengths = st.integers(1, 900)
subjects = st.sampled_from("abc")
sightings = st.builds(
    lambda since, length, subject, kind: sighting(since, since + length, subject, kind),
    minutes, lengths, subjects, st.sampled_from(["gap", "frozen"]),
)  # fmt: skip
events = st.builds(
    lambda since, length, subject, cause: event(since, since + length, cause, subject),
    minutes, lengths, subjects, st.sampled_from(["offline", "dilution", "power_cut", "replay"]),
)  # fmt: skip


def _match(some: list[Sighting], *happened: object) -> Matched:
    return match(some, list(happened), EXPECTED, WATCHED)  # type: ignore[arg-type]


def test_an_event_is_found_once_however_often_it_is_seen() -> None:
    happened = event()
    matched = _match([sighting(100, 150), sighting(150, 200)], happened)
    assert (matched.right, matched.false) == (2, 0)
    assert list(matched.found) == [happened]
    assert len(matched.found[happened]) == 2


def test_another_subject_kind_or_time_is_a_false_alarm() -> None:
    late = sighting(200 + TOLERANCE_MIN, 900)
    matched = _match([sighting(subject="b"), sighting(kind="frozen"), late], event())
    assert (matched.right, matched.false) == (0, 3)
    assert matched.found == {event(): []}


def test_an_end_off_by_one_period_still_matches_and_an_open_one_too() -> None:
    assert _match([sighting(200 + TOLERANCE_MIN - 1, 900)], event()).right == 1
    assert _match([sighting(120, NEVER)], event()).right == 1


def test_the_innocent_are_named_with_what_they_were_taken_for() -> None:
    innocent = event(cause="power_cut")
    matched = _match([sighting()], innocent)
    assert (matched.false, len(matched.accused[innocent])) == (1, 1)


def test_who_is_seen_rightly_accuses_nobody_beside() -> None:
    innocent = event(cause="power_cut", since=210, until=260, event_no=2)
    matched = _match([sighting(100, 300)], event(), innocent)
    assert (matched.right, matched.false, matched.accused[innocent]) == (1, 0, [])


def test_what_lies_on_the_edge_is_no_miss_and_seeing_it_no_false_alarm() -> None:
    watched = Watched({"a": 150}, until=1_000, live=0)
    matched = match([sighting(160, 200)], [event()], EXPECTED, watched)
    assert (matched.right, matched.false, matched.found) == (1, 0, {})


def test_a_device_that_was_never_heard_counts_nowhere() -> None:
    assert match([], [event(subject="z")], EXPECTED, WATCHED).found == {}


@given(st.lists(sightings, max_size=12), st.lists(events, max_size=12, unique=True), st.randoms())
def test_order_does_not_matter_and_everything_is_counted_once(some, happened, chance) -> None:
    matched = match(some, happened, EXPECTED, WATCHED)
    assert matched.right + matched.false == len(some)
    mixed, other = list(some), list(happened)
    chance.shuffle(mixed)
    chance.shuffle(other)
    again = match(mixed, other, EXPECTED, WATCHED)
    assert (again.right, again.false) == (matched.right, matched.false)
    assert {e for e, by in again.found.items() if by} == {e for e, by in matched.found.items() if by}
    assert set(again.accused) == set(matched.accused)
