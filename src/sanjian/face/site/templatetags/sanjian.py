"""Template words shared by every page: `{% load sanjian %}`.

{% icon "map" %}                         an icon of static/site/icons.svg, decorative
{% badge "good" "ok" _("在线") %}         a state: tone, icon, word
{% severity finding.severity %}          1 to 5, bars and a word
{% grade object.grade %}                 A to D
{% tabs "registers" "people" %}          tabs of a family of pages (site/tabs.py), the open one named
{{ moment|at }}  {{ moment|at:"second" }}  local time in <time>, with the full moment as its title
{{ moment|age }}                         "7 分钟前"
{{ factor.unit|unit }}                   "mg/m³", not "mg/m3"
{{ value|figure:2 }}                     a number with fixed decimals, "—" when there is none
"""

from datetime import datetime, timedelta
from typing import Any

from django import template
from django.templatetags.static import static
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from sanjian.base.registry.units import written

from ..tabs import tabs as tabs_of

register = template.Library()

_FORMATS = {"minute": "%m-%d %H:%M", "second": "%m-%d %H:%M:%S", "full": "%Y-%m-%d %H:%M", "day": "%Y-%m-%d"}


@register.inclusion_tag("site/_tabs.html", takes_context=True)
def tabs(context: dict[str, Any], family: str, here: str) -> dict[str, Any]:
    """The tabs of a family that this person may open."""
    return {"tabs": tabs_of(family, context["request"].user.role, here)}


@register.simple_tag
def icon(name: str) -> SafeString:
    """An icon from the sprite. It is decoration: the word beside it carries the meaning."""
    return format_html(
        '<svg class="icon" aria-hidden="true"><use href="{}#{}"></use></svg>', static("site/icons.svg"), name
    )


@register.simple_tag
def badge(tone: str, name: str, word: object) -> SafeString:
    """A state: tone is good, notice, warn, alarm, accent or "" for neutral."""
    return format_html('<span class="state{}">{}{}</span>', f" state-{tone}" if tone else "", icon(name), word)


@register.simple_tag
def severity(level: int) -> SafeString:
    """A severity of 1 to 5 as rising bars with its word."""
    words = {1: _("提示"), 2: _("一般"), 3: _("较重"), 4: _("严重"), 5: _("紧急")}
    return format_html(
        '<span class="severity severity-{}"><i aria-hidden="true"><b></b><b></b><b></b><b></b><b></b></i>{}</span>',
        level,
        words.get(level, level),
    )


@register.simple_tag
def grade(letter: str) -> SafeString:
    """A credit and risk grade, always with its letter."""
    return format_html('<span class="grade grade-{0}" title="{1}">{0}</span>', letter, _("信用风险等级"))


@register.filter
def at(moment: datetime | str | None, style: str = "minute") -> SafeString | str:
    """A moment in local time. Accepts an aware datetime or ISO text; style is minute, second, full or day."""
    moment = _moment(moment)
    if moment is None:
        return "—"
    local = timezone.localtime(moment)
    if style == "minute" and local.year != timezone.localtime().year:
        style = "full"
    return format_html(
        '<time datetime="{}" title="{}">{}</time>',
        moment.isoformat(),
        local.strftime("%Y-%m-%d %H:%M:%S %Z"),
        local.strftime(_FORMATS[style]),
    )


@register.filter
def age(moment: datetime | str | None) -> str:
    """How long ago, in one unit."""
    moment = _moment(moment)
    return "—" if moment is None else spoken_ago(timezone.now() - moment)


def spoken_ago(span: timedelta) -> str:
    """A span as "7 分钟前"; negative spans count as now."""
    seconds = int(span.total_seconds())
    if seconds < 60:
        return _("刚刚")
    if seconds < 3600:
        return ngettext("%(n)d 分钟前", "%(n)d 分钟前", seconds // 60) % {"n": seconds // 60}
    if seconds < 86400:
        return ngettext("%(n)d 小时前", "%(n)d 小时前", seconds // 3600) % {"n": seconds // 3600}
    return ngettext("%(n)d 天前", "%(n)d 天前", seconds // 86400) % {"n": seconds // 86400}


@register.filter
def figure(value: float | None, decimals: int = 2) -> str:
    """A number with fixed decimals and no scientific notation."""
    return "—" if value is None else f"{value:,.{int(decimals)}f}"


@register.filter
def share(value: float | None) -> str:
    """A share of one as a percentage that never rounds up to a whole: 99.9%."""
    return "—" if value is None else f"{int(value * 1000) / 10:g}%"


@register.filter
def count(number: float | None) -> str:
    """A count with thousands apart, the same in both languages; "—" when it is not known."""
    return "—" if number is None else f"{number:,}"


@register.filter
def unit(code: str) -> str:
    """A unit as people write it: "mg/m³"."""
    return written(code)


@register.filter
def named(thing: Any) -> str:
    """The name of a district or factor in the reader's language."""
    return (get_language() == "en" and thing.name_en) or thing.name


@register.filter
def get(mapping: dict[object, object], key: object) -> object:
    """A dictionary's value by a variable key."""
    return mapping.get(key, "")


def _moment(moment: datetime | str | None) -> datetime | None:
    if isinstance(moment, str):
        return datetime.fromisoformat(moment) if moment else None
    return moment
