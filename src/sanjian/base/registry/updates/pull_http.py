"""Asking a partner's HTTP interface: one GET with a deadline, a size limit, no redirects, and only what is new."""

import http.client
import ssl
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from django.utils.translation import gettext as _

from .pull_errors import PullFailed
from .readers import MOST_BYTES

TIMEOUT_S = 20.0
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
        PullFailed: not http(s), unreachable, too slow, too large, a redirect, or any status but 200 and 304.
    """
    parts = urlsplit(address)
    if parts.scheme not in {"http", "https"} or not parts.hostname or parts.username or parts.password:
        raise PullFailed(_("地址应为 http:// 或 https://，其中不写账号和密码"))
    headers = {"Accept": "application/json, text/csv", "User-Agent": "sanjian"}
    if secret:
        headers[token_header or "Authorization"] = secret
    if seen.get("etag"):
        headers["If-None-Match"] = seen["etag"]
    elif seen.get("modified"):
        headers["If-Modified-Since"] = seen["modified"]
    target = parts.path or "/"
    link = _link(parts.scheme, parts.hostname, parts.port)
    try:
        link.request("GET", f"{target}?{parts.query}" if parts.query else target, headers=headers)
        return _answer(link.getresponse(), seen)
    except (OSError, http.client.HTTPException, ValueError) as error:
        raise PullFailed(_("连不上 %(host)s：%(why)s") % {"host": parts.hostname, "why": error}) from error
    finally:
        link.close()


def _link(scheme: str, host: str, port: int | None) -> http.client.HTTPConnection:
    if scheme == "https":
        return http.client.HTTPSConnection(host, port, timeout=TIMEOUT_S, context=ssl.create_default_context())
    return http.client.HTTPConnection(host, port, timeout=TIMEOUT_S)


def _answer(response: http.client.HTTPResponse, seen: dict[str, Any]) -> Answer:
    if response.status == 304:
        return Answer(None, seen=seen)
    if 300 <= response.status < 400:
        raise PullFailed(_("来源要求跳转到别处；请把最终地址填进来源"))
    if response.status in (401, 403):
        raise PullFailed(_("来源拒绝了凭据（%(status)d）；请更新凭据") % {"status": response.status})
    if response.status != 200:
        raise PullFailed(_("来源答复 %(status)d") % {"status": response.status})
    content = bytearray()
    while part := response.read(_PART):
        content += part
        if len(content) > MOST_BYTES:
            raise PullFailed(_("来源的答复超过 %(mb)d MB") % {"mb": MOST_BYTES // 1024 // 1024})
    kind = (response.getheader("Content-Type") or "").split(";")[0].strip().lower()
    marks = {"etag": response.getheader("ETag"), "modified": response.getheader("Last-Modified")}
    return Answer(bytes(content), _ENDINGS.get(kind, ""), {k: v for k, v in marks.items() if v})
