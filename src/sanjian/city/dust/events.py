"""Whose sensor is covered or sprayed, and whom the fog touches."""

import numpy as np

from .. import weather
from ..clock import DAY
from ..parts import Tables
from ..plan import Plan
from ..truth.drawing import FIRST_DAY, LAST_DAY, draw
from ..truth.ledger import CHEAT, LOOK_ALIKE, Event
from .cheats import CAUSES

RATE = 0.02
SHORTEST_MIN = 30
"""Fog that is over sooner looks like nothing."""


def events(plan: Plan, tables: Tables) -> list[Event]:
    """Cheats by chance; fog by the weather, for every station."""
    fog, found = _fog(plan), list[Event]()
    for row in tables["dust_stations"].select("device_mn", "object_no").to_dicts():
        device, owner = str(row["device_mn"]), int(row["object_no"])
        rng = plan.random("events", device)
        if rng.random() < RATE:
            one = draw(rng, CAUSES)
            found.append(Event(0, "dust", device, owner, CHEAT, one.cause, one.since, one.until, one.size))
        found += [Event(0, "dust", device, owner, LOOK_ALIKE, "fog", since, until, 0.0) for since, until in fog]
    return found


def _fog(plan: Plan) -> list[tuple[int, int]]:
    """Stretches of fog over the whole city."""
    foggy = np.concatenate([weather.sky(plan, day).is_foggy for day in range(FIRST_DAY, LAST_DAY)])
    edges = np.flatnonzero(np.diff(np.concatenate([[False], foggy, [False]]).astype(int)))
    begin = FIRST_DAY * DAY
    pairs = zip(edges[::2], edges[1::2], strict=True)
    return [(begin + int(a), begin + int(b)) for a, b in pairs if b - a >= SHORTEST_MIN]
