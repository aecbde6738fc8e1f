"""What is done to a dust station: the tricks of case 12 (gauze in the inlet, spraying), known from air stations."""

from ..minutes import Minutes, part_of_day
from ..parts import Row
from ..plan import Plan
from ..truth.drawing import Cause
from ..truth.ledger import Event

CAUSES = {"covered_sensor": Cause(1, (8, 120), (0.12, 0.35)), "sprayed_sensor": Cause(1, (2, 12), (0.2, 0.45))}
PARTICLES = ("a34001", "a34002", "a34004")


def act_out(_plan: Plan, _row: Row, day: int, found: Minutes, events: list[Event]) -> Minutes:
    """The day as it is sent."""
    sent = found.copy()
    for event in events:
        at = part_of_day(day, event.since, event.until)
        if event.cause not in CAUSES:
            continue  # fog and rain are in the weather already
        for code in PARTICLES:
            sent.values[code][at] *= event.size
        if event.cause == "sprayed_sensor":
            sent.values["a01002"][at] = sent.values["a01002"][at].clip(96, 100)
    return sent
