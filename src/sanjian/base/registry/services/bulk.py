"""Many objects at once: what imports and pulls write. A file of 50,000 lines takes seconds, so every step is one
statement for many rows, and the audit chain gets one entry for the call.

Every row written carries `recorded_at` = the call's `at` exactly, and every row closed `superseded_at` = `at`: this is
how `taking_back.undo_writes` finds a batch again. A batch written in several calls uses one `at` for all of them.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from sanjian.base.identity import audit
from sanjian.base.identity.models import Account

from .. import many, words
from ..models import DataSource, InspectionObject, Listing, ObjectRole, ObjectVersion
from ..rules import history
from . import states
from .checking import DEFAULTS, FACT_FIELDS
from .errors import Clash, InvalidValues
from .holding import hold
from .permission import ensure_keeper

CHUNK = 1000
PRESENT = [*(f.removesuffix("_id") for f in FACT_FIELDS), "present_since", "changed_at"]


@dataclass(frozen=True, slots=True)
class ObjectWrite:
    """One object to be registered or changed.

    Args:
        target_id: the object to change; None registers a new one.
        values: by FACT_FIELDS, as cleaned by `check_values`; for a change only what is to be said.
        valid_from: from which day it is so.
        roles, listings: what it shall have from that day on; None leaves them as they are.
    """

    target_id: int | None
    values: dict[str, Any]
    valid_from: date
    roles: frozenset[str] | None = None
    listings: frozenset[str] | None = None


@dataclass(slots=True)
class WriteCounts:
    """What a call did; `ids` are the objects in the order of the writes."""

    created: int = 0
    changed: int = 0
    same: int = 0
    ids: list[int] = field(default_factory=list)


@transaction.atomic
def write_objects(
    writes: Sequence[ObjectWrite], *, actor: Account | None, at: datetime, data_source: DataSource | None = None,
    reason: str,
) -> WriteCounts:  # fmt: skip
    """Register and change many objects, all or none.

    Raises:
        NotAllowed: an object lies outside the actor's district.
        Clash: two objects would have one code and site; one target is written twice, or is merged or gone.
        InvalidValues: no such role or list.
        ChangedMeanwhile: somebody changed a target at the same moment.
    """
    ensure_keeper(actor, {w.values["district_id"] for w in writes if "district_id" in w.values})
    _known_codes(writes)
    origin = states.Origin(actor, at, data_source, reason)
    counts = WriteCounts(ids=[0] * len(writes))
    for start in range(0, len(writes), CHUNK):
        part = list(enumerate(writes[start : start + CHUNK], start))
        fresh = [(n, w) for n, w in part if w.target_id is None]
        known = [(n, w) for n, w in part if w.target_id is not None]
        touched = _register(fresh, origin, counts)
        touched |= _change(known, origin, counts)
        held = [(counts.ids[n], w) for n, w in part]
        was_held = hold(ObjectRole, "role", [(i, w.roles, w.valid_from) for i, w in held], origin)
        was_held |= hold(Listing, "list_code", [(i, w.listings, w.valid_from) for i, w in held], origin)
        only_held = was_held - touched
        counts.changed += len(only_held)
        counts.same -= len(only_held)
        InspectionObject.objects.filter(pk__in=only_held).update(changed_at=at)
    audit.record(
        "object.write_many", actor=actor, kind="inspection_object", record_id=_span(counts.ids), reason=reason, at=at,
        details={"created": counts.created, "changed": counts.changed, "same": counts.same,
                 "source": data_source and data_source.code},
    )  # fmt: skip
    return counts


def _span(ids: Sequence[int]) -> str:
    return str(ids[0]) if len(ids) == 1 else f"{min(ids)}..{max(ids)}" if ids else ""


def _known_codes(writes: Sequence[ObjectWrite]) -> None:
    roles = set[str]().union(*(w.roles or () for w in writes)) - set(ObjectRole.Role.values)
    listings = set[str]().union(*(w.listings or () for w in writes)) - set(Listing.List.values)
    said = _("没有“%(value)s”这个选项")
    errors = {"roles": sorted(roles), "listings": sorted(listings)}
    if roles or listings:
        raise InvalidValues({name: [said % {"value": v[:40]} for v in vs] for name, vs in errors.items() if vs})


def _register(fresh: Sequence[tuple[int, ObjectWrite]], origin: states.Origin, counts: WriteCounts) -> set[int]:
    if not fresh:
        return set()
    full = [{**DEFAULTS, **w.values} for _n, w in fresh]
    _ensure_free([(v["credit_code"], v["site_no"], None) for v in full])
    things = InspectionObject.objects.bulk_create(
        InspectionObject(registered_at=origin.at, changed_at=origin.at, present_since=w.valid_from, **values)
        for (_n, w), values in zip(fresh, full, strict=True)
    )
    versions, rows = [], []
    for (n, write), thing, values in zip(fresh, things, full, strict=True):
        counts.ids[n] = thing.pk
        state = history.State(write.valid_from, None, values, states.given(write.values))
        versions += states.new_rows(thing.pk, [state], {}, origin)
        rows.append(words.row_of(values, thing.pk))
    many.insert(versions)
    many.insert(rows)
    counts.created += len(fresh)
    return {thing.pk for thing in things}


def _change(known: Sequence[tuple[int, ObjectWrite]], origin: states.Origin, counts: WriteCounts) -> set[int]:
    if not known:
        return set()
    things = _targets([w for _n, w in known], origin.actor)
    believed = states.believed(list(things.values()), origin.at)
    closing: list[ObjectVersion] = []
    adding: list[ObjectVersion] = []
    touched: list[InspectionObject] = []
    today = timezone.localdate(origin.at)
    for n, write in known:
        thing = things[write.target_id or 0]
        counts.ids[n] = thing.pk
        rows = {row.pk: row for row in believed[thing.pk]}
        before = [states.state_of(row) for row in rows.values()]
        plan = _plan(before, write)
        if plan is None or not plan.add:
            counts.same += 1
            continue
        closing += states.planned(plan, rows)
        adding += states.new_rows(thing.pk, plan.add, rows, origin)
        states.put_on(thing, states.present(states.after(before, plan), today), origin.at)
        touched.append(thing)
        counts.changed += 1
    _ensure_free([(t.credit_code, t.site_no, t.pk) for t in touched])
    states.close(closing, origin.at)
    many.insert(adding)
    many.update(touched, PRESENT)
    words.refresh_words([t.pk for t in touched])
    return {t.pk for t in touched}


def _plan(before: Sequence[history.State], write: ObjectWrite) -> history.Plan | None:
    on_the_day = history.at(before, write.valid_from) or states.present(before, write.valid_from)
    changes = {name: value for name, value in write.values.items() if value != on_the_day.values[name]}
    return history.plan(before, changes, write.valid_from) if changes else None


def _targets(writes: Sequence[ObjectWrite], actor: Account | None) -> dict[int, InspectionObject]:
    wanted = [w.target_id for w in writes]
    if len(set(wanted)) != len(wanted):
        raise Clash(_("同一检查对象在一批中出现了两次"))
    things = InspectionObject.objects.select_for_update().standing().order_by("pk").in_bulk(wanted)
    if len(things) != len(wanted):
        raise Clash(_("有的检查对象已被合并或删除，请重新预览"))
    ensure_keeper(actor, {t.district_id for t in things.values()})
    return things


def _ensure_free(codes: Sequence[tuple[str | None, str, int | None]]) -> None:
    """No two objects have one code and site, counting those of this call."""
    wanted = {(code, site): pk for code, site, pk in codes if code}
    if len(wanted) != sum(1 for code, _site, _pk in codes if code):
        raise Clash(_("同一统一社会信用代码和场所序号在一批中出现了两次"))
    taken = InspectionObject.objects.standing().filter(credit_code__in={code for code, _site in wanted})
    for pk, code, site in taken.order_by().values_list("pk", "credit_code", "site_no"):
        if code and (code, site) in wanted and wanted[code, site] != pk:
            raise Clash(_("统一社会信用代码 %(code)s 的这一场所已经登记") % {"code": code})
