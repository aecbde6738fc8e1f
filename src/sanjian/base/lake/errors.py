"""What can go wrong with the lake.

LakeError
├── LakeFull        no space left: nothing was stored, the same append may be tried again later
├── NotStored       the file system refused: nothing was stored
├── HistoryGone     the asked-for version is older than what retention kept
└── TableDamaged    the log of a table cannot be read
"""


class LakeError(Exception):
    """Base of all errors of the lake."""


class LakeFull(LakeError):
    """No space is left on the disk; nothing was stored and the append may be tried again."""


class NotStored(LakeError):
    """The file system or the table refused the append; nothing was stored."""


class HistoryGone(LakeError):
    """The version asked for has been cleaned away by retention."""

    def __init__(self, stream: str, version: int) -> None:
        super().__init__(f"{stream}: version {version} is no longer kept")
        self.stream, self.version = stream, version


class TableDamaged(LakeError):
    """The log of a table cannot be read."""
