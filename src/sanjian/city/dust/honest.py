"""Dust at a site: what its machines raise, what the wind carries, what rain washes, on top of the city's air."""

import numpy as np
from numpy.typing import NDArray

from .. import weather
from ..air.honest import background
from ..clock import DAY
from ..minutes import Minutes
from ..noise import rough, smooth
from ..parts import Row
from ..plan import Plan

RAISED = {"construction": 70.0, "yard": 95.0, "mixing_plant": 110.0, "port": 60.0}
"""PM10 in µg/m3 that full work raises at the fence on a dry day (our choice)."""
COUNTING = (0.05, 1.2)
"""Noise of one minute of a small optical sensor: share of the value, and µg/m3 (counting particles, our choice)."""
FOG = 1.9
"""How much more an optical sensor reads in fog (air.md section 8: humidity correction)."""


def minutes(plan: Plan, row: Row, day: int) -> Minutes:
    """One day of a micro-station. Particles in µg/m3, as its register says (others send mg/m3), pressure in kPa."""
    device, rng = str(row["device_mn"]), plan.random("site", str(row["device_mn"]))
    sky, minute = weather.sky(plan, day), np.arange(DAY)
    begins, ends = 360 + 60 * int(rng.integers(0, 2)), 1080 + 60 * int(rng.integers(0, 4))
    is_work = (minute >= begins) & (minute < ends) & (day % 7 != 6 or rng.random() < 0.5)
    bursts = np.exp(0.55 * smooth(plan, day, 12, "trucks", device) + 0.25 * rough(plan, day, "gust", device))
    dryness = np.clip(1.35 - sky.humidity / 100, 0.25, 1.1) * np.where(sky.rain > 0, 0.12, 1.0)
    lifted = 0.35 + 0.25 * np.minimum(sky.wind, 8.0)
    raised = (
        RAISED[str(row["site_kind"])] * rng.lognormal(-0.1, 0.45) * np.where(is_work, bursts, 0.06) * dryness * lifted
    )
    air = background(plan, day) * np.where(sky.rain > 0, 0.6, 1.0)
    pm10 = _counted(plan, device, "pm10", day, (raised + air) * np.where(sky.is_foggy, FOG, 1.0))
    pm25 = _counted(plan, device, "pm25", day, (0.45 * air + 0.12 * raised) * np.where(sky.is_foggy, FOG, 1.0))
    noise = 52 + np.where(is_work, 12, 0) + 2.5 * smooth(plan, day, 8, "noise", device) + rough(plan, day, "LA", device)
    return Minutes.running(
        {
            "a34002": pm10,
            "a34001": pm10 * (1.7 + 0.25 * smooth(plan, day, 60, "coarse", device)).clip(1.2, 2.6),
            "a34004": pm25,
            "LA": noise,
            "a01001": sky.temperature + float(rng.normal(0.3, 0.4)),
            "a01002": np.clip(sky.humidity + float(rng.normal(-1, 2)), 0, 100),
            "a01006": sky.pressure,
            "a01007": sky.wind * float(rng.uniform(0.5, 0.9)),
            "a01008": sky.direction,
        }
    )


def _counted(plan: Plan, device: str, what: str, day: int, level: NDArray[np.float64]) -> NDArray[np.float64]:
    """A level in µg/m3 as the sensor counts it; never below zero."""
    share, floor = COUNTING
    noise = rough(plan, day, what, device)
    return (level * (1 + share * noise) + floor * rough(plan, day, "counter", what, device)).clip(0)
