"""Looking after the lake, a little at a time and only when no live data wait.

One commit a second is 86,400 log entries and as many small files a day: without this, reading would slow down by the
hour.
"""

from collections.abc import Callable
from datetime import datetime, timedelta

import structlog

from sanjian.base.lake import Lake, Stream, all_streams

log = structlog.get_logger()

COMPACT = timedelta(minutes=5)
"""How often small files are merged (our choice)."""
COMPACT_FILES = 200
"""Commits after which they are merged earlier (our choice): a scan opens every file of the days it reads."""
TIDY = timedelta(hours=6)
"""How often what is past its retention is dropped, unused files deleted and the log shortened (our choice)."""


class Housekeeping:
    """When each stream was last looked after, in this process."""

    def __init__(self, lake: Lake) -> None:
        self.lake = lake
        self._compacted: dict[str, tuple[datetime, int]] = {}
        self._tidied: dict[str, datetime] = {}

    def some(self, now: datetime, stopping: Callable[[], bool] = lambda: False) -> int:
        """Look after the streams whose turn it is. Returns the number of files merged or removed.

        Args:
            stopping: asked before each stream; what is begun is finished.
        """
        done = 0
        for stream in all_streams():
            if stopping():
                break
            version = self.lake.version(stream)
            since, at_version = self._compacted.setdefault(stream.name, (now, version))
            if version - at_version >= COMPACT_FILES or (now - since >= COMPACT and version > at_version):
                done += self.lake.compact(stream)
                self._compacted[stream.name] = (now, self.lake.version(stream))
            if now - self._tidied.setdefault(stream.name, now) >= TIDY:
                self._tidied[stream.name] = now
                done += self._tidy(stream, now)
        return done

    def _tidy(self, stream: Stream, now: datetime) -> int:
        dropped = self.lake.expire(stream, now.date())
        deleted = self.lake.vacuum(stream)
        self.lake.clean_log(stream)
        log.info("stream tidied", stream=stream.name, expired=dropped, deleted=deleted)
        return dropped + deleted
