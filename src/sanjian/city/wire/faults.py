"""Trouble of networks and modems, at the rates a city sees: what a frame goes through on its way.

Each fault is drawn from the chance of its device and frame, so the same run of the same city has the same faults. Rates
are ours, a few in a hundred, so that a short run meets every kind.
"""

from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from sanjian.base.sensing.hj212.crc import crc16_modbus


class Fault(StrEnum):
    """What happens to one frame."""

    NONE = "none"
    SPLIT = "split"
    """Cut over several writes, with a pause in the middle."""
    GLUED = "glued"
    """Held back and sent together with the next frame."""
    SLOW = "slow"
    """Sent late, after what came behind it."""
    DEAF = "deaf"
    """The modem takes its answers late."""
    CUT = "cut"
    """The connection breaks in the middle of it; it is sent again on a new one."""
    RESENT = "resent"
    """Sent twice although it was answered, as modems do that missed the answer."""
    BROKEN_CRC = "broken_crc"
    """Preceded by a copy with a wrong CRC."""
    BROKEN_LENGTH = "broken_length"
    """Preceded by a copy whose length is no number, and whose CRC is wrong: a receiver forgives a length alone."""


RATES = {
    Fault.SPLIT: 0.05, Fault.GLUED: 0.05, Fault.SLOW: 0.03, Fault.DEAF: 0.02,
    Fault.CUT: 0.01, Fault.RESENT: 0.03, Fault.BROKEN_CRC: 0.01, Fault.BROKEN_LENGTH: 0.005,
}  # fmt: skip
BROKEN = frozenset({Fault.BROKEN_CRC, Fault.BROKEN_LENGTH})
SKEWED_SHARE, SKEW_MOST_S = 0.05, 240
"""Share of devices whose clock is wrong, and by how much: below the ten minutes from which a receiver warns."""
_KINDS = tuple(RATES)
_EDGES = np.cumsum([RATES[kind] for kind in _KINDS])


@dataclass(frozen=True, slots=True)
class Trouble:
    """The faults of one device: its skew, and what happens to its n-th frame."""

    chance: np.random.Generator
    skew_s: int = 0

    @classmethod
    def of(cls, chance: np.random.Generator) -> "Trouble":
        """Draw the device's own trouble."""
        is_skewed = chance.random() < SKEWED_SHARE
        return cls(chance, int(chance.integers(-SKEW_MOST_S, SKEW_MOST_S)) if is_skewed else 0)

    def next(self) -> Fault:
        """What happens to the next frame."""
        place = int(np.searchsorted(_EDGES, self.chance.random(), side="right"))
        return _KINDS[place] if place < len(_KINDS) else Fault.NONE


def broken(raw: bytes, fault: Fault) -> bytes:
    """A copy that must be refused: of `raw`, a whole frame with its line end."""
    right = int(raw[-6:-2], 16)
    swapped = (right & 0xFF) << 8 | right >> 8
    taken = {right, swapped, crc16_modbus(raw[6:-6])}  # a receiver forgives swapped bytes and another vendor's CRC
    wrong = next(crc for crc in range(right ^ 0x1234, 1 << 17) if crc & 0xFFFF not in taken) & 0xFFFF
    copy = raw[:-6] + b"%04X\r\n" % wrong
    return copy[:4] + b"x" + copy[5:] if fault is Fault.BROKEN_LENGTH else copy
