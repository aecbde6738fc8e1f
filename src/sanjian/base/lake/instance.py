"""The lake of this installation: one object per process, because it keeps its tables open."""

from functools import cache
from pathlib import Path

from sanjian.base.config import config

from .lake import Lake


def the_lake() -> Lake:
    """The lake under the configured home. Safe from any thread."""
    return _lake(config().lake_root)


@cache
def _lake(root: Path) -> Lake:
    return Lake(root)
