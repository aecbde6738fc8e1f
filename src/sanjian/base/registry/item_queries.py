"""Reads of inspection items: the library as a list, and which objects an item applies to.

`objects_in_scope` must say what `rules.scope.applies` says; a property test over random objects holds them together.
"""

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from sanjian.base.identity.models import Account, District

from .models import InspectionItem, InspectionObject, Listing, ObjectFacts, ObjectRole, ObjectVersion, Power
from .rules import scope as rules

BASES = ("duty_basis", "power_basis", "penalty_basis")
"""The three provisions of an item: duty, power to inspect, penalty."""


def known_codes() -> dict[str, frozenset[str]]:
    """The codes that each key of a scope may hold, for `rules.scope.faults`."""
    return {
        "roles": frozenset(ObjectRole.Role.values),
        "lists": frozenset(Listing.List.values),
        "permit_class": frozenset(ObjectFacts.PermitClass.values),
        "supervision": frozenset(ObjectFacts.Supervision.values),
        "districts": frozenset(District.objects.filter(is_city=False).values_list("code", flat=True)),
    }


def items() -> QuerySet[InspectionItem]:
    """The library with its provisions."""
    return InspectionItem.objects.select_related(*BASES)


def item_list(chosen: Mapping[str, str], on: date) -> QuerySet[InspectionItem]:
    """The library narrowed by the URL, with `question_count` and `claim_count`.

    Args:
        chosen: q, domain, method, basis ("lapsed" or "good"), body (code), state ("published" or "draft").
        on: the day on which claims and provisions are looked at.
    """
    found = items().annotate(
        question_count=Count("questions", filter=Q(questions__retired_at=None), distinct=True),
        claim_count=Count("claims", filter=Q(claims__in=Power.objects.as_of(on)), distinct=True),
    )
    for name in ("domain", "method"):
        if chosen.get(name):
            found = found.filter(**{name: chosen[name]})
    if chosen.get("state") in {"published", "draft"}:
        found = found.filter(is_published=chosen["state"] == "published")
    if chosen.get("body"):
        found = found.filter(Exists(Power.objects.as_of(on).filter(item=OuterRef("pk"), body__code=chosen["body"])))
    if chosen.get("basis") in {"lapsed", "good"}:
        lapsed = Q(*[~_in_force(name, on) for name in BASES], _connector=Q.OR)
        found = found.filter(lapsed if chosen["basis"] == "lapsed" else ~lapsed)
    if text := chosen.get("q", "").strip():
        found = found.filter(Q(name__icontains=text) | Q(code__icontains=text) | Q(standard__icontains=text))
    return found


def _in_force(name: str, on: date) -> Q:
    """A provision that is not cited is not a lapsed one."""
    begun = Q(**{f"{name}__valid_from__lte": on})
    going = Q(**{f"{name}__valid_to": None}) | Q(**{f"{name}__valid_to__gte": on})
    return Q(**{name: None}) | (begun & going)


def claims(item: InspectionItem, on: date) -> QuerySet[Power]:
    """The bodies that claim an item on a day."""
    held = Power.objects.as_of(on).filter(item=item).select_related("body__territory")
    return held.order_by("body__territory", "body__code")


def objects_in_scope(viewer: Account, scope: Mapping[str, Any], on: date) -> QuerySet[InspectionObject]:
    """Objects that the viewer may see and to which a scope applies on a day.

    Args:
        scope: as `InspectionItem.scope`.
        on: the day for roles and lists; for a day in the past, also the object's own facts as they were.
    """
    found = InspectionObject.objects.visible_to(viewer).standing()
    own = {key: wanted for key, wanted in scope.items() if key not in {"roles", "lists"}}
    if own:
        if on < timezone.localdate():
            then = ObjectVersion.objects.as_of(on).filter(_own_facts(own), inspection_object=OuterRef("pk"))
            found = found.filter(Exists(then))
        else:
            found = found.filter(_own_facts(own))
    if "roles" in scope:
        played = ObjectRole.objects.as_of(on).filter(inspection_object=OuterRef("pk"), role__in=_values(scope["roles"]))
        found = found.filter(Exists(played))
    if "lists" in scope:
        listed = Listing.objects.as_of(on).filter(inspection_object=OuterRef("pk"))
        found = found.filter(Exists(listed.filter(list_code__in=_values(scope["lists"]))))
    return found


def _own_facts(scope: Mapping[str, Any]) -> Q:
    """The part of a scope that looks at the object's own columns."""
    held = Q()
    for key, wanted in scope.items():
        values = _values(wanted)
        if key == "industry":
            one = Q(pk__in=[])
            for prefix in values:
                one |= Q(industry_code__startswith=prefix)
        elif key in {"permit_class", "supervision", "districts"}:
            one = Q(**{"district_id__in" if key == "districts" else f"{key}__in": values})
        else:
            one = Q(pk__in=[])
        held &= one
    return held


def _values(wanted: Any) -> list[str]:
    """The values of a key; nothing for what is no list, and never the empty code: that is "unknown"."""
    return [value for value in wanted if isinstance(value, str) and value] if isinstance(wanted, list) else []


def facts_of(thing: InspectionObject, on: date) -> rules.Facts:
    """An object as a scope sees it on a day: for `rules.scope.applies` of one object, as the gate asks."""
    row: ObjectFacts | None = thing
    if on < timezone.localdate():
        row = ObjectVersion.objects.as_of(on).filter(inspection_object=thing).first()
    return rules.Facts(
        roles=frozenset(ObjectRole.objects.as_of(on).filter(inspection_object=thing).values_list("role", flat=True)),
        lists=frozenset(Listing.objects.as_of(on).filter(inspection_object=thing).values_list("list_code", flat=True)),
        permit_class=row.permit_class if row else "",
        supervision=row.supervision if row else "",
        industry_code=row.industry_code if row else "",
        district=row.district_id if row else "",
    )
