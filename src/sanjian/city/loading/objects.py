"""Objects with their history, permits, facility trees, monitoring points and limits."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sanjian.base.identity import audit
from sanjian.base.registry import many, words
from sanjian.base.registry.models import DataSource, Facility, Limit, MonitoringPoint, Permit
from sanjian.base.registry.services.bulk import ObjectWrite, write_objects

from ..clock import day
from ..folder import City

REASON = "建立模拟城市"
FACTS = (
    "credit_code", "site_no", "name", "street_code", "address", "industry_code", "industry_name", "permit_class",
    "supervision", "production", "latitude", "longitude", "legal_person", "grade", "source_note",
)  # fmt: skip
DEVICES = ("points", "dust_stations", "ambient_stations")


def load(city: City, source: DataSource, at: datetime) -> dict[int, int]:
    """Write them all. Returns object_no -> id."""
    rows = city.table("objects").to_dicts()
    writes = [
        ObjectWrite(
            None, {name: row[name] for name in FACTS} | {"district_id": row["district"]},
            day(row["since_day"], city.opened_on), frozenset(row["roles"]), frozenset(row["listings"]),
        )
        for row in rows
    ]  # fmt: skip
    counts = write_objects(writes, actor=None, at=at, data_source=source, reason=REASON)
    ids = {row["object_no"]: pk for row, pk in zip(rows, counts.ids, strict=True)}
    _permits(city, ids, source)
    outlets = _facilities(city, ids, source)
    points = _points(city, ids, outlets)
    _limits(city, points, source)
    audit.record("city.load", actor=None, kind="data_source", record_id=source.pk, at=at, reason=REASON,
                 details={"objects": len(ids), "points": len(points)})  # fmt: skip
    words.refresh_words(sorted({ids[row["object_no"]] for name in DEVICES for row in city.table(name).to_dicts()}))
    return ids


def _permits(city: City, ids: Mapping[int, int], source: DataSource) -> None:
    Permit.objects.bulk_create(
        Permit(inspection_object_id=ids[row["object_no"]], permit_no=row["permit_no"], kind=row["kind"],
               industry_codes=row["industry_codes"], issuer="模拟核发机关", data_source=source,
               valid_from=day(row["since_day"], city.opened_on), valid_to=day(row["until_day"], city.opened_on))
        for row in city.table("permits").to_dicts()
    )  # fmt: skip


def _facilities(city: City, ids: Mapping[int, int], source: DataSource) -> dict[tuple[int, str], Facility]:
    """Outlets first, then what flows to them, then what flows to that: so that each finds its goal."""
    known: dict[tuple[int, str], Facility] = {}
    since = {row["object_no"]: day(row["since_day"], city.opened_on) for row in city.table("permits").to_dicts()}
    for kind in ("outlet", "treatment", "production"):
        rows = [row for row in city.table("facilities").to_dicts() if row["kind"] == kind]
        made = Facility.objects.bulk_create(
            Facility(inspection_object_id=ids[row["object_no"]], code=row["code"], kind=kind, name=row["name"],
                     flows_to=known.get((row["object_no"], row["flows_to"])), valid_from=since[row["object_no"]],
                     data_source=source)
            for row in rows
        )  # fmt: skip
        known |= {(row["object_no"], row["code"]): one for row, one in zip(rows, made, strict=True)}
    return known


def _points(city: City, ids: Mapping[int, int], outlets: Mapping[tuple[int, str], Facility]) -> dict[str, int]:
    rows: list[dict[str, Any]] = [row for name in DEVICES for row in city.table(name).to_dicts()]
    oxygen = {row["device_mn"]: row["o2_reference"] for row in city.table("limits").to_dicts()}
    made = MonitoringPoint.objects.bulk_create(
        MonitoringPoint(
            device_mn=row["device_mn"], inspection_object_id=ids[row["object_no"]], name=row["name"],
            outlet=outlets.get((row["object_no"], row.get("outlet_code", ""))),
            outlet_code=row.get("outlet_code", ""), medium=row["medium"], latitude=row["latitude"],
            longitude=row["longitude"], report_interval_s=row["interval_s"],
            oxygen_reference=oxygen.get(row["device_mn"]),
        )
        for row in rows
    )  # fmt: skip
    return {point.device_mn: point.pk for point in made}


def _limits(city: City, points: Mapping[str, int], source: DataSource) -> None:
    many.insert(
        [
            Limit(point_id=points[row["device_mn"]], factor_id=row["factor"], period=row["period"], basis=row["basis"],
                  upper=row["upper"], source=row["source"], valid_from=day(row["since_day"], city.opened_on),
                  data_source=source)
            for row in city.table("limits").to_dicts()
        ]
    )  # fmt: skip
