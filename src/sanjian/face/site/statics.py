"""Static files from the web process itself, found where the apps and the front-end libraries keep them.

No collect step and no second server: `Statics(app)` answers what lies under STATIC_URL and passes everything else on.
Files are small and few (about 5 MB with the libraries), so each is read once, compressed once and kept; browsers
revalidate by ETag.
"""

import asyncio
import gzip
import hashlib
import mimetypes
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.staticfiles import finders
from django.core.exceptions import SuspiciousFileOperation

Scope = dict[str, Any]
Receive = Callable[[], Awaitable[dict[str, Any]]]
Send = Callable[[dict[str, Any]], Awaitable[None]]
App = Callable[..., Awaitable[None]]

_TEXT = {".js", ".mjs", ".css", ".svg", ".json", ".geojson", ".webmanifest", ".map"}
_TYPES = {".mjs": "text/javascript", ".js": "text/javascript", ".geojson": "application/geo+json"}


@dataclass(frozen=True, slots=True)
class _File:
    modified_ns: int
    media_type: str
    etag: bytes
    plain: bytes
    zipped: bytes | None


class Statics:
    """ASGI application: static files first, then `app`."""

    def __init__(self, app: App) -> None:
        self.app = app
        self.prefix = "/" + urlsplit(settings.STATIC_URL).path.strip("/") + "/"
        self._files: dict[str, _File] = {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or not scope["path"].startswith(self.prefix):
            await self.app(scope, receive, send)
            return
        file = await asyncio.to_thread(self._file, scope["path"][len(self.prefix) :])
        headers = dict(scope["headers"])
        if scope["method"] not in {"GET", "HEAD"}:
            await _answer(send, 405, [], b"")
        elif file is None:
            await _answer(send, 404, [(b"content-type", b"text/plain")], b"not found")
        elif headers.get(b"if-none-match") == file.etag:
            await _answer(send, 304, [(b"etag", file.etag)], b"")
        else:
            zipped = file.zipped if b"gzip" in headers.get(b"accept-encoding", b"") else None
            body = file.plain if zipped is None else zipped
            extra = [] if zipped is None else [(b"content-encoding", b"gzip")]
            await _answer(send, 200, [*_headers(file), *extra], b"" if scope["method"] == "HEAD" else body, len(body))

    def _file(self, name: str) -> _File | None:
        """The file of this name, read again when it changed on the disk."""
        try:
            found = finders.find(name)
        except SuspiciousFileOperation:  # a path that leaves its folder
            return None
        path = Path(found) if isinstance(found, str) else None
        if path is None or not path.is_file():
            return None
        modified = path.stat().st_mtime_ns
        known = self._files.get(name)
        if known is None or known.modified_ns != modified:
            known = self._files[name] = _read(path, modified)
        return known


def _read(path: Path, modified_ns: int) -> _File:
    plain = path.read_bytes()
    suffix = path.suffix.lower()
    media_type = _TYPES.get(suffix) or mimetypes.guess_type(path.name)[0] or "application/octet-stream"
    zipped = gzip.compress(plain, 6, mtime=0) if suffix in _TEXT and len(plain) > 1000 else None
    return _File(modified_ns, media_type, f'"{hashlib.sha256(plain).hexdigest()[:24]}"'.encode(), plain, zipped)


def _headers(file: _File) -> list[tuple[bytes, bytes]]:
    return [
        (b"content-type", file.media_type.encode()),
        (b"etag", file.etag),
        (b"cache-control", b"public, max-age=0, must-revalidate"),
        (b"vary", b"accept-encoding"),
        (b"x-content-type-options", b"nosniff"),
    ]


async def _answer(
    send: Send, status: int, headers: list[tuple[bytes, bytes]], body: bytes, length: int | None = None
) -> None:
    if status != 304:
        headers = [*headers, (b"content-length", str(len(body) if length is None else length).encode())]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})
