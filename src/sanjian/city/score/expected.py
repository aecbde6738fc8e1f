"""What each screen claims to find, by what its kinds mean: a declaration, made before anything was counted.

A new screen needs its line here, or the test of this room fails. `claims` are the causes that count as missed when they
are not found. A kind may rightly point at more: a failed treatment is behind most cheats, so whoever sees a limit
broken in the middle of one has seen the truth, though nobody expects it of that rule.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType


@dataclass(frozen=True, slots=True)
class Expected:
    """One screen's declaration.

    Args:
        claims: causes that it is meant to find.
        kinds: kind of finding -> causes that it may rightly point at.
        parts: parts of the city whose devices it watches.
    """

    claims: frozenset[str] = frozenset()
    kinds: Mapping[str, frozenset[str]] = field(default_factory=dict)
    parts: frozenset[str] = frozenset()

    @property
    def causes(self) -> frozenset[str]:
        """Everything that it may rightly point at."""
        return self.claims.union(*self.kinds.values())


_FAILURE = frozenset({"treatment_failure"})
_BEHIND_A_CHEAT = frozenset({"dilution", "clamp", "edited_slope", "swapped_sample", "offline", "false_maintenance"})
"""Cheats behind which the treatment fails, so that a limit may be seen broken in spite of them."""
_STILL = frozenset({"frozen_analyser"})
_HELD = frozenset({"clamp", "swapped_sample"})
"""Cheats that hold the signal at one value, or nearly."""
_SILENT = frozenset({"offline"})

EXPECTED: Mapping[str, Expected] = MappingProxyType(
    {
        "sources.exceedance": Expected(
            _FAILURE,
            dict.fromkeys(("hourly_exceedance", "daily_exceedance", "over_range"), _FAILURE | _BEHIND_A_CHEAT),
            frozenset({"sources"}),
        ),
        "sources.frozen": Expected(
            _STILL,
            dict.fromkeys(("frozen_value", "transmission_frozen"), _STILL | _HELD),
            frozenset({"sources", "dust", "air"}),
        ),
        "sources.gap": Expected(
            _SILENT, dict.fromkeys(("device_offline", "data_gap"), _SILENT), frozenset({"sources", "dust", "air"})
        ),
    }
)


def together(names: set[str]) -> Expected:
    """What some screens claim between them: for clues, which do not say by which screen they were opened."""
    some = [one for name, one in EXPECTED.items() if name in names]
    kinds: dict[str, frozenset[str]] = {}
    for one in some:
        for kind, causes in one.kinds.items():
            kinds[kind] = kinds.get(kind, frozenset()) | causes
    claims, parts = (one.claims for one in some), (one.parts for one in some)
    return Expected(frozenset().union(*claims), kinds, frozenset().union(*parts))
