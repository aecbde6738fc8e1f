"""What the registries hold of a place: an object's papers, a body with its people and an instrument, an import."""

from datetime import date, datetime

from sanjian.base.identity.models import Account
from sanjian.base.registry.models import (
    Absence,
    Body,
    Calibration,
    Certificate,
    Contact,
    DataSource,
    Facility,
    Factor,
    ImportBatch,
    ImportRow,
    InspectionItem,
    InspectionObject,
    Instrument,
    Interest,
    Limit,
    Lineage,
    Match,
    Officer,
    Permit,
    Power,
    Relation,
)
from sanjian.base.registry.updates.sealed import seal

from .places import Place

SINCE = date(2026, 1, 1)


def register(place: Place, keeper: Account, now: datetime) -> None:
    """One record of every kind; `keeper` is the supervisor whose import it was."""
    _papers(place, keeper, now)
    _people(place)
    Account.objects.filter(pk=keeper.pk).update(body=place.ids["body"])
    _import(place, keeper, now)


def _papers(place: Place, keeper: Account, now: datetime) -> None:
    plant = place.plant
    other = InspectionObject.objects.create(name=f"{plant.name}分厂", district=place.district)
    factor, _created = Factor.objects.get_or_create(code="a21002", defaults={"name": "氮氧化物", "unit": "mg/m3"})
    first, second = sorted([plant, other], key=lambda thing: thing.pk)
    place.ids |= {
        "contact": Contact.objects.create(inspection_object=plant, name="张三", phone="13812345678").pk,
        "permit": Permit.objects.create(inspection_object=plant, permit_no="P", valid_from=SINCE).pk,
        "facility": Facility.objects.create(
            inspection_object=plant, code="DA001", kind="outlet", name="排口", valid_from=SINCE
        ).pk,
        "limit": Limit.objects.create(point=place.point, factor=factor, upper=1, source="许可证", valid_from=SINCE).pk,
        "relation": Relation.objects.create(subject=plant, target=other, kind="group", valid_from=SINCE).pk,
        "match": Match.objects.create(first=first, second=second, score=0.9).pk,
        "lineage": Lineage.objects.create(
            kind="merge", survivor=plant, other=other, at=now, actor=keeper, reason="同一企业"
        ).pk,
    }


def _people(place: Place) -> None:
    number, district = place.number, place.district
    body = Body.objects.create(code=f"body{number}", name="执法大队", department="enforcement", territory=district)
    officer = Officer.objects.create(body=body, staff_no=f"S{number}", name="李四")
    certificate = Certificate.objects.create(
        officer=officer, certificate_no=f"C{number}", territory=district, valid_from=SINCE
    )
    interest = Interest.objects.create(
        officer=officer, inspection_object=place.plant, kind="relative", valid_from=SINCE
    )
    absence = Absence.objects.create(officer=officer, first_day=SINCE, last_day=SINCE, reason="培训")
    claim = Power.objects.create(body=body, item=InspectionItem.objects.get(code="item"), valid_from=SINCE)
    instrument = Instrument.objects.create(asset_no=f"E{number}", category="气体", name="烟气分析仪", body=body)
    check = Calibration.objects.create(
        instrument=instrument, kind="verification", performed_at="2026-01-01T00:00Z", valid_to=SINCE, has_passed=True
    )
    place.ids |= {
        "body": body.pk, "officer": officer.pk, "certificate": certificate.pk, "interest": interest.pk,
        "absence": absence.pk, "claim": claim.pk, "instrument": instrument.pk, "check": check.pk,
    }  # fmt: skip


def _import(place: Place, keeper: Account, now: datetime) -> None:
    source, _created = DataSource.objects.get_or_create(code="file", defaults={"name": "文件", "kind": "file"})
    sealed = seal("名称,统一社会信用代码,行政区\n".encode(), name="a.csv", by=keeper, at=now)
    batch = ImportBatch.objects.create(
        source=source, register="objects", state="previewed", valid_from=SINCE, actor=keeper, total_rows=1,
        file_name="a.csv", file_sha256=sealed,
    )  # fmt: skip
    row = ImportRow.objects.create(batch=batch, line_no=2, outcome="doubtful", target_id=place.plant.pk)
    place.ids |= {"source": source.pk, "batch": batch.pk, "row": row.pk}
