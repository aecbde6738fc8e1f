"""成绩: how well the screens find what really happens, where that is known: in a simulated city."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop
from django.views.decorators.http import require_safe

from sanjian.base.identity.gates import SCORE_READERS, only
from sanjian.base.identity.requests import AccountRequest
from sanjian.base.screening import scores
from sanjian.base.screening.scores import Cause, Rate, Row, Score

CAUSES = {
    "dilution": gettext_noop("稀释样气"),
    "clamp": gettext_noop("数值封顶"),
    "edited_slope": gettext_noop("篡改斜率"),
    "frozen_analyser": gettext_noop("分析仪冻结"),
    "offline": gettext_noop("超标时断线"),
    "false_maintenance": gettext_noop("虚假维护标记"),
    "replay": gettext_noop("重放旧数据"),
    "swapped_sample": gettext_noop("调换水样"),
    "covered_sensor": gettext_noop("遮盖传感器"),
    "sprayed_sensor": gettext_noop("喷淋传感器"),
    "treatment_failure": gettext_noop("治理设施故障"),
    "shutdown": gettext_noop("停产"),
    "fuel_change": gettext_noop("换燃料"),
    "power_cut": gettext_noop("停电"),
    "new_instrument": gettext_noop("更换仪器"),
    "fog": gettext_noop("大雾"),
}
NATURES = {
    "cheat": ("alarm", "alarm", gettext_noop("作假")),
    "violation": ("warn", "warn", gettext_noop("超标")),
    "look-alike": ("good", "ok", gettext_noop("无辜相似")),
}
"""Nature -> tone, icon, word."""
PERCENT = 100


@dataclass(frozen=True, slots=True)
class Bar:
    """A rate with its interval as drawn: places in percent of the axis; None where there is nothing to draw."""

    rate: Rate
    shown: str
    interval: str
    low: float | None = None
    high: float | None = None
    value: float | None = None


@dataclass(frozen=True, slots=True)
class Told:
    """A cause in words."""

    name: str
    nature: tuple[str, str, str]
    cause: Cause


@dataclass(frozen=True, slots=True)
class Line:
    """A row of the table."""

    row: Row
    recall: Bar
    precision: Bar
    false_alarms: Bar
    causes: list[Told]


@require_safe
@only(*SCORE_READERS)
def page(request: AccountRequest) -> HttpResponse:
    """One score with its rows and causes, and all that are kept."""
    kept = scores.kept()
    chosen = _chosen(kept, request.GET.get("of", ""))
    context: dict[str, object] = {"kept": kept, "score": chosen}
    if chosen is not None:
        rows = (*chosen.rows, chosen.clues)
        most = max((row.false_alarms.high or 0.0 for row in rows), default=0.0) or 1.0
        context |= {"lines": [_line(row, most) for row in rows], "uncovered": _told(chosen.uncovered)}
    return render(request, "cockpit/scores.html", context)


def _chosen(kept: list[Score], of: str) -> Score | None:
    """The score made at a moment, else the newest."""
    return next((one for one in kept if one.made_at.isoformat() == of), kept[0] if kept else None)


def _line(row: Row, most: float) -> Line:
    return Line(
        row, _bar(row.recall, 1, PERCENT), _bar(row.precision, 1, PERCENT), _bar(row.false_alarms, most, 1),
        _told(row.causes),
    )  # fmt: skip


def _bar(rate: Rate, most: float, unit: int) -> Bar:
    """A rate on an axis from 0 to `most`, shown in `unit` (100 for per cent)."""
    if rate.value is None or rate.low is None or rate.high is None:
        return Bar(rate, "—", "")
    sign = "%" if unit == PERCENT else ""
    low, high, value = (round(PERCENT * figure / most, 1) for figure in (rate.low, rate.high, rate.value))
    digits = 0 if unit == PERCENT else 2
    interval = f"{rate.low * unit:.{digits}f}–{rate.high * unit:.{digits}f}{sign}"
    return Bar(rate, f"{rate.value * unit:.{digits}f}{sign}", interval, low, high, value)


def _told(causes: Iterable[Cause]) -> list[Told]:
    """What was guilty first, the innocent last."""
    order = list(NATURES)
    ranked = sorted(causes, key=lambda c: (order.index(c.nature) if c.nature in order else len(order), c.name))
    return [Told(_(CAUSES.get(c.name, c.name)), _nature(c.nature), c) for c in ranked]


def _nature(nature: str) -> tuple[str, str, str]:
    tone, icon, word = NATURES.get(nature, ("notice", "info", nature))
    return tone, icon, _(word)
