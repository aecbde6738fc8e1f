"""Inspection objects as people register and change them, one at a time. Files and partners use `bulk`.

Each call is one transaction: the history, the present row, the search words, and the audit entry stand or fall
together.
"""

from collections.abc import Collection, Mapping
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from sanjian.base.identity import audit
from sanjian.base.identity.models import Account, District

from ..models import DataSource, InspectionObject, ObjectVersion
from ..rules import history
from ..words import refresh_words
from . import states
from .bulk import ObjectWrite, WriteCounts, write_objects
from .checking import FACT_FIELDS, check_values
from .errors import ChangedMeanwhile, Clash, InvalidValues, NothingChanged
from .membership import end_listing, end_role, set_listing, set_role
from .permission import ensure_keeper
from .relations import relate, unrelate
from .taking_back import UndoCounts, undo_writes

__all__ = [
    "ObjectWrite", "UndoCounts", "WriteCounts", "change_object", "end_listing", "end_role", "register_object", "relate",
    "set_listing", "set_role", "undo_writes", "unrelate", "write_objects",
]  # fmt: skip

_NOT_TOLD = ("legal_person",)
"""Fields whose values stay out of the audit chain: it is kept for ever and cannot be corrected."""


@transaction.atomic
def register_object(
    values: Mapping[str, Any],
    *,
    actor: Account | None,
    at: datetime,
    valid_from: date,
    data_source: DataSource | None = None,
    reason: str = "",
    roles: Collection[str] = (),
    listings: Collection[str] = (),
) -> InspectionObject:
    """Take an object into the registry, with its first version.

    Args:
        values: by FACT_FIELDS, unchecked; what is missing takes the default.
        valid_from: from which day it is so; the day it began, not necessarily today.

    Raises:
        InvalidValues: what is wrong, by field.
        NotAllowed: not a district of the actor.
        Clash: the code and site are registered already.
    """
    cleaned = _checked(values, partial=False)
    write = ObjectWrite(None, cleaned, valid_from, frozenset(roles), frozenset(listings))
    counts = write_objects([write], actor=actor, at=at, data_source=data_source, reason=reason)
    return InspectionObject.objects.get(pk=counts.ids[0])


@transaction.atomic
def change_object(
    obj: InspectionObject,
    changes: Mapping[str, Any],
    *,
    actor: Account | None,
    at: datetime,
    valid_from: date,
    valid_to: date | None = None,
    data_source: DataSource | None = None,
    reason: str,
    seen_at: datetime | None = None,
) -> InspectionObject:
    """Change or correct facts of an object from a day on, or for a span of days.

    Args:
        changes: by FACT_FIELDS, unchecked; values that already hold on `valid_from` are left out, so a whole form may
            be given. A position is GCJ-02 when `changes` says so and both coordinates are new.
        valid_to: None: until something later was recorded of the same field.
        seen_at: `changed_at` as the editor saw it; None to skip the comparison.

    Returns:
        The object as it now stands today.

    Raises:
        InvalidValues, NotAllowed, Clash: as when registering; also a merged object.
        ChangedMeanwhile: somebody changed it since `seen_at`.
        NothingChanged: everything was so already.
    """
    thing = InspectionObject.objects.select_for_update().get(pk=obj.pk)
    if seen_at is not None and thing.changed_at != seen_at:
        raise ChangedMeanwhile(thing.changed_at)
    if thing.survivor_id is not None:
        raise Clash(_("该对象已并入其他对象，请修改保留的对象"))
    if valid_to is not None and valid_to < valid_from:
        raise InvalidValues({"valid_to": [_("截止日期不能早于生效日期")]})
    rows = {row.pk: row for row in states.believed([thing], at)[thing.pk]}
    known = [states.state_of(row) for row in rows.values()]
    on_the_day = history.at(known, valid_from) or states.present(known, valid_from)
    cleaned = _differences(changes, on_the_day.values)
    ensure_keeper(actor, {thing.district_id, cleaned.get("district_id", thing.district_id)})
    plan = history.plan(known, cleaned, valid_from, valid_to)
    if not plan.add:
        raise NothingChanged(_("没有任何变化，未作记录"))
    states.close(states.planned(plan, rows), at)
    origin = states.Origin(actor, at, data_source, reason)
    ObjectVersion.objects.bulk_create(states.new_rows(thing.pk, plan.add, rows, origin))
    before = thing.changed_at
    states.put_on(thing, states.present(states.after(known, plan), timezone.localdate(at)), at)
    _save_present(thing, before)
    refresh_words([thing.pk])
    audit.record(
        "object.change", actor=actor, kind="inspection_object", record_id=thing.pk, reason=reason, at=at,
        details={"valid_from": str(valid_from), "valid_to": valid_to and str(valid_to),
                 "changed": _told(on_the_day.values, cleaned)},
    )  # fmt: skip
    return thing


def _checked(values: Mapping[str, Any], *, partial: bool) -> dict[str, Any]:
    codes = set(District.objects.values_list("code", flat=True))
    checked = check_values(values, district_codes=codes, partial=partial)
    if checked.errors:
        raise InvalidValues(checked.errors)
    return checked.values


def _differences(changes: Mapping[str, Any], present: Mapping[str, Any]) -> dict[str, Any]:
    """The changes that change something, cleaned. A position that stands is not converted a second time."""
    raw = {n: v for n, v in changes.items() if n not in FACT_FIELDS or not _is_same(v, present[n])}
    moved = raw.keys() & {"latitude", "longitude"}
    if moved and "datum" in changes:
        raw["datum"] = changes["datum"]
    if len(moved) == 1 and raw.get("datum") == InspectionObject.Datum.GCJ02:
        raise InvalidValues({next(iter(moved)): [_("按 GCJ-02 修改位置时，请同时给出经度和纬度")]})
    if len(moved) == 1:
        raw |= {name: changes.get(name, present[name]) for name in ("latitude", "longitude")}
    cleaned = _checked(raw, partial=True)
    cleaned = {name: value for name, value in cleaned.items() if value != present[name]}
    if not cleaned:
        raise NothingChanged(_("没有任何变化，未作记录"))
    return cleaned


def _is_same(given: Any, kept: Any) -> bool:
    if isinstance(kept, float):
        try:
            return float(given) == kept
        except (TypeError, ValueError):
            return False
    return ("" if given is None else str(given).strip()) == ("" if kept is None else kept)


def _save_present(thing: InspectionObject, before: datetime) -> None:
    """Write the present row on the condition that nobody else has since it was read."""
    if thing.credit_code and (
        InspectionObject.objects.standing()
        .filter(credit_code=thing.credit_code, site_no=thing.site_no)
        .exclude(pk=thing.pk)
        .exists()
    ):
        raise Clash(_("统一社会信用代码 %(code)s 的这一场所已经登记") % {"code": thing.credit_code})
    values = {name: getattr(thing, name) for name in (*FACT_FIELDS, "present_since", "changed_at")}
    if not InspectionObject.objects.filter(pk=thing.pk, changed_at=before).update(**values):
        raise ChangedMeanwhile(thing.changed_at)


def _told(before: Mapping[str, Any], after: Mapping[str, Any]) -> dict[str, list[Any]]:
    return {n: ["…", "…"] if n in _NOT_TOLD else [before[n], v] for n, v in sorted(after.items())}
