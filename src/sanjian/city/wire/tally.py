"""What was sent and what became of it, so that afterwards every acknowledged frame can be looked for in the lake."""

import hashlib
from collections import Counter
from dataclasses import dataclass, field


@dataclass(slots=True)
class Tally:
    """Counts of one protocol in one run. `sent` counts frames, not attempts: a re-send is counted apart.

    Args:
        keeps_proof: whether the digests are kept; a run without end would never stop growing.
        is_caught_up: whether the whole past is told and answered, and nothing waits at the moment.
        acknowledged, refused: frames that were answered, and broken copies that the gateway has certainly read.
        acknowledged_sha256, refused_sha256: their digests, for the search in the lake.
    """

    keeps_proof: bool = True
    is_caught_up: bool = False
    devices: int = 0
    sent: int = 0
    acknowledged: int = 0
    refused: int = 0
    resent: int = 0
    connections: int = 0
    commands: Counter[str] = field(default_factory=Counter)
    faults: Counter[str] = field(default_factory=Counter)
    acknowledged_sha256: set[bytes] = field(default_factory=set)
    refused_sha256: set[bytes] = field(default_factory=set)

    def answered(self, raw: bytes, broken: bytes | None) -> None:
        """A frame was acknowledged, and with it a broken copy that went before it on the same connection."""
        self.acknowledged += 1
        self.refused += broken is not None
        if self.keeps_proof:
            self.acknowledged_sha256.add(hashlib.sha256(raw).digest())
            if broken is not None:
                self.refused_sha256.add(hashlib.sha256(broken).digest())
