"""The newest values of all points of one object, with the limits that hold: three queries, however many points."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.utils.translation import gettext_noop

from sanjian.base.registry.models import Factor, Limit
from sanjian.watch.sources.queries import NOT_JUDGED, PointRow

MOST = 4
"""Values shown of one point (our choice); the point's own page has all."""
KINDS = ("hour", "day", "minute", "rt")
"""Which value of a factor is shown, the first that there is: limits are for hourly and daily means."""


WORDS = {
    "hour": gettext_noop("小时均值"), "day": gettext_noop("日均值"), "minute": gettext_noop("分钟均值"),
    "rt": gettext_noop("实时值"),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Newest:
    """One value, and the limit of its period if there is one; a value that must not be judged is never over."""

    factor: Factor
    value: float
    at: datetime
    kind: str
    limit: Limit | None
    is_over: bool

    @property
    def kind_word(self) -> str:
        """What kind of value it is, as a msgid."""
        return WORDS[self.kind]


def limits_of(object_id: int, on: date, known_at: datetime | None = None) -> list[Limit]:
    """Limits in force at an object's points on a day."""
    limits = Limit.objects.as_of(on, known_at).filter(point__inspection_object=object_id)
    return list(limits.select_related("point", "factor", "legal_basis").order_by("point__outlet_code", "factor"))


def newest_values(rows: Sequence[PointRow], limits: Iterable[Limit]) -> Mapping[int, list[Newest]]:
    """By point: its newest values, those with a limit first."""
    in_force = {(x.point_id, x.factor_id, x.period): x for x in limits}
    codes = {code for row in rows if row.state for values in row.state.values.values() for code in values}
    factors = Factor.objects.in_bulk(codes) if codes else {}
    return {row.point.pk: _of_point(row, in_force, factors) for row in rows if row.state}


def _of_point(
    row: PointRow, in_force: Mapping[tuple[int, str, str], Limit], factors: Mapping[str, Factor]
) -> list[Newest]:
    found: dict[str, Newest] = {}
    for kind in KINDS:
        for code, (value, flag, at, *_rest) in row.state.values.get(kind, {}).items():  # type: ignore[union-attr]
            if code in found or not isinstance(value, (int, float)) or not at:
                continue
            limit = in_force.get((row.point.pk, code, kind))
            is_over = limit is not None and str(flag or "").upper() not in NOT_JUDGED and _breaks(limit, value)
            factor = factors.get(code) or Factor(code=code, name=code)
            found[code] = Newest(factor, value, datetime.fromisoformat(at), kind, limit, is_over)
    return sorted(found.values(), key=lambda n: (n.limit is None, n.factor.code))[:MOST]


def _breaks(limit: Limit, value: float) -> bool:
    return (limit.upper is not None and value > limit.upper) or (limit.lower is not None and value < limit.lower)
