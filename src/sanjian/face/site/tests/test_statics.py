"""Static files come from the web process: found, compressed, revalidated, and never from outside their folders."""

import asyncio
import gzip
from typing import Any

from sanjian.face.site.statics import Statics


async def elsewhere(scope: Any, receive: Any, send: Any) -> None:
    await send({"type": "http.response.start", "status": 299, "headers": []})
    await send({"type": "http.response.body", "body": b""})


def get(path: str, method: str = "GET", **headers: str) -> tuple[int, dict[str, str], bytes]:
    sent: list[dict[str, Any]] = []

    async def send(message: dict[str, Any]) -> None:
        sent.append(message)

    async def receive() -> dict[str, Any]:
        return {"type": "http.disconnect"}

    scope = {
        "type": "http",
        "method": method,
        "path": path,
        "headers": [(k.replace("_", "-").encode(), v.encode()) for k, v in headers.items()],
    }
    asyncio.run(Statics(elsewhere)(scope, receive, send))
    found = {k.decode(): v.decode() for k, v in sent[0]["headers"]}
    return sent[0]["status"], found, sent[1]["body"]


def test_a_module_is_javascript() -> None:
    status, headers, body = get("/static/site/js/islands.js")
    assert (status, headers["content-type"]) == (200, "text/javascript")
    assert b"mountAll" in body
    assert headers["x-content-type-options"] == "nosniff"


def test_what_the_browser_has_is_not_sent_again() -> None:
    _, headers, _ = get("/static/site/css/tokens.css")
    status, _, body = get("/static/site/css/tokens.css", if_none_match=headers["etag"])
    assert (status, body) == (304, b"")


def test_text_travels_compressed() -> None:
    _, _, plain = get("/static/site/css/tokens.css")
    _, headers, zipped = get("/static/site/css/tokens.css", accept_encoding="gzip, br")
    assert headers["content-encoding"] == "gzip"
    assert gzip.decompress(zipped) == plain


def test_head_says_the_length_without_the_bytes() -> None:
    _, headers, body = get("/static/site/icons.svg", method="HEAD")
    assert body == b""
    assert int(headers["content-length"]) > 1000


def test_nothing_outside_the_folders_is_served() -> None:
    for path in (
        "/static/../settings.py",
        "/static/site/../../../settings.py",
        "/static//etc/passwd",
        "/static/site",
        "/static/none.js",
    ):
        assert get(path)[0] == 404


def test_everything_else_goes_on_to_the_application() -> None:
    assert get("/map/")[0] == 299
    assert get("/static/site/icons.svg", method="POST")[0] == 405
