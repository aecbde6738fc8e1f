"""All signs of one window."""

from dataclasses import dataclass

import numpy as np

from . import absence, level, replay, shape
from .signal import Signal, logs


@dataclass(frozen=True, slots=True)
class Spans:
    """Lengths in hours (our choices): the window that is judged and how far back its usual shape is read."""

    window: int = 72
    back: int = 720


def signs(signal: Signal, spans: Spans | None = None) -> dict[str, float]:
    """Every sign of the window, by name; larger is more suspicious. See the modules for what each means."""
    size, back = (spans or Spans()).window, (spans or Spans()).back
    return {
        "smoothness": shape.smoothness(signal, size, back),
        "stillness": shape.stillness(signal, size, back),
        "filtered": shape.filtered(signal, size, back),
        "lid": shape.lid(signal, size),
        "borrowed": shape.borrowed(signal, size, back),
        "repeated": replay.repeated(signal, size),
        "lowered": level.lowered(signal, size),
        "thinned": level.thinned(signal, size, _spreads(signal, size)),
        "hidden": absence.hidden(signal, size),
        "excused": absence.excused(signal, size),
    }


def _spreads(signal: Signal, size: int) -> np.ndarray:
    """Standard deviation of the shift of honest windows, of the pollutant and its companions."""
    pairs = [(signal.logs, signal.expected)]
    pairs += [
        (logs(signal.companions[:, k]), signal.companions_expected[:, k]) for k in range(signal.companions.shape[1])
    ]
    return np.array([max(float(np.nanstd(level.shifts_of_past(y, e, signal.start, size))), 1e-3) for y, e in pairs])
