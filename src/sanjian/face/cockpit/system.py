"""系统: how the platform itself is doing, for those who keep it running and those who audit it."""

import polars as pl
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from sanjian.base.identity import audit
from sanjian.base.identity.gates import keepers, only
from sanjian.base.identity.models import AuditEntry, Role
from sanjian.base.identity.requests import AccountRequest
from sanjian.base.lake import LakeError
from sanjian.base.sensing import services
from sanjian.base.sensing.models import UnknownDevice

from . import system_queries
from .registration import RegistrationForm


@require_safe
@keepers
def page(request: AccountRequest) -> HttpResponse:
    """Gateways, devices that wait, quarantine, streams, screens, audit chain."""
    return render(request, "cockpit/system.html", _overview(request))


@require_POST
@keepers
def verify(request: AccountRequest) -> HttpResponse:
    """Walk the whole audit chain now and say whether it holds."""
    count, broken = audit.verify()
    if broken is None:
        messages.success(request, _("审计链完整：%(n)d 条记录的哈希逐条相连。") % {"n": count})
    else:
        messages.error(
            request,
            _("审计链在第 %(seq)d 条断开：%(why)s。之前 %(n)d 条仍然可信。")
            % {"seq": broken.seq, "why": broken.why, "n": count},
        )
    return redirect("system")


@require_http_methods(["GET", "HEAD", "POST"])
@only(Role.OPERATOR)
def register_device(request: AccountRequest, device_mn: str) -> HttpResponse:
    """Register one unknown device."""
    device = get_object_or_404(UnknownDevice, pk=device_mn)
    form = RegistrationForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            point = services.register_device(
                device, form.outlet(), actor=request.user, reason=form.cleaned_data["reason"], at=timezone.now()
            )
        except services.RegistrationError as error:
            messages.error(request, str(error))
        else:
            messages.success(
                request,
                _("设备 %(mn)s 已登记为 %(point)s，隔离区里它的数据包会在几秒内认领")
                % {"mn": device_mn, "point": point},
            )
        return redirect("system")
    status = 422 if request.method == "POST" else 200
    return render(request, "cockpit/register.html", {"device": device, "form": form}, status=status)


def _overview(request: AccountRequest) -> dict[str, object]:
    now = timezone.now()
    try:
        held, trouble = system_queries.quarantined(request.user, now), False
    except (LakeError, OSError, pl.exceptions.PolarsError):
        held, trouble = [], True
    return {
        "gateways": system_queries.gateways(now),
        "devices": UnknownDevice.objects.all()[:100],
        "may_register": request.user.role == Role.OPERATOR,
        "held": held,
        "trouble": trouble,
        "streams": system_queries.streams(),
        "lags": system_queries.lags(),
        "chain_length": AuditEntry.objects.count(),
        "chain_newest": AuditEntry.objects.order_by("-seq").first(),
    }
