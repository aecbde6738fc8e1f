"""Replayed data (R16): a window that repeats an earlier stretch, with noise on top or played a little faster or slower.

The search is MASS: z-normalised likeness of a query to every place of the history by one Fourier transform. The window
is cut into days; each day is sought at several speeds, and the days must lie one behind the other. So a speed that
wanders costs little, and a chance likeness of one day counts for nothing alone.
"""

import numpy as np
import numpy.typing as npt

from .signal import Array, Signal

SPEEDS = tuple(np.round(np.arange(0.92, 1.081, 0.02), 2))
"""Playing speeds that are tried (our choice)."""
PART = 24
"""Hours that are sought as one piece (our choice): shorter ones are like too much."""
ORDINARY = 0.995
"""Which of all places counts as a good ordinary likeness (our choice): a few dozen copies still stand out."""
SLACK = 3
"""By how many hours a piece may lie off its place behind the one before it: a day at 92 to 108 % ends 2 hours off."""


def repeated(signal: Signal, size: int) -> float:
    """How much more like one stretch of the past than like others the newest block is."""
    return repetition(signal.logs[:-size], signal.logs[-size:])


def repetition(past: Array, window: Array) -> float:
    """By how much the best match of `window` in `past`, pieces in their order, beats its good ordinary ones.

    Fisher's z of the best less that of the ORDINARY quantile of all places: a quiet window is like many, and a long
    history holds more likenesses by chance; a copied one is like one place only. NaN in either is bridged.
    """
    if len(past) < 2 * len(window) or np.isnan(window).mean() > 0.5:
        return 0.0
    history, query = Past(bridged(past)), bridged(window)
    pieces = [query[i : i + PART] for i in range(0, len(query) - PART + 1, PART)]
    weights = np.array([np.var(p) for p in pieces])
    if weights.sum() <= 0:
        return 0.0
    total = np.zeros(len(past))
    for number, (piece, weight) in enumerate(zip(pieces, weights, strict=True)):
        found = np.zeros(len(past))
        for speed in SPEEDS:
            match = history.likeness(_played(piece, speed))
            found[: len(match)] = np.maximum(found[: len(match)], match)
        total += weight * _ahead(found, number * PART, number * SLACK)
    likenesses = np.clip(total / weights.sum(), 0, 0.99999)
    best, ordinary = np.arctanh([float(likenesses.max()), float(np.quantile(likenesses, ORDINARY))])
    return float(best - ordinary)


def _ahead(found: Array, by: int, slack: int) -> Array:
    """The best of `found` around `by` places ahead of each place."""
    padded = np.pad(found, (slack, by + slack))
    return np.asarray(np.lib.stride_tricks.sliding_window_view(padded, 2 * slack + 1).max(axis=1)[by : by + len(found)])


class Past:
    """A history that is searched for many queries: its transform and running sums are made once."""

    def __init__(self, history: Array) -> None:
        self.history = history
        self._sums = np.concatenate([[0.0], np.cumsum(history)])
        self._squares = np.concatenate([[0.0], np.cumsum(history * history)])
        self._transforms: dict[int, npt.NDArray[np.complex128]] = {}

    def likeness(self, query: Array) -> Array:
        """Correlation of `query` with each stretch of its length, shape (len(history) - len(query) + 1,)."""
        n, m = len(self.history), len(query)
        size = 1 << (n + m - 1).bit_length()
        if size not in self._transforms:
            self._transforms[size] = np.fft.rfft(self.history, size)
        centred = query - query.mean()
        products = np.fft.irfft(self._transforms[size] * np.fft.rfft(centred[::-1], size), size)[m - 1 : n]
        sums, squares = self._sums[m:] - self._sums[:-m], self._squares[m:] - self._squares[:-m]
        spread = np.sqrt(np.maximum(squares - sums * sums / m, 0.0))
        strength = float(np.sqrt(np.sum(centred**2)))
        with np.errstate(divide="ignore", invalid="ignore"):
            found = products / (spread * strength)
        # A stretch without movement is like everything and nothing: frozen values are another sign's matter.
        return np.asarray(np.where((spread > 1e-6) & (strength > 1e-6), found, 0.0))


def _played(query: Array, speed: float) -> Array:
    length = round(len(query) / speed)
    return np.asarray(np.interp(np.linspace(0, len(query) - 1, length), np.arange(len(query)), query))


def bridged(values: Array) -> Array:
    """The series with a straight line over each hole; zeros when nothing is known."""
    known = ~np.isnan(values)
    if known.all() or not known.any():
        return np.nan_to_num(values)
    places = np.arange(len(values))
    return np.asarray(np.interp(places, places[known], values[known]))
