"""Until when a city that plays without end has told everything, so that a restart fills the gap and repeats nothing.

Telling a minute twice would be harmless (the natural key makes the same rows of it); forgetting one would not. So the
moment is kept only when the whole past is told and every frame has been answered.
"""

import json
from datetime import datetime
from pathlib import Path

MEMORY = "told.json"
EVERY_S = 30
"""Seconds between two writes, at least."""


class Memory:
    """The file beside the city.

    Args:
        path: written atomically; need not exist.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._kept: datetime | None = None

    def days_since(self, now: datetime) -> float | None:
        """Days that have not been told yet; None at the first start."""
        if not self._path.exists():
            return None
        until = datetime.fromisoformat(json.loads(self._path.read_text())["until"])
        return max(0.0, (now - until).total_seconds() / 86400)

    def keep(self, now: datetime) -> None:
        """Remember that everything up to now is told; writes only now and then."""
        if self._kept is not None and (now - self._kept).total_seconds() < EVERY_S:
            return
        part = self._path.with_suffix(".part")
        part.write_text(json.dumps({"until": now.isoformat()}))
        part.rename(self._path)
        self._kept = now
