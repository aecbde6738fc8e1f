"""Pages of the command console: what was sent to a device and what it answered, and what it says of itself."""

from datetime import date

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from sanjian.base.identity.gates import CONSOLE, REGISTRARS, casework, only, register_readers, registrars
from sanjian.base.identity.requests import AccountRequest
from sanjian.base.registry.models import MonitoringPoint
from sanjian.base.registry.services.errors import RegistryError
from sanjian.base.registry.services.parameters import approve_parameter
from sanjian.base.registry.spreadsheet import csv_response
from sanjian.base.sensing import sending
from sanjian.base.sensing.hj212.requests import REQUESTS
from sanjian.base.sensing.models import DeviceCommand

from . import console
from .pages import LAKE_TROUBLE, _local

MOST_ROWS = 500
"""Lines of the parameter table (our choice); the CSV holds all."""


@require_safe
@register_readers
def listing(request: AccountRequest, device_mn: str) -> HttpResponse:
    """The commands of a device: who sent what and why, and what became of it."""
    point = _point(request, device_mn)
    state = request.GET.get("state", "")
    return render(
        request,
        "sources/commands.html",
        {
            "point": point,
            "lines": console.commands_of(request.user, point, state),
            "states": DeviceCommand.State.choices,
            "state": state,
            "offered": console.offered(request.user),
            "most": console.MOST_COMMANDS,
        },
    )


@require_http_methods(["GET", "HEAD", "POST"])
@only(*CONSOLE)
def new(request: AccountRequest, device_mn: str) -> HttpResponse:
    """The form of one command; a dangerous one is shown once more before it is queued."""
    point = _point(request, device_mn)
    given = request.POST if request.method == "POST" else request.GET
    chosen = REQUESTS.get(given.get("code", ""))
    if chosen is None or not sending.may_send(request.user, chosen):
        context = {"point": point, "offered": console.offered(request.user)}
        return render(request, "sources/command.html", context, status=422 if request.method == "POST" else 200)
    typed = {name: str(text) for name, text in given.items() if name not in ("csrfmiddlewaretoken", "is_confirmed")}
    context = {"point": point, "chosen": chosen, "title": _(chosen.title_zh), "reason": typed.get("reason", "")}
    if request.method != "POST":
        return render(request, "sources/command.html", context | {"fields": console.fields(chosen, typed)})
    try:
        sending.queue(
            point, chosen.code, typed, actor=request.user, reason=typed.get("reason", ""), at=timezone.now(),
            is_confirmed="is_confirmed" in given,
        )  # fmt: skip
    except sending.Unconfirmed:
        shown = [f for f in console.fields(chosen, typed) if f.value]
        return render(request, "sources/command.html", context | {"confirming": shown, "typed": typed})
    except sending.CommandError as error:
        wrong = error.parameter if isinstance(error, sending.BadCommand) else ""
        problem = {"fields": console.fields(chosen, typed, wrong, str(error)), "problem": "" if wrong else str(error)}
        return render(request, "sources/command.html", context | problem, status=422)
    messages.success(request, _("已排队；设备在线时约一秒内发出"))
    return HttpResponseRedirect(reverse("point_commands", args=[device_mn]))


@require_POST
@only(*CONSOLE)
def cancel(request: AccountRequest, device_mn: str, number: int) -> HttpResponse:
    """Take a waiting command back, with a reason."""
    point = _point(request, device_mn)
    command = get_object_or_404(DeviceCommand.objects.visible_to(request.user), pk=number, point=point)
    try:
        sending.cancel(command, actor=request.user, reason=request.POST.get("reason", ""), at=timezone.now())
    except sending.CommandError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, _("命令已取消"))
    return HttpResponseRedirect(reverse("point_commands", args=[device_mn]))


@require_safe
@casework
def parameters(request: AccountRequest, device_mn: str) -> HttpResponse:
    """What a device says of itself, dated, with what changed marked."""
    point = _point(request, device_mn)
    info = request.GET.get("info", "")[:20]
    context = {
        "point": point, "info": info, "most": MOST_ROWS, "gaps": console.split_gaps(point),
        "may_approve": request.user.role in REGISTRARS, "today": timezone.localdate(),
    }  # fmt: skip
    try:
        rows = console.parameters_of(point)
    except LAKE_TROUBLE:
        return render(request, "sources/parameters.html", context | {"trouble": True}, status=503)
    codes = sorted({(r["info_code"], r["name"]) for r in rows})
    kept = [r for r in rows if not info or r["info_code"] == info]
    return render(
        request, "sources/parameters.html", context | {"rows": kept[:MOST_ROWS], "codes": codes, "total": len(kept)}
    )


@require_POST
@registrars
def approve(request: AccountRequest, device_mn: str) -> HttpResponse:
    """Take a value that a device reported as the approved one, from a day on."""
    point = _point(request, device_mn)
    given = request.POST
    try:
        approve_parameter(
            point, given.get("factor_code", "")[:12], given["info_code"][:8], float(given["value"]),
            source=given.get("source", ""), valid_from=date.fromisoformat(given["valid_from"]),
            actor=request.user, at=timezone.now(),
        )  # fmt: skip
    except (KeyError, ValueError):
        messages.error(request, _("备案值或日期不完整"))
    except RegistryError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, _("已备案；与此不同的上报会转为核实工单"))
    return HttpResponseRedirect(reverse("point_parameters", args=[device_mn]))


@require_safe
@casework
def parameters_csv(request: AccountRequest, device_mn: str) -> HttpResponseBase:
    """The whole history of a device's parameters."""
    point = _point(request, device_mn)
    head = [
        "MN",
        _("因子编码"),
        _("信息编码"),
        _("名称"),
        _("时间"),
        _("内容"),
        _("此前"),
        _("接收时间"),
        "CN",
        "SHA-256",
    ]
    lines = (
        [
            point.device_mn, r["factor_code"], r["info_code"], r["name"], _local(r["at"]), r["value_text"],
            r["before"] if r["is_changed"] and not r["is_log"] else "", _local(r["received_at"]), r["origin"],
            r["frame_sha256"],
        ]
        for r in console.parameters_of(point, request.GET.get("info", "")[:20])
    )  # fmt: skip
    return csv_response("parameters", head, lines)


def _point(request: AccountRequest, device_mn: str) -> MonitoringPoint:
    """A point in the person's scope; for others there is none."""
    found = MonitoringPoint.objects.visible_to(request.user).select_related("inspection_object")
    point = found.filter(device_mn=device_mn).first()
    if point is None:
        raise Http404
    return point
