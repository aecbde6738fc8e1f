"""The columns that files may have, one table a register: what the column is called, how its cells are read.

A new column is one line here; the template, the preview, the report and the help text follow.
"""

from typing import Any

from sanjian.base.identity.personal import masked_name
from sanjian.base.registry.identifiers import credit_code_fault, source_code_fault
from sanjian.base.registry.models import (
    InspectionItem,
    InspectionObject,
    Instrument,
    Listing,
    ObjectRole,
    Register,
)

from . import cells
from .cells import CellFault, plain
from .spec import Column, Spec, one_of, some_of


def _credit_code(value: Any) -> str:
    found = str(cells.code(40)(value))
    fault = credit_code_fault(found) if found else None
    if fault:
        raise CellFault(fault)
    return found


def _permit_no(value: Any) -> str:
    """H9 codes, of enterprises without a credit code, end in a letter of either case: it stays as written."""
    found = str(cells.code(22)(value))
    if found.startswith("H9"):
        found = found[:-1] + plain(value)[-1:]
    fault = source_code_fault(found) if found else None
    if fault:
        raise CellFault(fault)
    return found


def _object_check(said: dict[str, Any]) -> list[list[str]]:
    if said.get("contact_phone") and not said.get("contact_name"):
        return [["contact_name", "填写联系电话时须填联系人"]]
    if said.get("permit_no") and not said.get("permit_from"):
        return [["permit_from", "有许可证编号时须填有效期起"]]
    if not said.get("permit_no") and any(said.get(name) for name in ("permit_from", "permit_to", "permit_issuer")):
        return [["permit_no", "填写许可证有效期时须填许可证编号"]]
    if said.get("permit_to") and said["permit_to"] < said["permit_from"]:
        return [["permit_to", "有效期止早于有效期起"]]
    return []


_DISTRICT: dict[str, Any] = {
    "field": "district_id", "head": "行政区", "parse": cells.text(40), "weight": 3, "sample": "浦东新区",
    "aliases": ("辖区", "所属区", "区县", "行政区划代码", "行政区划", "district", "district code", "area"),
    "note": "名称或 6 位代码",
}  # fmt: skip

_O = InspectionObject
OBJECTS = Spec(
    Register.OBJECTS,
    (
        Column("id", "登记编号", cells.whole(1, 2**62), ("object id", "编号"), weight=0,
               note="本平台导出的表格里才有；新登记留空"),
        Column("credit_code", "统一社会信用代码", _credit_code, ("信用代码", "社会信用代码", "uscc", "统一代码"),
               weight=3, is_code=True, sample="91310115MA1K000017", note="18 位，两个校验位都要对"),
        Column("site_no", "场所序号", cells.code(3, digits=3), ("厂区序号", "site"), weight=0, is_code=True,
               note="同一法人有多个厂区时填 001、002"),
        Column("former_code", "旧证号", cells.code(20), ("原证号", "组织机构代码", "former code"), weight=0,
               is_code=True),
        Column("name", "名称", cells.text(120), ("企业名称", "单位名称", "对象名称", "检查对象", "company", "企业"),
               is_required=True, weight=3, sample="上海某某化工有限公司"),
        Column(**_DISTRICT, is_required=True),
        Column("street_code", "街镇代码", cells.code(12), ("街道代码", "street"), is_code=True),
        Column("address", "地址", cells.text(200), ("生产经营地址", "详细地址", "生产地址", "场所地址"), weight=2,
               sample="上海市浦东新区某路 100 号"),
        Column("industry_code", "行业代码", cells.code(4, digits=4), ("国民经济行业代码", "industry"), weight=2,
               is_code=True, sample="2614", note="GB/T 4754-2017，4 位"),
        Column("industry_name", "行业", cells.text(60), ("行业名称", "行业类别", "所属行业"),
               sample="有机化学原料制造"),
        Column("permit_class", "排污许可管理类别", **one_of(_O.PermitClass.choices), weight=2,
               aliases=("许可管理类别", "管理类别", "permit"), sample="重点管理"),
        Column("supervision", "监管类别", **one_of(_O.Supervision.choices), aliases=("监管级别",), weight=2,
               sample="一般监管"),
        Column("production", "生产状态", **one_of(_O.Production.choices), aliases=("生产情况", "经营状态"),
               sample="生产"),
        Column("longitude", "经度", cells.number(70, 140), ("lon", "lng", "x", "东经"), weight=2, sample="121.5000"),
        Column("latitude", "纬度", cells.number(3, 55), ("lat", "y", "北纬"), weight=2, sample="31.2000"),
        Column("datum", "坐标系", **one_of(_O.Datum.choices), aliases=("坐标原始基准", "坐标基准"), weight=0,
               sample=str(_O.Datum.WGS84.label)),
        Column("accuracy_m", "坐标精度", cells.number(0, 100_000), ("坐标精度米", "精度"), weight=0),
        Column("legal_person", "法定代表人", cells.text(40), ("法人", "法人代表", "负责人")),
        Column("roles", "角色", **some_of(ObjectRole.Role.choices), aliases=("对象角色", "单位类型"), weight=2,
               sample="排污单位"),
        Column("listings", "名录", **some_of(Listing.List.choices), aliases=("重点单位名录", "所属名录", "lists"),
               weight=0),
        Column("contact_name", "联系人", cells.text(40), ("环保联系人", "联系人姓名", "contact"), weight=0,
               is_personal=True, mask=masked_name, can_clear=False, note="加密保存，页面上遮盖"),
        Column("contact_phone", "联系电话", cells.phone, ("联系人电话", "环保联系人电话", "电话", "手机", "phone"),
               weight=0, is_code=True, is_personal=True, can_clear=False, note="加密保存，页面上遮盖"),
        Column("permit_no", "排污许可证编号", _permit_no, ("许可证编号", "排污单位编码", "登记回执编号", "permit no"),
               weight=0, is_code=True, can_clear=False, note="22 位，前 18 位与统一社会信用代码相同"),
        Column("permit_from", "许可证有效期起", cells.day, ("许可有效期起",), weight=0, can_clear=False),
        Column("permit_to", "许可证有效期止", cells.day, ("许可有效期止", "许可证有效期至"), weight=0, can_clear=False),
        Column("permit_issuer", "核发机关", cells.text(80), ("许可证核发机关", "发证机关"), weight=0, can_clear=False),
    ),
    key=("id", "credit_code", "former_code", "name"),
    check=_object_check,
)  # fmt: skip

ATTACHED = frozenset(
    ("contact_name", "contact_phone", "permit_no", "permit_from", "permit_to", "permit_issuer")
)  # fmt: skip
"""Columns of objects that are records of their own beside the object."""

OFFICERS = Spec(
    Register.OFFICERS,
    (
        Column("staff_no", "工号", cells.code(30), ("人员编号", "staff"), is_required=True, weight=3, is_code=True,
               sample="PD0001"),
        Column("name", "姓名", cells.text(60), ("人员姓名",), is_required=True, weight=3, sample="张三"),
        Column("body", "机构编码", cells.text(40), ("所属机构", "机构", "单位", "body code"), is_required=True,
               weight=3, is_code=True, sample="pudong-enforcement", note="机构的编码或全称，须已登记"),
        Column("post", "职务", cells.text(60), ("岗位",)),
        Column("id_number", "身份证号", cells.code(18), ("身份证", "证件号码", "id card"), is_code=True,
               is_personal=True, weight=2, note="加密保存，页面上遮盖"),
        Column("phone", "电话", cells.code(20), ("手机", "联系电话", "手机号码"), is_code=True, is_personal=True,
               note="加密保存，页面上遮盖"),
        Column("skills", "专长", cells.words, ("专业",), note="可填多个，用顿号分开", sample="大气、水"),
        Column("can_sample", "采样资格", cells.yes_no, choices=("是", "否"), weight=0, sample="是"),
        Column("can_review", "法制审核资格", cells.yes_no, choices=("是", "否"), weight=0, sample="否"),
        Column("is_established", "在编在岗", cells.yes_no, choices=("是", "否"), weight=0, sample="是"),
        Column("left_on", "离岗日期", cells.day, weight=0),
        Column("certificate_no", "执法证号", cells.code(30), ("证号", "执法证编号", "certificate"), is_code=True,
               weight=3, sample="09150001"),
        Column("certificate_territory", "执法区域", cells.text(40), ("证件区域",), sample="浦东新区",
               note="行政区名称或代码；不填为机构的管辖区域"),
        Column("certificate_from", "证件有效期起", cells.day, ("有效期起",), weight=2, sample="2025-01-01"),
        Column("certificate_to", "证件有效期止", cells.day, ("有效期止", "有效期至"), weight=2, sample="2029-12-31"),
        Column("certificate_checked_on", "最近审验日期", cells.day, ("审验日期",), weight=2, sample="2026-06-01"),
        Column("certificate_issuer", "发证机关", cells.text(80), weight=0),
    ),
    key=("staff_no",),
    check=lambda v: (
        [["certificate_from", "有执法证号时须填有效期起"]] if v.get("certificate_no") and not v.get("certificate_from")
        else [["certificate_to", "有效期止早于有效期起"]]
        if v.get("certificate_from") and v.get("certificate_to") and v["certificate_to"] < v["certificate_from"]
        else []
    ),
)  # fmt: skip

INSTRUMENTS = Spec(
    Register.INSTRUMENTS,
    (
        Column("asset_no", "资产编号", cells.code(40), ("装备编号", "asset"), is_required=True, weight=3, is_code=True,
               sample="ZB-2026-001"),
        Column("category", "类别", cells.text(60), ("装备类别",), is_required=True, weight=3, sample="现场快速检测"),
        Column("name", "名称", cells.text(80), ("装备名称", "仪器名称"), is_required=True, weight=3,
               sample="便携式烟气分析仪"),
        Column("body", "机构编码", cells.text(40), ("所属机构", "机构", "单位"), is_required=True, weight=3,
               is_code=True, sample="pudong-enforcement", note="机构的编码或全称，须已登记"),
        Column("model", "型号", cells.text(60), ("规格型号",), sample="MH3200"),
        Column("serial_no", "出厂编号", cells.code(60), ("序列号",), is_code=True, weight=2),
        Column("maker", "制造商", cells.text(80), ("生产厂家", "厂家")),
        Column("location", "存放地点", cells.text(80), ("位置",)),
        Column("state", "状态", **one_of(Instrument.State.choices), sample="在用"),
        Column("is_metered", "须检定校准", cells.yes_no, choices=("是", "否"), weight=0, sample="是"),
        Column("certificate_no", "检定证书号", cells.code(60), ("校准证书号", "证书编号"), is_code=True, weight=2),
        Column("performed_on", "检定日期", cells.day, ("校准日期",), weight=2, sample="2026-03-01"),
        Column("calibration_to", "检定有效期至", cells.day, ("校准有效期至", "有效期至"), weight=3,
               sample="2027-02-28"),
        Column("has_passed", "检定合格", cells.yes_no, choices=("是", "否"), weight=0, sample="是"),
        Column("agency", "检定机构", cells.text(80), ("校准机构",), weight=0),
    ),
    key=("asset_no",),
    check=lambda v: (
        [["performed_on", "有检定有效期时须填检定日期"]] if v.get("calibration_to") and not v.get("performed_on")
        else [["calibration_to", "有效期早于检定日期"]]
        if v.get("calibration_to") and v.get("performed_on") and v["calibration_to"] < v["performed_on"] else []
    ),
)  # fmt: skip

ITEMS = Spec(
    Register.ITEMS,
    (
        Column("code", "事项编码", cells.text(40), ("编码", "item code"), is_required=True, weight=3, is_code=True,
               sample="water-self-monitoring"),
        Column("name", "名称", cells.text(120), ("事项名称", "检查事项"), is_required=True, weight=3,
               sample="废水自行监测"),
        Column("domain", "领域", cells.text(40), ("业务领域",), weight=2, sample="水"),
        Column("standard", "检查标准", cells.text(4000), ("标准", "检查内容"), is_required=True, weight=3,
               sample="按自行监测方案开展并保存记录"),
        Column("method", "检查方式", **one_of(InspectionItem.Method.choices), weight=2, sample="现场"),
        Column("remote_sufficient", "非现场可查清", cells.yes_no, choices=("是", "否"), weight=0, sample="否"),
        Column("evidence", "应取证据", cells.text(2000), ("证据",)),
        Column("duty_basis", "义务条款", cells.text(60), ("义务依据",), weight=3, is_code=True,
               note="法律依据的编码，见检查事项库"),
        Column("power_basis", "检查权条款", cells.text(60), ("检查依据",), weight=3, is_code=True),
        Column("penalty_basis", "罚则条款", cells.text(60), ("处罚依据",), weight=3, is_code=True),
        Column("yearly_cap", "每年上限", cells.whole(0, 366), ("每年检查上限", "频次上限"), sample="2"),
        Column("joint_theme", "联合检查主题", cells.text(60), weight=0),
        Column("is_undisturbed", "无事不扰", cells.yes_no, choices=("是", "否"), weight=0, sample="否"),
        Column("is_published", "已公布", cells.yes_no, choices=("是", "否"), weight=0, sample="是"),
        Column("published_url", "公布网址", cells.text(200)),
    ),
    key=("code",),
)  # fmt: skip

SPECS = {spec.register: spec for spec in (OBJECTS, OFFICERS, INSTRUMENTS, ITEMS)}
