"""The city's weather, minute by minute: a real autumn, moved in time. Every part looks at the same sky."""

from functools import cache
from importlib.resources import files

import numpy as np
import polars as pl
from numpy.typing import NDArray

from .clock import DAY
from .plan import Plan

Series = NDArray[np.float64]
WARMER = 6.0
"""Degrees that the city is warmer than the place of the series (our choice)."""
_HOURS = 24
_POINTS = ("N", "NNE", "NE", "ENE", "E", "ESE", "SE", "SSE", "S", "SSW", "SW", "WSW", "W", "WNW", "NW", "NNW")


class Sky:
    """The weather of one day, 1440 values each.

    Attributes:
        temperature (C), humidity (%), pressure (kPa), rain (mm/h), wind (m/s), direction (degrees from north).
    """

    def __init__(self, plan: Plan, day: int) -> None:
        at = _hour(plan, day)
        self.temperature = _minutes(at, "temp") + WARMER
        dew = _minutes(at, "dewp") + WARMER
        self.humidity = np.clip(100 * _vapour(dew) / _vapour(self.temperature), 5, 100)
        self.pressure = _minutes(at, "pres") / 10
        self.rain = np.repeat(_column("rain")[_wrapped(at, _HOURS)], 60)
        self.wind = _minutes(at, "wind_speed")
        self.direction = np.repeat(_column("wind_dir")[_wrapped(at, _HOURS)], 60)

    @property
    def is_foggy(self) -> NDArray[np.bool_]:
        """Minutes in which water hangs in the air and scatters light as dust does."""
        found: NDArray[np.bool_] = (self.humidity > 93) & (self.rain == 0) & (self.wind < 2)
        return found


@cache
def sky(plan: Plan, day: int) -> Sky:
    """The weather of a day."""
    return Sky(plan, day)


def moved(plan: Plan, day: int, columns: NDArray[np.float64]) -> Series:
    """24 hours of a real series at a day of the city, moved as the weather is, so that air and weather agree."""
    return columns[_wrapped(_hour(plan, day), _HOURS, len(columns))]


def _hour(plan: Plan, day: int) -> int:
    """Row of the series at which a day of the city begins."""
    begin = int(plan.random("weather").integers(0, 60))
    return (begin + day) * _HOURS


def _wrapped(at: int, count: int, length: int = 0) -> NDArray[np.int64]:
    """Row numbers; after its last day the series begins again."""
    return np.arange(at, at + count) % (length or len(_column("temp")))


def _minutes(at: int, name: str) -> Series:
    hours = _column(name)[_wrapped(at, _HOURS + 1)]
    return np.interp(np.arange(DAY), np.arange(_HOURS + 1) * 60, hours)


def _vapour(celsius: Series) -> Series:
    """Saturation vapour pressure, kPa (Magnus)."""
    return np.asarray(0.6112 * np.exp(17.62 * celsius / (243.12 + celsius)))


@cache
def _column(name: str) -> NDArray[np.float64]:
    table = read("weather_hourly")
    if name != "wind_dir":
        return table[name].cast(pl.Float64).interpolate().fill_null(0.0).to_numpy()
    degrees = {point: 22.5 * n for n, point in enumerate(_POINTS)}
    return np.array([degrees.get(str(point), 0.0) for point in table["wind_dir"].cast(pl.String)])


def read(name: str) -> pl.DataFrame:
    """A table of `data/`."""
    return pl.read_parquet(files("sanjian.city").joinpath(f"data/{name}.parquet").read_bytes())
