"""Forms of instruments. They read what a person entered; the services decide."""

from datetime import datetime
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from sanjian.base.identity.models import Account
from sanjian.base.registry.models import Body, Calibration, Instrument, Officer

from ..people.forms import choose, day, one_of, pick, why

_MOMENT = "%Y-%m-%dT%H:%M"
MOST_DOCUMENT_BYTES = 20 * 1024 * 1024
"""Ours: a scanned certificate of a few pages."""


def moment(label: Any) -> forms.DateTimeField:
    """A moment to the minute, in Shanghai time."""
    widget = forms.DateTimeInput(attrs={"type": "datetime-local"}, format=_MOMENT)
    return forms.DateTimeField(label=label, widget=widget, input_formats=[_MOMENT, f"{_MOMENT}:%S"])


class InstrumentForm(forms.Form):
    """An instrument as registered."""

    asset_no = forms.CharField(label=gettext_lazy("资产编号"), max_length=40)
    name = forms.CharField(label=gettext_lazy("名称"), max_length=80)
    category = forms.CharField(
        label=gettext_lazy("类别"), max_length=60, help_text=gettext_lazy("环办执法〔2024〕27号 装备目录")
    )
    model = forms.CharField(label=gettext_lazy("型号"), max_length=60, required=False)
    serial_no = forms.CharField(label=gettext_lazy("出厂编号"), max_length=60, required=False)
    maker = forms.CharField(label=gettext_lazy("制造商"), max_length=80, required=False)
    body = one_of(label=gettext_lazy("机构"))
    keeper = one_of(label=gettext_lazy("保管人"), required=False)
    location = forms.CharField(label=gettext_lazy("存放地点"), max_length=80, required=False)
    state = forms.ChoiceField(label=gettext_lazy("状态"), initial=Instrument.State.IN_USE)
    is_metered = forms.BooleanField(
        label=gettext_lazy("须检定校准"), required=False, initial=True,
        help_text=gettext_lazy("车辆、无人机等不出数的装备不需要"),
    )  # fmt: skip
    firmware = forms.CharField(label=gettext_lazy("固件版本"), max_length=40, required=False)
    clock_offset_s = forms.FloatField(
        label=gettext_lazy("时钟偏差（秒）"), required=False, help_text=gettext_lazy("装备时钟减标准时间，快为正")
    )

    def __init__(self, viewer: Account, data: Any = None, *, instrument: Instrument | None = None) -> None:
        initial = {name: getattr(instrument, name) for name in self.base_fields} if instrument else {}
        super().__init__(data, initial=initial)
        choose(self, "state", Instrument.State.choices)
        pick(self, "body", Body.objects.visible_to(viewer))
        pick(self, "keeper", Officer.objects.visible_to(viewer).select_related("body"))


class CheckForm(forms.Form):
    """One check; those who are no keepers may only enter the check before use."""

    kind = forms.ChoiceField(label=gettext_lazy("类型"))
    performed_at = moment(gettext_lazy("时间"))
    has_passed = forms.TypedChoiceField(
        label=gettext_lazy("结果"), coerce=lambda text: text == "1", widget=forms.RadioSelect
    )
    valid_to = day(
        gettext_lazy("有效期至（含）"), required=False, hint=gettext_lazy("检定、校准合格时必填；使用前核查不填")
    )
    certificate_no = forms.CharField(label=gettext_lazy("证书编号"), max_length=60, required=False)
    agency = forms.CharField(label=gettext_lazy("检定或校准机构"), max_length=80, required=False)
    range_text = forms.CharField(label=gettext_lazy("量程"), max_length=60, required=False)
    uncertainty = forms.CharField(label=gettext_lazy("不确定度"), max_length=60, required=False)
    document = forms.FileField(
        label=gettext_lazy("证书文件"), required=False, help_text=gettext_lazy("扫描件，原样保存并记录 SHA-256")
    )

    def __init__(self, data: Any = None, files: Any = None, *, now: datetime, is_keeper: bool) -> None:
        kinds = Calibration.Kind.choices if is_keeper else [(Calibration.Kind.DAILY, Calibration.Kind.DAILY.label)]
        super().__init__(data, files, initial={"performed_at": now, "kind": kinds[0][0]})
        choose(self, "kind", kinds)
        self.fields["has_passed"].choices = [("1", _("合格")), ("0", _("不合格"))]  # type: ignore[attr-defined]
        if not is_keeper:
            for name in ("valid_to", "certificate_no", "agency", "range_text", "uncertainty", "document"):
                del self.fields[name]

    def clean_document(self) -> Any:
        """A file of a sane size."""
        document = self.cleaned_data["document"]
        if document and document.size > MOST_DOCUMENT_BYTES:
            raise forms.ValidationError(_("文件超过 20 MB"))
        return document


class VoidForm(forms.Form):
    """Why a certificate does not count."""

    reason = why(gettext_lazy("作废理由"))


class ReadingForm(forms.Form):
    """A value read in the field."""

    taken_at = moment(gettext_lazy("读数时间"))
    quantity = forms.CharField(label=gettext_lazy("项目"), max_length=60)
    value = forms.FloatField(label=gettext_lazy("数值"), widget=forms.NumberInput(attrs={"step": "any"}))
    unit = forms.CharField(label=gettext_lazy("单位"), max_length=16, required=False)
    officer = one_of(label=gettext_lazy("读数人"), required=False)
    code = forms.CharField(
        label=gettext_lazy("所属检查码"), max_length=26, required=False, help_text=gettext_lazy("没有可不填")
    )

    def __init__(self, viewer: Account, data: Any = None, *, now: datetime) -> None:
        own = Officer.objects.visible_to(viewer)
        mine = own.filter(account=viewer).first()
        super().__init__(data, initial={"taken_at": now, "officer": mine})
        pick(self, "officer", own.select_related("body"))


class LendForm(forms.Form):
    """To whom."""

    officer = one_of(label=gettext_lazy("借给"))

    def __init__(self, viewer: Account, data: Any = None) -> None:
        own = Officer.objects.visible_to(viewer).filter(left_on=None)
        super().__init__(data, initial={"officer": own.filter(account=viewer).first()})
        pick(self, "officer", own.select_related("body"))
