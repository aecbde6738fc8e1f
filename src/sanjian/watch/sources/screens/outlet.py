"""One outlet as rows of hours: every factor on the same grid, with its marks, limits and the hours of operation.

The rules of diagnosis look at this instead of at tables. The grid begins at a multiple of BLOCK_H from a fixed
midnight, so that a block of three days is the same block in every run, however much was read.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cached_property

import numpy as np
import numpy.typing as npt
import polars as pl

from sanjian.base.screening.contract import Frames
from sanjian.watch.sources.tamper.signal import Array, Mask

from . import frames
from .frames import FactorFacts

HOUR = timedelta(hours=1)
BLOCK_H = 72
ANCHOR = datetime(1970, 1, 1, 16, tzinfo=UTC)
"""Midnight in China, from which blocks are counted."""
CONDITIONS = ("a00", "a01", "a05001", "a19", "w00", "w01001", "w01009", "w01010", "w01014", "e", "p", "g")
"""Codes that begin so are conditions of the stack, the water or the works; the others are pollutants (HJ 525)."""
FLOWS = ("a00000", "a01011", "w00000")
OXYGEN = "a19001"
AIR = 19.5
"""% vol of oxygen from which an outlet is taken to stand still (our choice)."""
MARKS = {"N": 0, "3": 0, "F": 1, "M": 2, "C": 3, "D": 4, "B": 5, "T": 6, "S": 7}
NORMAL, STOPPED, MAINTAINED, CALIBRATED, FAULTY, CUT, OVER, BY_HAND, OTHER, NOTHING = 0, 1, 2, 3, 4, 5, 6, 7, 9, 255
EXCUSING = (MAINTAINED, CALIBRATED, FAULTY, CUT)


@dataclass(frozen=True, slots=True)
class Series:
    """One factor by the hour; NaN where nothing came.

    Args:
        raw: as reported, whatever the mark. Shape (n,).
        corrected: 折算值 as reported. Shape (n,).
        marks: see MARKS; NOTHING where no row came. Shape (n,).
    """

    raw: Array
    corrected: Array
    marks: npt.NDArray[np.uint8]

    @property
    def values(self) -> Array:
        """Values that count: marked normal and finite."""
        return np.where((self.marks == NORMAL) & np.isfinite(self.raw), self.raw, np.nan)


@dataclass(frozen=True, eq=False)
class Outlet:
    """One device's hours.

    Args:
        start: of the first hour of the grid, aware.
        length: hours of the grid; the last one has a row.
        limits: hourly upper limit by factor and whether it is one of corrected values.
        step_held: factors whose analyser holds its value for hours.
    """

    mn: str
    medium: str
    start: datetime
    length: int
    series: Mapping[str, Series]
    limits: Mapping[str, tuple[float, bool]]
    factors: Mapping[str, FactorFacts]
    oxygen_reference: float | None

    def at(self, hour: int) -> datetime:
        """The moment at which an hour of the grid begins."""
        return self.start + int(hour) * HOUR

    def name(self, code: str) -> str:
        """What people call a factor."""
        return frames.factor_of(dict(self.factors), code).name

    @cached_property
    def blocks(self) -> int:
        """How many whole blocks there are, counted from the start."""
        return self.length // BLOCK_H

    @cached_property
    def pollutants(self) -> tuple[str, ...]:
        """Codes of pollutants that move from hour to hour, in order."""
        return tuple(c for c in sorted(self.series) if not c.startswith(CONDITIONS) and not self._is_held(c))

    @cached_property
    def conditions(self) -> tuple[str, ...]:
        """Codes of conditions, in order."""
        return tuple(c for c in sorted(self.series) if c.startswith(CONDITIONS))

    def _is_held(self, code: str) -> bool:
        fact = self.factors.get(code)
        return fact is not None and fact.is_step_held

    @cached_property
    def running(self) -> Mask:
        """Hours of operation: no stop is marked, the oxygen is not that of air, something flows. Shape (n,)."""
        on = np.ones(self.length, bool)
        for code, series in self.series.items():
            on &= series.marks != STOPPED
            if code == OXYGEN:
                on &= ~(series.values >= AIR)
        flows = [self.series[c].values for c in FLOWS if c in self.series]
        if flows:
            on &= ~(np.nanmax(np.nan_to_num(np.stack(flows), nan=np.inf), axis=0) <= 0)
        return on

    def judged(self, code: str) -> Array:
        """Values of a factor in hours of operation; NaN otherwise. Shape (n,)."""
        return np.where(self.running, self.series[code].values, np.nan)

    def ratio(self, code: str) -> Array:
        """What is held against the limit, over the limit, in hours of operation; NaN without a limit. Shape (n,)."""
        if code not in self.limits or self.limits[code][0] <= 0:
            return np.full(self.length, np.nan)
        upper, is_corrected = self.limits[code]
        series = self.series[code]
        judged = np.where(series.marks == NORMAL, series.corrected if is_corrected else series.raw, np.nan)
        return np.where(self.running, judged, np.nan) / upper


_latest: list[tuple[pl.DataFrame, pl.DataFrame, list[Outlet]]] = []


def outlets(readings: pl.DataFrame, facts: Frames) -> list[Outlet]:
    """Outlets of the frames, by device; those that the register does not hold as gas or water are left out.

    The last two answers are kept, so that many rules over the same hours (some with minutes beside them) cut them once.
    """
    for rows, points, known in _latest:
        if rows is readings and points is facts["points"]:
            return known
    found = list(_cut(readings, facts))
    _latest[:] = [*_latest[-1:], (readings, facts["points"], found)]
    return found


def _cut(readings: pl.DataFrame, facts: Frames) -> Iterator[Outlet]:
    points = {r["device_mn"]: r for r in facts["points"].iter_rows(named=True)}
    media = frames.media(facts["points"])
    factors = frames.factor_facts(facts["factors"])
    limits = _limits(facts["limits"])
    rows = _on_grid(readings.filter(pl.col("kind") == "hour", pl.col("device_mn").is_in(list(points))))
    for (mn,), part in rows.partition_by("device_mn", as_dict=True, maintain_order=True).items():
        medium = media[str(mn)]
        if medium not in ("gas", "water"):
            continue
        first = int(part["hour"].min()) // BLOCK_H * BLOCK_H  # type: ignore[arg-type]
        length = int(part["hour"].max()) - first + 1  # type: ignore[arg-type,operator]
        yield Outlet(
            str(mn),
            medium,
            ANCHOR + first * HOUR,
            length,
            {str(c): _series(p, first, length) for (c,), p in part.partition_by("factor_code", as_dict=True).items()},
            limits.get(str(mn), {}),
            factors,
            points[str(mn)].get("oxygen_reference"),
        )


def _on_grid(rows: pl.DataFrame) -> pl.DataFrame:
    flag = pl.col("data_flag").fill_null("N").str.slice(0, 1).str.to_uppercase()
    return rows.filter(~pl.col("factor_code").str.to_lowercase().str.starts_with("i")).select(
        "device_mn",
        "factor_code",
        hour=(pl.col("data_time_at") - ANCHOR).dt.total_hours(),
        raw=pl.col("value"),
        corrected=pl.col("zs_value"),
        mark=flag.replace_strict(MARKS, default=OTHER, return_dtype=pl.UInt8),
    )


def _series(part: pl.DataFrame, first: int, length: int) -> Series:
    places = part["hour"].to_numpy() - first
    raw, corrected = np.full(length, np.nan), np.full(length, np.nan)
    marks = np.full(length, NOTHING, np.uint8)
    raw[places] = part["raw"].to_numpy()
    corrected[places] = part["corrected"].to_numpy()
    marks[places] = part["mark"].to_numpy()
    return Series(raw, corrected, marks)


def _limits(limits: pl.DataFrame) -> dict[str, dict[str, tuple[float, bool]]]:
    """The newest hourly upper limit of each factor: only its size is asked for here."""
    found: dict[str, dict[str, tuple[float, bool]]] = {}
    hourly = limits.filter((pl.col("period").fill_null("hour") == "hour") & pl.col("upper").is_not_null())
    for row in hourly.sort("valid_from", nulls_last=False).iter_rows(named=True):
        own = found.setdefault(row["device_mn"], {})
        own[row["factor_code"]] = (row["upper"], row["basis"] == "corrected")
    return found
