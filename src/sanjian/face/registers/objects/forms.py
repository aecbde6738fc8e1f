"""Forms of an object's facts. They read what a person entered; what is right is decided by the registry's services."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from sanjian.base.identity.models import Account, District
from sanjian.base.registry.models import Listing, ObjectFacts, ObjectRole
from sanjian.base.registry.services.checking import DEFAULTS, FACT_FIELDS
from sanjian.face.site.templatetags.sanjian import named

FACTS = tuple(name for name in FACT_FIELDS if name != "grade")
POSITION = ("latitude", "longitude", "datum")


def spoken(choices: list[tuple[Any, str]], blank: str | None = None) -> list[tuple[Any, Any]]:
    """Choices in the reader's language, perhaps with an empty one first."""
    first = [] if blank is None else [("", blank)]
    return [*first, *((value, _(label)) for value, label in choices)]


class Day(forms.DateField):
    """A day picked from a calendar."""

    def __init__(self, **given: Any) -> None:
        super().__init__(widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"), **given)


class Entry(forms.Form):
    """A form whose values a service of the registry checks."""

    def take(self, errors: Mapping[str, list[str]]) -> None:
        """Put what a service found wrong beside the fields."""
        for name, said in errors.items():
            for sentence in said:
                self.add_error(name if name in self.fields else None, sentence)


class Reasoned(Entry):
    """A form that takes effect from a day, with a reason."""

    valid_from = Day(label=_("从哪一天起"), help_text=_("实际发生的日期，可以早于今天"))
    reason = forms.CharField(label=_("理由"), max_length=200, help_text=_("例如核对过的文件或现场记录"))

    def __init__(self, *given: Any, **more: Any) -> None:
        more["initial"] = {"valid_from": timezone.localdate()} | (more.get("initial") or {})
        super().__init__(*given, **more)


class FactsForm(Reasoned):
    """All facts of an object that people keep. The grade is not among them: no single person sets it."""

    is_of_standing = False

    name = forms.CharField(label=_("名称"), max_length=120)
    credit_code = forms.CharField(label=_("统一社会信用代码"), max_length=18, required=False)
    site_no = forms.CharField(
        label=_("场所序号"), max_length=3, required=False, help_text=_("同一法人有几个厂区时填 001、002")
    )
    former_code = forms.CharField(label=_("旧证号"), max_length=20, required=False)
    district_id = forms.ChoiceField(label=_("行政区"))
    street_code = forms.CharField(label=_("街镇代码"), max_length=12, required=False)
    address = forms.CharField(label=_("地址"), max_length=200, required=False)
    industry_code = forms.CharField(
        label=_("行业代码"), max_length=4, required=False, help_text=_("GB/T 4754-2017 的 4 位小类，如 2614")
    )
    industry_name = forms.CharField(label=_("行业"), max_length=60, required=False)
    permit_class = forms.ChoiceField(label=_("排污许可管理类别"), required=False)
    supervision = forms.ChoiceField(label=_("监管类别"))
    production = forms.ChoiceField(label=_("生产状态"))
    latitude = forms.FloatField(label=_("纬度"), required=False)
    longitude = forms.FloatField(label=_("经度"), required=False)
    datum = forms.ChoiceField(label=_("坐标来自"), help_text=_("按 GCJ-02 填的会换算成 WGS-84 保存，并记下来源"))
    accuracy_m = forms.FloatField(label=_("坐标精度（米）"), required=False, min_value=0)
    legal_person = forms.CharField(label=_("法定代表人"), max_length=40, required=False)
    source_note = forms.CharField(label=_("数据来源说明"), max_length=200, required=False)
    roles = forms.MultipleChoiceField(label=_("角色"), required=False, widget=forms.CheckboxSelectMultiple)
    listings = forms.MultipleChoiceField(label=_("名录"), required=False, widget=forms.CheckboxSelectMultiple)

    def __init__(self, viewer: Account, *given: Any, **more: Any) -> None:
        usual = {name: DEFAULTS[name] for name in ("supervision", "production", "datum")}
        more["initial"] = usual | (more.get("initial") or {})
        super().__init__(*given, **more)
        districts = District.objects.filter(is_city=False)
        if not viewer.sees_whole_city:
            districts = districts.filter(code=viewer.district_id)
        named_ = [(d.code, named(d)) for d in districts]
        choices = {
            "district_id": named_ if len(named_) == 1 else [("", _("请选择")), *named_],
            "permit_class": spoken(ObjectFacts.PermitClass.choices, "—"),
            "supervision": spoken(ObjectFacts.Supervision.choices),
            "production": spoken(ObjectFacts.Production.choices),
            "datum": spoken(ObjectFacts.Datum.choices),
            "roles": spoken(ObjectRole.Role.choices),
            "listings": spoken(Listing.List.choices),
        }
        for name, values in choices.items():
            self.fields[name].choices = values  # type: ignore[attr-defined]
        self.order_fields([n for n in self.fields if n not in {"valid_from", "reason"}] + ["valid_from", "reason"])

    def facts(self) -> dict[str, Any]:
        """What was entered, as the services take it: for an object that stands only what differs from what was shown,
        so that a form filled for an earlier day does not carry today's other values there. A position goes whole.
        """
        told = set(self.changed_data) if self.is_of_standing else set(self.fields)
        told |= set(POSITION) if told & {"latitude", "longitude"} else set()
        if not told & {"latitude", "longitude"}:
            told -= {"datum"}
        return {name: self.cleaned_data[name] for name in FACTS if name in told}


class EditForm(FactsForm):
    """The facts of an object that stands already, with the mark of what the editor saw."""

    is_of_standing = True
    seen = forms.CharField(widget=forms.HiddenInput)
    valid_to = Day(label=_("到哪一天止（可不填）"), required=False, help_text=_("只在一段时间内如此时填，含当日"))

    def __init__(self, *given: Any, masked_person: str = "", **more: Any) -> None:
        """`masked_person` is who is registered as legal person; in clear a form does not show them."""
        super().__init__(*given, **more)
        if masked_person:
            said = _("现登记为 %(name)s，不改就留空") % {"name": masked_person}
            self.fields["legal_person"].help_text = said
        self.order_fields([n for n in self.fields if n not in {"valid_to", "reason"}] + ["valid_to", "reason"])

    def clean_seen(self) -> datetime:
        """The moment of the last change that the editor saw."""
        try:
            return datetime.fromisoformat(self.cleaned_data["seen"])
        except ValueError as error:
            raise forms.ValidationError(_("页面不完整，请重新打开再改")) from error


def initial_facts(shown: ObjectFacts) -> dict[str, Any]:
    """The facts of a form as they stand. The position is shown as WGS-84, whatever it was given in; a person's name is
    not shown, and left empty it stays.
    """
    return {name: getattr(shown, name) for name in FACTS} | {"datum": ObjectFacts.Datum.WGS84, "legal_person": ""}
