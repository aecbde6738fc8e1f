"""Two records that are one enterprise become one, one that is two becomes two; both can be taken back.

Merging moves every record to the object that survives and leaves the other as a stub: its id stays in links, papers
and exports, and leads to the survivor for ever.
"""

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from sanjian.base.identity import audit
from sanjian.base.identity.models import Account

from ..models import Facility, InspectionObject, Lineage, MonitoringPoint, Permit
from ..words import refresh_words
from .errors import ChangedMeanwhile, Clash, InvalidValues, StillNeeded
from .moving import Moved, key_of, move, move_all
from .objects import register_object
from .permission import ensure_keeper
from .taking_back import references


@transaction.atomic
def merge(
    survivor: InspectionObject, other: InspectionObject, *, actor: Account | None, at: datetime, reason: str
) -> Lineage:
    """Make two records one: what belongs to `other` moves to `survivor`.

    Raises:
        InvalidValues: no reason given, or an object with itself.
        NotAllowed: one of them lies outside the actor's district.
        Clash: one of them is merged already, or both have a record that can stand only once.
    """
    if survivor.pk == other.pk:
        raise InvalidValues({"other": [_("不能与自身合并")]})
    _ensure_reason(reason)
    survivor, other = _locked(survivor, other)
    ensure_keeper(actor, [survivor.district_id, other.district_id])
    if survivor.survivor_id is not None or other.survivor_id is not None:
        raise Clash(_("其中一个对象已并入其他对象"))
    _ensure_one_tree(survivor, other)
    moved = move_all(other, survivor)
    _make_stub(other, survivor, at)
    lineage = Lineage.objects.create(
        kind=Lineage.Kind.MERGE, survivor=survivor, other=other, moved=moved, at=at, on=timezone.localdate(at),
        actor=actor, reason=reason[:200],
    )  # fmt: skip
    _settle("object.merge", lineage, actor=actor, at=at, reason=reason, counts={k: len(v) for k, v in moved.items()})
    return lineage


@transaction.atomic
def split(
    obj: InspectionObject, values: Mapping[str, Any], *, actor: Account | None, at: datetime, valid_from: date,
    reason: str, points: Iterable[MonitoringPoint] = (), permits: Iterable[Permit] = (),
    facilities: Iterable[Facility] = (),
) -> Lineage:  # fmt: skip
    """Take a part of an object out as an object of its own; `lineage.other` is the new one.

    Args:
        values: facts of the new object, as for `register_object`.
        points, permits, facilities: what goes with it; of facilities every row of the same code.

    Raises:
        InvalidValues, NotAllowed, Clash: as for `register_object`; also parts that belong to somebody else.
        StillNeeded: a facility that goes and one that stays flow into each other, or a point parts from its outlet.
    """
    _ensure_reason(reason)
    [obj] = _locked(obj)
    ensure_keeper(actor, [obj.district_id])
    if obj.survivor_id is not None:
        raise Clash(_("该对象已并入其他对象"))
    going = _going(obj, points, permits, facilities)
    new = register_object(values, actor=actor, at=at, valid_from=valid_from, reason=reason)
    move(going, new)
    lineage = Lineage.objects.create(
        kind=Lineage.Kind.SPLIT, survivor=obj, other=new, moved=going, at=at, on=valid_from, actor=actor,
        reason=reason[:200],
    )  # fmt: skip
    _settle("object.split", lineage, actor=actor, at=at, reason=reason, counts={k: len(v) for k, v in going.items()})
    return lineage


@transaction.atomic
def undo(lineage: Lineage, *, actor: Account | None, at: datetime, reason: str) -> None:
    """Take a merge or split back: exactly the rows that moved move back.

    Rows that were since deleted, or moved on by another merge or split, are left where they are.

    Raises:
        InvalidValues: no reason given.
        NotAllowed: one of them lies outside the actor's district.
        ChangedMeanwhile: taken back already.
        Clash: one of them was merged again since; take that back first. Or the code was given to another object since.
        StillNeeded: the object that was split off has records of its own by now; merge it instead.
    """
    _ensure_reason(reason)
    survivor, other = _locked(lineage.survivor, lineage.other)
    ensure_keeper(actor, [survivor.district_id, other.district_id])
    if not Lineage.objects.filter(pk=lineage.pk, undone_at=None).update(undone_at=at):
        raise ChangedMeanwhile(at)
    if lineage.kind == Lineage.Kind.MERGE:
        count = _undo_merge(lineage, survivor, other, at)
    else:
        count = _undo_split(lineage, survivor, other, at)
    lineage.undone_at = at
    _settle(
        f"object.{lineage.kind}.undo", lineage, actor=actor, at=at, reason=reason,
        counts={"back": count, "moved": sum(map(len, lineage.moved.values()))},
    )  # fmt: skip


def resolve(pk: int) -> int | None:
    """The object that an id stands for today: itself, or whatever it was merged into; None when there is none."""
    survivors = dict(InspectionObject.objects.filter(pk=pk).values_list("pk", "survivor_id"))
    seen: set[int] = set()
    while (survivor := survivors.get(pk)) is not None and survivor not in seen:
        seen.add(pk)
        pk = survivor
        survivors = dict(InspectionObject.objects.filter(pk=pk).values_list("pk", "survivor_id"))
    return pk if pk in survivors else None


def _undo_merge(lineage: Lineage, survivor: InspectionObject, other: InspectionObject, at: datetime) -> int:
    if survivor.survivor_id is not None or other.survivor_id != survivor.pk:
        raise Clash(_("之后又有合并，请先撤销后来的合并"))
    _ensure_code_is_free(other)
    count = move(lineage.moved, other, only_from=survivor)
    InspectionObject.objects.filter(pk=other.pk).update(survivor=None, changed_at=at)
    InspectionObject.objects.filter(pk=survivor.pk).update(changed_at=at)
    return count


def _undo_split(lineage: Lineage, survivor: InspectionObject, other: InspectionObject, at: datetime) -> int:
    if survivor.survivor_id is not None or other.survivor_id is not None:
        raise Clash(_("之后又有合并，请先撤销后来的合并"))
    count = move(lineage.moved, survivor, only_from=other)
    pointed = [kind for kind in references([other.pk]).get(other.pk, []) if kind != Lineage._meta.verbose_name]
    if pointed:
        raise StillNeeded(_("拆出的对象已有自己的记录：%(what)s；请改用合并") % {"what": "、".join(pointed)})
    _make_stub(other, survivor, at)
    return count


def _make_stub(other: InspectionObject, survivor: InspectionObject, at: datetime) -> None:
    InspectionObject.objects.filter(pk=other.pk).update(survivor=survivor, changed_at=at)
    InspectionObject.objects.filter(pk=survivor.pk).update(changed_at=at)


def _locked(*things: InspectionObject) -> list[InspectionObject]:
    """The objects as they stand, locked in one order whoever asks, so that two merges cannot wait for each other."""
    pks = [thing.pk for thing in things]
    found = {t.pk: t for t in InspectionObject.objects.select_for_update().filter(pk__in=pks).order_by("pk")}
    return [found[pk] for pk in pks]


def _ensure_reason(reason: str) -> None:
    if not reason.strip():
        raise InvalidValues({"reason": [_("请填写理由")]})


def _ensure_one_tree(survivor: InspectionObject, other: InspectionObject) -> None:
    """A facility code names one thing at one object, on whatever days."""
    tree = Facility.objects.current()
    codes = [set(tree.filter(inspection_object=t).values_list("code", flat=True)) for t in (survivor, other)]
    if both := "、".join(sorted(codes[0] & codes[1])):
        raise Clash(_("不能合并，两个对象都有编号为 %(codes)s 的设施，请先改其中一个的编号") % {"codes": both})


def _ensure_code_is_free(other: InspectionObject) -> None:
    taken = InspectionObject.objects.standing().exclude(pk=other.pk)
    if other.credit_code and taken.filter(credit_code=other.credit_code, site_no=other.site_no).exists():
        raise Clash(_("统一社会信用代码 %(code)s 的这一场所已经登记") % {"code": other.credit_code})


def _going(
    obj: InspectionObject, points: Iterable[MonitoringPoint], permits: Iterable[Permit], facilities: Iterable[Facility]
) -> Moved:
    points, permits, facilities = list(points), list(permits), list(facilities)
    owners = {p.inspection_object_id for p in points} | {p.inspection_object_id for p in permits}
    owners |= {f.inspection_object_id for f in facilities}
    if owners - {obj.pk}:
        raise InvalidValues({"parts": [_("所选点位、许可证或设施不属于该对象")]})
    tree = Facility.objects.filter(inspection_object=obj)
    going = set(tree.filter(code__in=[f.code for f in facilities]).values_list("pk", flat=True))
    crossing = [f for f in tree.current() if f.flows_to_id and (f.pk in going) != (f.flows_to_id in going)]
    parted = [p for p in obj.points.all() if p.outlet_id and (p in points) != (p.outlet_id in going)]
    if crossing or parted:
        names = "、".join(sorted([f.code for f in crossing] + [p.device_mn for p in parted]))
        raise StillNeeded(_("%(names)s 与其去向或排放口须一并拆出") % {"names": names})
    moved = {
        key_of(MonitoringPoint): sorted(p.pk for p in points),
        key_of(Permit): sorted(p.pk for p in permits),
        key_of(Facility): sorted(going),
    }
    return {key: pks for key, pks in moved.items() if pks}


def _settle(
    act: str, lineage: Lineage, *, actor: Account | None, at: datetime, reason: str, counts: dict[str, int]
) -> None:
    refresh_words([lineage.survivor_id, lineage.other_id])
    audit.record(
        act, actor=actor, kind="inspection_object", record_id=lineage.survivor_id, reason=reason, at=at,
        details={"other": lineage.other_id, "lineage": lineage.pk, **counts},
    )  # fmt: skip
