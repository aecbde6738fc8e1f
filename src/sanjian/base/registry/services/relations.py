"""Arrows of the relation graph: landlord, group, operator, carrier, laboratory, maintainer."""

from datetime import date, datetime

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from sanjian.base.identity import audit
from sanjian.base.identity.models import Account

from ..models import DataSource, InspectionObject, Relation
from .errors import ChangedMeanwhile, InvalidValues, NothingChanged
from .membership import shortened
from .permission import ensure_keeper


@transaction.atomic
def relate(
    subject: InspectionObject, target: InspectionObject, kind: str, *, actor: Account | None, at: datetime,
    valid_from: date, valid_to: date | None = None, data_source: DataSource | None = None, reason: str = "",
) -> Relation:  # fmt: skip
    """`subject` is the landlord, group, operator ... of `target` from a day on. Either's district may record it.

    Raises:
        InvalidValues: the two are one, no such kind, or days in the wrong order.
        NothingChanged: recorded already for these days.
        NotAllowed: neither lies in the actor's district.
    """
    _ensure_either(actor, subject, target)
    if subject.pk == target.pk:
        raise InvalidValues({"target": [_("不能与自身建立关系")]})
    if kind not in Relation.Kind.values:
        raise InvalidValues({"kind": [_("没有“%(value)s”这个选项") % {"value": kind[:40]}]})
    if valid_to is not None and valid_to < valid_from:
        raise InvalidValues({"valid_to": [_("截止日期不能早于生效日期")]})
    list(InspectionObject.objects.select_for_update().filter(pk__in=[subject.pk, target.pk]).order_by("pk"))
    until = Q() if valid_to is None else Q(valid_from__lte=valid_to)
    held = Relation.objects.current().filter(until, subject=subject, target=target, kind=kind)
    if held.filter(Q(valid_to=None) | Q(valid_to__gte=valid_from)).exists():
        raise NothingChanged(_("这段时间内已经登记过这一关系"))
    relation = Relation.objects.create(
        subject=subject, target=target, kind=kind, valid_from=valid_from, valid_to=valid_to, recorded_at=at,
        data_source=data_source,
    )  # fmt: skip
    audit.record(
        "object.relate", actor=actor, kind="inspection_object", record_id=subject.pk, reason=reason, at=at,
        details={"target": target.pk, "kind": kind, "valid_from": str(valid_from)},
    )  # fmt: skip
    return relation


@transaction.atomic
def unrelate(relation: Relation, *, actor: Account | None, at: datetime, last_day: date, reason: str) -> None:
    """A relation ends with a day; recorded before it began, it never was.

    Raises:
        ChangedMeanwhile: somebody else ended or corrected it.
        NotAllowed: neither end lies in the actor's district.
    """
    _ensure_either(actor, relation.subject, relation.target)
    if not Relation.objects.current().filter(pk=relation.pk).update(superseded_at=at):
        raise ChangedMeanwhile(at)
    Relation.objects.bulk_create(shortened([relation], last_day, at))
    audit.record(
        "object.unrelate", actor=actor, kind="inspection_object", record_id=relation.subject_id, reason=reason, at=at,
        details={"target": relation.target_id, "kind": relation.kind, "last_day": str(last_day)},
    )  # fmt: skip


def _ensure_either(actor: Account | None, subject: InspectionObject, target: InspectionObject) -> None:
    mine = [t for t in (subject, target) if actor and t.district_id == actor.district_id]
    ensure_keeper(actor, [t.district_id for t in mine or (subject, target)])
