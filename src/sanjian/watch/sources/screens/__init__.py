"""Screens of fixed sources: registering them is importing this package. No Django, no network, no clock.

A new rule is a module like its nearest neighbour and its name in the last line.
"""

from sanjian.base.screening.contract import register
from sanjian.base.screening.facts import declare
from sanjian.base.sensing import streams  # noqa: F401 -- registers the streams that these screens read

from . import (
    bunching,
    compared,
    exceedance,
    frames,
    frozen,
    gap,
    marking,
    parameters,
    physics,
    recomputed,
    replayed,
    signs,
    tampering,
    uploads,
    water,
)

FAMILY = "sources"

declare(FAMILY, frames.POINTS, frames.LIMITS, frames.FACTORS, frames.LATEST, frames.TWINS, frames.PEERS)
declare(FAMILY, frames.APPROVED, frames.REFERENCES)
register(exceedance.SCREEN, frozen.SCREEN, gap.SCREEN, bunching.SCREEN, recomputed.SCREEN, parameters.SCREEN)
register(*signs.SCREENS, replayed.SCREEN, tampering.SCREEN, *physics.SCREENS, *marking.SCREENS, *water.SCREENS)
register(uploads.SCREEN, *compared.SCREENS)
