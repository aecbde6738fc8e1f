"""Signs in the shape of a curve: too smooth (R01 with noise, R04), a lid (R02, R03), somebody else's curve (R15)."""

import numpy as np

from .signal import Array, Signal, median, spread

EDGE = 0.012
"""Width of the upper edge in which a lid piles values up, as a ratio (our choice; R03 names 0.5 % to either side)."""


def smoothness(signal: Signal, size: int, back: int) -> float:
    """How much less the curve moves from hour to hour than it used to: log of the ratio of median steps, R04.

    A frozen value with added noise, a long moving average and a dead analyser all lose their steps; a plant that runs
    steadily loses them in its working conditions as well, so their loss is taken off.
    """
    lost = _lost_steps(signal.logs[:, None], signal.start, size, back)[0]
    steadier = max(0.0, float(np.median(_lost_steps(signal.others, signal.start, size, back)))) if _width(signal) else 0
    return lost - min(steadier, 1.5)


def _width(signal: Signal) -> int:
    return int(signal.others.shape[1])


def _lost_steps(series: Array, start: int, size: int, back: int) -> list[float]:
    past = np.abs(np.diff(series[max(0, start - back) : start], axis=0))
    here = np.abs(np.diff(series[start : start + size], axis=0))
    lost = []
    for column in range(series.shape[1]):
        before, now = median(past[:, column]), median(here[:, column])
        known = before > 0 and not np.isnan(now)
        lost.append(float(np.log(before / max(now, before * 1e-3))) if known else 0.0)
    return lost


def stillness(signal: Signal, size: int, back: int) -> float:
    """How much narrower the window is than windows used to be: log of the ratio of standard deviations, R01 and R14."""
    here = signal.logs[signal.start : signal.start + size]
    past = signal.logs[max(0, signal.start - back) : signal.start]
    usual = median(np.array([spread(past[i : i + size]) for i in range(0, len(past) - size + 1, size)]))
    return _ratio([usual], spread(here))


def lid(signal: Signal, size: int) -> float:
    """Share of values piled up at the upper edge of the window, beyond what the edge of a free curve holds: R02, R03.

    Compared with the next strip below the edge, so that a curve that rests near its own top is not a lid.
    """
    here = signal.logs[signal.start : signal.start + size]
    here = here[~np.isnan(here)]
    if here.size < size // 3:
        return 0.0
    top = np.sort(here)[-max(2, here.size // 36)]
    above = float(np.mean(here > top - EDGE))
    below = float(np.mean((here <= top - EDGE) & (here > top - 3 * EDGE))) / 2
    return above - below


def filtered(signal: Signal, size: int, back: int) -> float:
    """How much each step has come to resemble the one before: R04, difference of Fisher's z.

    A moving average of n hours steps by (x[t] - x[t - n]) / n: steps that repeat themselves, whatever their size.
    """
    here = np.diff(signal.logs[signal.start : signal.start + size])
    past = np.diff(signal.logs[max(0, signal.start - back) : signal.start])
    return float(np.arctanh(_echo(here)) - np.arctanh(_echo(past)))


def _echo(steps: Array) -> float:
    known = ~np.isnan(steps[1:]) & ~np.isnan(steps[:-1])
    if known.sum() < 12 or np.std(steps[1:][known]) == 0 or np.std(steps[:-1][known]) == 0:
        return 0.0
    # Ranks, so that one jump does not decide.
    first, second = (np.argsort(np.argsort(part[known])).astype(float) for part in (steps[1:], steps[:-1]))
    return float(np.clip(np.corrcoef(first, second)[0, 1], -0.99, 0.99))


def borrowed(signal: Signal, size: int, back: int) -> float:
    """How much more exactly than before the curve is a straight line of another signal: R15, log of residuals' ratio.

    What the window lost in movement as a whole (a quiet day) is taken off, else a calm night would be a loan.
    """
    values, begin = signal.values, signal.start
    here = slice(begin, begin + size)
    windows = [slice(i, i + size) for i in range(max(0, begin - back), begin - size + 1, size)]
    quiet = max(0.0, _ratio([spread(values[w]) for w in windows], spread(values[here])))
    best = 0.0  # in the units of the value, where a scaled copy is a straight line
    for column in range(_width(signal)):
        other = signal.others[:, column]
        before = [_off_line(values[w], other[w]) for w in windows]
        best = max(best, _ratio(before, _off_line(values[here], other[here])) - quiet)
    return best


def _ratio(before: list[float], now: float) -> float:
    usual = median(np.array(before)) if before else float("nan")
    return 0.0 if np.isnan(usual) or np.isnan(now) or usual <= 0 else float(np.log(usual / max(now, usual * 1e-3)))


def _off_line(values: Array, other: Array) -> float:
    """Standard deviation of what a straight line through another signal leaves; NaN with too few values."""
    known = ~np.isnan(values)
    if known.sum() < 12:
        return float("nan")
    whole = float(np.std(values[known]))
    if whole == 0 or np.std(other[known]) == 0:
        return whole
    return whole * float(np.sqrt(max(0.0, 1 - np.corrcoef(values[known], other[known])[0, 1] ** 2)))
