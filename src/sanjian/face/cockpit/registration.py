"""Registering a device that sends but that nobody knows: one point in the registry, one entry in the audit chain."""

from datetime import datetime

from django import forms
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from sanjian.base.identity import audit
from sanjian.base.identity.models import Account
from sanjian.base.live.services import announce
from sanjian.base.registry.models import InspectionObject, MonitoringPoint
from sanjian.base.sensing.models import UnknownDevice


class RegistrationForm(forms.ModelForm):
    """What must be known of a point. The object is found by its credit code, because an operator has no list of cases."""

    credit_code = forms.CharField(label=_("检查对象的统一社会信用代码"), max_length=18, min_length=18)

    class Meta:
        model = MonitoringPoint
        fields = ["outlet_code", "name", "medium", "report_interval_s"]
        labels = {
            "outlet_code": _("排口编号"),
            "name": _("名称"),
            "medium": _("类别"),
            "report_interval_s": _("应报间隔（秒）"),
        }
        help_texts = {"outlet_code": _("如 DA001、DW001（HJ 608-2017）")}

    def clean_credit_code(self) -> str:
        """The code must be of a registered object, which is kept in `thing`."""
        code = self.cleaned_data["credit_code"].upper()
        self.thing = InspectionObject.objects.filter(credit_code=code).first()
        if self.thing is None:
            raise forms.ValidationError(_("检查对象库里没有这个信用代码，请核对或先登记检查对象"))
        return code


class AlreadyRegistered(Exception):
    """Somebody else was first."""


@transaction.atomic
def register(device: UnknownDevice, form: RegistrationForm, *, actor: Account, at: datetime) -> MonitoringPoint:
    """Make the device a monitoring point of the form's object.

    Raises:
        AlreadyRegistered: the device code is in the registry or no longer waits.
    """
    gone, _by_model = UnknownDevice.objects.filter(pk=device.pk).delete()
    if not gone or MonitoringPoint.objects.filter(device_mn=device.device_mn).exists():
        raise AlreadyRegistered(device.device_mn)
    point = form.save(commit=False)
    point.device_mn, point.inspection_object = device.device_mn, form.thing
    point.latitude, point.longitude = form.thing.latitude, form.thing.longitude
    point.save()
    audit.record(
        "point.register",
        actor=actor,
        kind="monitoring_point",
        record_id=point.device_mn,
        at=at,
        details={"object": form.thing.credit_code, "peer": device.peer, "frames": device.frames},
    )
    announce(
        "device.registered",
        f"{form.thing.name} 的设备 {point.device_mn} 已登记",
        at=at,
        url=f"/sources/{point.device_mn}/",
        district_id=form.thing.district_id,
        inspection_object_id=form.thing.pk,
    )
    return point
