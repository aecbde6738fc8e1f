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
_LOWERED = frozenset({"edited_slope", "dilution", "swapped_sample", "clamp"})
"""Cheats that bring the signal down."""
_TAMPERED = _LOWERED | _STILL | _SILENT | frozenset({"false_maintenance", "replay"})


def _diagnosis(*kinds: str, of: frozenset[str] = _TAMPERED) -> Expected:
    """A rule over blocks of days: it may point at these causes, but the cheats of the city last hours as well, so
    none is claimed until a season of the city has been scored.
    """
    return Expected(frozenset(), dict.fromkeys(kinds, of), frozenset({"sources"}))


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
        "sources.borrowed": _diagnosis("borrowed_values"),
        "sources.bunching": _diagnosis("bunching_under_limit", of=frozenset({"clamp"})),
        "sources.calibrations": _diagnosis("calibrations_without_gas", of=frozenset({"false_maintenance"})),
        "sources.capped": _diagnosis("capped_values", of=_HELD | _STILL),
        "sources.diluted": _diagnosis("diluted_values", of=_LOWERED),
        "sources.excused": _diagnosis("excused_values", of=frozenset({"false_maintenance"})),
        "sources.false_stop": _diagnosis("false_stop", of=frozenset({"offline", "false_maintenance"})),
        "sources.flow_to_load": _diagnosis("flow_to_load_off"),
        "sources.fuel_factor": _diagnosis("fuel_factor_out_of_band", of=frozenset({"dilution"})),
        "sources.hidden": _diagnosis("hidden_values", of=_SILENT),
        "sources.lowered": _diagnosis("lowered_values", of=_LOWERED),
        "sources.marking": _diagnosis(
            "marks_excessive", "marks_follow_exceedance", of=frozenset({"false_maintenance"})
        ),
        "sources.oxygen": _diagnosis("oxygen_lowered"),
        "sources.parameters": _diagnosis("parameter_differs", "parameter_changed", of=frozenset({"edited_slope"})),
        "sources.peers": _diagnosis("unlike_peers", of=_LOWERED),
        "sources.phase_locked": _diagnosis("phase_locked", of=frozenset({"swapped_sample"})),
        "sources.probe": _diagnosis("probe_blocked", of=_STILL),
        "sources.purged": _diagnosis("inert_gas_purge", of=_LOWERED),
        "sources.recomputed": _diagnosis(
            "hour_mean_mismatch", "corrected_concentration_mismatch", "outside_own_range", of=_LOWERED
        ),
        "sources.references": _diagnosis("reference_mismatch", of=_LOWERED),
        "sources.replayed": _diagnosis("own_past_replayed", "other_series_copied", of=frozenset({"replay"})),
        "sources.smoothed": _diagnosis("smoothed_values", of=_HELD | _STILL),
        "sources.tampering": _diagnosis("tampering_suspected"),
        "sources.treatment": _diagnosis("heat_without_sulphur", of=_LOWERED),
        "sources.uploads": _diagnosis("two_senders", "history_rewritten"),
        "sources.water_swap": _diagnosis("sample_swapped", of=frozenset({"swapped_sample", "dilution"})),
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
