"""Reads shaped for the pages of dynamic update; always within what the viewer may see."""

from typing import Any

from django.db.models import Q, QuerySet

from sanjian.base.identity.models import Account, Role
from sanjian.base.registry.models import DataSource, ImportBatch, ImportRow, InspectionObject, Register

from .columns import SPECS
from .lines import opened, opened_change


def visible_batches(viewer: Account) -> "QuerySet[ImportBatch]":
    """A city's supervisor sees every batch, a district's those of people of the district, everybody else none."""
    batches = ImportBatch.objects.select_related("source", "actor")
    if not viewer.is_authenticated or viewer.role != Role.SUPERVISOR:
        return batches.none()
    return batches if viewer.sees_whole_city else batches.filter(actor__district=viewer.district_id)


def visible_sources(viewer: Account) -> "QuerySet[DataSource]":
    """Sources are the whole city's: with their addresses they are nobody else's business."""
    sees = viewer.is_authenticated and viewer.role == Role.SUPERVISOR and viewer.sees_whole_city
    return DataSource.objects.all() if sees else DataSource.objects.none()


def shown_row(row: ImportRow, register: str, names: dict[int, str] | None = None) -> dict[str, Any]:
    """A row as the page draws it: what it speaks of, its changes and problems in words, personal values masked."""
    spec = SPECS[register]
    heads = {c.field: c.head for c in spec.columns}
    known = opened(spec, {name: row.values[name] for name in row.values if not spec.column(name).is_personal})
    title = str(known.get("name") or (names or {}).get(row.target_id or 0) or known.get(spec.key[0]) or "—")
    return {
        "row": row,
        "title": title,
        "code": next((str(known[name]) for name in spec.key if name not in ("name", "id") and known.get(name)), ""),
        "changes": [
            (heads.get(name, name), *(_shown(register, name, side) for side in sides))
            for name, sides in row.changes.items()
        ],
        "problems": [(heads.get(name, ""), said) for name, said in row.problems],
    }


def _shown(register: str, name: str, value: Any) -> str:
    spec = SPECS[register]
    column = next((c for c in spec.columns if c.field == name), None)
    if value in (None, "", []):
        return ""
    if column is None:
        return str(value)
    if column.is_personal:
        return column.mask(str(opened_change(spec, name, value)))
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, list):
        return "、".join(label_of(register, name, v) for v in value)
    return label_of(register, name, value)


def label_of(register: str, name: str, value: Any) -> str:
    """A value of a choice as its label; anything else as it is."""
    return _LABELS.get((register, name), {}).get(str(value), str(value))


def _labels() -> dict[tuple[str, str], dict[str, str]]:
    from sanjian.base.registry.models import InspectionItem, Instrument, Listing, ObjectRole

    choices: dict[tuple[str, str], list[tuple[Any, Any]]] = {
        (Register.OBJECTS, "permit_class"): InspectionObject.PermitClass.choices,
        (Register.OBJECTS, "supervision"): InspectionObject.Supervision.choices,
        (Register.OBJECTS, "production"): InspectionObject.Production.choices,
        (Register.OBJECTS, "datum"): InspectionObject.Datum.choices,
        (Register.OBJECTS, "roles"): ObjectRole.Role.choices,
        (Register.OBJECTS, "listings"): Listing.List.choices,
        (Register.INSTRUMENTS, "state"): Instrument.State.choices,
        (Register.ITEMS, "method"): InspectionItem.Method.choices,
    }
    return {place: {str(k): str(v) for k, v in pairs} for place, pairs in choices.items()}


_LABELS = _labels()


def object_names(rows: "list[ImportRow]") -> dict[int, str]:
    """Names of the objects that rows point to, for lines that do not say the name."""
    ids = {row.target_id for row in rows if row.target_id}
    return dict(InspectionObject.objects.filter(Q(pk__in=ids)).values_list("pk", "name"))
