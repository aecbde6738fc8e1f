"""All signs of a series, block by block."""

from dataclasses import dataclass

from . import absence, level, shape
from .signal import Array, Signal


@dataclass(frozen=True, slots=True)
class Spans:
    """Lengths in hours (our choices): a block that is judged and how far back its usual shape is read."""

    block: int = 72
    back: int = 720


def signs(signal: Signal, spans: Spans | None = None) -> dict[str, Array]:
    """Every sign of every block by name, shape (blocks,); larger is more suspicious, see the modules for the meaning.

    The search for replays is not among them: it costs more than all others, see `replay`.
    """
    size, back = (spans or Spans()).block, (spans or Spans()).back
    return {
        "smoothness": shape.smoothness(signal, size, back),
        "stillness": shape.stillness(signal, size, back),
        "filtered": shape.filtered(signal, size, back),
        "lid": shape.lid(signal, size),
        "borrowed": shape.borrowed(signal, size, back),
        "lowered": level.lowered(signal, size),
        "thinned": level.thinned(signal, size),
        "hidden": absence.hidden(signal, size),
        "excused": absence.excused(signal, size),
    }
