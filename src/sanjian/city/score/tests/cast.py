"""Events and sightings made by hand."""

from sanjian.city.score.expected import Expected
from sanjian.city.score.matching import Sighting, Watched
from sanjian.city.truth.ledger import CHEAT, LOOK_ALIKE, Event

EXPECTED = Expected(frozenset({"offline"}), {"gap": frozenset({"offline", "dilution"})}, frozenset({"sources"}))
WATCHED = Watched({"a": -10_000, "b": -10_000}, until=10_000, live=0)


def event(since: int = 100, until: int = 200, cause: str = "offline", subject: str = "a", event_no: int = 1) -> Event:
    """A cheat, or with the cause "power_cut" something innocent."""
    nature = LOOK_ALIKE if cause == "power_cut" else CHEAT
    return Event(event_no, "sources", subject, 1, nature, cause, since, until, 1.0)


def sighting(since: int = 100, until: int = 200, subject: str = "a", kind: str = "gap") -> Sighting:
    """Said right after its end."""
    return Sighting(kind, subject, ((since, until),), until + 1)
