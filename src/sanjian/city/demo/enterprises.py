"""The demonstration's enterprises with what a registry knows of one: roles, permit, facilities, limits, contacts, and
a past with a change in it. All invented; their names and pages say so.
"""

from dataclasses import dataclass
from datetime import date, datetime

from sanjian.base.registry.identifiers import credit_code, source_code
from sanjian.base.registry.models import Facility, InspectionObject, LegalBasis, MonitoringPoint, Relation
from sanjian.base.registry.services import contacts, objects, outlets
from sanjian.base.registry.words import point_registered

from .points import HOUR, DemoPoint

_SOURCE = "演示数据：企业为虚构，数值摘自公开数据集（见 city/demo/data/SOURCE.md）"
_SINCE = date(2023, 1, 1)
_REASON = "建立演示数据"


@dataclass(frozen=True, slots=True)
class Enterprise:
    """One invented enterprise.

    Args:
        facilities: code -> (name, code that it flows to or "").
        contact: duty, name, phone; the numbers are of a range that is not given out.
        later: facts that were otherwise before, with the day since which they are as they are now.
    """

    name: str
    district: str
    serial: str
    address: str
    industry: str
    industry_name: str
    supervision: str
    latitude: float
    longitude: float
    grade: str
    roles: tuple[str, ...]
    listings: tuple[str, ...] = ()
    permit_class: str = ""
    facilities: tuple[tuple[str, str, str], ...] = ()
    contact: tuple[str, str, str] = ("环保联系人", "", "")
    before: tuple[tuple[str, str], ...] = ()
    changed_on: date = date(2026, 3, 1)

    @property
    def code(self) -> str:
        """Its unified social credit code: valid in form, given to nobody."""
        return credit_code("91", self.district, self.serial)


ENTERPRISES = {
    "power": Enterprise(
        "示例燃气发电有限公司（演示）", "310115", "10000001", "浦东新区示例路 1 号", "4411", "火力发电", "key",
        31.3510, 121.5910, "B", ("discharger", "waste_producer"), ("key_gas",), "key",
        (("DA001", "1号燃气轮机排气筒", ""), ("DA002", "2号燃气轮机排气筒", ""), ("DA003", "3号燃气轮机排气筒", ""),
         ("TA001", "1号低氮燃烧", "DA001"), ("TA002", "2号低氮燃烧", "DA002"), ("TA003", "3号低氮燃烧", "DA003"),
         ("MF0001", "1号燃气轮机", "TA001"), ("MF0002", "2号燃气轮机", "TA002"), ("MF0003", "3号燃气轮机", "TA003")),
        ("环保专员", "陈企", "13800000001"), (("grade", "C"), ("name", "示例燃机电厂（演示）")),
    ),
    "chemical": Enterprise(
        "示例精细化工有限公司（演示）", "310116", "10000002", "金山区示例路 2 号", "2614", "有机化学原料制造", "key",
        30.7236, 121.2703, "C", ("discharger", "waste_producer"), ("key_water", "key_risk"), "key",
        (("DW001", "总排口", ""), ("TW001", "污水处理站", "DW001"), ("MF0001", "合成车间", "TW001")),
        ("安全环保部经理", "孔明远", "13800000002"), (("grade", "B"),), date(2026, 6, 1),
    ),
    "sewage": Enterprise(
        "示例城市污水处理厂（演示）", "310114", "10000003", "嘉定区示例路 3 号", "4620", "污水处理及其再生利用", "key",
        31.3857, 121.2449, "A", ("discharger",), ("key_water",), "key",
        (("DW001", "总排口", ""), ("TW001", "生化处理", "DW001"), ("MF0001", "进水格栅", "TW001")),
        ("运行部主任", "严水清", "13800000003"), (("supervision", "general"),),
    ),
    "stations": Enterprise(
        "示例环境监测站（演示）", "310104", "10000004", "徐汇区示例路 4 号", "7461", "环境保护监测", "simple",
        31.1723, 121.4279, "A", ("laboratory",),
        contact=("质量负责人", "施准", "13800000004"),
    ),
}  # fmt: skip


def build_enterprise(key: str, at: datetime) -> InspectionObject:
    """Register one enterprise as it was at first, then as it became; one that exists is left as it is."""
    told = ENTERPRISES[key]
    known = InspectionObject.objects.filter(credit_code=told.code).first()
    if known is not None:
        return known
    values = {
        "credit_code": told.code, "name": told.name, "district_id": told.district, "address": told.address,
        "industry_code": told.industry, "industry_name": told.industry_name, "supervision": told.supervision,
        "latitude": told.latitude, "longitude": told.longitude, "grade": told.grade, "source_note": _SOURCE,
        "permit_class": told.permit_class,
    }  # fmt: skip
    thing = objects.register_object(
        values | dict(told.before), actor=None, at=at, valid_from=_SINCE, reason=_REASON, roles=told.roles,
        listings=told.listings,
    )  # fmt: skip
    if told.before:
        now = {name: values[name] for name, _was in told.before}
        thing = objects.change_object(thing, now, actor=None, at=at, valid_from=told.changed_on, reason=_REASON)
    _facilities(thing, told, at)
    if told.permit_class:
        number = {
            "permit_no": source_code(told.code, 1),
            "issuer": "示例核发机关（演示）",
            "industry_codes": told.industry,
        }
        term = {"valid_from": date(2024, 3, 1), "valid_to": date(2029, 2, 28)}
        outlets.add_permit(thing, number | term, actor=None, at=at, reason=_REASON)
    duty, name, phone = told.contact
    if name:
        contacts.add_contact(thing, duty=duty, name=name, phone=phone, has_consented=True, actor=None, at=at)
    return thing


def relate_enterprises(things: dict[str, InspectionObject], at: datetime) -> None:
    """Who works for whom: the station measures for the plants."""
    for key in ("power", "chemical"):
        known = Relation.objects.current().filter(subject=things["stations"], target=things[key])
        if not known.exists():
            objects.relate(
                things["stations"], things[key], Relation.Kind.LABORATORY, actor=None, at=at,
                valid_from=date(2025, 1, 1), reason=_REASON,
            )  # fmt: skip


def _facilities(thing: InspectionObject, told: Enterprise, at: datetime) -> None:
    built: dict[str, Facility] = {}
    for code, name, goal in told.facilities:
        values = {"code": code, "name": name, "flows_to": built.get(goal), "valid_from": _SINCE}
        built[code] = outlets.add_facility(thing, values, actor=None, at=at, reason=_REASON)


def build_point(demo: DemoPoint, enterprise: InspectionObject, at: datetime) -> None:
    """A monitoring point at its outlet with its limits; one that exists is left as it is."""
    outlet = Facility.objects.current().filter(inspection_object=enterprise, code=demo.outlet_code).first()
    point, is_new = MonitoringPoint.objects.get_or_create(
        device_mn=demo.device_mn,
        defaults={
            "inspection_object": enterprise,
            "outlet": outlet,
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
    point_registered(point)
    basis = LegalBasis.objects.get(code="eec-2026-1107-over-standard")
    for code, (upper, source) in demo.limits.items():
        values = {
            "factor_id": code, "period": "hour" if demo.step == HOUR else "day", "upper": upper, "source": source,
            "legal_basis": basis, "valid_from": date(2026, 1, 1),
        }  # fmt: skip
        outlets.set_limit(point, values, actor=None, at=at, reason=_REASON)
