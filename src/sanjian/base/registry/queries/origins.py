"""Where each field of an object comes from: which source said so first, from which day on, and who recorded it."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.utils import timezone

from sanjian.base.identity.models import Account

from ..models import DataSource, InspectionObject, ObjectVersion
from ..services.checking import FACT_FIELDS

CHUNK = 1000


@dataclass(frozen=True, slots=True)
class Origin:
    """Of one field's present value.

    Args:
        valid_from: since when it holds.
        recorded_at: when it was first recorded with this start.
    """

    source: DataSource | None
    valid_from: date
    recorded_at: datetime
    actor: Account | None


@dataclass(frozen=True, slots=True)
class OriginIds:
    """The same, for many objects at once."""

    source_id: int | None
    valid_from: date
    recorded_at: datetime
    actor_id: int | None


def field_origins(obj: InspectionObject, on: date | None = None) -> dict[str, Origin]:
    """Origins of the fields that say something on a day (today), by field name."""
    found = origins_of([obj.pk], on=on).get(obj.pk, {})
    sources = DataSource.objects.in_bulk({o.source_id for o in found.values() if o.source_id})
    actors = Account.objects.in_bulk({o.actor_id for o in found.values() if o.actor_id})
    return {
        name: Origin(sources.get(o.source_id or 0), o.valid_from, o.recorded_at, actors.get(o.actor_id or 0))
        for name, o in found.items()
    }


def origins_of(object_ids: Sequence[int], *, on: date | None = None) -> dict[int, dict[str, OriginIds]]:
    """Origins of the fields of many objects.

    Returns:
        Object id -> field -> origin; fields that were never given have none.
    """
    day = on or timezone.localdate()
    found: dict[int, dict[str, OriginIds]] = {}
    for start in range(0, len(object_ids), CHUNK):
        rows: dict[int, list[ObjectVersion]] = defaultdict(list)
        versions = ObjectVersion.objects.filter(inspection_object__in=object_ids[start : start + CHUNK])
        for row in versions.order_by("valid_from", "recorded_at", "pk"):
            rows[row.inspection_object_id].append(row)
        found |= {pk: _origins(of_one, day) for pk, of_one in rows.items()}
    return found


def _origins(rows: Collection[ObjectVersion], day: date) -> dict[str, OriginIds]:
    """The state in which a field was last asserted, and of the rows that said so the first with this value."""
    current = [row for row in rows if row.superseded_at is None and row.valid_from <= day]
    origins = {}
    for name in FACT_FIELDS:
        asserting = next((row for row in reversed(current) if name in row.changed), None)
        if asserting is None:
            continue
        said = [r for r in rows if r.valid_from == asserting.valid_from and r.recorded_at <= asserting.recorded_at]
        first = asserting
        for row in reversed(said):
            if getattr(row, name) != getattr(asserting, name) or name not in row.changed:
                break
            first = row
        origins[name] = OriginIds(first.data_source_id, first.valid_from, first.recorded_at, first.actor_id)
    return origins
