"""Ambient air: real series of eight stations, moved in time; each invented station follows one of them, a little later
and a little different.
"""

from functools import cache

import numpy as np
import polars as pl
from numpy.typing import NDArray

from .. import weather
from ..clock import DAY
from ..minutes import Minutes
from ..noise import rough, smooth
from ..parts import Row
from ..plan import Plan

FACTORS = {"a34004": ("pm25", 1.0), "a34002": ("pm10", 1.0), "a21026": ("so2", 1.0), "a21004": ("no2", 1.0),
           "a21005": ("co", 0.001), "a05024": ("o3", 1.0)}  # fmt: skip
"""Factor -> column of the series and scale: µg/m3, CO in mg/m3."""
PRECISION = 0.012
"""Noise of one minute of a reference analyser, as a share (our choice)."""


def minutes(plan: Plan, row: Row, day: int) -> Minutes:
    """One day of a station. Hours that are missing in the series are missing here."""
    device = str(row["device_mn"])
    rng = plan.random("station", device)
    series, lag = _stations()[int(rng.integers(0, len(_stations())))], int(rng.integers(0, 3))
    values = {}
    for n, (factor, (column, scale)) in enumerate(FACTORS.items()):
        share = rng.lognormal(0.0, 0.08)
        hours = np.roll(_hours(plan, day, series, column), lag)
        local = np.exp(0.05 * smooth(plan, day, 60, "air", device, n))
        noise = 1 + PRECISION * rough(plan, day, "analyser", device, factor)
        values[factor] = np.repeat(hours, 60) * share * scale * local * noise
    sky = weather.sky(plan, day)
    values |= {"a01001": sky.temperature, "a01002": sky.humidity, "a01006": sky.pressure, "a01007": sky.wind,
               "a01008": sky.direction}  # fmt: skip
    return Minutes.running(values)


def background(plan: Plan, day: int) -> NDArray[np.float64]:
    """PM10 of the city's air, µg/m3, 1440 values: what dust stations measure besides their site."""
    hours = _hours(plan, day, _stations()[0], "pm10")
    return np.interp(np.arange(DAY), np.arange(24) * 60 + 30, np.nan_to_num(hours, nan=float(np.nanmean(hours))))


def _hours(plan: Plan, day: int, station: str, column: str) -> NDArray[np.float64]:
    return weather.moved(plan, day, _series()[station, column])


@cache
def _stations() -> tuple[str, ...]:
    return tuple(sorted(weather.read("air_hourly")["station"].cast(pl.String).unique()))


@cache
def _series() -> dict[tuple[str, str], NDArray[np.float64]]:
    table = weather.read("air_hourly").with_columns(pl.col("station").cast(pl.String))
    columns = [column for column, _scale in FACTORS.values()]
    return {
        (str(station), column): rows.sort("time")[column].cast(pl.Float64).to_numpy()
        for (station,), rows in table.group_by("station")
        for column in columns
    }
