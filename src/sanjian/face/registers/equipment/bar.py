"""The calibration bar of an instrument's page: when its readings are good, in the whole numbers of an SVG."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.utils import timezone
from django.utils.translation import gettext as _

from sanjian.base.registry.models import Calibration
from sanjian.base.registry.rules.calibration import SHANGHAI, Period

WIDTH = 10_000
"""Units across: whole numbers that no locale writes in another way."""


@dataclass(frozen=True, slots=True)
class Stretch:
    """One coloured part, and the sentence that says the same."""

    x: int
    width: int
    is_good: bool
    title: str


@dataclass(frozen=True, slots=True)
class Mark:
    """One check on the bar."""

    x: int
    has_passed: bool
    is_void: bool
    title: str


@dataclass(frozen=True, slots=True)
class Bar:
    """What the page draws."""

    stretches: list[Stretch]
    marks: list[Mark]
    now_x: int
    start: datetime
    end: datetime
    width: int = WIDTH


def draw(periods: Sequence[Period], checks: Sequence[Calibration], now: datetime) -> Bar | None:
    """The bar; None when there is nothing to draw."""
    if not periods:
        return None
    start, end = periods[0].start, periods[-1].end
    span = (end - start).total_seconds()

    def x(moment: datetime) -> int:
        return round((min(max(moment, start), end) - start).total_seconds() / span * WIDTH)

    stretches = [Stretch(x(p.start), max(x(p.end) - x(p.start), 1), p.standing.good, _said(p)) for p in periods]
    marks = [
        Mark(x(c.performed_at), c.has_passed, c.voided_at is not None, _check(c))
        for c in checks
        if start <= c.performed_at <= end
    ]
    return Bar(stretches, marks, x(now), start, end)


def _said(period: Period) -> str:
    days = {
        "start": f"{period.start.astimezone(SHANGHAI):%Y-%m-%d}",
        "end": f"{period.end.astimezone(SHANGHAI):%Y-%m-%d}",
    }
    word = _("读数可作证据") if period.standing.good else _(period.standing.reason) % period.standing.facts
    return _("%(start)s 至 %(end)s：%(word)s") % (days | {"word": word})


def _check(check: Calibration) -> str:
    word = _("已作废") if check.voided_at else (_("合格") if check.has_passed else _("不合格"))
    when = timezone.localtime(check.performed_at)
    return f"{when:%Y-%m-%d %H:%M} {_(check.get_kind_display())} {word}"
