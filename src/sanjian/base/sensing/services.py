"""What an operator does to devices.

RegistrationError       base: the text is a sentence for the person
├── NotAllowed          only an operator registers devices
├── ReasonMissing       a registration needs a reason
└── AlreadyRegistered   the device is in the registry, or somebody else was first
"""

from datetime import datetime
from typing import NamedTuple

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from sanjian.base.identity import audit
from sanjian.base.identity.models import Account, Role
from sanjian.base.lake import Lake
from sanjian.base.live.services import announce
from sanjian.base.registry.models import InspectionObject, MonitoringPoint
from sanjian.base.registry.words import point_registered

from .gateway.protocol import Device
from .models import UnknownDevice
from .quarantine import Release, release


class RegistrationError(Exception):
    """A device that cannot be registered; the text says why and what to do."""


class NotAllowed(RegistrationError):
    """The person's role does not register devices."""


class ReasonMissing(RegistrationError):
    """No reason was given."""


class AlreadyRegistered(RegistrationError):
    """The device is registered already."""


class Outlet(NamedTuple):
    """What must be known of a new monitoring point beside its device code."""

    inspection_object: InspectionObject
    name: str
    medium: str
    outlet_code: str = ""
    report_interval_s: int = 3600
    crc_mode: str = "hj"
    latitude: float | None = None
    longitude: float | None = None


def register_device(
    device: UnknownDevice, outlet: Outlet, *, actor: Account, reason: str, at: datetime
) -> MonitoringPoint:
    """Make an unknown device a monitoring point. Running gateways know it within seconds and then turn its frames from
    quarantine into readings; `release_frames` does so at once.

    Args:
        outlet: where it stands; without a position the object's own is taken.

    Raises:
        RegistrationError: see above; nothing was changed.
    """
    if actor.role != Role.OPERATOR:
        raise NotAllowed(_("只有系统管理员可以登记设备"))
    if not reason.strip():
        raise ReasonMissing(_("请填写登记理由，例如核对过的文件或现场记录"))
    taken = AlreadyRegistered(_("设备 %(mn)s 已经登记，请刷新页面") % {"mn": device.device_mn})
    try:
        with transaction.atomic():
            gone, _by_model = UnknownDevice.objects.filter(pk=device.pk).delete()
            if not gone:
                raise taken
            point = _create(device, outlet)
            point_registered(point)
            _note(point, device, actor=actor, reason=reason, at=at)
    except IntegrityError as error:
        raise taken from error
    return point


def release_frames(point: MonitoringPoint, lake: Lake) -> Release:
    """Read the frames that the point's device sent before it was registered.

    Raises:
        LakeError: the lake could not be read or written; try again.
    """
    device = Device(point.pk, point.device_mn, point.crc_mode, point.report_interval_s)
    return release(lake, {point.device_mn: device})


def _create(device: UnknownDevice, outlet: Outlet) -> MonitoringPoint:
    thing = outlet.inspection_object
    return MonitoringPoint.objects.create(
        device_mn=device.device_mn,
        inspection_object=thing,
        name=outlet.name,
        medium=outlet.medium,
        outlet_code=outlet.outlet_code,
        report_interval_s=outlet.report_interval_s,
        crc_mode=outlet.crc_mode,
        latitude=thing.latitude if outlet.latitude is None else outlet.latitude,
        longitude=thing.longitude if outlet.longitude is None else outlet.longitude,
    )


def _note(point: MonitoringPoint, device: UnknownDevice, *, actor: Account, reason: str, at: datetime) -> None:
    thing = point.inspection_object
    audit.record(
        "point.register",
        actor=actor,
        kind="monitoring_point",
        record_id=point.device_mn,
        reason=reason,
        at=at,
        details={"object": thing.credit_code, "peer": device.peer, "frames": device.frames},
    )
    announce(
        "device.registered",
        f"{thing.name} 的设备 {point.device_mn} 已登记",
        at=at,
        district_id=thing.district_id,
        inspection_object_id=thing.pk,
    )
