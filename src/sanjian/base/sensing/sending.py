"""Commands to devices: who may send what, and the ways into and out of the queue. Nothing else writes commands.

CommandError        base: the text is a sentence for the person
├── NotAllowed      this person, role or device may not
├── ReasonMissing   a command needs a reason
├── BadCommand      unknown command, or a parameter that it does not allow (see `parameter`)
├── Unconfirmed     a dangerous command was not confirmed
└── TooLate         the command is no longer in the queue
"""

from collections.abc import Mapping
from datetime import datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from sanjian.base.identity import audit
from sanjian.base.identity.gates import CONSOLE
from sanjian.base.identity.models import Account, Role
from sanjian.base.registry.models import MonitoringPoint

from .hj212.parameters import BadParameter
from .hj212.requests import REQUESTS, Request, prepare, shown
from .models import DeviceCommand

SENDERS: dict[str, frozenset[str]] = {
    "read": CONSOLE,
    "set": frozenset({Role.MONITOR}),
    "danger": frozenset({Role.MONITOR}),
}
"""Who may send what, by the care that a command asks for. Neither the regulated nor enforcement: whoever inspects a
device, or is inspected by it, must not have touched it."""

WAITS = timedelta(hours=24)
"""How long a command waits for its device (our choice: a day later its reason may no longer hold)."""
MOST_QUEUED = 20
"""Commands of one device that may wait (our choice)."""


class CommandError(Exception):
    """A command that cannot be queued or cancelled."""


class NotAllowed(CommandError):
    """This person may not."""


class ReasonMissing(CommandError):
    """No reason was given."""


class BadCommand(CommandError):
    """The command or one of its parameters is wrong; `parameter` names it, empty for the command itself."""

    def __init__(self, text: str, parameter: str = "") -> None:
        super().__init__(text)
        self.parameter = parameter


class Unconfirmed(CommandError):
    """A dangerous command needs a second yes."""


class TooLate(CommandError):
    """It has been sent, or is over."""


def may_send(person: Account, request: Request) -> bool:
    """Whether a person's role sends such commands; whether the device is theirs is asked by `queue`."""
    return request.offered and person.role in SENDERS[request.care]


def queue(
    point: MonitoringPoint,
    code: str,
    given: Mapping[str, str],
    *,
    actor: Account,
    reason: str,
    at: datetime,
    is_confirmed: bool = False,
) -> DeviceCommand:
    """Queue a command of a person. The gateway that holds the device's connection sends it within about a second.

    Raises:
        CommandError: see above; nothing was queued.
    """
    request = REQUESTS.get(code)
    if request is None:
        raise BadCommand(_("没有命令 %(code)s") % {"code": code[:8]})
    is_theirs = MonitoringPoint.objects.visible_to(actor).filter(pk=point.pk, is_in_service=True).exists()
    if not may_send(actor, request) or not is_theirs:
        raise NotAllowed(_("您的角色不能向这台设备下发此命令"))
    if not reason.strip():
        raise ReasonMissing(_("请填写下发理由"))
    area = _area(request, given)
    if request.care == "danger" and not is_confirmed:
        raise Unconfirmed(_("此命令可能影响监测数据，请再次确认"))
    return _put(point, request, given, area, DeviceCommand.Origin.PERSON, actor, reason.strip()[:300], at)


def queue_by_system(
    point: MonitoringPoint,
    code: str,
    given: Mapping[str, str],
    *,
    origin: DeviceCommand.Origin,
    reason: str,
    at: datetime,
) -> DeviceCommand:
    """Queue a command of the platform itself: history that is missing, a clock that was asked for.

    Raises:
        BadCommand: a parameter is wrong.
        NotAllowed: the command is dangerous: those need a person.
    """
    request = REQUESTS[code]
    if request.care == "danger":
        raise NotAllowed(f"{code} needs a person")
    return _put(point, request, given, _area(request, given), origin, None, reason, at)


def cancel(command: DeviceCommand, *, actor: Account, reason: str, at: datetime) -> None:
    """Take a command out of the queue, as long as it has not been sent.

    Raises:
        NotAllowed: not a sender of such commands, or not their device.
        ReasonMissing: no reason.
        TooLate: it is no longer waiting.
    """
    request = REQUESTS[command.code]
    is_theirs = MonitoringPoint.objects.visible_to(actor).filter(pk=command.point_id).exists()
    if actor.role not in SENDERS[request.care] or not is_theirs:
        raise NotAllowed(_("您的角色不能取消此命令"))
    if not reason.strip():
        raise ReasonMissing(_("请填写取消理由"))
    with transaction.atomic():
        changed = DeviceCommand.objects.filter(pk=command.pk, state=DeviceCommand.State.QUEUED).update(
            state=DeviceCommand.State.CANCELLED, ended_at=at, outcome_zh="已取消"
        )
        if not changed:
            raise TooLate(_("命令已经发出或已结束，不能取消"))
        _note("command.cancel", command, actor, reason.strip(), at)


def _area(request: Request, given: Mapping[str, str]) -> str:
    try:
        return prepare(request, given)
    except BadParameter as error:
        raise BadCommand(_(error.template) % error.facts, error.name) from error


def _put(
    point: MonitoringPoint,
    request: Request,
    given: Mapping[str, str],
    area: str,
    origin: DeviceCommand.Origin,
    actor: Account | None,
    reason: str,
    at: datetime,
) -> DeviceCommand:
    with transaction.atomic():
        waiting = DeviceCommand.objects.filter(point=point, state=DeviceCommand.State.QUEUED).count()
        if waiting >= MOST_QUEUED:
            raise NotAllowed(_("这台设备已有 %(n)s 条命令在等待，请先取消一些") % {"n": waiting})
        command = DeviceCommand.objects.create(
            point=point, device_mn=point.device_mn, code=request.code, parameters=shown(request, given),
            area_sealed=area, origin=origin, asked_by=actor, reason=reason, queued_at=at, expires_at=at + WAITS,
        )  # fmt: skip
        _note("command.queue", command, actor, reason, at)
    return command


def _note(act: str, command: DeviceCommand, actor: Account | None, reason: str, at: datetime) -> None:
    audit.record(
        act,
        actor=actor,
        kind="device_command",
        record_id=command.pk,
        reason=reason,
        at=at,
        details={
            "device_mn": command.device_mn,
            "command": command.code,
            "parameters": command.parameters,
            "origin": str(command.origin),
        },
    )
