"""Approved settings of devices (备案参数): each holds from a day on."""

from datetime import date, datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from sanjian.base.identity import audit
from sanjian.base.identity.models import Account

from ..models import ApprovedParameter, MonitoringPoint
from . import dated
from .errors import InvalidValues
from .permission import ensure_keeper


@transaction.atomic
def approve_parameter(
    point: MonitoringPoint, factor_code: str, info_code: str, value: float, *, source: str, valid_from: date,
    actor: Account | None, at: datetime,
) -> ApprovedParameter:  # fmt: skip
    """A setting is approved from a day on; the one before it ends the day before.

    Args:
        factor_code: empty for a setting of the logger itself.
        source: by what it was accepted: number of the acceptance, comparison or change.

    Raises:
        InvalidValues: no source, or one that begins on or after that day stands already.
        NotAllowed: not a district of the actor.
    """
    ensure_keeper(actor, [point.inspection_object.district_id])
    if not source.strip():
        raise InvalidValues({"source": [_("请填写依据")]})
    point = MonitoringPoint.objects.select_for_update(of=("self",)).get(pk=point.pk)
    own = {"point": point, "factor_code": factor_code, "info_code": info_code}
    for former in ApprovedParameter.objects.current().filter(**own):
        if former.valid_from >= valid_from:
            said = _("自 %(day)s 起已有备案值") % {"day": former.valid_from}
            raise InvalidValues({"valid_from": [said]})
        if former.valid_to is None or former.valid_to >= valid_from:
            dated.close(former, at)
            dated.again(former, {"valid_to": valid_from - timedelta(days=1)}, at).save()
    made = ApprovedParameter.objects.create(
        **own, value=value, source=source.strip()[:160], valid_from=valid_from, recorded_at=at
    )
    audit.record(
        "parameter.approve", actor=actor, kind="monitoring_point", record_id=point.device_mn, reason=source, at=at,
        details={"factor": factor_code, "info": info_code, "value": value, **dated.span(made)},
    )  # fmt: skip
    return made
