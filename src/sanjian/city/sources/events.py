"""Who of the large dischargers cheats, who breaks a limit openly, to whom something innocent happens."""

from ..parts import Tables
from ..plan import Plan
from ..truth.drawing import Drawn, draw, overlaps
from ..truth.ledger import CHEAT, LOOK_ALIKE, VIOLATION, Event
from . import cheats, honest
from .processes import PROCESSES

RATES = {CHEAT: 0.06, VIOLATION: 0.05, LOOK_ALIKE: 0.15}
"""Share of points to which it happens in the city's thirty days (our choice; a real bureau hopes for less)."""
ONE_FACTOR = {"edited_slope", "frozen_analyser"}


def events(plan: Plan, tables: Tables) -> list[Event]:
    """All that happens at points, at most one of each nature a point."""
    found: list[Event] = []
    for row in tables["points"].to_dicts():
        device, medium = str(row["device_mn"]), str(row["medium"])
        rng, drawn = plan.random("events", device), list[Drawn]()
        causes = {CHEAT: cheats.GAS if medium == "gas" else cheats.WATER, VIOLATION: honest.VIOLATIONS,
                  LOOK_ALIKE: honest.LOOK_ALIKES}  # fmt: skip
        for nature, rate in RATES.items():
            if rng.random() >= rate:
                continue
            one = draw(rng, causes[nature])
            if overlaps(one, drawn):
                continue
            drawn.append(one)
            limits = PROCESSES[str(row["process"])].limits
            factor = limits[int(rng.integers(0, len(limits)))].factor if one.cause in ONE_FACTOR else ""
            found.append(Event(0, "sources", device, int(row["object_no"]), nature, *one[:3], one.size, factor))
    return found
