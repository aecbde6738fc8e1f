"""The content-addressed store: a folder of files named by their SHA-256, written once, durable when `put` returns."""

import hashlib
import os
from pathlib import Path

from sanjian.base.lake.durable import make_folder, storage_errors, sync_folder


class Tampered(Exception):
    """A stored file no longer has the hash that names it."""

    def __init__(self, sha256: str) -> None:
        super().__init__(f"证据文件 {sha256} 的内容与其哈希不符")
        self.sha256 = sha256


class Store:
    """Files under one root, as `ab/abcdef...`."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def path(self, sha256: str) -> Path:
        """Where a file of this hash lies."""
        if len(sha256) != 64 or not all(c in "0123456789abcdef" for c in sha256):
            raise ValueError(f"not a SHA-256: {sha256!r}")
        return self.root / sha256[:2] / sha256

    def put(self, content: bytes) -> str:
        """Store bytes durably and return their SHA-256; storing the same bytes again changes nothing.

        Raises:
            LakeFull, NotStored: the disk refused; nothing was stored.
        """
        sha256 = hashlib.sha256(content).hexdigest()
        path = self.path(sha256)
        if path.exists():
            return sha256
        with storage_errors():
            make_folder(path.parent)
            part = path.with_name(f"{sha256}.{os.getpid()}.part")
            try:
                with part.open("wb") as file:
                    file.write(content)
                    file.flush()
                    os.fsync(file.fileno())
                part.rename(path)
            finally:
                part.unlink(missing_ok=True)
            sync_folder(path.parent)
        return sha256

    def get(self, sha256: str) -> bytes:
        """The bytes of a file.

        Raises:
            FileNotFoundError: there is no such file.
            Tampered: its bytes no longer have this hash.
        """
        content = self.path(sha256).read_bytes()
        if hashlib.sha256(content).hexdigest() != sha256:
            raise Tampered(sha256)
        return content
