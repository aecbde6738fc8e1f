"""A partner's interface or database is asked in time, within limits, and its answer becomes a batch like a file."""

import http.server
import json
import sqlite3
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

import pytest

from sanjian.base.config import config
from sanjian.base.registry.models import DataSource, ImportBatch, InspectionObject
from sanjian.base.registry.tests.cast import Cast
from sanjian.base.registry.updates import duties, pull_database, pull_http, pulls
from sanjian.base.registry.updates.pull_database import rows_of_database
from sanjian.base.registry.updates.pull_errors import PullFailed

from .cast import CODES, NOW, pulls_may_reach

ROWS = [{"ENT": "丙申化工有限公司", "USCC": CODES[0], "AREA": "浦东新区"}]
COLUMNS = {"ENT": "名称", "USCC": "统一社会信用代码", "AREA": "行政区"}


@dataclass
class Partner:
    """A real server; `heard` are the headers of each request."""

    port: int = 0
    status: int = 200
    body: bytes = json.dumps({"rows": ROWS}).encode()
    headers: dict[str, str] = field(default_factory=lambda: {"Content-Type": "application/json", "ETag": '"1"'})
    heard: list[dict[str, str]] = field(default_factory=list)


@pytest.fixture(autouse=True)
def _loopback_is_a_partner(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    pulls_may_reach(monkeypatch, "127.0.0.0/8")
    yield
    monkeypatch.undo()
    config.cache_clear()


@pytest.fixture
def partner() -> Iterator[Partner]:
    """A partner's interface on a free port."""
    one = Partner()

    class Answers(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            one.heard.append({k.lower(): v for k, v in self.headers.items()})
            is_known = one.status == 200 and self.headers.get("If-None-Match") == one.headers.get("ETag", "none")
            self.send_response(304 if is_known else one.status)
            for name, value in one.headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", "0" if is_known else str(len(one.body)))
            self.end_headers()
            if not is_known:
                self.wfile.write(one.body)

        def log_message(self, *_args: object) -> None:
            """Quietly."""

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Answers)
    one.port = server.server_address[1]
    thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    yield one
    server.shutdown()
    server.server_close()
    thread.join()


def _source(partner: Partner, **more: object) -> DataSource:
    facts = {
        "code": "p", "name": "伙伴", "kind": "http", "address": f"http://127.0.0.1:{partner.port}/x?y=1",
        "secret": "Bearer geheim", "columns": COLUMNS, "interval_minutes": 60,
    }  # fmt: skip
    return DataSource.objects.create(**facts | more)


def test_an_answer_waits_as_a_batch_for_a_person(cast: Cast, partner: Partner) -> None:
    source = _source(partner)
    assert duties.pull(NOW) == 1
    duties.work(NOW)
    batch = ImportBatch.objects.get()
    assert (batch.state, batch.counts["new"], batch.actor) == ("previewed", 1, None)
    assert partner.heard[0]["authorization"] == "Bearer geheim"
    source.refresh_from_db()
    assert (source.last_problem, source.seen, source.last_pulled_at) == ("", {"etag": '"1"'}, NOW)
    assert duties.pull(NOW + timedelta(minutes=59)) == 0


def test_a_trusted_source_takes_effect_by_itself_when_all_is_clear(cast: Cast, partner: Partner) -> None:
    _source(partner, is_trusted=True)
    duties.pull(NOW)
    while duties.work(NOW):
        pass
    assert ImportBatch.objects.get().state == ImportBatch.State.APPLIED
    assert InspectionObject.objects.filter(credit_code=CODES[0]).exists()
    partner.body = json.dumps([*ROWS, {"ENT": "坏码", "USCC": "1", "AREA": "浦东新区"}]).encode()
    partner.headers["ETag"] = '"2"'
    later = NOW + timedelta(hours=2)
    duties.pull(later)
    while duties.work(later):
        pass
    assert ImportBatch.objects.order_by("-id")[0].state == ImportBatch.State.PREVIEWED, (
        "one line is wrong: a person looks"
    )


def test_nothing_new_makes_no_batch(cast: Cast, partner: Partner) -> None:
    source = _source(partner)
    duties.pull(NOW)
    source.refresh_from_db()
    assert pulls.pull(source, NOW + timedelta(hours=2)) is None
    assert partner.heard[1]["if-none-match"] == '"1"'
    assert ImportBatch.objects.count() == 1


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"status": 500}, "500"),
        ({"status": 401}, "凭据"),
        ({"status": 302, "headers": {"Location": "http://127.0.0.1:1/"}}, "跳转"),
    ],
)
def test_a_failed_pull_says_why_and_makes_no_batch(
    cast: Cast, partner: Partner, change: dict[str, object], said: str
) -> None:
    for name, value in change.items():
        setattr(partner, name, value)
    source = _source(partner)
    assert pulls.pull(source, NOW) is None
    source.refresh_from_db()
    assert said in source.last_problem
    assert not ImportBatch.objects.exists()
    assert list(pulls.due(NOW + timedelta(minutes=61), [source])) == [source]


def test_an_answer_that_is_no_table_is_told_at_the_source(cast: Cast, partner: Partner) -> None:
    partner.body = b"<html>"
    source = _source(partner)
    duties.pull(NOW)
    duties.work(NOW)
    source.refresh_from_db()
    assert ImportBatch.objects.get().state == "failed"
    assert source.last_problem != ""


def test_too_much_is_cut_off(partner: Partner, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pull_http, "MOST_BYTES", 10)
    with pytest.raises(PullFailed, match="超过"):
        pull_http.answer_of_http(f"http://127.0.0.1:{partner.port}/", "", "", {})


@pytest.mark.parametrize("address", ["file:///etc/passwd", "ftp://h/x", "http://u:p@h/", "http:///x", ""])
def test_other_addresses_are_refused(address: str) -> None:
    with pytest.raises(PullFailed):
        pull_http.answer_of_http(address, "", "", {})


def test_two_workers_ask_once(cast: Cast, partner: Partner) -> None:
    source = _source(partner)
    same = DataSource.objects.get(pk=source.pk)
    assert pulls.pull(source, NOW) is not None
    assert pulls.pull(same, NOW) is None
    assert len(partner.heard) == 1


@pytest.mark.parametrize(
    "host",
    ["127.0.0.1", "localhost", "[::1]", "[::]", "[::ffff:127.0.0.1]", "10.1.2.3", "169.254.169.254", "2130706433"],
)
def test_our_own_network_is_out_of_reach(partner: Partner, monkeypatch: pytest.MonkeyPatch, host: str) -> None:
    pulls_may_reach(monkeypatch, "")
    with pytest.raises(PullFailed, match=r"内部网络|找不到主机"):
        pull_http.answer_of_http(f"http://{host}:{partner.port}/", "Bearer geheim", "", {})
    with pytest.raises(PullFailed, match=r"内部网络|找不到主机"):
        rows_of_database(f"postgresql://me@{host}:{partner.port}/db", "SELECT 1", "geheim")
    assert partner.heard == []


def test_the_other_end_is_looked_at_again_before_the_credential_is_sent(
    partner: Partner, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A name that meant a public address a moment ago."""
    pulls_may_reach(monkeypatch, "")
    monkeypatch.setattr(pull_http, "address_of", lambda _host, _port: "93.184.216.34")
    with pytest.raises(PullFailed, match="内部网络"):
        pull_http.answer_of_http(f"http://127.0.0.1:{partner.port}/", "Bearer geheim", "", {})
    assert partner.heard == []


def test_a_setting_that_is_misspelt_lets_nothing_through(partner: Partner, monkeypatch: pytest.MonkeyPatch) -> None:
    pulls_may_reach(monkeypatch, "127.0.0.0/8, everything")
    with pytest.raises(PullFailed, match="写错"):
        pull_http.answer_of_http(f"http://127.0.0.1:{partner.port}/", "", "", {})


def test_an_answer_without_end_is_given_up(partner: Partner, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pull_http, "WHOLE_S", -1.0)
    with pytest.raises(PullFailed, match="太慢"):
        pull_http.answer_of_http(f"http://127.0.0.1:{partner.port}/", "", "", {})


@pytest.mark.parametrize("address", ["postgresql:///db", "postgresql://h:x/db", "postgresql://u:pw@h/db"])
def test_a_database_without_a_host_is_not_ours_instead(address: str) -> None:
    with pytest.raises(PullFailed, match="地址应为"):
        rows_of_database(address, "SELECT 1", "")


def test_our_own_files_are_out_of_reach(tmp_path: Path) -> None:
    for path in (tmp_path / "x.sqlite3", pull_database.partners_folder() / ".." / "sanjian.sqlite3"):
        with pytest.raises(PullFailed, match="partners"):
            rows_of_database(f"sqlite://{path}", "SELECT 1", "")


def test_a_database_is_read_and_never_written(cast: Cast) -> None:
    folder = pull_database.partners_folder()
    folder.mkdir(exist_ok=True)
    path = folder / "partner.sqlite3"
    path.unlink(missing_ok=True)
    with sqlite3.connect(path) as link:
        link.execute("CREATE TABLE t (ENT, USCC, AREA)")
        link.execute("INSERT INTO t VALUES (?, ?, ?)", tuple(ROWS[0].values()))
    link.close()
    address = f"sqlite://{path}"
    source = DataSource.objects.create(
        code="d", name="库", kind="database", address=address, query="SELECT * FROM t", columns=COLUMNS
    )
    assert pulls.pull(source, NOW) is not None
    duties.work(NOW)
    assert ImportBatch.objects.get().counts["new"] == 1
    for query in ("DELETE FROM t", "SELECT 1; DROP TABLE t", "WITH x AS (SELECT 1) DELETE FROM t", ""):
        with pytest.raises(PullFailed):
            rows_of_database(address, query, "")
    assert len(rows_of_database(address, "SELECT * FROM t", "")) == 1
    with pytest.raises(PullFailed):
        rows_of_database(f"sqlite://{folder}/none", "SELECT 1", "")
