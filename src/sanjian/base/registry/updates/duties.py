"""What the worker does for dynamic update: read and write batches that wait, pull what is due, look for duplicates."""

from datetime import datetime, timedelta

import structlog
from django.db.models import Q

from sanjian.base.registry.models import DataSource, ImportBatch
from sanjian.base.screening import duties

from . import applying, duplicates, preview, pulls, undoing

log = structlog.get_logger()

CHUNKS_A_TURN = 2
"""Chunks of one batch in one turn, so that screens never wait long for an import (our choice)."""
State = ImportBatch.State
_WAITING = (State.READING, State.APPLYING, State.UNDOING)


def register() -> None:
    """Have every worker do these."""
    duties.every(timedelta(seconds=1), "registry.imports", work)
    duties.every(timedelta(seconds=20), "registry.pulls", pull)
    duties.every(timedelta(hours=6), "registry.duplicates", duplicates.refresh)


def work(now: datetime) -> int:
    """One step of the oldest batch that waits: read it, write or take back some chunks of it. Returns rows touched."""
    free = Q(held_until=None) | Q(held_until__lt=now)
    waiting = ImportBatch.objects.filter(free, state__in=_WAITING).order_by("id")
    for batch_id in waiting.values_list("id", flat=True)[:5]:
        batch = applying.take(batch_id, now, *_WAITING)
        if batch is None:
            continue
        if batch.state == State.READING:
            preview.read_batch(batch)
            pulls.settle(batch, now)
            return max(1, batch.total_rows)
        try:
            step = undoing.undo_batch if batch.state == State.UNDOING else applying.apply_batch
            return max(1, step(batch, now, CHUNKS_A_TURN))
        except applying.Overtaken:
            log.warning("import overtaken", batch=batch_id)
    return 0


def pull(now: datetime) -> int:
    """Pull every source that is due. Returns how many were asked."""
    return sum(pulls.pull(source, now) is not None for source in pulls.due(now, DataSource.objects.all()))
