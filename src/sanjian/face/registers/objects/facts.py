"""The facts of an object as lines of a page: label, value in words, and where it comes from."""

from collections.abc import Mapping
from dataclasses import dataclass

from django.core.exceptions import FieldDoesNotExist
from django.utils.translation import gettext as _

from sanjian.base.identity.personal import masked_name
from sanjian.base.registry.models import InspectionObject, ObjectVersion
from sanjian.base.registry.queries.origins import Origin
from sanjian.face.site.templatetags.sanjian import named

Facts = InspectionObject | ObjectVersion


@dataclass(frozen=True, slots=True)
class Line:
    """One fact; `origin` is None when nobody said so (a default)."""

    name: str
    label: str
    value: str
    origin: Origin | None = None
    is_code: bool = False


def lines(facts: Facts, origins: Mapping[str, Origin]) -> list[Line]:
    """Every fact in the order that a person asks."""
    shown = [
        ("credit_code", facts.credit_code, True),
        ("site_no", facts.site_no, True),
        ("former_code", facts.former_code, True),
        ("address", facts.address, False),
        ("street_code", facts.street_code, True),
        ("industry_code", " ".join(filter(None, (facts.industry_name, facts.industry_code))), False),
        ("permit_class", _(facts.get_permit_class_display()) if facts.permit_class else "", False),
        ("supervision", _(facts.get_supervision_display()), False),
        ("production", _(facts.get_production_display()), False),
        ("latitude", _position(facts), True),
        ("legal_person", masked_name(facts.legal_person), False),
        ("source_note", facts.source_note, False),
    ]
    return [
        Line(name, label(name), text or "", origins.get(name), is_code)
        for name, text, is_code in shown
        if text or name not in {"site_no", "former_code", "street_code", "source_note"}
    ]


def label(name: str) -> str:
    """What a person calls a field; `name` may be an attribute name such as district_id."""
    if name == "latitude":
        return _("位置（WGS-84）")
    if name == "longitude":
        return _("经度")
    try:
        return _(str(InspectionObject._meta.get_field(name.removesuffix("_id")).verbose_name))  # type: ignore[union-attr]
    except FieldDoesNotExist:  # a version written by an earlier edition
        return name


def spoken(facts: Facts, name: str) -> str:
    """The value of any field in words, "—" when there is none."""
    if name == "district_id":
        return named(facts.district)
    if name == "legal_person":
        return masked_name(facts.legal_person) or "—"
    display = getattr(facts, f"get_{name}_display", None)
    value = display() if display else getattr(facts, name)
    if isinstance(value, float):
        return f"{value:.6f}".rstrip("0").rstrip(".")
    return _(str(value)) if value else "—"


def _position(facts: Facts) -> str:
    if facts.latitude is None or facts.longitude is None:
        return ""
    origin = _("原始坐标")
    given = "" if facts.datum == "wgs84" else f"（{origin} {_(facts.get_datum_display())}）"
    within = f" ±{facts.accuracy_m:g} m" if facts.accuracy_m else ""
    return f"{facts.latitude:.6f}, {facts.longitude:.6f}{within}{given}"
