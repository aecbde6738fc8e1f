"""What one gateway has counted since it started. Every drop has a reason; zero is shown, not hidden."""

from collections import Counter
from dataclasses import dataclass, field


@dataclass(slots=True)
class Counters:
    """Totals of one process. Written by the event loop and the flush, read by anyone."""

    accepted: int = 0
    frames: int = 0
    readings: int = 0
    quarantined: int = 0
    answers: int = 0
    flushes: int = 0
    flush_s: float = 0.0
    slowest_flush_s: float = 0.0
    decode_s: float = 0.0
    blanks: int = 0
    closed: Counter[str] = field(default_factory=Counter)
    """Connections that we closed or refused, by reason."""

    def as_dict(self) -> dict[str, object]:
        """All counts as plain values, for the log and the bench."""
        return {
            "accepted": self.accepted,
            "frames": self.frames,
            "readings": self.readings,
            "quarantined": self.quarantined,
            "answers": self.answers,
            "flushes": self.flushes,
            "flush_s": round(self.flush_s, 3),
            "slowest_flush_s": round(self.slowest_flush_s, 3),
            "decode_s": round(self.decode_s, 3),
            "blanks": self.blanks,
            "closed": dict(self.closed),
        }
