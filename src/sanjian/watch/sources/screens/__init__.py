"""Screens of fixed sources: registering them is importing this package. No Django, no network, no clock."""

from sanjian.base.screening.contract import register
from sanjian.base.screening.facts import declare
from sanjian.base.sensing import streams  # noqa: F401 -- registers the stream that these screens read

from . import exceedance, frames, frozen, gap

FAMILY = "sources"

declare(FAMILY, frames.POINTS, frames.LIMITS, frames.FACTORS, frames.LATEST)
register(exceedance.SCREEN, frozen.SCREEN, gap.SCREEN)
