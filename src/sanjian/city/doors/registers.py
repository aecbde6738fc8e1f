"""The registers' own doors: a registrar uploads a file and confirms it; a partner's interface is pulled.

What is brought in is invented and says so, and is the same every time, so a second run finds nothing new.
"""

import csv
import io
import json
import re
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from sanjian.base.registry.identifiers import credit_code

from .browser import Browser, Filled, Refused
from .pages import Page
from .scene import Scene, come_back_until

READ_S = 60.0
"""A worker reads a batch within seconds; other duties may come first."""
SOURCE_CODE, SOURCE_NAME = "city-partner", "模拟城市的伙伴系统（虚构）"


def upload_a_file(scene: Scene) -> Counter[str]:
    """A CSV of ten objects through the upload page, looked at and confirmed."""
    registrar = scene.enter(scene.supervisor)
    file = io.StringIO()
    rows = objects("导入", 1)
    writer = csv.DictWriter(file, list(rows[0]))
    writer.writeheader()
    writer.writerows(rows)
    form = registrar.get("/updates/").form("/updates/upload/")
    page = registrar.send(form, {"register": "objects"}, {"file": ("objects.csv", file.getvalue().encode())})
    if "/updates/batches/" not in page.path:
        raise Refused(f"上传：{page.path}（{page.status}）{page.complaint()}")
    return Counter({"registry.upload": 1, "registry.confirm": _confirm(registrar, page)})


def pull_a_partner(scene: Scene) -> Counter[str]:
    """Register a partner's interface as a source, pull it, confirm what came."""
    registrar = scene.enter(scene.supervisor)
    with partner(objects("对接", 2)) as address:
        known = _address_of_source(registrar.get("/updates/sources/"))
        form = registrar.get(known or "/updates/sources/new/").form(known or "/updates/sources/new/")
        given: Filled = {"name": SOURCE_NAME, "kind": "http", "register": "objects", "address": address,
                 "interval_minutes": "1440", "rank": "5"}  # fmt: skip
        saved = registrar.send(form, given if known else given | {"code": SOURCE_CODE})
        known = _address_of_source(saved)
        if known is None:
            raise Refused(f"登记来源：{saved.path}（{saved.status}）{saved.complaint()}")
        page = registrar.send(saved.form(f"{known}pull/"), {})
        if "/updates/batches/" not in page.path:  # the schedule was quicker, or nothing is new since the last run
            return Counter({"registry.source": 1, "registry.pull": 1})
        return Counter({"registry.source": 1, "registry.pull": 1, "registry.confirm": _confirm(registrar, page)})


def _address_of_source(listing: Page) -> str | None:
    found = re.search(rf'href="(/updates/sources/\d+/)"[^>]*>\s*{SOURCE_NAME}', listing.text)
    return found[1] if found else None


def _confirm(registrar: Browser, page: Page) -> int:
    """Wait until the batch is read, then have it written; 0 when it changes nothing."""

    def looked() -> Page | None:
        now = registrar.get(page.path)
        is_moving = "/progress/" in now.text
        return None if is_moving else now

    read = come_back_until(looked, "导入批次读完", READ_S)
    confirm = next((f for f in read.forms if f.action.endswith("/confirm/")), None)
    if confirm is None or "确认写入 0 行" in read.text:
        return 0
    done = registrar.send(confirm, {})
    if done.status != 200:
        raise Refused(f"确认导入：{done.complaint()}")
    return 1


def objects(about: str, block: int, count: int = 10) -> list[dict[str, str]]:
    """Invented objects by the titles of the register's own template."""
    return [
        {
            "统一社会信用代码": credit_code("91", "310115", f"9{block}{number:06d}"),
            "名称": f"模拟城市{about}试验{number}号有限公司（虚构）",
            "行政区": "浦东新区",
            "地址": f"浦东新区虚构路 {block}{number:02d} 号",
            "行业代码": "3360",
            "行业": "金属表面处理及热处理加工",
            "经度": f"{121.5 + number / 1000:.4f}",
            "纬度": f"{31.2 + block / 1000:.4f}",
            "角色": "排污单位",
        }
        for number in range(1, count + 1)
    ]


@contextmanager
def partner(rows: list[dict[str, str]]) -> Iterator[str]:
    """A partner's interface on loopback; yields its address."""
    content = json.dumps({"rows": rows}, ensure_ascii=False).encode()

    class Interface(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *_arguments: object) -> None:
            """Say nothing: the run shows progress on this terminal."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Interface)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/objects.json"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
