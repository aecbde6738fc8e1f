"""Words of clues in templates: `{% load clues %}`.

{% clue_state clue user %}     its state with icon and word, as far as this person may know it
{% clue_due clue now %}        how long until its clock runs out, or by how much it is late
{% role_word "supervisor" %}   the department's name
{{ event.act|act_word }}       what a line of the timeline says was done
"""

from datetime import datetime

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from sanjian.base.identity.models import Account

from .. import queries, rules
from ..models import Clue
from ..rules import State
from ..workdays import SHANGHAI

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


@register.simple_tag
def clue_due(clue: Clue, now: datetime) -> SafeString | str:
    """The time left, in the coarsest honest unit, with the exact deadline as its title."""
    if not clue.is_open or clue.due_at is None:
        return "—"
    left = (clue.due_at - now).total_seconds()
    span = spoken(abs(left))
    text = _("已超期 %(span)s") % {"span": span} if left < 0 else _("剩 %(span)s") % {"span": span}
    exact = clue.due_at.astimezone(SHANGHAI).strftime("%Y-%m-%d %H:%M")
    return format_html('<time class="due{}" datetime="{}" title="{}">{}</time>', " is-late" if left < 0 else "",
                       clue.due_at.isoformat(), exact, text)  # fmt: skip


def spoken(seconds: float) -> str:
    """A span in days, hours or minutes."""
    for unit, word in ((86400, "天"), (3600, "小时"), (60, "分钟")):
        if seconds >= unit:
            count = int(seconds // unit)
            forms = {
                "天": ngettext("%(n)d 天", "%(n)d 天", count),
                "小时": ngettext("%(n)d 小时", "%(n)d 小时", count),
                "分钟": ngettext("%(n)d 分钟", "%(n)d 分钟", count),
            }
            return forms[word] % {"n": count}
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
