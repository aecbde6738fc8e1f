"""Forms of what belongs to an object: permit, facility, limit, and the split of an object."""

from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from sanjian.base.identity.models import Account
from sanjian.base.registry.models import Facility, Factor, InspectionObject, LegalBasis, Limit, MonitoringPoint, Permit
from sanjian.face.site.templatetags.sanjian import named

from .forms import Day, FactsForm, Reasoned, spoken


class Dated(Reasoned):
    """A record with a term."""

    valid_to = Day(label=_("到哪一天止（可不填）"), required=False, help_text=_("含当日"))

    def values(self) -> dict[str, Any]:
        """The record's own fields, as the services take them."""
        return {name: value for name, value in self.cleaned_data.items() if name != "reason"}


class EndForm(Reasoned):
    """A record ends with a day."""

    last_day = Day(label=_("最后一天"), help_text=_("含当日"))

    def __init__(self, *given: Any, **more: Any) -> None:
        more["initial"] = {"last_day": timezone.localdate()}
        super().__init__(*given, **more)
        del self.fields["valid_from"]
        self.order_fields(["last_day", "reason"])


class PermitForm(Dated):
    """A permit or a registration receipt."""

    permit_no = forms.CharField(
        label=_("许可证编号"), max_length=22, help_text=_("22 位排污单位编码，前 18 位与信用代码相同（HJ 608-2017）")
    )
    kind = forms.ChoiceField(label=_("类型"))
    issuer = forms.CharField(label=_("核发机关"), max_length=80, required=False)
    issued_on = Day(label=_("核发日期"), required=False)
    industry_codes = forms.CharField(
        label=_("行业子编码"), max_length=60, required=False, help_text=_("4 位行业代码，逗号分隔")
    )
    content = forms.CharField(label=_("许可内容摘要"), required=False, widget=forms.Textarea(attrs={"rows": 3}))

    def __init__(self, _thing: InspectionObject, *given: Any, **more: Any) -> None:
        super().__init__(*given, **more)
        self.fields["kind"].choices = spoken(Permit.Kind.choices)  # type: ignore[attr-defined]
        own = ["permit_no", "kind", "issuer", "issued_on", "industry_codes", "content"]
        self.order_fields([*own, "valid_from", "valid_to", "reason"])


class FacilityForm(Dated):
    """A facility or outlet; its kind follows from its code."""

    code = forms.CharField(
        label=_("编号"), max_length=10, help_text=_("MF0001 生产设施，TA001 治理设施，DA001、DW001 排放口")
    )
    name = forms.CharField(label=_("名称"), max_length=80)
    flows_to = forms.ModelChoiceField(
        label=_("去向"), queryset=Facility.objects.none(), required=False, empty_label=_("没有下游"),
        help_text=_("生产设施到治理设施，治理设施到排放口"),
    )  # fmt: skip
    latitude = forms.FloatField(label=_("纬度（WGS-84）"), required=False, min_value=-90, max_value=90)
    longitude = forms.FloatField(label=_("经度（WGS-84）"), required=False, min_value=-180, max_value=180)

    def __init__(self, thing: InspectionObject, *given: Any, **more: Any) -> None:
        super().__init__(*given, **more)
        others = Facility.objects.current().filter(inspection_object=thing).exclude(code__startswith="MF")
        self.fields["flows_to"].queryset = others  # type: ignore[attr-defined]
        self.order_fields(["code", "name", "flows_to", "latitude", "longitude", "valid_from", "valid_to", "reason"])


class LimitForm(Dated):
    """A limit of one factor at one point."""

    point = forms.ModelChoiceField(label=_("点位"), queryset=MonitoringPoint.objects.none(), empty_label=_("请选择"))
    factor = forms.ModelChoiceField(label=_("因子"), queryset=Factor.objects.none(), empty_label=_("请选择"))
    period = forms.ChoiceField(label=_("考核时段"))
    basis = forms.ChoiceField(label=_("考核值"))
    lower = forms.FloatField(label=_("下限"), required=False)
    upper = forms.FloatField(label=_("上限"), required=False)
    source = forms.CharField(label=_("来源"), max_length=160, help_text=_("标准号与表号，或排污许可证编号"))
    legal_basis = forms.ModelChoiceField(
        label=_("法律依据"), queryset=LegalBasis.objects.none(), empty_label=_("请选择")
    )

    def __init__(self, thing: InspectionObject, *given: Any, **more: Any) -> None:
        super().__init__(*given, **more)
        points, factors, bases = self.fields["point"], self.fields["factor"], self.fields["legal_basis"]
        points.queryset = thing.points.all()  # type: ignore[attr-defined]
        points.label_from_instance = _point_label  # type: ignore[attr-defined]
        factors.queryset = Factor.objects.all()  # type: ignore[attr-defined]
        factors.label_from_instance = lambda f: f"{named(f)} {f.code} {f.unit}"  # type: ignore[attr-defined]
        bases.queryset = LegalBasis.objects.all()  # type: ignore[attr-defined]
        self.fields["period"].choices = spoken([("hour", "小时"), ("day", "日")])  # type: ignore[attr-defined]
        self.fields["basis"].choices = spoken(Limit.Basis.choices)  # type: ignore[attr-defined]
        own = ["point", "factor", "period", "basis", "lower", "upper", "source", "legal_basis"]
        self.order_fields([*own, "valid_from", "valid_to", "reason"])


class SplitForm(FactsForm):
    """The new object that is taken out of one, and what goes with it."""

    points = forms.ModelMultipleChoiceField(
        label=_("一并拆出的点位"),
        queryset=MonitoringPoint.objects.none(),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    permits = forms.ModelMultipleChoiceField(
        label=_("一并拆出的许可证"), queryset=Permit.objects.none(), required=False, widget=forms.CheckboxSelectMultiple
    )
    facilities = forms.ModelMultipleChoiceField(
        label=_("一并拆出的设施与排口"), queryset=Facility.objects.none(), required=False,
        widget=forms.CheckboxSelectMultiple, help_text=_("上下游的设施和它们的点位要一起拆出"),
    )  # fmt: skip

    def __init__(self, viewer: Account, thing: InspectionObject, *given: Any, **more: Any) -> None:
        super().__init__(viewer, *given, **more)
        for name in ("roles", "listings"):
            del self.fields[name]
        parts = {
            "points": thing.points.all(),
            "permits": Permit.objects.current().filter(inspection_object=thing),
            "facilities": Facility.objects.current().filter(inspection_object=thing),
        }
        for name, rows in parts.items():
            self.fields[name].queryset = rows  # type: ignore[attr-defined]
        self.fields["points"].label_from_instance = _point_label  # type: ignore[attr-defined]
        self.order_fields([n for n in self.fields if n not in {"valid_from", "reason"}] + ["valid_from", "reason"])


def _point_label(point: MonitoringPoint) -> str:
    return f"{point.outlet_code} {point.name} {point.device_mn}"
