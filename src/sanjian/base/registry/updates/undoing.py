"""Taking an applied batch back: what it wrote is undone row by row; where somebody changed it since, that stays."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from sanjian.base.identity import audit
from sanjian.base.identity.models import Account
from sanjian.base.registry.models import ImportBatch

from .targets import TARGETS

_SHOWN = 200


def undo_batch(batch: ImportBatch, actor: Account, at: datetime, reason: str) -> list[tuple[int, str]]:
    """Take back a batch that is UNDOING, in one transaction; returns (line, why) of what had to stay.

    When nothing could be taken back the batch stays applied.
    """
    try:
        with transaction.atomic():
            undone = TARGETS[batch.register].undo(batch, actor, at, reason)
            refused = [f"{_('第 %(n)d 行') % {'n': line}}：{why}" for line, why in undone.refused[:_SHOWN]]
            state = ImportBatch.State.UNDONE if undone.restored or not undone.refused else ImportBatch.State.APPLIED
            ImportBatch.objects.filter(pk=batch.pk, state=ImportBatch.State.UNDOING).update(
                state=state, problem=_("以下各行没有撤销：") + "\n".join(refused) if refused else batch.problem
            )
            audit.record(
                "import.undo", actor=actor, kind="import", record_id=batch.pk, at=at, reason=reason,
                details={"restored": undone.restored, "refused": len(undone.refused)},
            )  # fmt: skip
    except BaseException:
        # Nothing was taken back: the batch stands as before, and can be tried again.
        ImportBatch.objects.filter(pk=batch.pk, state=ImportBatch.State.UNDOING).update(state=ImportBatch.State.APPLIED)
        raise
    finally:
        batch.refresh_from_db()
    return list(undone.refused)
