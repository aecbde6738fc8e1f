"""The form that makes an unknown device a monitoring point; `base.sensing.services` does it."""

from django import forms
from django.utils.translation import gettext_lazy as _

from sanjian.base.registry.models import InspectionObject, MonitoringPoint
from sanjian.base.sensing.services import Outlet


class RegistrationForm(forms.Form):
    """What must be known of a point. Its object is found by credit code: an operator has no list of cases."""

    credit_code = forms.CharField(label=_("检查对象的统一社会信用代码"), max_length=18, min_length=18)
    outlet_code = forms.CharField(
        label=_("排口编号"), max_length=10, required=False, help_text=_("如 DA001、DW001（HJ 608-2017）")
    )
    name = forms.CharField(label=_("名称"), max_length=80)
    medium = forms.ChoiceField(label=_("类别"), choices=MonitoringPoint.Medium.choices)
    report_interval_s = forms.IntegerField(label=_("应报间隔（秒）"), min_value=1, max_value=86400, initial=3600)
    crc_mode = forms.ChoiceField(
        label=_("CRC 方式"), choices=[("hj", "HJ 212"), ("modbus", "MODBUS"), ("off", _("不校验"))], initial="hj"
    )
    reason = forms.CharField(
        label=_("登记理由"), widget=forms.Textarea(attrs={"rows": 2}), help_text=_("例如核对过的文件或现场记录")
    )

    def clean_credit_code(self) -> InspectionObject:
        """The code must be of a registered object."""
        thing = InspectionObject.objects.filter(credit_code=self.cleaned_data["credit_code"].upper()).first()
        if thing is None:
            raise forms.ValidationError(_("检查对象库里没有这个信用代码，请核对或先登记检查对象"))
        return thing

    def outlet(self) -> Outlet:
        """The valid form as the service takes it."""
        given = self.cleaned_data
        return Outlet(
            inspection_object=given["credit_code"],
            name=given["name"],
            medium=given["medium"],
            outlet_code=given["outlet_code"],
            report_interval_s=given["report_interval_s"],
            crc_mode=given["crc_mode"],
        )
