"""Signs of tampering of a whole outlet: soft sensors learned month by month on what came before, and surprises.

A surprise is how seldom an honest block shows as much: by the shape of honest blocks that is shipped (`honest.py`), and
by the outlet's own month before the block, whichever is milder. So a restless outlet is not accused of its
restlessness.
"""

from collections.abc import Sequence
from weakref import WeakKeyDictionary

import numpy as np

from sanjian.watch.sources.tamper import fusion
from sanjian.watch.sources.tamper.coarse import best_likeness
from sanjian.watch.sources.tamper.quick import quick_expected
from sanjian.watch.sources.tamper.replay import repetition
from sanjian.watch.sources.tamper.signal import Array, Signal, logs, median
from sanjian.watch.sources.tamper.soft_sensor import learn
from sanjian.watch.sources.tamper.suite import Spans, signs

from .honest import TAILS
from .outlet import ANCHOR, BLOCK_H, EXCUSING, HOUR, Outlet

MONTH = 10 * BLOCK_H
"""A sensor serves for thirty days of the grid and is learned on the sixty before (our choices)."""
OWN = 10
"""Blocks before a block that say what is usual at this outlet (our choice)."""
LEAST_OWN = 5
"""With fewer of them known a block is not judged (our choice)."""
LEAST_HOURS = 0.5
"""Share of a block's hours that must be of operation (our choice)."""
ALIKE = 0.96
"""Likeness of three-hour means from which a block is asked exactly (our choice; honest blocks of the gas turbine stay
below 0.93, replays with noise or at another speed reach 0.96)."""
SPARSE = 0.25
"""Share of missing hours above which a block is not compared (our choice)."""
HELD = 0.5
"""Share of equal neighbours from which a block tells too little to be called a copy (our choice)."""
SPANS = Spans(BLOCK_H, 10 * BLOCK_H)


class OutletSigns:
    """Signs of one outlet's pollutants, computed when they are asked for."""

    def __init__(self, outlet: Outlet) -> None:
        self.outlet = outlet
        self.whole = outlet.blocks * BLOCK_H
        self.conditions = self._conditions()
        self._expected: dict[str, Array] = {}
        self._signs: dict[str, dict[str, Array]] = {}
        self._repeats: dict[str, Array] = {}

    def _conditions(self) -> Array:
        known = [self.outlet.series[c].values[: self.whole] for c in self.outlet.conditions]
        return np.stack(known, axis=1) if known else np.empty((self.whole, 0))

    def expected(self, code: str) -> Array:
        """Logarithm that the quick sensor expects, by the hour; NaN in the first two months. Shape (whole,)."""
        if code not in self._expected:
            values = logs(self.outlet.judged(code)[: self.whole])
            found = np.full(self.whole, np.nan)
            for begin in self._months():
                asked = slice(begin, min(begin + MONTH, self.whole))
                found[asked] = quick_expected(values, self.conditions, slice(begin - 2 * MONTH, begin), asked)
            self._expected[code] = found
        return self._expected[code]

    def _months(self) -> Sequence[int]:
        # Months are counted from the fixed midnight too, or a sensor would depend on how much was read.
        lead = -((self.outlet.start - ANCHOR) // HOUR) % MONTH
        return range(lead + 2 * MONTH, self.whole, MONTH)

    def checked(self, code: str, block: int) -> dict[str, float]:
        """Signs of one block by the careful sensor: what the quick one found strange is asked again."""
        begin = max((m for m in self._months() if m <= block * BLOCK_H), default=None)
        usual = {name: float(found[block]) for name, found in self.signs(code).items()}
        if begin is None:
            return usual
        end = (block + 1) * BLOCK_H
        first = max(0, begin - 2 * MONTH)
        careful: dict[str, Array] = {}
        for other in self.outlet.pollutants:
            sensor = learn(self.outlet.judged(other)[first:begin], self.conditions[first:begin])
            expected = self.expected(other)[:end].copy()
            if sensor is not None:
                # The weeks before the block too, for the bias is read there.
                since = max(0, block * BLOCK_H - MONTH)
                expected[since:] = sensor.expected(self.conditions[since:end])
            careful[other] = expected
        again = signs(self._signal(code, careful, end), SPANS)
        return {name: min(usual[name], float(found[-1])) for name, found in again.items()}

    def signs(self, code: str) -> dict[str, Array]:
        """Every sign by block; NaN where the block is not to be judged. Shape (blocks,)."""
        if not self.whole:
            return {name: np.empty(0) for name in TAILS}
        if code not in self._signs:
            expected = {other: self.expected(other) for other in self.outlet.pollutants}
            found = signs(self._signal(code, expected, self.whole), SPANS)
            hours = ~np.isnan(self.outlet.judged(code)[: self.whole]).reshape(-1, BLOCK_H)
            idle = ~self.outlet.running[: self.whole].reshape(-1, BLOCK_H)
            still = (np.count_nonzero(idle, axis=1) > BLOCK_H * (1 - LEAST_HOURS)) | ~hours.any(axis=1)
            self._signs[code] = {name: np.where(still, np.nan, series) for name, series in found.items()}
        return self._signs[code]

    def _signal(self, code: str, expected: dict[str, Array], end: int) -> Signal:
        series = self.outlet.series[code]
        marked = np.isin(series.marks[:end], EXCUSING)
        # Marked hours keep their raw value for the question whether marks sit on the highest hours.
        values = np.where(self.outlet.running & (np.isin(series.marks, (0, *EXCUSING))), series.raw, np.nan)[:end]
        companions = [c for c in self.outlet.pollutants if c != code]
        return Signal(
            np.where(np.isfinite(values), values, np.nan),
            marked,
            self.conditions[:end],
            expected[code][:end],
            _columns([self.outlet.judged(c)[:end] for c in companions], end),
            _columns([expected[c][:end] for c in companions], end),
        )

    def repeats(self, code: str) -> Array:
        """Surprise of each block as a replay of the outlet's own past; 0 where nothing is like it. Shape (blocks,)."""
        if not self.whole:
            return np.empty(0)
        if code not in self._repeats:
            values = logs(self.outlet.judged(code)[: self.whole])
            found = np.zeros(self.outlet.blocks)
            alike = best_likeness(values, BLOCK_H)
            for block in np.flatnonzero(alike >= ALIKE):
                begin, end = block * BLOCK_H, (block + 1) * BLOCK_H
                here = values[begin:end]
                if np.isnan(here).mean() <= SPARSE and np.mean(np.diff(here) == 0) < HELD:
                    excess = repetition(values[:begin], here) - TAILS["repeated"].begins
                    found[block] = max(0.0, 1.0 + excess / TAILS["repeated"].scale / np.log(10)) if excess > 0 else 0.0
            self._repeats[code] = np.minimum(found, 12.0)
        return self._repeats[code]

    def surprises(self, code: str) -> dict[str, Array]:
        """-log10 of the chance of each sign among honest blocks; 0 where it cannot be told. Shape (blocks,)."""
        return {name: surprise(name, series) for name, series in self.signs(code).items()}


def surprise(name: str, series: Array) -> Array:
    """Surprises of one sign, each block against the shipped tail and the outlet's own month before it."""
    if not len(series):
        return series
    tail = TAILS[name]
    padded = np.concatenate([np.full(OWN, np.nan), series[:-1]])
    own = np.lib.stride_tricks.sliding_window_view(padded, OWN)
    known = np.count_nonzero(~np.isnan(own), axis=1)
    usual = median(own)
    width = 1.4826 * median(np.abs(own - usual[:, None]))
    begin = np.maximum(tail.begins, usual + 1.3 * width)
    scale = np.maximum(tail.scale, width / 2)
    beyond = np.maximum(0.0, series - begin) / scale
    with np.errstate(invalid="ignore"):
        found = np.where(series > begin, -np.log10(fusion.TAIL) + beyond / np.log(10), 0.0)
    return np.asarray(np.where((known >= LEAST_OWN) & ~np.isnan(series), np.minimum(found, 12.0), 0.0))


def _columns(series: list[Array], length: int) -> Array:
    return np.stack(series, axis=1) if series else np.empty((length, 0))


_kept: WeakKeyDictionary[Outlet, OutletSigns] = WeakKeyDictionary()


def signs_of(outlet: Outlet) -> OutletSigns:
    """The signs of an outlet, kept as long as it is, for the rules that follow."""
    return _kept.setdefault(outlet, OutletSigns(outlet))
