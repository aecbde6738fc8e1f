"""sources.parameters: what a device says of its settings against the register (R06), and access beside a change (R27).

A difference goes to a work order, not to an accusation: the register may be late. A change within half an hour of an
opened door, a log-in or a restart is said with it.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta

import polars as pl

from sanjian.base.screening.contract import Frames, Input
from sanjian.base.screening.parameters import setting

from . import frames
from .frames import DatedLaw
from .outlet import Outlet
from .rule import Suspicion, make_screen

NAMES = {
    "i13001": "量程", "i13002": "精度", "i13003": "测量间隔", "i13004": "消解温度", "i13005": "消解时长",
    "i13007": "截距", "i13008": "斜率", "i13009": "检出限",
}  # fmt: skip
ACCESS = {"i22002": "登录数采仪", "i32001": "站房开门", "RestartTime": "数采仪重启"}
REPORTED = Input(
    "device_parameters",
    timedelta(days=30),
    needs=("device_mn", "info_code", "at", "value"),
    may=("factor_code", "value_text"),
)
ABNORMAL = (DatedLaw("monitoring-regulation-2026-23-abnormal", valid_from=date(2026, 1, 1)),)


@dataclass(frozen=True, slots=True)
class Parameters:
    """Thresholds of the comparison with the register."""

    most_off: float = setting(1e-6, "与登记值相差的份额，超过即为不符（R06 要求相等）")
    access_min: float = setting(30.0, "变更前后多久之内的进入、登录、重启一并指出（R27）", "min")
    confidence: float = setting(0.9, "把握：不符是事实，原因待查（自定）")


def judge(outlet: Outlet, facts: Frames, p: Parameters) -> Iterator[Suspicion]:
    """Settings that differ from the register, and settings that changed without an entry in it."""
    reported = facts["device_parameters"].filter(pl.col("device_mn") == outlet.mn).sort("at")
    approved = facts["approved"].filter(pl.col("device_mn") == outlet.mn)
    access = reported.filter(pl.col("info_code").is_in(list(ACCESS)) & (pl.col("value").fill_null(1) != 0))
    settings = reported.filter(pl.col("info_code").is_in(list(NAMES)), pl.col("value").is_not_null())
    for (factor, info), part in settings.group_by("factor_code", "info_code", maintain_order=True):
        code, name = str(factor or ""), str(info)
        before: float | None = None
        for at, value in part.select("at", "value").iter_rows():
            due = _approved(approved, code, name, at)
            changed = before is not None and value != before
            if due is not None and abs(value - due) > p.most_off * max(abs(due), 1e-9) and (changed or before is None):
                yield _suspicion(outlet, code, name, at, value, due, "differs", access, p)
            elif due is None and changed:
                yield _suspicion(outlet, code, name, at, value, before, "changed", access, p)
            before = value


def _approved(approved: pl.DataFrame, code: str, info: str, at: datetime) -> float | None:
    day = frames.local_day(at)
    rows = approved.filter(
        pl.col("factor_code").fill_null("") == code,
        pl.col("info_code") == info,
        pl.col("valid_from").is_null() | (pl.col("valid_from") <= day),
        pl.col("valid_to").is_null() | (pl.col("valid_to") >= day),
    )
    return float(rows["value"][-1]) if rows.height else None


def _suspicion(
    outlet: Outlet,
    code: str,
    info: str,
    at: datetime,
    value: float,
    other: float | None,
    how: str,
    access: pl.DataFrame,
    p: Parameters,
) -> Suspicion:
    near = access.filter((pl.col("at") - at).abs() <= timedelta(minutes=p.access_min))
    events = "、".join(dict.fromkeys(ACCESS[i] for i in near["info_code"].to_list()))
    what = f"{outlet.name(code)} " if code else ""
    against = "登记值" if how == "differs" else "此前上报"
    tail = f"，前后 {p.access_min:.0f} 分钟内有{events}" if events else ""
    return Suspicion(
        kind=f"parameter_{how}",
        factor=code or None,
        start=at,
        end=at + timedelta(minutes=1),
        summary_zh=f"{what}{NAMES[info]}上报 {value:g}，{against}为 {other:g}{tail}",
        confidence=p.confidence,
        severity=3 if events else 2,
        numbers={
            "规则": "R06/R27" if events else "R06",
            "参数": info,
            "上报": value,
            against: other,
            "进入事件": events,
        },
        innocent=(
            ("登记更新迟于设备（须核对备案）", how != "differs"),
            ("工单内的调整（登记了新值的不报）", True),
            ("上报单位与登记不同（须核对）", False),
        ),
        context=timedelta(days=2),
    )


SCREEN = make_screen(
    "sources.parameters",
    "设备上报的量程、斜率、截距等与登记不符或未经登记而变更（R06），并指出前后的开门、登录、重启（R27）。转工单核实。",
    judge,
    Parameters(),
    look_back=timedelta(days=2),
    laws=ABNORMAL,
    facts=("approved",),
    others=(REPORTED,),
    starts="live",
    rest=timedelta(0),
)
