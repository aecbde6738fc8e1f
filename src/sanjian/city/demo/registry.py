"""The demonstration's enterprises, points, limits and people. All invented; their names and pages say so."""

from datetime import date

from django.db import transaction

from sanjian.base.identity.models import Account
from sanjian.base.registry.identifiers import credit_code
from sanjian.base.registry.models import Factor, InspectionObject, LegalBasis, Limit, MonitoringPoint
from sanjian.base.registry.services import load_code_lists

from .people import PASSWORD, PEOPLE, Person
from .points import HOUR, POINTS, DemoPoint

_SOURCE = "演示数据：企业为虚构，数值摘自公开数据集（见 city/demo/data/SOURCE.md）"

ENTERPRISES = {
    # key: (name, district, serial, address, industry, industry name, supervision, latitude, longitude, grade)
    "power": ("示例燃气发电有限公司（演示）", "310115", "10000001", "浦东新区示例路 1 号", "4411", "火力发电",
              "key", 31.3510, 121.5910, "B"),
    "chemical": ("示例精细化工有限公司（演示）", "310116", "10000002", "金山区示例路 2 号", "2614", "有机化学原料制造",
                 "key", 30.7236, 121.2703, "C"),
    "sewage": ("示例城市污水处理厂（演示）", "310114", "10000003", "嘉定区示例路 3 号", "4620", "污水处理及其再生利用",
               "key", 31.3857, 121.2449, "A"),
    "stations": ("示例环境监测站（演示）", "310104", "10000004", "徐汇区示例路 4 号", "7461", "环境保护监测",
                 "simple", 31.1723, 121.4279, "A"),
}  # fmt: skip


@transaction.atomic
def build() -> None:
    """Write the demonstration's registry; what exists already is left as it is."""
    load_code_lists()
    Factor.objects.filter(code="w01018").update(is_step_held=True)
    objects = {key: _enterprise(key) for key in ENTERPRISES}
    for point in POINTS:
        _point(point, objects[point.enterprise])
    for person in PEOPLE:
        _account(person, objects)


def _enterprise(key: str) -> InspectionObject:
    name, district, serial, address, industry, industry_name, supervision, latitude, longitude, grade = ENTERPRISES[key]
    return InspectionObject.objects.get_or_create(
        credit_code=credit_code("91", district, serial),
        defaults={
            "name": name,
            "district_id": district,
            "address": address,
            "industry_code": industry,
            "industry_name": industry_name,
            "supervision": supervision,
            "latitude": latitude,
            "longitude": longitude,
            "grade": grade,
            "source_note": _SOURCE,
        },
    )[0]


def _point(demo: DemoPoint, enterprise: InspectionObject) -> None:
    point, is_new = MonitoringPoint.objects.get_or_create(
        device_mn=demo.device_mn,
        defaults={
            "inspection_object": enterprise,
            "outlet_code": demo.outlet_code,
            "name": demo.name,
            "medium": demo.medium,
            "latitude": demo.latitude,
            "longitude": demo.longitude,
            "report_interval_s": int(demo.step.total_seconds()),
        },
    )
    if not is_new:
        return
    basis = LegalBasis.objects.get(code="eec-2026-1107-over-standard")
    Limit.objects.bulk_create(
        Limit(
            point=point,
            factor_id=code,
            period="hour" if demo.step == HOUR else "day",
            upper=upper,
            source=source,
            legal_basis=basis,
            valid_from=date(2026, 1, 1),
        )
        for code, (upper, source) in demo.limits.items()
    )


def _account(person: Person, objects: dict[str, InspectionObject]) -> None:
    if Account.objects.filter(username=person.username).exists():
        return
    Account.objects.create_user(
        person.username,
        password=PASSWORD,
        display_name=person.name,
        role=person.role,
        district_id=person.district,
        inspection_object_id=objects[person.enterprise].id if person.enterprise else None,
        certificate_no=person.certificate_no,
    )
