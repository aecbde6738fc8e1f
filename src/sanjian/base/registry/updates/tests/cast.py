"""What import tests speak of: the standing cast, a district's own supervisor, and files as people make them."""

from datetime import UTC, date, datetime
from io import BytesIO
from typing import Any

import openpyxl
import pytest

from sanjian.base.config import config
from sanjian.base.identity.models import Account, District, Role
from sanjian.base.registry.identifiers import credit_code
from sanjian.base.registry.models import DataSource, ImportBatch
from sanjian.base.registry.tests.cast import Cast, make_cast
from sanjian.base.registry.updates import services

NOW = datetime(2026, 11, 24, 1, 0, tzinfo=UTC)
DAY = date(2026, 11, 1)
HEAD = ("统一社会信用代码", "名称", "行政区", "地址", "行业代码")
CODES = tuple(credit_code("91", "310115", f"MA1K{n:04d}") for n in range(12))
"""Codes that hold."""


def import_cast() -> Cast:
    """The standing cast with a supervisor of the plant's district ("keeper") and one of the next ("other_keeper")."""
    cast = make_cast()
    for name, district in (("keeper", cast.plant.district), ("other_keeper", cast.next_plant.district)):
        cast.person[name] = Account.objects.create(
            username=name, display_name=name, role=Role.SUPERVISOR, district=district
        )
    return cast


def csv_of(*rows: tuple[Any, ...], head: tuple[str, ...] = HEAD, encoding: str = "utf-8") -> bytes:
    """A CSV file."""
    return "\n".join(",".join(map(str, row)) for row in (head, *rows)).encode(encoding)


def xlsx_of(*rows: tuple[Any, ...], head: tuple[str, ...] = HEAD) -> bytes:
    """A workbook with cells of the types given."""
    book = openpyxl.Workbook()
    for row in (head, *rows):
        book.active.append(row)
    buffer = BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def preview(
    content: bytes,
    actor: Account | None,
    *,
    register: str = "objects",
    name: str = "表.csv",
    source: DataSource | None = None,
    at: datetime = NOW,
) -> ImportBatch:
    """Send a file in and read it."""
    batch = services.submit(content, name=name, register=register, actor=actor, at=at, valid_from=DAY, source=source)
    return services.read_now(batch, at)


def applied(content: bytes, actor: Account, *, register: str = "objects", at: datetime = NOW) -> ImportBatch:
    """Send a file in, and have it written."""
    batch = preview(content, actor, register=register, at=at)
    services.confirm(batch, actor=actor, at=at)
    return services.apply_now(batch, at)


def undone(batch: ImportBatch, actor: Account, at: datetime) -> ImportBatch:
    """Have a batch taken back at once."""
    services.undo(batch, actor=actor, at=at, reason="有误")
    return services.undo_now(batch, at)


def rows_of(batch: ImportBatch) -> dict[int, tuple[str, dict[str, Any], list[list[str]]]]:
    """By line: outcome, changes, problems."""
    return {r.line_no: (r.outcome, r.changes, r.problems) for r in batch.rows.all()}


def another_district() -> District:
    """A district that nobody of the cast belongs to."""
    return District.objects.create(code="310117", name="松江区")


def pulls_may_reach(monkeypatch: pytest.MonkeyPatch, networks: str) -> None:
    """What whoever runs the installation has named; settings are read once, so the reading is forgotten."""
    monkeypatch.setenv("SANJIAN_PULL_NETWORKS", networks)
    config.cache_clear()
