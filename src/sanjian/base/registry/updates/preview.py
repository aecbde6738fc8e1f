"""Reading a batch: every line of its file becomes a row that says what it will do. Nothing is written to the register.

Done again, it comes to the same: rows of an earlier, interrupted reading are thrown away first.
"""

from collections import Counter
from collections.abc import Sequence
from datetime import date, datetime

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from sanjian.base.registry.models import ImportBatch, ImportRow

from .cells import presentable
from .columns import SPECS
from .lines import Line, lines_of, stored
from .readers import NotReadable, read
from .sealed import unseal
from .targets import TARGETS, scope_of

_AT_ONCE = 1000
State = ImportBatch.State


def read_batch(batch: ImportBatch) -> bool:
    """Preview a batch that is READING; one that cannot be read becomes FAILED and says why.

    Returns:
        Whether this call did it: another process, or a person who cancelled, may have been quicker.
    """
    spec = SPECS[batch.register]
    try:
        sheet = read(unseal(batch.file_sha256))
        lines, unknown = lines_of(spec, sheet, batch.source.columns)
        if not lines:
            raise NotReadable(_("文件只有标题行，没有数据"))
    except NotReadable as error:
        failed = _still_reading(batch).update(state=State.FAILED, problem=presentable(str(error)), held_until=None)
        batch.refresh_from_db()
        return bool(failed)
    TARGETS[batch.register].judge(lines, scope_of(batch))
    with transaction.atomic():
        problem = _("没有用到的列：%(heads)s") % {"heads": presentable("、".join(unknown)[:1000])} if unknown else ""
        done = _still_reading(batch).update(
            state=State.PREVIEWED, counts=counts_of(lines), total_rows=len(lines), done_rows=0, done_line=0,
            problem=problem, held_until=None,
        )  # fmt: skip
        if done:
            ImportRow.objects.filter(batch=batch).delete()
            ImportRow.objects.bulk_create(
                (
                    ImportRow(
                        batch=batch, line_no=line.line_no, outcome=line.outcome, target_id=line.target_id,
                        values=stored(spec, line.values), changes=_as_json(line), problems=line.problems,
                    )
                    for line in lines
                ),
                batch_size=_AT_ONCE,
            )  # fmt: skip
    batch.refresh_from_db()
    return bool(done)


def counts_of(lines: Sequence[Line]) -> dict[str, int]:
    """Rows of each outcome; zeros are written out."""
    return {str(outcome): 0 for outcome in ImportRow.Outcome} | Counter(str(line.outcome) for line in lines)


def recount(batch: ImportBatch) -> dict[str, int]:
    """The same from the rows that are stored, after a decision or a refusal."""
    found = Counter(ImportRow.objects.filter(batch=batch).order_by().values_list("outcome", flat=True))
    counts = {str(outcome): found.get(str(outcome), 0) for outcome in ImportRow.Outcome}
    ImportBatch.objects.filter(pk=batch.pk).update(counts=counts)
    return counts


def _still_reading(batch: ImportBatch) -> "QuerySet[ImportBatch]":
    return ImportBatch.objects.filter(pk=batch.pk, state=State.READING)


def _as_json(line: Line) -> dict[str, list[object]]:
    return {
        name: [v.isoformat() if isinstance(v, date | datetime) else v for v in sides]
        for name, sides in line.changes.items()
    }
