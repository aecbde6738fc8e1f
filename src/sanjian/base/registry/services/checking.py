"""What a form, a file or a partner says of an object, checked field by field before anything is written.

No database is asked, so that a file of 50,000 lines can be checked in seconds; what only the database knows (a code
that is taken, a district that is not the actor's) is checked when writing.
"""

import math
import re
from collections.abc import Callable, Container, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _

from ..coordinates import SHANGHAI, Position, is_in_china, wgs84_from_gcj02
from ..identifiers import credit_code_fault
from ..models import ObjectFacts

FACT_FIELDS: tuple[str, ...] = tuple(f.attname for f in ObjectFacts._meta.fields)
"""Columns of an object and of each of its versions, as attribute names: the district is `district_id`."""

DEFAULTS: dict[str, Any] = {f.attname: f.get_default() for f in ObjectFacts._meta.fields}
_PLACES = 7
"""Decimals of a degree that are kept: a centimetre."""

_FORMS = {
    "site_no": (re.compile(r"\d{3}"), "场所序号应为 3 位数字，如 001"),
    "street_code": (re.compile(r"\d{9}|\d{12}"), "街镇代码应为 9 或 12 位数字"),
    "industry_code": (re.compile(r"\d{4}"), "行业代码应为 4 位数字（GB/T 4754-2017 小类），如 2614"),
    "former_code": (re.compile(r"\d{15}|[0-9A-Z]{8}-?[0-9X]"), "旧证号应为 15 位营业执照号或 9 位组织机构代码"),
}


@dataclass(slots=True)
class Checked:
    """Cleaned values; and for each field what is wrong with it, or only strange."""

    values: dict[str, Any]
    errors: dict[str, list[str]] = field(default_factory=dict)
    warnings: dict[str, list[str]] = field(default_factory=dict)

    def wrong(self, name: str, said: str) -> None:
        """Note an error; the field leaves the values."""
        self.errors.setdefault(name, []).append(said)
        self.values.pop(name, None)


def check_values(
    values: Mapping[str, Any], *, district_codes: Container[str] | None = None, partial: bool = False
) -> Checked:
    """Clean and check the facts of one object.

    Args:
        values: by FACT_FIELDS; unknown names are errors. A position given as GCJ-02 (`datum`) is converted.
        district_codes: the codes that exist; None: any six digits.
        partial: only the fields given are checked; otherwise name and district are needed.
    """
    checked = Checked({})
    for name, value in values.items():
        check = _CHECKS.get(name)
        if check is None:
            checked.wrong(name, _("没有“%(field)s”这个字段") % {"field": name})
            continue
        try:
            checked.values[name] = check(name, value)
        except ValueError as error:
            checked.wrong(name, str(error))
    if not partial:
        for name, said in (("name", _("请填写名称")), ("district_id", _("请选择行政区"))):
            if name not in checked.errors and not checked.values.get(name):
                checked.wrong(name, said)
    district = checked.values.get("district_id")
    if district and district_codes is not None and district not in district_codes:
        checked.wrong("district_id", _("没有代码为 %(code)s 的行政区") % {"code": district})
    _position(checked)
    return checked


def _text(name: str, value: Any) -> str:
    text = "" if value is None else " ".join(str(value).split())
    most = _LENGTHS[name]
    if len(text) > most:
        raise ValueError(_("最多 %(most)d 个字，实际 %(found)d 个") % {"most": most, "found": len(text)})
    if any(ord(c) < 32 or ord(c) == 127 for c in text):
        raise ValueError(_("含有不可见的控制字符"))
    return text


def _needed(name: str, value: Any) -> str:
    text = _text(name, value)
    if not text:
        raise ValueError(_("不能为空"))
    return text


def _credit_code(_name: str, value: Any) -> str | None:
    code = "" if value is None else str(value).strip().upper()
    if not code:
        return None
    if fault := credit_code_fault(code):
        raise ValueError(fault)
    return code


def _formed(name: str, value: Any) -> str:
    text = _text(name, value).upper()
    form, said = _FORMS[name]
    if text and not form.fullmatch(text):
        raise ValueError(_(said))
    return text


def _district(_name: str, value: Any) -> str:
    text = "" if value is None else str(value).strip()
    if not re.fullmatch(r"\d{6}", text):
        raise ValueError(_("行政区划代码应为 6 位数字") if text else _("请选择行政区"))
    return text


def _chosen(name: str, value: Any) -> str:
    text = "" if value is None else str(value).strip()
    if not text and name != "permit_class":
        return str(DEFAULTS[name])
    if text and text not in _CHOICES[name]:
        raise ValueError(_("没有“%(value)s”这个选项") % {"value": text[:40]})
    return text


def _number(name: str, value: Any) -> float | None:
    if value is None or (isinstance(value, str) and not value.strip()):
        return None
    low, high = _RANGES[name]
    try:
        number = float(value)
    except (TypeError, ValueError, OverflowError):
        raise ValueError(_("应为数字，如 %(example)s") % {"example": "121.5"}) from None
    if not math.isfinite(number) or not low <= number <= high:
        raise ValueError(_("应在 %(low)g 到 %(high)g 之间") % {"low": low, "high": high})
    return number


def _position(checked: Checked) -> None:
    values = checked.values
    has = [values.get(name) is not None for name in ("latitude", "longitude")]
    if not any(has):
        return
    if not all(has):
        if not checked.errors.keys() & {"latitude", "longitude"} and {"latitude", "longitude"} <= values.keys():
            checked.wrong("longitude" if has[0] else "latitude", _("经度和纬度应同时填写"))
        return
    given = Position(values["latitude"], values["longitude"])
    if not is_in_china(given):
        swapped = is_in_china(Position(given.longitude, given.latitude))
        said = _("经度和纬度可能填反了") if swapped else _("位置不在中国境内")
        checked.errors.setdefault("latitude", []).append(said)
        return
    kept = wgs84_from_gcj02(given) if values.get("datum") == ObjectFacts.Datum.GCJ02 else given
    values["latitude"], values["longitude"] = round(kept.latitude, _PLACES), round(kept.longitude, _PLACES)
    if not SHANGHAI.holds(kept):
        checked.warnings.setdefault("latitude", []).append(_("位置不在本市范围内，请核对"))


_CHOICES = {f.attname: {value for value, _label in f.flatchoices} for f in ObjectFacts._meta.fields if f.choices}
_LENGTHS = {f.attname: f.max_length for f in ObjectFacts._meta.fields if f.max_length}
_RANGES = {"latitude": (-90, 90), "longitude": (-180, 180), "accuracy_m": (0, 100_000)}


def _checks() -> dict[str, Callable[[str, Any], Any]]:
    checks: dict[str, Callable[[str, Any], Any]] = dict.fromkeys(FACT_FIELDS, _text)
    checks.update(dict.fromkeys(_CHOICES, _chosen))
    checks.update(dict.fromkeys(_RANGES, _number))
    checks.update(dict.fromkeys(_FORMS, _formed))
    return checks | {"name": _needed, "credit_code": _credit_code, "district_id": _district}


_CHECKS = _checks()
