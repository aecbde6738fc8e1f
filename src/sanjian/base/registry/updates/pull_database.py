"""Asking a partner's database: one SELECT in a read-only transaction with a deadline; PostgreSQL or an SQLite file."""

import re
import sqlite3
import time
from pathlib import Path
from typing import Any
from urllib.parse import SplitResult, unquote, urlsplit

from django.utils.translation import gettext as _

from sanjian.base.config import config

from .pull_errors import PullFailed
from .pull_hosts import address_of
from .readers import MOST_ROWS

TIMEOUT_S = 60.0
PARTNERS = "partners"
_SELECT = re.compile(r"^\s*(select|with)\b", re.IGNORECASE)
_STEPS = 10_000


def rows_of_database(address: str, query: str, secret: str) -> list[dict[str, Any]]:
    """The rows of a SELECT, by column name.

    Args:
        address: postgresql://user@host:port/name without a password, or sqlite:///folder/file in `partners_folder()`.
        secret: the password.

    Raises:
        PullFailed: no SELECT, unreachable, too slow, too many rows, or refused by the database.
    """
    if not _SELECT.match(query) or ";" in query.rstrip().rstrip(";"):
        raise PullFailed(_("查询应为一条 SELECT 语句"))
    scheme = urlsplit(address).scheme
    if scheme in {"postgres", "postgresql"}:
        return _postgresql(address, query, secret)
    if scheme == "sqlite":
        return _sqlite(address, query)
    raise PullFailed(_("地址应为 postgresql:// 或 sqlite:///"))


def _postgresql(address: str, query: str, secret: str) -> list[dict[str, Any]]:
    import psycopg
    from psycopg.rows import dict_row

    host, port, parts = _where(address)
    options = f"-c statement_timeout={int(TIMEOUT_S * 1000)} -c default_transaction_read_only=on"
    try:
        with psycopg.connect(
            host=host, hostaddr=address_of(host, port), port=port, dbname=unquote(parts.path.lstrip("/")),
            user=unquote(parts.username or ""), password=secret or None, connect_timeout=10, options=options,
        ) as link:  # fmt: skip
            link.read_only = True
            # A cursor of the server's: rows beyond the limit never come here; what is no query cannot be declared.
            with link.cursor("pull", row_factory=dict_row) as cursor:
                cursor.execute(query.rstrip().rstrip(";").encode())
                rows = cursor.fetchmany(MOST_ROWS + 1)
            link.rollback()
    except psycopg.Error as error:
        raise PullFailed(_("数据库来源：%(why)s") % {"why": str(error).strip()[:300]}) from error
    return _limited(rows)


def _where(address: str) -> tuple[str, int, SplitResult]:
    """Without a host, the driver would go to a server on this machine."""
    try:
        parts = urlsplit(address)
        host, port = parts.hostname or "", parts.port or 5432
    except ValueError:
        parts, host, port = urlsplit(""), "", 0
    if not host or parts.password:
        raise PullFailed(_("地址应为 postgresql://用户@主机:端口/库名，其中不写密码"))
    return host, port, parts


def _sqlite(address: str, query: str) -> list[dict[str, Any]]:
    path = Path(unquote(urlsplit(address).path)).resolve()
    if not path.is_relative_to(partners_folder().resolve()):
        raise PullFailed(_("SQLite 文件须放在平台数据目录的 %(folder)s 文件夹里") % {"folder": PARTNERS})
    ends = time.monotonic() + TIMEOUT_S
    try:
        link = sqlite3.connect(f"{path.as_uri()}?mode=ro", uri=True, timeout=10)
    except (sqlite3.Error, ValueError) as error:
        raise PullFailed(_("打不开 %(path)s：%(why)s") % {"path": path, "why": error}) from error
    try:
        link.execute("PRAGMA query_only = on")
        link.set_progress_handler(lambda: int(time.monotonic() > ends), _STEPS)
        link.row_factory = sqlite3.Row
        rows = [dict(row) for row in link.execute(query).fetchmany(MOST_ROWS + 1)]
    except sqlite3.Error as error:
        raise PullFailed(_("数据库来源：%(why)s") % {"why": error}) from error
    finally:
        link.close()
    return _limited(rows)


def partners_folder() -> Path:
    """Where partners' SQLite files are put: no other file of this machine can be read, least of all our database."""
    return config().home / PARTNERS


def _limited(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    if len(rows) > MOST_ROWS:
        raise PullFailed(_("超过 %(n)d 行：请在查询里缩小范围") % {"n": MOST_ROWS})
    return rows
