"""Asking a partner's HTTP interface: one GET with a deadline, a size limit, no redirects, and only what is new."""

import http.client
import ssl
import time
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import SplitResult, urlsplit

from django.utils.translation import gettext as _

from .pull_errors import PullFailed
from .pull_hosts import address_of, ensure_allowed
from .readers import MOST_BYTES

TIMEOUT_S = 20.0
"""Silence of the other end that is borne (our choice)."""
WHOLE_S = 120.0
"""For the whole answer: a partner that sends a byte now and then must not hold the worker (our choice)."""
_PART = 64 * 1024
_ENDINGS = {"application/json": ".json", "text/csv": ".csv"}


@dataclass(frozen=True)
class Answer:
    """What came. `content` None: nothing changed since `seen`."""

    content: bytes | None
    ending: str = ""
    seen: dict[str, Any] = field(default_factory=dict)


def answer_of_http(address: str, secret: str, token_header: str, seen: dict[str, Any]) -> Answer:
    """Ask once.

    Args:
        secret: sent in `token_header` as it is ("Bearer ..." includes the word); "" sends none.
        seen: what the former answer said of itself: {"etag": ..., "modified": ...}.

    Raises:
        PullFailed: not http(s), unreachable, inside our own network (see `pull_hosts`), too slow, too large, a
            redirect, or any status but 200 and 304.
    """
    ends = time.monotonic() + WHOLE_S
    parts, port = _parts(address)
    host = parts.hostname or ""
    address_of(host, port)
    headers = {"Accept": "application/json, text/csv", "User-Agent": "sanjian"}
    if secret:
        headers[token_header or "Authorization"] = secret
    if seen.get("etag"):
        headers["If-None-Match"] = seen["etag"]
    elif seen.get("modified"):
        headers["If-Modified-Since"] = seen["modified"]
    target = parts.path or "/"
    link = _link(parts.scheme, host, port)
    try:
        link.connect()
        ensure_allowed(link.sock.getpeername()[0])  # before the credential is sent
        link.request("GET", f"{target}?{parts.query}" if parts.query else target, headers=headers)
        return _answer(link.getresponse(), seen, ends)
    except (OSError, http.client.HTTPException, ValueError) as error:
        raise PullFailed(_("连不上 %(host)s：%(why)s") % {"host": host, "why": error}) from error
    finally:
        link.close()


def _parts(address: str) -> tuple[SplitResult, int]:
    try:
        parts = urlsplit(address)
        port = parts.port or (443 if parts.scheme == "https" else 80)
    except ValueError:
        parts, port = urlsplit(""), 0
    if parts.scheme not in {"http", "https"} or not parts.hostname or parts.username or parts.password:
        raise PullFailed(_("地址应为 http:// 或 https://，其中不写账号和密码"))
    return parts, port


def _link(scheme: str, host: str, port: int) -> http.client.HTTPConnection:
    if scheme == "https":
        return http.client.HTTPSConnection(host, port, timeout=TIMEOUT_S, context=ssl.create_default_context())
    return http.client.HTTPConnection(host, port, timeout=TIMEOUT_S)


def _answer(response: http.client.HTTPResponse, seen: dict[str, Any], ends: float) -> Answer:
    if response.status == 304:
        return Answer(None, seen=seen)
    if 300 <= response.status < 400:
        raise PullFailed(_("来源要求跳转到别处；请把最终地址填进来源"))
    if response.status in (401, 403):
        raise PullFailed(_("来源拒绝了凭据（%(status)d）；请更新凭据") % {"status": response.status})
    if response.status != 200:
        raise PullFailed(_("来源答复 %(status)d") % {"status": response.status})
    content = bytearray()
    while part := response.read1(_PART):
        content += part
        if time.monotonic() > ends:
            raise PullFailed(_("来源太慢：%(s)d 秒内没有答完") % {"s": WHOLE_S})
        if len(content) > MOST_BYTES:
            raise PullFailed(_("来源的答复超过 %(mb)d MB") % {"mb": MOST_BYTES // 1024 // 1024})
    kind = (response.getheader("Content-Type") or "").split(";")[0].strip().lower()
    marks = {"etag": response.getheader("ETag"), "modified": response.getheader("Last-Modified")}
    return Answer(bytes(content), _ENDINGS.get(kind, ""), {k: v for k, v in marks.items() if v})
