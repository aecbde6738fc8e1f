"""Writing a confirmed batch in chunks, each with its place in one transaction, so that a kill loses nothing.

1. A worker takes the batch: `held_until` moves forward by an atomic update; only one worker gets it.
2. For each chunk, one transaction writes the rows and moves `done_line` from where it stood. A worker that was thought
   dead and wakes up finds another place there, and its chunk is rolled back.
3. A worker that dies leaves `held_until` to pass; the next one goes on behind `done_line`.
"""

from datetime import datetime, timedelta

from django.db import connection, transaction
from django.db.models import F, Q

from sanjian.base.identity import audit
from sanjian.base.registry.models import ImportBatch, ImportRow

from .preview import recount
from .targets import TARGETS

HOLD = timedelta(minutes=3)
"""A chunk takes seconds; who has said nothing for this long is dead (our choice)."""
CHUNK = 2500
"""Rows in one transaction: other writers wait for less than about two seconds (measured on two cores)."""
State = ImportBatch.State
_WRITTEN = (ImportRow.Outcome.NEW, ImportRow.Outcome.CHANGED)


class Overtaken(Exception):
    """Another worker has gone on with the batch."""


def take(batch_id: int, now: datetime, *states: str) -> ImportBatch | None:
    """Take a batch for HOLD; None when another process has it or its state moved on."""
    free = Q(held_until=None) | Q(held_until__lt=now)
    taken = ImportBatch.objects.filter(free, pk=batch_id, state__in=states).update(held_until=now + HOLD)
    return ImportBatch.objects.select_related("source", "actor__district").get(pk=batch_id) if taken else None


def apply_batch(batch: ImportBatch, now: datetime, chunks: int | None = None) -> int:
    """Write a taken batch that is APPLYING; returns the rows passed.

    Args:
        chunks: at most so many; None: to the end. Between chunks the hold is renewed by `done_line`'s update.
    """
    passed = 0
    while chunks is None or chunks > 0:
        rows = list(batch.rows.filter(line_no__gt=batch.done_line).order_by("line_no")[:CHUNK])
        if not rows:
            _finish(batch, now)
            return passed
        _chunk(batch, rows, batch.handled_at or now, now)
        passed += len(rows)
        chunks = None if chunks is None else chunks - 1
    ImportBatch.objects.filter(pk=batch.pk, done_line=batch.done_line).update(held_until=None)
    return passed


def _chunk(batch: ImportBatch, rows: list[ImportRow], at: datetime, now: datetime) -> None:
    place, last = batch.done_line, rows[-1].line_no
    with transaction.atomic():
        moved = ImportBatch.objects.filter(pk=batch.pk, state=State.APPLYING, done_line=place).update(
            done_line=last, done_rows=F("done_rows") + len(rows), held_until=now + HOLD
        )
        if not moved:
            raise Overtaken(batch.pk)
        written = [row for row in rows if row.outcome in _WRITTEN]
        before = {row.pk: row.target_id for row in written}
        TARGETS[batch.register].write(batch, written, at)
        _note_targets([row for row in written if row.target_id != before[row.pk]])
        for row in written:
            if row.outcome not in _WRITTEN:  # the register refused it
                row.save(update_fields=["outcome", "problems"])
    batch.done_line = last


def _note_targets(rows: list[ImportRow]) -> None:
    """Which record each row became. One prepared statement: Django's bulk_update takes as long as all the rest."""
    table, column = ImportRow._meta.db_table, ImportRow._meta.get_field("target_id").column
    with connection.cursor() as cursor:
        cursor.executemany(
            f"UPDATE {table} SET {column} = %s WHERE id = %s",  # noqa: S608 names come from the model
            [(row.target_id, row.pk) for row in rows],
        )


def _finish(batch: ImportBatch, now: datetime) -> None:
    with transaction.atomic():
        counts = recount(batch)
        done = ImportBatch.objects.filter(pk=batch.pk, state=State.APPLYING, done_line=batch.done_line).update(
            state=State.APPLIED, applied_at=now, held_until=None
        )
        if done:
            audit.record(
                "import.apply", actor=batch.actor, kind="import", record_id=batch.pk, at=now,
                details={"register": batch.register, "source": batch.source.code, **counts},
            )  # fmt: skip
    batch.refresh_from_db()
