"""What the Today page lists: sections of rows, each from one function. A capability joins by one line in SECTIONS."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from sanjian.act.clues import queries as clues
from sanjian.act.inspections import queries as inspections
from sanjian.base.identity.models import Account, Role
from sanjian.base.registry.models import MonitoringPoint
from sanjian.base.registry.queries import people
from sanjian.base.screening.models import FindingRecord
from sanjian.base.sensing.models import GatewayState, UnknownDevice
from sanjian.watch.sources.standing import silent_after

ENDING_WITHIN_DAYS = 60
MOST = 12
"""Rows of one section (our choice); the list itself is one click away."""


@dataclass(frozen=True, slots=True)
class Row:
    """One thing to do or to know."""

    title: str
    url: str
    note: str = ""
    severity: int = 0
    at: datetime | None = None
    due_at: datetime | None = None
    is_late: bool = False


@dataclass(frozen=True, slots=True)
class Section:
    """A list with its heading. `total` counts all, `rows` are the first of them."""

    title: str
    total: int
    rows: list[Row] = field(default_factory=list)
    more_url: str = ""
    empty: str = ""
    why: str = ""
    is_aside: bool = False


def agenda(viewer: Account, now: datetime) -> list[Section]:
    """The sections for this person."""
    return [section for make in SECTIONS if (section := make(viewer, now)) is not None]


def to_do(viewer: Account, now: datetime) -> Section | None:
    """What waits for this person or for their department."""
    if viewer.role not in {Role.SUPERVISOR, Role.ENFORCER} and not viewer.is_regulated:
        return None
    tasks = clues.my_tasks(viewer, now)
    words = {
        Role.SUPERVISOR: _("新的预警会成为线索，先到这里等您研判。"),
        Role.ENFORCER: _("派发给执法的线索会出现在这里。"),
    }
    nothing_asked = _("监管部门请您说明的情况会出现在这里。")
    rows = [_clue_row(c, now) for c in tasks.order_by("due_at")[:MOST]]
    why = words.get(Role(viewer.role), nothing_asked)
    return Section(_("现在要做"), tasks.count(), rows, _clues("?mine=1"), _("现在没有等您处理的线索"), why)


def late(viewer: Account, now: datetime) -> Section | None:
    """Whatever is past its time limit in the viewer's scope."""
    if viewer.role in {Role.OPERATOR, Role.SECURITY}:
        return None
    overdue = clues.clue_list(viewer, {"overdue": "1"}, now).order_by("due_at")
    rows = [_clue_row(c, now) for c in overdue[:MOST]]
    why = _("时限是平台默认值，可在线索页看到每一步的起算时间。")
    return Section(_("已经超期"), overdue.count(), rows, _clues("?overdue=1"), _("没有超期的线索"), why)


def since_yesterday(viewer: Account, now: datetime) -> Section | None:
    """Findings of the last day."""
    if viewer.role in {Role.OPERATOR, Role.SECURITY}:
        return None
    found = (
        FindingRecord.objects.visible_to(viewer)
        .filter(raised_at__gte=now - timedelta(days=1))
        .select_related("point", "inspection_object")
    )
    rows = [
        Row(f.summary_zh, finding_url(f), f.inspection_object.name, f.severity, f.raised_at)
        for f in found.order_by("-severity", "-raised_at")[:MOST]
    ]
    why = _("筛查规则每隔几秒看一遍新到的数据。")
    return Section(
        _("昨天以来的预警"),
        found.count(),
        rows,
        f"{reverse('sources')}?standing=warn",
        _("过去一天没有新的预警"),
        why,
        True,
    )


def fallen_silent(viewer: Account, now: datetime) -> Section | None:
    """Points that used to send and do not."""
    if viewer.role in {Role.OPERATOR, Role.SECURITY}:
        return None
    points = (
        MonitoringPoint.objects.visible_to(viewer)
        .filter(is_in_service=True, state__isnull=False)
        .select_related("state", "inspection_object")
        .order_by("-state__received_at")
    )
    silent = [p for p in points if now - p.state.received_at > silent_after(p.report_interval_s)]
    rows = [
        Row(
            f"{p.outlet_code} {p.name}",
            reverse("point", args=[p.device_mn]),
            p.inspection_object.name,
            0,
            p.state.received_at,
        )
        for p in silent[:MOST]
    ]
    why = _("超过应报间隔两倍（至少十分钟）没有收到数据才算。")
    return Section(
        _("收不到数据的点位"),
        len(silent),
        rows,
        f"{reverse('sources')}?standing=silent",
        _("在用点位都在正常上报"),
        why,
        True,
    )


def unknown_devices(viewer: Account, _now: datetime) -> Section | None:
    """Devices that send but that nobody registered: the operator's first duty."""
    if viewer.role != Role.OPERATOR:
        return None
    devices = UnknownDevice.objects.all()
    rows = [
        Row(d.device_mn, f"{reverse('system')}#devices", f"{d.peer} · {d.frames} " + _("个数据包"), 0, d.last_seen_at)
        for d in devices[:MOST]
    ]
    why = _("没有登记的设备发来的数据先放在隔离区，登记后即可认领。")
    return Section(_("等待登记的设备"), devices.count(), rows, reverse("system"), _("没有未登记的设备"), why)


def ending_papers(viewer: Account, now: datetime) -> Section | None:
    """Law-enforcement certificates about to end: the gate lets nobody go on a visit without one."""
    if viewer.role != Role.SUPERVISOR:
        return None
    ending = people.ending_certificates(viewer, ENDING_WITHIN_DAYS, timezone.localdate(now))
    rows = [
        Row(c.officer.name, reverse("officer", args=[c.officer_id]), f"{c.certificate_no} · {_('有效至')} {day}")
        for c, day in ending[:MOST]
    ]
    why = _("按有效期、年检和收回日期中最早的一天，提前 %(n)d 天提醒。") % {"n": ENDING_WITHIN_DAYS}
    more = f"{reverse('people')}?papers=ending"
    return Section(_("快到期的执法证"), len(ending), rows, more, _("近期没有到期的执法证"), why, True)


def second_looks(viewer: Account, _now: datetime) -> Section | None:
    """Visits to be looked at again, because an instrument that they relied on was not good."""
    if viewer.role != Role.SUPERVISOR:
        return None
    waiting = inspections.to_reexamine(viewer)
    rows = [
        Row(
            w.inspection.code.inspection_object.name,
            f"{reverse('inspections:done', args=[w.inspection.code.code_id])}#reexamination",
            w.because.partition("\n")[0], at=w.asked_at,
        )
        for w in waiting[:MOST]
    ]  # fmt: skip
    why = _("检查所用仪器后来查明当时不合格，读数只能作线索，结论要重新看。")
    more = reverse("inspections:list")
    return Section(_("待复核的检查"), waiting.count(), rows, more, _("没有待复核的检查"), why) if rows else None


def gateway_trouble(viewer: Account, now: datetime) -> Section | None:
    """Gateways that say that something is wrong, or say nothing."""
    if viewer.role not in {Role.OPERATOR, Role.SECURITY}:
        return None
    rows = [
        Row(g.trouble or _("没有心跳"), reverse("system"), g.name, 0, g.at, None, True)
        for g in GatewayState.objects.all()
        if g.trouble or now - g.at > timedelta(seconds=30)
    ]
    return Section(_("网关异常"), len(rows), rows, reverse("system"), _("网关工作正常"), "")


SECTIONS: tuple[Callable[[Account, datetime], Section | None], ...] = (
    to_do,
    late,
    second_looks,
    gateway_trouble,
    unknown_devices,
    since_yesterday,
    fallen_silent,
    ending_papers,
)


def finding_url(finding: FindingRecord) -> str:
    """Where a finding is drawn: its point's curve over the evidence interval."""
    if finding.point is None:
        return reverse("object", args=[finding.inspection_object_id])
    return f"{reverse('point', args=[finding.point.device_mn])}?finding={finding.pk}"


def _clue_row(clue, now: datetime) -> Row:
    note = f"{clue.clue_no} · {clue.inspection_object.name} · {_(clue.get_state_display())}"
    return Row(clue.title, clue.get_absolute_url(), note, clue.severity, None, clue.due_at, clue.is_overdue(now))


def _clues(query: str) -> str:
    return f"/clues/{query}"
