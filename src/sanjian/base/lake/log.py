"""Reading the Delta log itself: which files a version added, and mending a log that a power cut left half written.

The library hides the log; tailing needs it. A commit is a file `_delta_log/<version, 20 digits>.json` of one action a
line.
"""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote, unquote

from .errors import HistoryGone, TableDamaged


def entry(table: Path, version: int) -> Path:
    """The log file of one version."""
    return table / "_delta_log" / f"{version:020d}.json"


def newest_version(table: Path) -> int:
    """The newest version in the log, -1 when the table does not exist yet."""
    try:
        return max((int(p.stem) for p in (table / "_delta_log").iterdir() if _is_commit(p)), default=-1)
    except FileNotFoundError:
        return -1


def added_files(table: Path, after: int, upto: int) -> Iterator[dict[str, Any]]:
    """The `add` actions that brought new rows in the versions after+1 .. upto, in order.

    Files rewritten by compaction (dataChange false) are not new rows and are left out.

    Raises:
        HistoryGone: a log entry of the range has been cleaned away.
    """
    for version in range(after + 1, upto + 1):
        try:
            text = entry(table, version).read_text()
        except FileNotFoundError:
            raise HistoryGone(table.name, version) from None
        for line in text.splitlines():
            action = json.loads(line).get("add")
            if action and action["dataChange"]:
                yield {**action, "path": str(table / unquote(action["path"])), "version": version}


def is_mentioned(table: Path, after: int, upto: int, paths: list[str]) -> bool:
    """Whether any version of after+1 .. upto names one of these data files."""
    texts = [entry(table, version).read_text() for version in range(after + 1, upto + 1)]
    return any(path in text or quote(path) in text for path in paths for text in texts)


def mend(table: Path) -> Path | None:
    """Set aside a newest log entry that cannot be read, and say which.

    A power cut between the creation of a log entry and its fsync can leave it empty. Such an append was never
    acknowledged, so dropping it loses nothing that was promised; leaving it would make the whole table unreadable.
    Only the newest entry may be set aside: damage further back is not ours to hide.
    """
    version = newest_version(table)
    if version < 1:
        return None
    path = entry(table, version)
    try:
        for line in path.read_text().splitlines() or [""]:
            json.loads(line)
    except ValueError:
        aside = path.with_suffix(".json.damaged")
        path.rename(aside)
        if newest_version(table) < version - 1:
            raise TableDamaged(f"{table.name}: log entries before {version} are missing too") from None
        return aside
    return None


def _is_commit(path: Path) -> bool:
    return path.suffix == ".json" and len(path.stem) == 20 and path.stem.isdigit()
