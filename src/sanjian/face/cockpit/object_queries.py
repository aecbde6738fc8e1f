"""Reads of inspection objects for the list page and its export."""

from collections.abc import Mapping

from django.db.models import Count, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce

from sanjian.act.clues.models import Clue
from sanjian.base.identity.models import Account, District
from sanjian.base.registry.models import InspectionObject, MonitoringPoint


def object_list(viewer: Account, chosen: Mapping[str, str]) -> QuerySet[InspectionObject]:
    """Objects with `point_count` and `open_clues`.

    Args:
        chosen: filters as they stand in the URL: q, grade, supervision, district.
    """
    things = InspectionObject.objects.visible_to(viewer).select_related("district")
    for name in ("grade", "supervision"):
        if chosen.get(name):
            things = things.filter(**{name: chosen[name]})
    if chosen.get("district"):
        things = things.filter(district_id=chosen["district"])
    if text := chosen.get("q", "").strip():
        things = things.filter(Q(name__icontains=text) | Q(credit_code__istartswith=text) | Q(address__icontains=text))
    return things.annotate(
        point_count=_count(MonitoringPoint.objects.all()), open_clues=_count(Clue.objects.visible_to(viewer).open())
    )


def districts_in_use(viewer: Account) -> QuerySet[District]:
    """Districts that have objects the viewer may see, for the filter."""
    return District.objects.filter(
        code__in=InspectionObject.objects.visible_to(viewer).order_by().values("district_id").distinct()
    )


def _count(rows: QuerySet) -> Coalesce:
    """How many rows belong to each object: a subquery each, because two joined counts multiply each other."""
    own = rows.filter(inspection_object=OuterRef("pk")).order_by().values("inspection_object")
    return Coalesce(Subquery(own.annotate(n=Count("pk")).values("n")), 0)
