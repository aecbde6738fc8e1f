"""The queue of commands in the database, as one gateway sees it. Called from one thread."""

import hashlib
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

import structlog
from django.db import DatabaseError, IntegrityError, close_old_connections, connections, transaction

from sanjian.base.config import config
from sanjian.base.identity import audit
from sanjian.base.registry.models import MonitoringPoint
from sanjian.base.sensing.hj212.errors import EncodeError
from sanjian.base.sensing.hj212.exchange import Exchange, Manner, frame_of
from sanjian.base.sensing.hj212.requests import REQUESTS, Request
from sanjian.base.sensing.hj212.times import CHINA
from sanjian.base.sensing.models import DeviceCommand
from sanjian.base.sensing.sending import CommandError, queue_by_system

log = structlog.get_logger()
State = DeviceCommand.State
MOST_A_LOOK = 2000
"""Queued commands that one look takes in (our choice)."""
MOST_AT_ONCE = 50
"""Commands sent in one round (our choice): a mass recall must not crowd out what a person waits for."""


class Claimed(NamedTuple):
    """A command that is this gateway's to send."""

    pk: int
    device_mn: str
    request: Request
    qn: str
    period: tuple[str, str] | None
    raw: bytes


class Progress(NamedTuple):
    """Columns of a command that its exchange decides."""

    values: dict[str, object]

    @classmethod
    def of(cls, exchange: Exchange) -> "Progress":
        """Where an exchange stands."""
        return cls({
            "state": str(exchange.state),
            "sends": exchange.sends,
            "request_code": exchange.request_code,
            "result_code": exchange.result_code,
            "outcome_zh": exchange.outcome_zh()[:200],
            "answer": dict(exchange.items),
            "frames": exchange.frames,
            "frame_hashes": list(exchange.data),
            **({"ended_at": datetime.now(UTC)} if exchange.is_over else {}),
        })  # fmt: skip

    @classmethod
    def lost(cls, exchange: Exchange, why_zh: str) -> "Progress":
        """An exchange that nobody can follow any more."""
        ended = {"state": str(State.FAILED), "outcome_zh": why_zh, "ended_at": datetime.now(UTC)}
        return cls({**cls.of(exchange).values, **ended})


class CommandStore:
    """Claims, notes and recovers the commands of one gateway, known by its name."""

    def __init__(self, gateway: str) -> None:
        self._gateway = gateway
        self._last_qn = ""

    def recover(self) -> None:
        """End what a former process of this name left under way."""
        left = DeviceCommand.objects.filter(gateway=self._gateway, state__in=DeviceCommand.UNDER_WAY)
        left.update(state=State.FAILED, ended_at=datetime.now(UTC), outcome_zh="网关重启，设备是否执行不得而知")

    def claim(self, free: frozenset[str], manner_of: Callable[[str], Manner | None]) -> list[Claimed]:
        """Take the oldest command of each of these devices, people's before the system's; end what is too old.

        Args:
            free: devices that are connected and have no command under way.
            manner_of: how a device writes its headers; None until it has sent a frame.
        """
        close_old_connections()
        now = datetime.now(UTC)
        queued = DeviceCommand.objects.filter(state=State.QUEUED).order_by("queued_at", "id")
        rows = list(queued.values_list("id", "device_mn", "origin", "expires_at")[:MOST_A_LOOK])
        late = [pk for pk, _mn, _origin, expires_at in rows if expires_at <= now]
        if late:
            DeviceCommand.objects.filter(pk__in=late, state=State.QUEUED).update(
                state=State.EXPIRED, ended_at=now, outcome_zh="设备一直不在线，命令已过期"
            )
        first: dict[str, int] = {}
        for pk, mn, _by, expires_at in sorted(rows, key=lambda row: row[2] != DeviceCommand.Origin.PERSON):
            if expires_at > now and mn in free and mn not in first and len(first) < MOST_AT_ONCE:
                first[mn] = pk
        manners = ((pk, manner_of(mn)) for mn, pk in first.items())
        claimed = (self._claim(pk, manner, now) for pk, manner in manners if manner is not None)
        return [one for one in claimed if one is not None]

    def put_back(self, claimed: Claimed) -> None:
        """Nothing was sent after all."""
        DeviceCommand.objects.filter(pk=claimed.pk, state=State.SENT).update(
            state=State.QUEUED, sent_at=None, qn="", sent_sealed="", sent_sha256="", gateway=""
        )

    def note(self, pk: int, progress: Progress) -> None:
        """Write down where a command stands; one that is over stays as it is."""
        close_old_connections()
        DeviceCommand.objects.filter(pk=pk, state__in=DeviceCommand.UNDER_WAY).update(**progress.values)

    def answer_clock(self, devices: list[str]) -> None:
        """Devices asked for the time (1013): queue 1012 for each, unless that is off or one is already open.

        Source: HJ 212-2017 6.6 (1013 现场机时间校准请求).
        """
        if not config().answer_clock:
            return
        try:
            close_old_connections()
            asked = DeviceCommand.objects.filter(code="1012", state__in=DeviceCommand.OPEN, device_mn__in=devices)
            served = set(asked.values_list("device_mn", flat=True))
            for point in MonitoringPoint.objects.filter(device_mn__in=set(devices) - served, is_in_service=True):
                queue_by_system(
                    point, "1012", {}, origin=DeviceCommand.Origin.CLOCK, reason="现场机请求校时（1013）",
                    at=datetime.now(UTC),
                )  # fmt: skip
        except (DatabaseError, CommandError) as error:
            log.warning("clock not answered", devices=len(devices), error=str(error))

    def close(self) -> None:
        """End this thread's connection."""
        connections.close_all()

    def _claim(self, pk: int, manner: Manner, now: datetime) -> Claimed | None:
        command = DeviceCommand.objects.get(pk=pk)
        request = REQUESTS[command.code]
        qn, local_now = self._qn(now), f"{now.astimezone(CHINA):%Y%m%d%H%M%S}"
        try:
            raw = frame_of(request, qn, command.device_mn, manner, command.area_sealed, local_now)
        except EncodeError as error:
            DeviceCommand.objects.filter(pk=pk, state=State.QUEUED).update(
                state=State.FAILED, ended_at=now, outcome_zh=f"不能组成数据包：{error}"[:200]
            )
            return None
        sha256 = hashlib.sha256(raw).hexdigest()
        try:
            with transaction.atomic():
                taken = DeviceCommand.objects.filter(pk=pk, state=State.QUEUED).update(
                    state=State.SENT, sent_at=now, qn=qn, sends=1, gateway=self._gateway,
                    sent_sealed=raw.decode(), sent_sha256=sha256,
                )  # fmt: skip
                if not taken:
                    return None
                audit.record(
                    "command.send", actor=command.asked_by, kind="device_command", record_id=pk,
                    reason=command.reason, at=now,
                    details={"device_mn": command.device_mn, "command": command.code, "qn": qn, "sha256": sha256},
                )  # fmt: skip
        except IntegrityError:
            return None  # another gateway has a command of this device under way
        return Claimed(pk, command.device_mn, request, qn, _period(request, command.area_sealed), raw)

    def _qn(self, now: datetime) -> str:
        """A QN that this process has not used: 17 digits of China time."""
        local = now.astimezone(CHINA)
        qn = f"{local:%Y%m%d%H%M%S}{local.microsecond // 1000:03d}"
        self._last_qn = qn if qn > self._last_qn else _next(self._last_qn)
        return self._last_qn


def _next(qn: str) -> str:
    """The QN a millisecond later."""
    later = datetime.strptime(qn, "%Y%m%d%H%M%S%f") + timedelta(milliseconds=1)  # noqa: DTZ007 - digits in, digits out
    return f"{later:%Y%m%d%H%M%S}{later.microsecond // 1000:03d}"


def _period(request: Request, area: str) -> tuple[str, str] | None:
    if not request.is_history:
        return None
    items = dict(item.split("=", 1) for item in area.split(";"))
    return items["BeginTime"], items["EndTime"]


__all__ = ["Claimed", "CommandStore", "Progress"]
