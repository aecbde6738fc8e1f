"""One person at the pages: a session of its own with cookies and CSRF, over real HTTP, as a browser without scripts."""

import http.client
import secrets
from http.cookies import SimpleCookie
from urllib.parse import urlencode, urljoin, urlsplit

from .pages import Form, Page, read

TIMEOUT_S = 30.0
Filled = dict[str, str | list[str]]
"""What a person writes into a form, by name of field; a list where several boxes are ticked."""
_MOST_HOPS = 5


class Refused(Exception):
    """The platform did not let a person do what people do; the message says where and why."""


class Browser:
    """A person's browser.

    Args:
        root: address of the platform, http://host:port.
    """

    def __init__(self, root: str) -> None:
        self._root = root
        self._at = urlsplit(root)
        self._cookies: dict[str, str] = {}
        self.requests = 0

    def log_in(self, username: str, password: str) -> "Browser":
        """Log in by the form. Raises Refused when that does not lead to a page."""
        form = self.get("/login/").form("/login/")
        page = self.send(form, {"username": username, "password": password})
        if page.path.startswith("/login"):
            raise Refused(f"{username} 未能登录：{page.complaint()}")
        return self

    def get(self, path: str) -> Page:
        """Open an address, following where it leads."""
        return self._go("GET", path, None, {})

    def send(self, form: Form, values: Filled, files: dict[str, tuple[str, bytes]] | None = None) -> Page:
        """Fill a form and send it; returns where it leads. What is not named stays as the form has it."""
        fields = [(name, value) for name, kept in form.given.items() if name not in values for value in kept]
        fields += [(n, v) for n, given in values.items() for v in (given if isinstance(given, list) else [given])]
        if files:
            body, kind = _multipart(fields, files)
        else:
            body, kind = urlencode(fields).encode(), "application/x-www-form-urlencoded"
        return self._go("POST", form.action, body, {"Content-Type": kind})

    def _go(self, method: str, path: str, body: bytes | None, headers: dict[str, str]) -> Page:
        for _hop in range(_MOST_HOPS):
            status, text, onward = self._ask(method, path, body, headers)
            if onward is None:
                return read(status, path, text)
            path, method, body, headers = urljoin(path, onward), "GET", None, {}
        raise Refused(f"{path} 一再跳转")

    def _ask(self, method: str, path: str, body: bytes | None, headers: dict[str, str]) -> tuple[int, str, str | None]:
        target = urlsplit(path)
        link = http.client.HTTPConnection(self._at.hostname or "", self._at.port, timeout=TIMEOUT_S)
        sent = {
            **headers, "Host": self._at.netloc, "Referer": self._root + target.path, "Origin": self._root,
            "Cookie": "; ".join(f"{name}={value}" for name, value in self._cookies.items()),
            "Accept-Language": "zh-CN",
        }  # fmt: skip
        try:
            link.request(method, target.path + (f"?{target.query}" if target.query else ""), body, sent)
            answer = link.getresponse()
            text = answer.read().decode("utf-8", "replace")
        finally:
            link.close()
        self.requests += 1
        for name, value in answer.getheaders():
            if name.lower() == "set-cookie":
                self._cookies.update({key: morsel.value for key, morsel in SimpleCookie(value).items()})
        return answer.status, text, answer.getheader("Location") if 300 <= answer.status < 400 else None


def _multipart(fields: list[tuple[str, str]], files: dict[str, tuple[str, bytes]]) -> tuple[bytes, str]:
    edge = secrets.token_hex(16)
    parts = [
        f'--{edge}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'.encode()
        for name, value in fields
    ]
    for name, (file_name, content) in files.items():
        head = f'--{edge}\r\nContent-Disposition: form-data; name="{name}"; filename="{file_name}"\r\n'
        parts.append(head.encode() + b"Content-Type: application/octet-stream\r\n\r\n" + content + b"\r\n")
    return b"".join(parts) + f"--{edge}--\r\n".encode(), f"multipart/form-data; boundary={edge}"
