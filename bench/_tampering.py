"""Ways to tamper with a window of a real series. Lives beside the benches: no detector can import it."""

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np


@dataclass(frozen=True)
class Place:
    """A window of a real series before and after somebody touched it; arrays of the whole series, window [start, end).

    `values` and `companions` are measured pollutants, `others` working conditions, `marked` hours excused by a mark.
    """

    values: np.ndarray
    companions: np.ndarray
    others: np.ndarray
    marked: np.ndarray
    start: int
    end: int

    @property
    def here(self) -> slice:
        return slice(self.start, self.end)


Way = Callable[[Place, np.random.Generator], Place]


def _with(place: Place, window: np.ndarray) -> Place:
    values = place.values.copy()
    values[place.here] = window
    return replace(place, values=values)


def frozen(place: Place, random: np.random.Generator) -> Place:
    """One value with +-0.5 % of noise, so that no two are equal."""
    return _with(place, place.values[place.start] * random.uniform(0.995, 1.005, place.end - place.start))


def capped(place: Place, random: np.random.Generator) -> Place:
    """Nothing above 98 % of a limit that three hours in ten would break; up to 0.5 % below it."""
    window = place.values[place.here]
    lid = np.quantile(window, 0.7)
    return _with(place, np.where(window > lid, lid * random.uniform(0.995, 1.0, len(window)), window))


def scaled(ratio: float) -> Way:
    """A changed slope: everything times a ratio."""
    return lambda place, _random: _with(place, place.values[place.here] * ratio)


def diluted(place: Place, _random: np.random.Generator) -> Place:
    """Air at the probe: all pollutants of the gas times 0.75."""
    companions = place.companions.copy()
    companions[place.here] *= 0.75
    return replace(_with(place, place.values[place.here] * 0.75), companions=companions)


def smoothed(place: Place, _random: np.random.Generator) -> Place:
    """A moving average of 12 hours in the logger."""
    total = np.cumsum(place.values[place.start - 12 : place.end])
    return _with(place, (total[12:] - total[:-12]) / 12)


def substituted(place: Place, random: np.random.Generator) -> Place:
    """Another signal on the channel, scaled to the usual mean and spread, 0.5 % noise."""
    other = place.others[place.here, random.integers(place.others.shape[1])]
    window = place.values[place.here]
    spread = np.std(other) or 1.0
    level = window.mean() + (other - other.mean()) / spread * np.std(window)
    return _with(place, np.maximum(level, 1.0) * random.normal(1, 0.005, len(window)))


def replayed(place: Place, random: np.random.Generator) -> Place:
    """An older stretch with +-2 % noise."""
    size = place.end - place.start
    first = int(random.integers(1000, place.start - 2 * size))
    return _with(place, place.values[first : first + size] * random.uniform(0.98, 1.02, size))


def warped(place: Place, random: np.random.Generator) -> Place:
    """An older stretch played at a wandering speed of 94 to 106 %, with +-2 % noise."""
    size = place.end - place.start
    first = int(random.integers(1000, place.start - 3 * size))
    knots = random.uniform(0.94, 1.06, 4)
    speed = np.interp(np.arange(size), np.linspace(0, size - 1, 4), knots)
    moments = first + np.concatenate([[0.0], np.cumsum(speed)[:-1]])
    played = np.interp(moments, np.arange(len(place.values)), place.values)
    return _with(place, played * random.uniform(0.98, 1.02, size))


def unplugged(place: Place, _random: np.random.Generator) -> Place:
    """No data in the hours above the limit (the upper quarter)."""
    window = place.values[place.here]
    return _with(place, np.where(window > np.quantile(window, 0.75), np.nan, window))


def marked(place: Place, _random: np.random.Generator) -> Place:
    """Maintenance marks on the hours above the limit (the upper quarter)."""
    window = place.values[place.here]
    marks = place.marked.copy()
    marks[place.here] |= window > np.quantile(window, 0.75)
    return replace(place, marked=marks)


WAYS: dict[str, Way] = {
    "freeze_jitter": frozen,
    "cap": capped,
    "scale_0.7": scaled(0.7),
    "scale_0.85": scaled(0.85),
    "dilution_0.75": diluted,
    "smoothing_12h": smoothed,
    "substitution": substituted,
    "replay_noise": replayed,
    "replay_warp": warped,
    "offline_at_exceedance": unplugged,
    "false_marking": marked,
}


def honest(place: Place, random: np.random.Generator) -> Place:
    """An honest window: one in three lost a block of hours to a power cut, one in three was serviced for some."""
    values, marks, size = place.values.copy(), place.marked.copy(), place.end - place.start
    for chance, target in ((random.random(), "gap"), (random.random(), "service")):
        if chance < 1 / 3:
            first = place.start + int(random.integers(0, size - 18))
            block = slice(first, first + int(random.integers(4, 19)))
            if target == "gap":
                values[block] = np.nan
            else:
                marks[block] = True
    return replace(place, values=values, marked=marks)
