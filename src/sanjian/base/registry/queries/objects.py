"""Objects for lists and pages: as they stand, as they stood on a day, and as that was believed at a moment."""

from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from typing import Any

from django.core.paginator import Page, Paginator
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone
from django.utils.functional import cached_property

from sanjian.base.identity.models import Account

from ..models import InspectionObject, Listing, ObjectRole, ObjectVersion
from .finding import matching

EQUAL = ("permit_class", "supervision", "grade", "production")
SORTS = {
    "name": ("name",),
    "-name": ("-name",),
    "district": ("district_id", "name"),
    "grade": ("grade", "name"),
    "code": ("credit_code",),
}

Rows = QuerySet[InspectionObject] | QuerySet[ObjectVersion]


def object_rows(
    viewer: Account, filters: Mapping[str, str], *, on: date | None = None, known_at: datetime | None = None
) -> Rows:
    """Objects that a viewer may see, filtered and sorted.

    Args:
        filters: as they stand in the URL: q, district, role, list, permit_class, supervision, grade, production,
            industry (a prefix of the code), missing ("coordinates"), sort (a key of SORTS, or "changed": newest first).
            Empty and unknown values narrow nothing.
        on: the day to ask for; None with `known_at` None: the present rows.
        known_at: as it was believed at this moment; None: as believed now.

    Returns:
        InspectionObject rows for the present, else ObjectVersion rows (`inspection_object_id` is the object), one for
        each object. Today's search words are searched on any day.
    """
    is_present = on is None and known_at is None
    day = on or (timezone.localdate(known_at) if known_at else timezone.localdate())
    if is_present:
        rows: Any = InspectionObject.objects.visible_to(viewer).standing()
        owner, changed = "pk", "-changed_at"
    else:
        rows = ObjectVersion.objects.visible_to(viewer).as_of(day, known_at)
        rows = rows.exclude(inspection_object__in=_absorbed(day, known_at))
        owner, changed = "inspection_object_id", "-recorded_at"
    rows = _narrowed(rows.select_related("district"), viewer, filters, owner, day, known_at)
    order = (changed, "-pk") if filters.get("sort") == "changed" else SORTS.get(filters.get("sort", ""), SORTS["name"])
    return rows.order_by(*order, "pk" if is_present else "inspection_object_id")  # type: ignore[no-any-return]


def count_rows(rows: Rows) -> int:
    """How many rows a list has, without the cost of its order."""
    return rows.order_by().count()


class ObjectPages(Paginator):  # type: ignore[type-arg]
    """Pages of `object_rows`: first the fifty keys, from narrow columns, then their rows. A late page of a long list
    would otherwise sort and carry every wide row before it.
    """

    def page(self, number: int | str) -> "Page[Any]":
        """One page; see Paginator."""
        wanted = self.validate_number(number)
        first = (wanted - 1) * self.per_page
        last = min(first + self.per_page, self.count)
        rows: Any = self.object_list
        keys = list(rows.values_list("pk", flat=True)[first:last])
        found = rows.model._base_manager.select_related("district").in_bulk(keys)
        return Page([found[key] for key in keys if key in found], wanted, self)

    @cached_property
    def count(self) -> int:
        """How many rows there are; asked once."""
        return count_rows(self.object_list)  # type: ignore[arg-type]


def object_at(viewer: Account, pk: int, on: date, known_at: datetime | None = None) -> ObjectVersion | None:
    """What held of one object on a day; None when nothing was known, or the viewer may not know."""
    versions = ObjectVersion.objects.visible_to(viewer).as_of(on, known_at).filter(inspection_object=pk)
    return versions.select_related("district", "data_source", "actor").first()


def history_of(obj: InspectionObject) -> list[ObjectVersion]:
    """Everything ever believed of an object: the newest state first, a correction before what it corrected."""
    rows = ObjectVersion.objects.filter(inspection_object=obj).select_related("district", "data_source", "actor")
    return list(rows.order_by("-valid_from", "-recorded_at", "-pk"))


def _narrowed(
    rows: Any, viewer: Account, filters: Mapping[str, str], owner: str, day: date, known_at: datetime | None
) -> Any:
    if text := filters.get("q", "").strip():
        rows = rows.filter(**{f"{owner.removesuffix('_id')}__in": matching(viewer, text).values("pk")})
    if district := filters.get("district"):
        rows = rows.filter(district_id=district)
    for name in EQUAL:
        if value := filters.get(name):
            rows = rows.filter(**{name: value})
    if industry := filters.get("industry", "").strip():
        rows = rows.filter(industry_code__startswith=industry)
    if filters.get("missing") == "coordinates":
        rows = rows.filter(Q(latitude=None) | Q(longitude=None))
    for key, model, column in (("role", ObjectRole, "role"), ("list", Listing, "list_code")):
        if value := filters.get(key):
            held = model.objects.as_of(day, known_at).filter(**{column: value})  # type: ignore[attr-defined]
            rows = rows.filter(Exists(held.filter(inspection_object=OuterRef(owner)).order_by()))
    return rows


def _absorbed(day: date, known_at: datetime | None) -> QuerySet[InspectionObject]:
    """Objects that were merged into another by that day, as far as was known at that moment."""
    merged = InspectionObject.objects.exclude(survivor=None)
    until = known_at or timezone.make_aware(datetime.combine(day + timedelta(days=1), time()))
    return merged.filter(lineage_of__kind="merge", lineage_of__undone_at=None, lineage_of__at__lt=until).values("pk")  # type: ignore[return-value]
