"""Asking devices for what they left out: a duty of the worker.

For every device that is heard again, the hour and minute data of the last days are looked through, and exactly the
missing periods are asked for (2061, 2051), a few at a time. What comes is ordinary data: the same natural key makes the
same rows of it, however often it comes. Each question is a command of the system with an entry in the audit chain.

Source: HJ 212-2025 8.1.2 wants devices to back-fill by themselves; those of 2017 do so only when asked.
"""

from datetime import datetime, timedelta
from typing import NamedTuple

import polars as pl
import structlog
from django.db.models import Q
from django.utils import timezone

from sanjian.base.config import config
from sanjian.base.lake import LakeError
from sanjian.base.lake.instance import the_lake
from sanjian.base.registry.models import MonitoringPoint

from . import holes, sending
from .hj212.times import CHINA
from .models import DeviceCommand, GatewayState
from .streams import READINGS

log = structlog.get_logger()
EVERY = timedelta(minutes=10)
LOOK_BACK = timedelta(days=3)
"""How far holes are looked for (our choice: a long weekend; older holes are a person's decision)."""
GRACE = timedelta(hours=2)
"""How old a missing period must be: the device may still send it by itself (our choice)."""
HEARD_WITHIN = timedelta(minutes=15)
AGAIN_AFTER = timedelta(hours=24)
MOST_TRIES = 3
MOST_OPEN = 2
"""Questions of one device that wait or run (our choice)."""
MOST_A_ROUND = 100
"""Questions queued in one round (our choice): a whole city that comes back is asked over hours."""
LONGEST = {"2061": timedelta(hours=24), "2051": timedelta(hours=6)}
"""What one question covers (our choice: well under a hundred frames)."""
ABANDONED_AFTER = timedelta(hours=1)


class Question(NamedTuple):
    """Missing periods of one device."""

    device_mn: str
    code: str
    span: holes.Span


def look_for_holes(now: datetime) -> int:
    """Queue questions for what is missing; returns how many. Harmless when two workers do it at once: what has been
    asked is not asked again for a day.
    """
    settled = settle_abandoned(now)
    if not config().recall:
        return settled
    heard = MonitoringPoint.objects.filter(is_in_service=True, state__received_at__gte=now - HEARD_WITHIN)
    points = {point.device_mn: point for point in heard}
    if not points:
        return settled
    try:
        questions = missing(list(points), now)
    except (LakeError, OSError, pl.exceptions.PolarsError) as error:
        log.warning("holes not looked for", error=str(error))
        return settled
    return settled + _ask(points, questions, now)


def missing(devices: list[str], now: datetime) -> list[Question]:
    """What these devices left out in the last days, the newest first."""
    where = pl.col("device_mn").is_in(devices) & pl.col("kind").is_in(["hour", "minute"])
    rows = the_lake().scan(READINGS, since=now - LOOK_BACK, until=now, where=where)
    starts = (
        rows.group_by("device_mn", "kind")
        .agg(pl.col("data_time_at").unique().sort())
        .sort("device_mn", "kind")
        .collect()
    )
    found = []
    for mn, kind, times in starts.iter_rows():
        code = "2061" if kind == "hour" else "2051"
        step = holes.HOUR if kind == "hour" else holes.minute_step(times)
        if step is not None:
            spans = holes.cut(holes.holes(times, step, now - GRACE), step, LONGEST[code])
            found += [Question(mn, code, span) for span in spans]
    return sorted(found, key=lambda q: q.span.begin, reverse=True)


def _ask(points: dict[str, MonitoringPoint], questions: list[Question], now: datetime) -> int:
    asked = 0
    for question in questions:
        if asked >= MOST_A_ROUND:
            break
        point = points[question.device_mn]
        given = {"BeginTime": _local(question.span.begin), "EndTime": _local(question.span.end)}
        if not _may_ask(point, question.code, given, now):
            continue
        reason = f"自动补数：缺少 {given['BeginTime']} 至 {given['EndTime']} 的数据"
        try:
            sending.queue_by_system(
                point, question.code, given, origin=DeviceCommand.Origin.RECALL, reason=reason, at=now
            )
        except sending.NotAllowed:
            continue  # too many wait for this device
        asked += 1
    return asked


def _may_ask(point: MonitoringPoint, code: str, given: dict[str, str], now: datetime) -> bool:
    recalls = DeviceCommand.objects.filter(point=point, origin=DeviceCommand.Origin.RECALL)
    if recalls.filter(state__in=DeviceCommand.OPEN).count() >= MOST_OPEN:
        return False
    same = recalls.filter(code=code, parameters__BeginTime=given["BeginTime"])
    is_known = Q(queued_at__gte=now - AGAIN_AFTER) | Q(state__in=DeviceCommand.OPEN)
    return not same.filter(is_known).exists() and same.count() < MOST_TRIES


def settle_abandoned(now: datetime) -> int:
    """End commands whose gateway is gone for good; returns how many."""
    alive = GatewayState.objects.filter(at__gte=now - timedelta(minutes=5)).values_list("name", flat=True)
    left = DeviceCommand.objects.filter(state__in=DeviceCommand.UNDER_WAY, sent_at__lt=now - ABANDONED_AFTER)
    return left.exclude(gateway__in=list(alive)).update(
        state=DeviceCommand.State.FAILED, ended_at=now, outcome_zh="网关停止，设备是否执行不得而知"
    )


def _local(at: datetime) -> str:
    return f"{timezone.localtime(at, CHINA):%Y%m%d%H%M%S}"
