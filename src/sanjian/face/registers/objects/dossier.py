"""一企一档: everything known of one object, from every capability, for one page, within what the viewer may see."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Q
from django.utils import timezone

from sanjian.act.clues.queries import clue_list
from sanjian.act.inspections.queries import recent_codes
from sanjian.base.identity import audit
from sanjian.base.identity.models import Account, Role
from sanjian.base.identity.personal import masked_name, masked_number
from sanjian.base.registry.models import Contact, Facility, InspectionObject, Lineage, Match, Permit
from sanjian.base.registry.queries.objects import history_of, object_at
from sanjian.base.registry.queries.origins import field_origins
from sanjian.base.registry.queries.relations import relation_graph
from sanjian.base.screening.models import FindingRecord
from sanjian.watch.sources.names import kind_name
from sanjian.watch.sources.queries import point_list

from . import facts, flow, newest, rows
from .moment import Moment
from .timeline import telling

ENDING_SOON = timedelta(days=60)
"""排污许可管理条例 第十四条: renewal is asked for at least 60 days before the permit ends."""
MOST = 20
"""Findings, clues and visits on the page (our choice): their own lists have all."""
READERS = 30
"""Readings of the record that an auditor sees at once (our choice)."""


@dataclass(frozen=True, slots=True)
class PermitRow:
    """A permit and how it stands on the day: "good", "ending", "ended" or "coming"."""

    permit: Permit
    standing: str
    days_left: int | None


@dataclass(frozen=True, slots=True)
class MaskedContact:
    """A contact as pages show it."""

    pk: int
    duty: str
    name: str
    phone: str
    has_consented: bool


def present(viewer: Account, thing: InspectionObject, now: datetime) -> dict[str, Any]:
    """What is so now beside the facts: points with values, findings, clues, visits, people, relations, history."""
    today = timezone.localdate(now)
    points = point_list(viewer, {"object": str(thing.pk)}, now)
    limits = newest.limits_of(thing.pk, today)
    values = newest.newest_values(points, limits)
    findings = FindingRecord.objects.visible_to(viewer).filter(inspection_object=thing).select_related("point")
    return dated(thing, thing, Moment(), today) | {
        "limits": limits,
        "points": [(row, values.get(row.point.pk, [])) for row in points],
        "findings": [(f, kind_name(f.kind)) for f in findings[:MOST]],
        "clues": clue_list(viewer, {}, now).filter(inspection_object=thing).order_by("-opened_at")[:MOST],
        "visits": recent_codes(viewer).filter(inspection_object=thing)[:MOST],
        "contacts": contacts_of(thing),
        "graph": relation_graph(viewer, thing, 1),
        "history": telling(history_of(thing), 6),
        "is_disputed": not viewer.is_regulated and _is_disputed(thing),
        "lineage": lineage_of(thing) if not viewer.is_regulated else [],
        "readers": audit.readers_of("inspection_object", thing.pk)[:READERS] if viewer.role == Role.AUDITOR else None,
    }


def past(viewer: Account, thing: InspectionObject, moment: Moment) -> dict[str, Any] | None:
    """What held on a day; None when nothing was known of the object then."""
    day = moment.on or timezone.localdate()
    version = object_at(viewer, thing.pk, day, moment.known_at)
    if version is None:
        return None
    return dated(thing, version, moment, day) | {"limits": newest.limits_of(thing.pk, day, moment.known_at)}


def dated(thing: InspectionObject, shown: facts.Facts, moment: Moment, day: date) -> dict[str, Any]:
    """The facts that have a history of their own, for a day."""
    roles, lists = rows.parts_of([thing.pk], day, moment.known_at)
    origins = field_origins(thing, day) if moment.known_at is None else {}
    facilities = Facility.objects.as_of(day, moment.known_at).filter(inspection_object=thing).select_related("flows_to")
    return {
        "facts": shown,
        "lines": facts.lines(shown, origins),
        "roles": roles[thing.pk],
        "lists": lists[thing.pk],
        "permits": permits_of(thing, moment, day),
        "picture": flow.draw(nodes_of(facilities)),
    }


def nodes_of(facilities: Iterable[Facility]) -> list[flow.Node]:
    """Facilities for the picture. An arrow goes by the code: what it pointed to may have been corrected since."""
    rows_ = list(facilities)
    by_code = {f.code: f.pk for f in rows_}
    return [
        flow.Node(f.pk, f.code, f.name, f.kind, by_code.get(f.flows_to.code) if f.flows_to else None) for f in rows_
    ]


def permits_of(thing: InspectionObject, moment: Moment, day: date) -> list[PermitRow]:
    """Permits known at the moment, as they stand on the day; what begins later is shown only on the present page."""
    permits = Permit.objects.filter(inspection_object=thing).order_by("-valid_from", "-pk")
    if moment.known_at is None:
        permits = permits.filter(superseded_at=None)
    else:
        alive = Q(superseded_at=None) | Q(superseded_at__gt=moment.known_at)
        permits = permits.filter(alive, recorded_at__lte=moment.known_at)
    if moment.on is not None:
        permits = permits.filter(valid_from__lte=day)
    return [_permit_row(p, day) for p in permits]


def contacts_of(thing: InspectionObject) -> list[MaskedContact]:
    """Contacts, masked."""
    return [
        MaskedContact(c.pk, c.duty, masked_name(c.name), masked_number(c.phone), c.has_consented)
        for c in Contact.objects.filter(inspection_object=thing)
    ]


def lineage_of(thing: InspectionObject) -> list[Lineage]:
    """Merges and splits in which an object took part, the newest first."""
    rows_ = Lineage.objects.filter(Q(survivor=thing) | Q(other=thing))
    return list(rows_.select_related("survivor", "other", "actor"))


def _permit_row(permit: Permit, day: date) -> PermitRow:
    left = (permit.valid_to - day).days if permit.valid_to else None
    if permit.valid_from > day:
        return PermitRow(permit, "coming", left)
    if left is not None and left < 0:
        return PermitRow(permit, "ended", left)
    is_ending = left is not None and left <= ENDING_SOON.days
    return PermitRow(permit, "ending" if is_ending else "good", left)


def _is_disputed(thing: InspectionObject) -> bool:
    pairs = Match.objects.filter(state=Match.State.OPEN)
    return pairs.filter(Q(first=thing) | Q(second=thing)).exists()
