"""From signs to one probability: each sign is held against honest windows, families are joined, one number comes out.

A sign's tail probability among honest windows is counted as far as windows go and continued by an exponential beyond
(the usual tail of a peak over threshold), so that "far outside" stays comparable between signs. The families are the
five of our diagnosis notes; signs of one family speak of the same thing and count once, by their loudest.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from .signal import Array

FAMILIES: dict[str, str] = {
    "smoothness": "value",
    "stillness": "value",
    "filtered": "value",
    "lid": "value",
    "borrowed": "value",
    "repeated": "value",
    "lowered": "physics",
    "thinned": "physics",
    "hidden": "behaviour",
    "excused": "behaviour",
}
SIZES = {family: sum(f == family for f in FAMILIES.values()) for family in FAMILIES.values()}
TAIL = 0.1
"""Share of honest windows that shape the tail (our choice)."""
STRENGTH = 0.5
"""Prior share of tampered windows at which a surprise of 1 in 1,000 becomes near certainty (our choice, to be replaced
by closed clues): P = 1 - p / (p + STRENGTH/1000)."""


@dataclass(frozen=True, slots=True)
class Honest:
    """What one sign looks like in honest windows: sorted values, where its tail begins and how fast it falls."""

    values: Array
    from_value: float
    scale: float

    def chance(self, sign: float) -> float:
        """Probability that an honest window shows at least this much."""
        if sign <= self.from_value:
            above = len(self.values) - np.searchsorted(self.values, sign, side="left")
            return float((above + 1) / (len(self.values) + 1))
        return float(TAIL * np.exp(-(sign - self.from_value) / self.scale))


def honest(values: Sequence[float]) -> Honest:
    """The shape of a sign in honest windows. Needs at least one value; with few, everything is ordinary."""
    ordered = np.sort(np.asarray(values, dtype=float))
    start = float(np.quantile(ordered, 1 - TAIL))
    beyond = ordered[ordered > start] - start
    spread = float(np.std(ordered))
    scale = float(np.mean(beyond)) if beyond.size else 0.0
    return Honest(ordered, start, max(scale, 0.05 * spread, 1e-6))


def surprises(signs: Mapping[str, float], known: Mapping[str, Honest]) -> dict[str, float]:
    """Per sign: -log10 of its chance among honest windows."""
    return {name: float(-np.log10(max(known[name].chance(sign), 1e-12))) for name, sign in signs.items()}


def fused(surprise: Mapping[str, float]) -> float:
    """One number for a window: P = 1 - prod(1 - P_family), as -log10(1 - P) so that near certainty stays ordered.

    A family with many signs has many chances to be surprised by an honest window: its loudest is discounted by their
    number (Bonferroni), so that a family with one sign is heard as well.
    """
    loudest = dict.fromkeys(FAMILIES.values(), 0.0)
    for name, value in surprise.items():
        family = FAMILIES[name]
        loudest[family] = max(loudest[family], value - np.log10(SIZES[family]))
    return float(sum(np.log10(1 + STRENGTH / 1000 * 10**value) for value in loudest.values()))


def probability(score: float) -> float:
    """The probability behind a fused number."""
    return float(1 - 10**-score)
