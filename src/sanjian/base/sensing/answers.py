"""What the devices of an object last sent, offered as an answer to a question of a checklist."""

from datetime import UTC, datetime

from sanjian.base.registry.answers import Suggestion
from sanjian.base.registry.models import Factor, InspectionObject, MonitoringPoint

from .models import PointState

KINDS = {"hour": "小时均值", "minute": "分钟均值", "rt": "实时值", "day": "日均值"}
"""In the order in which an officer would use them: the hourly value is the one that limits are judged by."""


def latest(thing: InspectionObject, rest: str, at: datetime) -> Suggestion | None:
    """The newest value of a factor at any of an object's points: `latest:<factor code>`.

    Args:
        rest: what follows "telemetry." in the question.
        at: values from after this moment are not looked at.
    """
    name, _colon, code = rest.partition(":")
    factor = Factor.objects.filter(code=code).first() if name == "latest" else None
    if factor is None:
        return None
    best: tuple[datetime, int, MonitoringPoint, str, float, str] | None = None
    states = PointState.objects.filter(point__inspection_object=thing).select_related("point").order_by("point_id")
    for state in states:
        for order, kind in enumerate(KINDS):
            if not (kept := state.values.get(kind, {}).get(code)):
                continue
            value, _flag, moment, digest = kept
            when = datetime.fromisoformat(moment).astimezone(UTC)
            if value is not None and when <= at and (best is None or (-order, when) > (-best[1], best[0])):
                best = (when, order, state.point, kind, value, digest)
    if best is None:
        return None
    when, _order, point, kind, value, digest = best
    origin = f"{point.outlet_code} {point.name} {factor.name} {KINDS[kind]}".strip()
    return Suggestion(value, factor.unit, when.isoformat(), "telemetry", point.device_mn, origin, digest)
