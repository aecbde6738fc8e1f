"""A partner's PostgreSQL is asked in a read-only transaction with a deadline; our own network only when it is named."""

import os
from collections.abc import Iterator
from urllib.parse import urlsplit

import psycopg
import pytest

from sanjian.base.config import config
from sanjian.base.registry.updates import pull_database
from sanjian.base.registry.updates.pull_database import rows_of_database
from sanjian.base.registry.updates.pull_errors import PullFailed
from sanjian.base.registry.updates.tests.cast import pulls_may_reach

from .test_postgresql import database_url

__all__ = ["database_url"]


@pytest.fixture
def partner(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """A table of a partner's: on the server that the run was given, or on one of our own."""
    url = os.environ.get("SANJIAN_DATABASE_URL") or request.getfixturevalue("database_url")
    pulls_may_reach(monkeypatch, "127.0.0.0/8,::1/128")
    with psycopg.connect(url, autocommit=True) as link:
        link.execute("DROP TABLE IF EXISTS partner_plants")
        link.execute("CREATE TABLE partner_plants (ent text, since date, height numeric)")
        link.execute("INSERT INTO partner_plants VALUES ('甲厂', '2026-01-02', 12.50), ('乙厂', NULL, NULL)")
        link.execute("CREATE SEQUENCE IF NOT EXISTS partner_numbers")
        yield url
        link.execute("DROP TABLE partner_plants")
        link.execute("DROP SEQUENCE partner_numbers")
    monkeypatch.undo()
    config.cache_clear()


def _rows(url: str, query: str) -> list[dict[str, object]]:
    return rows_of_database(url, query, urlsplit(url).password or "")


def test_rows_come_by_column_name(partner: str) -> None:
    rows = _rows(partner, "SELECT ent, since, height FROM partner_plants ORDER BY ent DESC;")
    assert [row["ent"] for row in rows] == ["甲厂", "乙厂"]
    assert [str(value) for value in rows[0].values()] == ["甲厂", "2026-01-02", "12.50"]


@pytest.mark.parametrize(
    "query",
    [
        "DELETE FROM partner_plants",
        "SELECT 1; DELETE FROM partner_plants",
        "WITH gone AS (DELETE FROM partner_plants RETURNING ent) SELECT ent FROM gone",
        "SELECT * INTO partner_copy FROM partner_plants",
        "SELECT nextval('partner_numbers')",
        "SELECT nothing FROM partner_plants",
    ],
)
def test_nothing_is_ever_written(partner: str, query: str) -> None:
    with pytest.raises(PullFailed):
        _rows(partner, query)
    assert len(_rows(partner, "SELECT ent FROM partner_plants")) == 2


def test_a_slow_query_is_ended_by_the_database(partner: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pull_database, "TIMEOUT_S", 0.2)
    with pytest.raises(PullFailed, match="数据库来源"):
        _rows(partner, "SELECT pg_sleep(60)")


def test_too_many_rows_are_not_even_fetched(partner: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pull_database, "MOST_ROWS", 5)
    with pytest.raises(PullFailed, match="行"):
        _rows(partner, "SELECT generate_series(1, 100000000)")


def test_a_database_on_our_own_machine_is_out_of_reach(partner: str, monkeypatch: pytest.MonkeyPatch) -> None:
    pulls_may_reach(monkeypatch, "")
    with pytest.raises(PullFailed, match="内部网络"):
        _rows(partner, "SELECT ent FROM partner_plants")
