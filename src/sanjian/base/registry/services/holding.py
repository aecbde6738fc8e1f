"""Sets of roles or lists for many objects at once: what an import says an object has from a day on."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import date
from typing import Any

from django.db.models import Q

from .. import many
from .membership import DAY, shortened
from .states import Origin


def hold(model: Any, field: str, wanted: Sequence[tuple[int, frozenset[str] | None, date]], origin: Origin) -> set[int]:
    """From its day on, each object has exactly the wanted ones; what is not wanted ends the day before.

    Args:
        model, field: ObjectRole and "role", or Listing and "list_code".
        wanted: object id, the whole set (None: leave as it is), first day.

    Returns:
        The objects for which something was written.
    """
    asked = [(pk, values, day) for pk, values, day in wanted if values is not None]
    held: dict[int, list[Any]] = defaultdict(list)
    for row in model.objects.current().filter(inspection_object__in=[pk for pk, _values, _day in asked]):
        held[row.inspection_object_id].append(row)
    closing: list[Any] = []
    adding: list[Any] = []
    touched: set[int] = set()
    for pk, values, day in asked:
        reaching = [r for r in held[pk] if r.valid_to is None or r.valid_to >= day]
        going = [r for r in reaching if getattr(r, field) not in values]
        staying = {getattr(r, field): r for r in reaching if getattr(r, field) in values and r.valid_to is None}
        for row in going:
            closing.append(row)
            adding += shortened([row], day - DAY, origin.at)
        for value in sorted(values):
            kept = staying.get(value)
            if kept is not None and kept.valid_from <= day:
                continue
            overlapping = [r for r in reaching if getattr(r, field) == value]
            closing += overlapping
            adding += shortened(overlapping, day - DAY, origin.at)
            adding.append(
                model(inspection_object_id=pk, valid_from=day, recorded_at=origin.at, data_source=origin.data_source,
                      **{field: value})
            )  # fmt: skip
            touched.add(pk)
        if going:
            touched.add(pk)
    _close(model, closing, origin)
    many.insert(adding)
    return touched


def _close(model: Any, rows: Sequence[Any], origin: Origin) -> None:
    pks = [row.pk for row in rows]
    for start in range(0, len(pks), 500):
        model.objects.filter(Q(pk__in=pks[start : start + 500]), superseded_at=None).update(superseded_at=origin.at)
