"""Reads of the command console: commands of a device, what one may send, and the history of its parameters."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import polars as pl
from django.utils import timezone
from django.utils.translation import gettext as _

from sanjian.base.identity.models import Account
from sanjian.base.lake.instance import the_lake
from sanjian.base.registry.models import ApprovedParameter, MonitoringPoint
from sanjian.base.sensing.hj212.parameters import Parameter
from sanjian.base.sensing.hj212.requests import REQUESTS, Request
from sanjian.base.sensing.models import DeviceCommand, SplitGap
from sanjian.base.sensing.sending import SENDERS, may_send
from sanjian.base.sensing.streams import DEVICE_PARAMETERS

from .screens.parameters import NAMES as SETTINGS

MOST_COMMANDS = 200
"""Commands of one list (our choice); states narrow."""
TONES = {
    "done": ("good", "ok"),
    "refused": ("warn", "warn"),
    "failed": ("warn", "warn"),
    "timed_out": ("warn", "clock"),
    "queued": ("notice", "clock"),
    "sent": ("accent", "clock"),
    "accepted": ("accent", "clock"),
    "running": ("accent", "clock"),
}
"""Tone and icon of a state; cancelled and expired stay neutral."""
INFO_NAMES = {
    "i11001": "分析仪日志",
    "i12001": "分析仪状态",
    "i12002": "分析仪与数采仪连接",
    "i12003": "COD 分析仪报警",
    "i13001": "测量量程",
    "i13002": "测量精度",
    "i13003": "测量间隔",
    "i13004": "消解温度",
    "i13005": "消解时长",
    "i13006": "校准时间",
    "i13007": "截距",
    "i13008": "斜率",
    "i13009": "检出限",
    "i21001": "数采仪日志",
    "i22001": "数采仪状态",
    "i22002": "数采仪登录用户",
    "i31001": "站房门禁日志",
    "i32001": "站房门",
    "SN": "设备序列号",
    "RtdInterval": "实时数据间隔",
    "MinInterval": "分钟数据间隔",
    "RestartTime": "数采仪开机时间",
    "SystemTime": "现场机时间",
}
"""HJ 212-2017 table of info codes, those that people ask for; others show their code."""


@dataclass(frozen=True, slots=True)
class Line:
    """A command as listed."""

    command: DeviceCommand
    title: str
    tone: str
    icon: str
    may_cancel: bool


@dataclass(frozen=True, slots=True)
class Field:
    """A parameter in the form, with what was typed and what is wrong with it."""

    parameter: Parameter
    label: str
    hint: str
    value: str
    error: str


def commands_of(viewer: Account, point: MonitoringPoint, state: str) -> list[Line]:
    """The commands of a point, the newest first."""
    found = DeviceCommand.objects.visible_to(viewer).filter(point=point).select_related("asked_by")
    if state in DeviceCommand.State.values:
        found = found.filter(state=state)
    return [_line(viewer, command) for command in found[:MOST_COMMANDS]]


def _line(viewer: Account, command: DeviceCommand) -> Line:
    request = REQUESTS.get(command.code)
    tone, icon = TONES.get(command.state, ("", "clock"))
    may_cancel = command.state == "queued" and request is not None and viewer.role in SENDERS[request.care]
    return Line(command, _(request.title_zh) if request else command.code, tone, icon, may_cancel)


def offered(viewer: Account) -> list[Request]:
    """What a person may send, in the order of codes."""
    return [request for request in REQUESTS.values() if may_send(viewer, request)]


def fields(request: Request, given: Mapping[str, str], wrong: str = "", why: str = "") -> list[Field]:
    """The form of a command."""
    return [
        _field(p, given.get(p.name, ""), why if p.name == wrong else "")
        for p in request.parameters
        if p.input != "none"
    ]


def _field(parameter: Parameter, value: str, error: str) -> Field:
    template, facts = parameter.range()
    hint = _(template) % facts if template else ""
    if not parameter.is_required:
        hint = f"{hint} {_('可不填')}".strip()
    return Field(parameter, f"{_(parameter.title_zh)} {parameter.name}", hint, value, error)


def parameters_of(point: MonitoringPoint, info: str = "") -> list[dict[str, Any]]:
    """Everything a device said of itself, the newest first; `is_changed` where it differs from what it said before."""
    rows = the_lake().scan(DEVICE_PARAMETERS, where=pl.col("device_mn") == point.device_mn)
    if info:
        rows = rows.filter(pl.col("info_code") == info)
    of_one = ["factor_code", "info_code"]
    before = pl.col("value_text").shift(1).over(of_one)
    approved = approved_of(point)
    found = (
        rows.sort("at", "received_at")
        .with_columns(before.alias("before"))
        .with_columns(is_changed=pl.col("before").is_not_null() & (pl.col("before") != pl.col("value_text")))
        .collect()
        .reverse()
    )
    return [
        {
            **r,
            "name": info_name(r["info_code"]),
            "is_log": is_log(r["info_code"]),
            "is_setting": r["info_code"] in SETTINGS and r["value"] is not None,
            "approved": _approved_on(approved, r),
        }
        for r in found.iter_rows(named=True)
    ]


def approved_of(point: MonitoringPoint) -> dict[tuple[str, str], list[ApprovedParameter]]:
    """Approved settings of a point by factor and code."""
    found: dict[tuple[str, str], list[ApprovedParameter]] = {}
    for row in ApprovedParameter.objects.current().filter(point=point):
        found.setdefault((row.factor_code, row.info_code), []).append(row)
    return found


def _approved_on(approved: Mapping[tuple[str, str], list[ApprovedParameter]], row: Mapping[str, Any]) -> float | None:
    day = timezone.localtime(row["at"]).date()
    held = [a for a in approved.get((row["factor_code"] or "", row["info_code"]), []) if a.holds_on(day)]
    return held[-1].value if held else None


def info_name(code: str) -> str:
    """What an info code means, or itself."""
    return _(INFO_NAMES[code]) if code in INFO_NAMES else code


def is_log(code: str) -> bool:
    """Whether each value is a line of a log, so that a difference is no change. i + device class + 1."""
    return len(code) == 6 and code[:1] in "iI" and code[2] == "1"


def split_gaps(point: MonitoringPoint) -> list[SplitGap]:
    """The latest split uploads of a device that stayed incomplete."""
    return list(SplitGap.objects.filter(device_mn=point.device_mn)[:20])
