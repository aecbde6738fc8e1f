"""What people do with batches: send a file, settle doubtful rows, confirm, cancel, take back.

UpdateError
├── NotYours     the register or the batch is not the person's to change
└── Overtaken    the batch is in another state by now
"""

from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext as _

from sanjian.base.identity import audit
from sanjian.base.identity.models import Account, Role
from sanjian.base.registry.models import DataSource, ImportBatch, ImportRow, Register

from . import applying, preview, undoing
from .cells import presentable
from .readers import MOST_BYTES, NotReadable
from .sealed import seal
from .targets import scope_of
from .targets.objects import Objects

State = ImportBatch.State
AT_ONCE_BYTES = 200_000
"""A file up to this size, about 2,000 rows, is previewed while the person waits; a larger one by the worker."""


class UpdateError(Exception):
    """Something that may not be done; the message says why."""


class NotYours(UpdateError):
    """The register or the batch is not the person's to change."""


class Overtaken(UpdateError):
    """The batch is in another state by now."""


def keeps(actor: Account, register: str) -> bool:
    """Whether a person may bring files for a register: supervisors; items, which are the whole city's, city ones."""
    if actor.role != Role.SUPERVISOR or not actor.is_active:
        return False
    return actor.sees_whole_city or register != Register.ITEMS


def file_source(register: str) -> DataSource:
    """The source of facts that people bring as files: as trusted as what they enter by hand."""
    source, _is_new = DataSource.objects.get_or_create(
        code=f"file-{register}",
        defaults={"name": "文件导入", "kind": DataSource.Kind.FILE, "register": register, "rank": 3},
    )
    return source


def submit(
    content: bytes,
    *,
    name: str,
    register: str,
    actor: Account | None,
    at: datetime,
    valid_from: date,
    source: DataSource | None = None,
) -> ImportBatch:
    """Take a file in. The worker reads it; `read_now` reads a small one at once.

    Args:
        actor: None for a pull that nobody started.
        valid_from: since when what it says holds.

    Raises:
        NotYours: the register is not the actor's.
        NotReadable: empty or too large.
        LakeFull, NotStored: the disk refused.
    """
    if actor is not None and not keeps(actor, register):
        raise NotYours(_("只有监管人员可以导入；检查事项只由市级导入"))
    if not content or len(content) > MOST_BYTES:
        raise NotReadable(_("文件是空的，或超过 %(mb)d MB") % {"mb": MOST_BYTES // 1024 // 1024})
    name = presentable(name)[:200]
    sha256 = seal(content, name=name, by=actor, at=at)
    with transaction.atomic():
        batch = ImportBatch.objects.create(
            source=source or file_source(register), register=register, file_name=name, file_sha256=sha256,
            valid_from=valid_from, actor=actor,
        )  # fmt: skip
        audit.record(
            "import.submit", actor=actor, kind="import", record_id=batch.pk, at=at,
            details={"register": register, "file": name, "size_bytes": len(content)},
        )  # fmt: skip
    return batch


def read_now(batch: ImportBatch, now: datetime) -> ImportBatch:
    """Preview a batch in this process unless another is at it."""
    taken = applying.take(batch.pk, now, State.READING)
    if taken is not None:
        preview.read_batch(taken)
    batch.refresh_from_db()
    return batch


def confirm(batch: ImportBatch, *, actor: Account | None, at: datetime) -> None:
    """Have a previewed batch written: by the worker, in chunks.

    Raises:
        NotYours.
        Overtaken: it is not waiting for confirmation any more.
    """
    _ensure_theirs(batch, actor)
    with transaction.atomic():
        if not ImportBatch.objects.filter(pk=batch.pk, state=State.PREVIEWED).update(
            state=State.APPLYING, handled_at=at, done_line=0, done_rows=0, held_until=None
        ):
            raise Overtaken(_("这一批已不在待确认状态，请刷新页面"))
        audit.record("import.confirm", actor=actor, kind="import", record_id=batch.pk, at=at, details=batch.counts)
    batch.refresh_from_db()


def apply_now(batch: ImportBatch, now: datetime) -> ImportBatch:
    """Write a confirmed batch in this process unless another is at it."""
    taken = applying.take(batch.pk, now, State.APPLYING)
    if taken is not None:
        applying.apply_batch(taken, now)
    batch.refresh_from_db()
    return batch


def cancel(batch: ImportBatch, *, actor: Account, at: datetime, reason: str = "") -> None:
    """Give a batch up before anything of it was written.

    Raises:
        NotYours, Overtaken.
    """
    _ensure_theirs(batch, actor)
    with transaction.atomic():
        waiting = ImportBatch.objects.filter(pk=batch.pk, state__in=(State.READING, State.PREVIEWED, State.FAILED))
        if not waiting.update(state=State.CANCELLED, held_until=None):
            raise Overtaken(_("这一批已经开始写入，不能放弃；写完后可以撤销"))
        audit.record("import.cancel", actor=actor, kind="import", record_id=batch.pk, at=at, reason=reason)
    batch.refresh_from_db()


def undo(batch: ImportBatch, *, actor: Account, at: datetime, reason: str) -> None:
    """Have an applied batch taken back: by the worker, in chunks. What had to stay is told in the batch's problem.

    Raises:
        UpdateError: no reason given.
        NotYours, Overtaken.
    """
    _ensure_theirs(batch, actor)
    if not reason.strip():
        raise UpdateError(_("请写明撤销的理由"))
    counts = batch.counts | {"undo": undoing.asked(actor, at, reason.strip())}
    with transaction.atomic():
        if not ImportBatch.objects.filter(pk=batch.pk, state=State.APPLIED).update(
            state=State.UNDOING, counts=counts, held_until=None
        ):
            raise Overtaken(_("这一批不在已生效状态，不能撤销"))
        audit.record("import.undo_asked", actor=actor, kind="import", record_id=batch.pk, at=at, reason=reason.strip())
    batch.refresh_from_db()


def undo_now(batch: ImportBatch, now: datetime) -> ImportBatch:
    """Take a batch back in this process unless another is at it."""
    taken = applying.take(batch.pk, now, State.UNDOING)
    if taken is not None:
        undoing.undo_batch(taken, now)
    batch.refresh_from_db()
    return batch


def decide_row(row: ImportRow, is_same: bool, *, actor: Account, at: datetime) -> ImportRow:
    """Settle one doubtful row before the batch is confirmed.

    Raises:
        NotYours.
        Overtaken: the row is settled, or the batch confirmed.
    """
    batch = row.batch
    _ensure_theirs(batch, actor)
    with transaction.atomic():
        waiting = ImportBatch.objects.select_for_update().filter(pk=batch.pk, state=State.PREVIEWED).exists()
        if not waiting or row.outcome != ImportRow.Outcome.DOUBTFUL or batch.register != Register.OBJECTS:
            raise Overtaken(_("这一行已经处理过，或这一批已确认"))
        looked_like = row.target_id
        Objects().decide(row, is_same, scope_of(batch))
        settled = ImportRow.objects.filter(pk=row.pk, outcome=ImportRow.Outcome.DOUBTFUL).update(
            outcome=row.outcome, target_id=row.target_id, changes=row.changes, problems=row.problems
        )
        if not settled:
            raise Overtaken(_("这一行已经处理过，或这一批已确认"))
        preview.recount(batch)
        audit.record(
            "import.decide", actor=actor, kind="import", record_id=batch.pk, at=at,
            details={"line": row.line_no, "object": looked_like, "is_same": is_same},
        )  # fmt: skip
    return row


def _ensure_theirs(batch: ImportBatch, actor: Account | None) -> None:
    """One's own batch; a city's supervisor also any other. None is the system, for trusted pulls."""
    if actor is None:
        return
    if not keeps(actor, batch.register) or not (actor.sees_whole_city or batch.actor_id == actor.pk):
        raise NotYours(_("这一批不是您提交的"))
