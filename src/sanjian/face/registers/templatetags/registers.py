"""The tabs over every register page."""

from typing import Any

from django import template
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from sanjian.base.identity.gates import CASEWORK, REGISTER_READERS, REGISTRARS

register = template.Library()

TABS = (
    ("objects", gettext_noop("检查对象"), CASEWORK),
    ("people", gettext_noop("机构人员"), REGISTER_READERS),
    ("equipment", gettext_noop("装备"), REGISTER_READERS),
    ("items", gettext_noop("检查事项"), REGISTER_READERS),
    ("updates", gettext_noop("数据更新"), REGISTRARS),
)
"""URL name, label, roles."""


@register.inclusion_tag("registers/_tabs.html", takes_context=True)
def register_tabs(context: dict[str, Any], here: str) -> dict[str, Any]:
    """The registers that this person may open; `here` is the URL name of the one that is open."""
    role = context["request"].user.role
    tabs = []
    for name, label, roles in TABS:
        if role in roles:
            try:
                tabs.append({"url": reverse(name), "label": _(label), "is_here": name == here})
            except NoReverseMatch:
                continue
    return {"tabs": tabs if len(tabs) > 1 else []}
