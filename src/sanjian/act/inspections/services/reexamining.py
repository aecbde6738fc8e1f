"""A visit is looked at again when an instrument that it relied on turns out not to have been good at that moment."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from sanjian.base.identity import audit
from sanjian.base.identity.models import Account, Role
from sanjian.base.registry.services.equipment import Reopening

from ..models import Inspection, Reexamination
from .errors import VisitError

CITED_BY = "code"
"""`FieldReading.record_kind` of readings taken on a visit; the record's id is the code's."""


def ask_again(reopening: Reopening) -> None:
    """Ask for a second look at every visit that cites a reading which is no longer evidence.

    Subscribed to the equipment register, and called in the transaction of the check: neither stands without the other.
    A visit that already waits for its second look gets one more cause, not a second look more.
    """
    codes = [record_id for kind, record_id in reopening.records if kind == CITED_BY]
    for visit in Inspection.objects.filter(code__code_id__in=codes).select_related("code"):
        lost = [r for r in reopening.lost if (r.record_kind, r.record_id) == (CITED_BY, visit.code.code_id)]
        told = [f"{r.quantity} {r.value:g} {r.unit}（{r.standing_reason}）" for r in lost]
        because = f"{reopening.instrument.name} {reopening.instrument.asset_no}：" + "；".join(told)
        waiting, is_new = Reexamination.objects.select_for_update().get_or_create(
            inspection=visit, settled_at=None, defaults={"asked_at": reopening.at, "because": because}
        )
        if not is_new:
            waiting.because += "\n" + because
            waiting.save(update_fields=["because"])
        audit.record(
            "visit.reopen", actor=None, kind="code", record_id=visit.code.code_id, reason=because, at=reopening.at,
            details={"readings": [r.pk for r in lost], "calibration": reopening.because.pk},
        )  # fmt: skip


def settle(visit: Inspection, actor: Account, *, outcome: str, note: str, now: datetime) -> None:
    """Say what the second look came to. Twice is refused, not overwritten.

    Raises:
        VisitError: not a supervisor, one of those who went, no reason, or nothing waits for a second look.
    """
    if actor.role != Role.SUPERVISOR or visit.code.officers.filter(account=actor).exists():
        raise VisitError(_("复核由监管部门办理，检查人员不能复核自己的检查"))
    if outcome not in Reexamination.Outcome.values or not note.strip():
        raise VisitError(_("请选择结论并写明理由"))
    with transaction.atomic():
        waiting = Reexamination.objects.filter(inspection=visit, settled_at=None)
        if not waiting.update(outcome=outcome, note=note.strip(), settled_at=now, settled_by=actor):
            raise VisitError(_("没有待复核的事项，可能是别人刚刚办结"))
        audit.record(
            "visit.settle", actor=actor, kind="code", record_id=visit.code.code_id, reason=note.strip(), at=now,
            details={"outcome": outcome},
        )  # fmt: skip
