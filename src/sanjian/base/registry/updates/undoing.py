"""Taking an applied batch back in chunks, from its last line to its first: a kill loses nothing here either.

1. The request only says so: the batch is UNDOING, with who asked, when and why in `counts["undo"]`.
2. A worker takes it as for writing (see `applying`). For each chunk, one transaction takes rows back, moves `done_line`
   down from where it stood, and adds to the count; who finds another place there is rolled back.
3. What somebody changed since stays as it is, and the batch says which lines and why.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from sanjian.base.identity import audit
from sanjian.base.identity.models import Account
from sanjian.base.registry.models import ImportBatch, ImportRow
from sanjian.base.registry.services.errors import RegistryError

from . import applying
from .targets import TARGETS
from .targets.contract import Undo, Undone

State = ImportBatch.State
_SHOWN = 200
"""Lines that had to stay, told one by one; beyond that only their number."""
_WRITTEN = (ImportRow.Outcome.NEW, ImportRow.Outcome.CHANGED)


def asked(actor: Account, at: datetime, reason: str) -> dict[str, Any]:
    """What a batch keeps of a request to take it back."""
    return {"by": actor.pk, "at": at.isoformat(), "reason": reason, "restored": 0, "refused": 0, "lines": []}


def undo_batch(batch: ImportBatch, now: datetime, chunks: int | None = None) -> int:
    """Take back a taken batch that is UNDOING; returns the rows passed.

    Args:
        chunks: at most so many; None: to the first line.

    Raises:
        applying.Overtaken: another worker has gone on with it.
    """
    said = batch.counts["undo"]
    undo = Undo(Account.objects.get(pk=said["by"]), datetime.fromisoformat(said["at"]), said["reason"])
    passed = 0
    while chunks is None or chunks > 0:
        rows = list(batch.rows.filter(line_no__lte=batch.done_line).order_by("-line_no")[: applying.CHUNK])
        if not rows:
            _finish(batch, undo, now)
            return passed
        _chunk(batch, rows, undo, now)
        passed += len(rows)
        chunks = None if chunks is None else chunks - 1
    ImportBatch.objects.filter(pk=batch.pk, done_line=batch.done_line).update(held_until=None)
    return passed


def _chunk(batch: ImportBatch, rows: Sequence[ImportRow], undo: Undo, now: datetime) -> None:
    place, next_place, left = batch.done_line, rows[-1].line_no - 1, max(0, batch.done_rows - len(rows))
    with transaction.atomic():
        standing = ImportBatch.objects.select_for_update().filter(pk=batch.pk, state=State.UNDOING, done_line=place)
        if not standing.update(done_line=next_place, done_rows=left, held_until=now + applying.HOLD):
            raise applying.Overtaken(batch.pk)
        undone = _taken_back(batch, [row for row in rows if row.outcome in _WRITTEN], undo)
        said = batch.counts["undo"]
        counts = batch.counts | {
            "undo": said | {
                "restored": said["restored"] + undone.restored,
                "refused": said["refused"] + len(undone.refused),
                "lines": [*said["lines"], *map(list, undone.refused)][:_SHOWN],
            }
        }  # fmt: skip
        ImportBatch.objects.filter(pk=batch.pk).update(counts=counts)
    batch.done_line, batch.done_rows, batch.counts = next_place, left, counts


def _taken_back(batch: ImportBatch, rows: Sequence[ImportRow], undo: Undo) -> Undone:
    """A refusal of the whole chunk, e.g. because the person has another district by now, is one of each line."""
    try:
        with transaction.atomic():
            return TARGETS[batch.register].undo(batch, rows, undo)
    except RegistryError as error:
        return Undone(0, [(row.line_no, str(error)) for row in rows])


def _finish(batch: ImportBatch, undo: Undo, now: datetime) -> None:
    """When nothing could be taken back the batch stands as before, and can be tried again."""
    said = batch.counts["undo"]
    stays = bool(said["refused"]) and not said["restored"]
    lines = [f"{_('第 %(n)d 行') % {'n': line}}：{why}" for line, why in sorted(said["lines"])]
    last = batch.rows.aggregate(last=Max("line_no"))["last"] or 0
    with transaction.atomic():
        done = ImportBatch.objects.filter(pk=batch.pk, state=State.UNDOING, done_line=batch.done_line).update(
            state=State.APPLIED if stays else State.UNDONE, held_until=None,
            done_line=last if stays else 0, done_rows=batch.total_rows if stays else 0,
            problem=_("以下各行没有撤销：") + "\n".join(lines) if lines else batch.problem,
        )  # fmt: skip
        if done:
            audit.record(
                "import.undo", actor=undo.actor, kind="import", record_id=batch.pk, at=now, reason=undo.reason,
                details={"restored": said["restored"], "refused": said["refused"]},
            )  # fmt: skip
    batch.refresh_from_db()
