"""Signs in the shape of a curve: too smooth (R01 with noise, R04), a lid (R02, R03), somebody else's curve (R15).

Every function takes a signal and the length of a block and gives one figure a block, larger is more suspicious.
"""

import numpy as np

from .signal import Array, Signal, before, blocks, mean, median, spread

EDGE = 0.012
"""Width of the upper edge in which a lid piles values up, as a ratio (our choice; R03 names 0.5 % to either side)."""
STEPS = 12
"""Fewer pairs than this tell no likeness (our choice)."""


def smoothness(signal: Signal, size: int, back: int) -> Array:
    """How much less the curve moves from hour to hour than it used to: log of the ratio of median steps, R04.

    A frozen value with added noise, a long moving average and a dead analyser all lose their steps; a plant that runs
    steadily loses them in its working conditions as well, so their loss is taken off.
    """
    lost = _lost_steps(signal.logs[:, None], size, back)[:, 0]
    if not signal.others.shape[1]:
        return lost
    steadier = np.maximum(0.0, median(_lost_steps(signal.others, size, back)))
    return np.asarray(lost - np.minimum(np.nan_to_num(steadier), 1.5))


def _lost_steps(series: Array, size: int, back: int) -> Array:
    return _less_than_before(median(np.abs(np.diff(blocks(series, size), axis=1)), axis=1), size, back)


def stillness(signal: Signal, size: int, back: int) -> Array:
    """How much narrower the block is than blocks used to be: log of the ratio of standard deviations, R01 and R14."""
    return _less_than_before(spread(blocks(signal.logs, size)), size, back)


def _less_than_before(figures: Array, size: int, back: int) -> Array:
    """Logarithm of what used to be over what is; 0 where either is unknown or there never was anything."""
    usual = before(figures, back // size)
    known = (usual > 0) & ~np.isnan(figures)
    with np.errstate(invalid="ignore", divide="ignore"):
        found = np.log(usual / np.maximum(figures, usual * 1e-3))
    return np.asarray(np.where(known, found, 0.0))


def lid(signal: Signal, size: int) -> Array:
    """Share of values piled up at the upper edge of the block, beyond what the edge of a free curve holds: R02, R03.

    Compared with the next strip below the edge, so that a curve that rests near its own top is not a lid.
    """
    here = np.sort(blocks(signal.logs, size), axis=1)
    known = np.count_nonzero(~np.isnan(here), axis=1)
    top = np.take_along_axis(here, np.maximum(known - np.maximum(2, known // 36), 0)[:, None], axis=1)
    above = np.count_nonzero(here > top - EDGE, axis=1)
    below = np.count_nonzero((here <= top - EDGE) & (here > top - 3 * EDGE), axis=1) / 2
    return np.asarray(np.where(known >= size // 3, (above - below) / np.maximum(known, 1), 0.0))


def filtered(signal: Signal, size: int, back: int) -> Array:
    """How much each step has come to resemble the one before: R04, difference of Fisher's z.

    A moving average of n hours steps by (x[t] - x[t - n]) / n: steps that repeat themselves, whatever their size.
    """
    echo = np.arctanh(_echo(np.diff(blocks(signal.logs, size), axis=1)))
    return np.nan_to_num(echo - before(echo, back // size))


def _echo(steps: Array) -> Array:
    """Correlation of each step with the one before it, (blocks, size) -> (blocks,); one jump does not decide."""
    far = 3 * median(np.abs(steps))[:, None]
    cut = np.clip(steps, -far, far)
    first, second = cut[:, 1:], cut[:, :-1]
    return np.clip(np.nan_to_num(_correlation(first, second)), -0.99, 0.99)


def _correlation(first: Array, second: Array) -> Array:
    """Correlation along the second axis over pairs that are both known; NaN with too few or without movement."""
    known = ~np.isnan(first) & ~np.isnan(second)
    a, b = np.where(known, first, np.nan), np.where(known, second, np.nan)
    a, b = a - mean(a, 1)[:, None], b - mean(b, 1)[:, None]
    with np.errstate(invalid="ignore", divide="ignore"):
        found = mean(a * b, 1) / np.sqrt(mean(a * a, 1) * mean(b * b, 1))
    return np.asarray(np.where(np.count_nonzero(known, axis=1) >= STEPS, found, np.nan))


def borrowed(signal: Signal, size: int, back: int) -> Array:
    """How much more exactly than before the curve is a straight line of another signal: R15, log of residuals' ratio.

    What the block lost in movement as a whole (a quiet day) is taken off, else a calm night would be a loan.
    """
    here = blocks(signal.values, size)  # in the units of the value, where a scaled copy is a straight line
    whole = spread(here)
    quiet = np.maximum(0.0, _less_than_before(whole, size, back))
    best = np.zeros(len(here))
    for column in range(signal.others.shape[1]):
        likeness = np.nan_to_num(_correlation(here, blocks(signal.others[:, column], size)))
        off_line = whole * np.sqrt(np.maximum(0.0, 1 - likeness**2))
        best = np.maximum(best, _less_than_before(off_line, size, back) - quiet)
    return best
