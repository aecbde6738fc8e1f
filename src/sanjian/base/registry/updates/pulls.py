"""Scheduled pulls: a partner's HTTP interface or database is asked, and what it answers becomes a batch like a file.

Which hosts are asked is what a city's supervisor typed, nothing an answer can change: redirects are not followed, and
our own networks are out of reach (`pull_hosts`).
A batch takes effect by itself only when its source is trusted and no line is wrong or doubtful.
"""

import json
from collections.abc import Iterable, Iterator
from datetime import date, datetime, timedelta
from typing import Any

import structlog
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from sanjian.base.identity import audit
from sanjian.base.identity.models import Account
from sanjian.base.registry.models import DataSource, ImportBatch

from . import services
from .pull_database import rows_of_database
from .pull_errors import PullFailed
from .pull_http import answer_of_http
from .readers import NotReadable

log = structlog.get_logger()
Kind = DataSource.Kind
RETRY = timedelta(minutes=15)
"""After a failed pull the next waits at least this long (our choice): a partner in trouble is not hammered."""


def due(now: datetime, sources: Iterable[DataSource]) -> Iterator[DataSource]:
    """The sources whose interval has passed."""
    for source in sources:
        if source.kind not in (Kind.HTTP, Kind.DATABASE) or not source.interval_minutes:
            continue
        pause = timedelta(minutes=source.interval_minutes)
        if source.last_problem:
            pause = max(pause, RETRY)
        if source.last_pulled_at is None or now - source.last_pulled_at >= pause:
            yield source


def pull(source: DataSource, now: datetime, *, actor: Account | None = None) -> ImportBatch | None:
    """Ask a source once; the answer becomes a batch that waits to be read.

    Args:
        actor: who pressed the button; None for the schedule.

    Returns:
        The batch; None when there is nothing new, the source failed (`last_problem` says why), or another worker asks.
    """
    mine = DataSource.objects.filter(pk=source.pk, last_pulled_at=source.last_pulled_at).update(last_pulled_at=now)
    if not mine:
        return None
    source.last_pulled_at = now
    try:
        content, name, seen = _ask(source)
        if content is None:
            DataSource.objects.filter(pk=source.pk).update(last_problem="")
            return None
        with transaction.atomic():
            batch = services.submit(
                content, name=name, register=source.register, actor=actor, at=now, source=source,
                valid_from=timezone.localdate(now),
            )  # fmt: skip
            DataSource.objects.filter(pk=source.pk).update(last_problem="", seen=seen)
    except (PullFailed, NotReadable) as error:
        _failed(source, str(error), now)
        return None
    source.last_problem, source.seen = "", seen
    return batch


def settle(batch: ImportBatch, now: datetime) -> bool:
    """Confirm a batch that was just read, when it was pulled from a trusted source and every line is clear."""
    source = batch.source
    pulled = source.kind in (Kind.HTTP, Kind.DATABASE)
    if not pulled or batch.state == ImportBatch.State.FAILED:
        if pulled:
            _failed(source, batch.problem, now)
        return False
    unclear = batch.counts.get("wrong", 0) + batch.counts.get("doubtful", 0)
    if batch.state != ImportBatch.State.PREVIEWED:
        return False
    if not unclear and not batch.counts.get("new", 0) + batch.counts.get("changed", 0):
        with transaction.atomic():  # nothing to decide: an empty batch must not pile up on a person's list
            ImportBatch.objects.filter(pk=batch.pk, state=ImportBatch.State.PREVIEWED).update(
                state=ImportBatch.State.CANCELLED, problem=_("与登记库一致，没有变化")
            )
            audit.record("import.nothing_new", actor=None, kind="import", record_id=batch.pk, at=now)
        return False
    if not source.is_trusted or unclear:
        return False
    services.confirm(batch, actor=None, at=now)
    return True


def _ask(source: DataSource) -> tuple[bytes | None, str, dict[str, Any]]:
    if source.kind == Kind.HTTP:
        answer = answer_of_http(source.address, source.secret, source.token_header, source.seen)
        return answer.content, f"{source.code}{answer.ending}", answer.seen
    rows = rows_of_database(source.address, source.query, source.secret)
    return json.dumps({"rows": rows}, ensure_ascii=False, default=_plain).encode(), f"{source.code}.json", {}


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date | datetime) else str(value)


def _failed(source: DataSource, why: str, now: datetime) -> None:
    log.warning("pull failed", source=source.code, reason=why)
    if source.last_problem != why:
        with transaction.atomic():
            DataSource.objects.filter(pk=source.pk).update(last_problem=why)
            audit.record(
                "source.pull_failed", actor=None, kind="data_source", record_id=source.code, reason=why, at=now
            )
    source.last_problem = why
