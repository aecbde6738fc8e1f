"""Automatic answers: what the platform already knows, offered to the officer with its origin. The officer decides.

A question says where its answer may come from, as `source.rest` or `source:rest`:

    permit.valid_to   permit.permit_no   permit.issuer   limit:w01018   telemetry.latest:w01018

Other parts of the platform add sources with `provide`; the permit and the limits are this registry's own.
"""

import re
from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from django.utils import timezone

from .models import InspectionObject, Limit, Permit


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A value that a question may be answered with, and where it comes from.

    Args:
        value: as `rules.questions` wants it: a number, a text, a day as YYYY-MM-DD.
        unit: of a number, as the registry keeps it.
        at: ISO moment or day of the value, "" when it has none.
        source: name of the provider.
        record_id: row of the source.
        sha256: of the packet, where the value came in one.
        origin: what to tell the officer, in Chinese: permit number, limit's source, point and kind of value.
    """

    value: Any
    unit: str
    at: str
    source: str
    record_id: str
    origin: str
    sha256: str = ""

    def as_json(self) -> dict[str, Any]:
        """As plain values, to be kept beside the officer's answer."""
        return asdict(self)


Provider = Callable[[InspectionObject, str, datetime], Suggestion | None]
_providers: dict[str, Provider] = {}
_FORM = re.compile(r"([a-z_]+)[.:]([A-Za-z0-9_.:]+)")


def provide(source: str, provider: Provider) -> None:
    """Offer answers under a name. `provider(object, rest, moment)` gives one or None when it knows nothing."""
    _providers[source] = provider


def sources() -> list[str]:
    """The names under which answers are offered."""
    return sorted(_providers)


def is_known(filled_from: str) -> bool:
    """Whether a question's `filled_from` has the right form and a source that exists."""
    parts = _FORM.fullmatch(filled_from)
    return parts is not None and parts[1] in _providers


def suggest(filled_from: str, thing: InspectionObject, at: datetime) -> Suggestion | None:
    """What the platform knows of an object at a moment; None when it knows nothing, or nobody offers this."""
    parts = _FORM.fullmatch(filled_from)
    if parts is None or parts[1] not in _providers:
        return None
    return _providers[parts[1]](thing, parts[2], at)


def _from_permit(thing: InspectionObject, rest: str, at: datetime) -> Suggestion | None:
    """Of the permit that holds on the day, or the last one that held: a lapsed permit is an answer too."""
    day = timezone.localdate(at)
    known = Permit.objects.current().filter(inspection_object=thing, valid_from__lte=day).order_by("-valid_from", "-pk")
    permit = known.as_of(day).first() or known.first()
    value = (
        getattr(permit, rest, None) if rest in {"valid_from", "valid_to", "permit_no", "issuer", "issued_on"} else None
    )
    if permit is None or not value:
        return None
    text = value if isinstance(value, str) else value.isoformat()
    since = permit.valid_from.isoformat()
    return Suggestion(text, "", since, "permit", str(permit.pk), f"{permit.get_kind_display()} {permit.permit_no}")


def _from_limit(thing: InspectionObject, rest: str, at: datetime) -> Suggestion | None:
    """The strictest hourly upper limit of a factor that holds at the object's points."""
    held = Limit.objects.as_of(timezone.localdate(at)).filter(
        point__inspection_object=thing, point__is_in_service=True, factor_id=rest, upper__isnull=False
    )
    limit = held.select_related("factor", "point").order_by("-period", "upper", "pk").first()
    if limit is None:
        return None
    origin = f"{limit.point.outlet_code} {limit.factor.name} {limit.get_period_display()}限值，{limit.source}"
    return Suggestion(
        limit.upper, limit.factor.unit, limit.valid_from.isoformat(), "limit", str(limit.pk), origin.strip()
    )


provide("permit", _from_permit)
provide("limit", _from_limit)
