"""Words of clues in templates: `{% load clues %}`.

{% clue_state clue user %}     its state with icon and word, as far as this person may know it
{% clue_due clue now %}        how long until its clock runs out, or by how much it is late
{% role_word "supervisor" %}   the department's name
{% precision rate %}           how often a rule was right, with its interval
{{ event.act|act_word }}       what a line of the timeline says was done
"""

from datetime import datetime

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from sanjian.base.identity.models import Account
from sanjian.base.screening.scores import Rate

from .. import queries, rules
from ..models import Clue
from ..rules import State, Step
from ..workdays import SHANGHAI, china

register = template.Library()

_LOOKS = {
    State.TO_JUDGE: ("notice", "clock"),
    State.TO_EXPLAIN: ("notice", "person"),
    State.DISPATCHED: ("accent", "next"),
    State.TO_INSPECT: ("accent", "inspect"),
    State.INSPECTING: ("accent", "place"),
    State.TO_FEED_BACK: ("warn", "clue"),
    State.CLOSED: ("good", "ok"),
    State.DISMISSED: ("", "close"),
}


@register.inclusion_tag("clues/_state_badge.html")
def clue_state(clue: Clue, viewer: Account) -> dict[str, object]:
    """The state as this person may know it."""
    state = queries.shown_state(clue, viewer)
    tone, icon = _LOOKS[state] if state else ("", "more")
    return {"tone": tone, "icon": icon, "word": _(rules.STATE_NAMES[state]) if state else _("办理中")}


@register.inclusion_tag("clues/_precision.html")
def precision(rate: Rate) -> dict[str, object]:
    """A share with its interval, written and drawn."""
    if rate.value is None or rate.low is None or rate.high is None:
        return {"rate": rate}
    low, dot, high = (f"{100 * x:.1f}" for x in (rate.low, rate.value, rate.high))
    interval = f"({100 * rate.low:.0f}–{100 * rate.high:.0f}%)"
    return {"rate": rate, "shown": f"{rate.value:.0%}", "interval": interval, "low": low, "dot": dot, "high": high}


@register.simple_tag
def clue_deadline(clue: Clue, viewer: Account, now: datetime) -> SafeString | str:
    """The time left, in the coarsest honest unit, with the exact deadline as its title."""
    if not clue.is_open or clue.due_at is None or queries.shown_state(clue, viewer) is None:
        return "—"
    left = (clue.due_at - now).total_seconds()
    late = " is-late" if left < 0 else ""
    text = (_("已超期 %(span)s") if late else _("剩 %(span)s")) % {"span": spoken(abs(left))}
    exact = clue.due_at.astimezone(SHANGHAI).strftime("%Y-%m-%d %H:%M")
    markup = '<time class="due{}" datetime="{}" title="{}">{}</time>'
    return format_html(markup, late, clue.due_at.isoformat(), exact, text)


def spoken(seconds: float) -> str:
    """A span in days, hours or minutes."""
    days, hours, minutes = int(seconds // 86400), int(seconds // 3600), int(seconds // 60)
    if days:
        return ngettext("%(n)d 天", "%(n)d 天", days) % {"n": days}
    if hours:
        return ngettext("%(n)d 小时", "%(n)d 小时", hours) % {"n": hours}
    if minutes:
        return ngettext("%(n)d 分钟", "%(n)d 分钟", minutes) % {"n": minutes}
    return _("不到 1 分钟")


@register.simple_tag
def role_word(role: str) -> str:
    """A department's name."""
    words = {"monitor": _("监测"), "supervisor": _("监管"), "enforcer": _("执法"), "enterprise": _("企业")}
    return words.get(role, _("系统"))


@register.filter
def act_word(act: str) -> str:
    """What was done, as a person would say it."""
    others = {"open": _("产生线索"), "join": _("并入预警")}
    return others.get(act) or next((_(s.label) for s in rules.STEPS if s.act == act), act)


@register.simple_tag
def step_word(step: Step) -> str:
    """What the button of a step says."""
    return _(step.label)


@register.filter
def verdict_word(verdict: str) -> str:
    """A verdict in words."""
    return _(rules.VERDICT_NAMES[rules.Verdict(verdict)]) if verdict else "—"


@register.filter
def percent(share: float) -> str:
    """0.9 as "90%"."""
    return f"{share:.0%}"


@register.filter
def number(value: object) -> str:
    """A figure behind a verdict: at most four significant decimals, text as it is."""
    if isinstance(value, float):
        return f"{value:,.4f}".rstrip("0").rstrip(".")
    return "—" if value is None else str(value)


@register.filter
def is_provisional(moment: datetime) -> bool:
    """Whether a deadline lies in a year whose days off are not official yet."""
    return china().is_provisional(moment.astimezone(SHANGHAI).year)
