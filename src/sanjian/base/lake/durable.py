"""Writing files so that they are still there after a power cut.

`fsync` of a file makes its bytes durable, `fsync` of its folder makes its name durable; both are needed.
"""

import errno
import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from deltalake.exceptions import DeltaError
from polars.exceptions import PolarsError

from .errors import LakeFull, NotStored

_NO_SPACE = {errno.ENOSPC, errno.EDQUOT}
_SAID = ("No space left on device", "Disk quota exceeded", f"os error {errno.ENOSPC}", f"os error {errno.EDQUOT}")


def sync_file(path: Path) -> None:
    """Flush one file's bytes to the device."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def sync_folder(path: Path) -> None:
    """Flush the names inside one folder to the device."""
    descriptor = os.open(path, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def make_folder(path: Path) -> None:
    """Create a folder and its parents, each made durable in the folder that holds it."""
    if path.is_dir():
        return
    make_folder(path.parent)
    path.mkdir(exist_ok=True)
    sync_folder(path.parent)


@contextmanager
def locked_folder(path: Path) -> Iterator[None]:
    """Hold a folder for one process at a time; the system lets go of it also when the holder dies."""
    descriptor = os.open(path, os.O_RDONLY | os.O_DIRECTORY)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


@contextmanager
def storage_errors() -> Iterator[None]:
    """Turn the file system's errors into the lake's: a full disk is told apart from every other refusal.

    The libraries below report some of them under names of their own, with the system's words in the message.
    """
    try:
        yield
    except (OSError, PolarsError, DeltaError) as error:
        is_full = getattr(error, "errno", None) in _NO_SPACE or any(said in str(error) for said in _SAID)
        raise (LakeFull if is_full else NotStored)(str(error)) from error
