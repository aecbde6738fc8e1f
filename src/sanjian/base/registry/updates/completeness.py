"""Completeness and freshness (完整性与新鲜度) of each register: which fields are filled, which codes hold, how old the
newest confirmation from each source is; for the city and by district.

Weights are our choice and stand beside each column (`columns.Column.weight`); a field of weight 0 does not count.
"""

from dataclasses import asdict, dataclass, field
from datetime import date, datetime
from typing import Any

from django.db.models import Count, Max, Q, QuerySet

from sanjian.base.identity.models import Account, District
from sanjian.base.registry.identifiers import credit_code_fault
from sanjian.base.registry.models import (
    Calibration,
    Certificate,
    DataSource,
    ImportBatch,
    InspectionItem,
    InspectionObject,
    Instrument,
    ObjectRole,
    Officer,
    Register,
)

from .columns import SPECS
from .spec import Column

_STALE_DAYS = 365
"""An object nobody confirmed for a year counts as stale (our choice)."""


@dataclass(slots=True)
class Filled:
    """How many records say something in a field."""

    field: str
    head: str
    filled: int
    share: float
    weight: int
    is_required: bool


@dataclass(slots=True)
class Freshness:
    """When a source last confirmed anything."""

    source: str
    name: str
    batches: int
    last_at: datetime | None
    age_days: int | None
    problem: str


@dataclass(slots=True)
class RegisterReport:
    """One register, one district or all of them. Shares from 0 to 1."""

    register: str
    name: str
    records: int
    completeness: float
    valid_codes: float | None
    stale: int | None
    fields: list[Filled] = field(default_factory=list)
    sources: list[Freshness] = field(default_factory=list)
    districts: list[dict[str, Any]] = field(default_factory=list)


def report(viewer: Account | None, now: datetime) -> list[RegisterReport]:
    """Every register within what a viewer may see; None is the system, which sees all."""
    return [report_of(str(register), viewer, now) for register in Register.values]


def report_of(register: str, viewer: Account | None, now: datetime) -> RegisterReport:
    """One register with its fields, sources and districts."""
    records, path = _records(register, viewer)
    columns = [c for c in SPECS[register].columns if c.weight]
    wanted = {"n": Count("id", distinct=True)} | {
        f"f_{c.field}": Count("id", filter=_is_filled(register, c, now.date()), distinct=True) for c in columns
    }
    if path:
        by_district = {row.pop(path): row for row in records.order_by().values(path).annotate(**wanted)}
    else:
        by_district = {"": records.aggregate(**wanted)}
    total = {name: sum(row[name] for row in by_district.values()) for name in wanted}
    fields = [
        Filled(
            c.field, c.head, total[f"f_{c.field}"], _share(total[f"f_{c.field}"], total["n"]), c.weight, c.is_required
        )
        for c in columns
    ]
    names = dict(District.objects.values_list("code", "name"))
    valid, stale = _objects(records, now) if register == Register.OBJECTS else (None, None)
    return RegisterReport(
        register, str(Register(register).label), total["n"], _complete(columns, total), valid, stale, fields,
        _sources(register, viewer, now),
        [
            {"district": code, "name": names.get(code, code), "records": row["n"],
             "completeness": _complete(columns, row)}
            for code, row in sorted(by_district.items()) if path
        ],
    )  # fmt: skip


def as_json(reports: list[RegisterReport]) -> list[dict[str, Any]]:
    """Reports as plain values."""
    return [asdict(one) for one in reports]


def _records(register: str, viewer: Account | None) -> tuple["QuerySet[Any]", str]:
    objects = InspectionObject.objects.standing()
    chosen: dict[str, tuple[QuerySet[Any], str]] = {
        Register.OBJECTS: (objects if viewer is None else objects.visible_to(viewer), "district_id"),
        Register.OFFICERS: (
            (Officer.objects.all() if viewer is None else Officer.objects.visible_to(viewer)).filter(left_on=None),
            "body__territory_id",
        ),
        Register.INSTRUMENTS: (
            Instrument.objects.all() if viewer is None else Instrument.objects.visible_to(viewer),
            "body__territory_id",
        ),
        Register.ITEMS: (InspectionItem.objects.all(), ""),
    }
    return chosen[register]


def _is_filled(register: str, column: Column, today: date) -> Q:
    """Whether a record says something in a column, as a condition on its id: no join, so that counts stay true."""
    name = column.field
    if name == "roles":
        return Q(id__in=ObjectRole.objects.as_of(today).values("inspection_object_id"))
    if register == Register.OFFICERS and name.startswith("certificate_"):
        theirs = {"certificate_no": "certificate_no", "certificate_from": "valid_from", "certificate_to": "valid_to",
                  "certificate_territory": "territory", "certificate_checked_on": "checked_on"}[name]  # fmt: skip
        said = _says(Certificate, theirs)
        return Q(id__in=Certificate.objects.current().filter(said).values("officer_id"))
    if register == Register.INSTRUMENTS and name in ("certificate_no", "performed_on", "calibration_to"):
        theirs = {"performed_on": "performed_at", "calibration_to": "valid_to"}.get(name, name)
        checks = Calibration.objects.counting().exclude(kind=Calibration.Kind.DAILY)
        return Q(id__in=checks.filter(_says(Calibration, theirs)).values("instrument_id"))
    model = {Register.OBJECTS: InspectionObject, Register.OFFICERS: Officer, Register.INSTRUMENTS: Instrument,
             Register.ITEMS: InspectionItem}[Register(register)]  # fmt: skip
    return _says(model, name)


def _says(model: Any, name: str) -> Q:
    found = model._meta.get_field(name.removesuffix("_id"))
    said = Q(**{f"{name}__isnull": False})
    if found.get_internal_type() in ("CharField", "TextField", "SlugField", "URLField", "PersonalField"):
        said &= ~Q(**{name: ""})
    return said


def _complete(columns: list[Column], counted: dict[str, int]) -> float:
    """The share of what should be filled that is, by weight; 1 when there is no record."""
    if not counted["n"]:
        return 1.0
    filled = sum(counted[f"f_{c.field}"] * c.weight for c in columns)
    return round(filled / (counted["n"] * sum(c.weight for c in columns)), 4)


def _objects(records: "QuerySet[Any]", now: datetime) -> tuple[float, int]:
    codes = records.exclude(credit_code=None).order_by().values_list("credit_code", flat=True)
    total = valid = 0
    for code in codes.iterator(5000):
        total += 1
        valid += credit_code_fault(code) is None
    stale = sum((now - at).days > _STALE_DAYS for at in records.order_by().values_list("changed_at", flat=True))
    return _share(valid, total), stale


def _sources(register: str, viewer: Account | None, now: datetime) -> list[Freshness]:
    applied = Q(batches__state=ImportBatch.State.APPLIED)
    rows = DataSource.objects.filter(register=register).annotate(
        done=Count("batches", filter=applied), last=Max("batches__applied_at", filter=applied)
    )
    sees_problems = viewer is None or viewer.sees_whole_city
    return [
        Freshness(
            s.code, s.name, s.done, s.last, None if s.last is None else (now - s.last).days,
            s.last_problem if sees_problems else "",
        )
        for s in rows
    ]  # fmt: skip


def _share(part: int, whole: int) -> float:
    return round(part / whole, 4) if whole else 1.0
