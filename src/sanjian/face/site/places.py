"""The nine places of the rail. A place that does not exist yet, or not for this person, is absent rather than grey."""

from dataclasses import dataclass

from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from sanjian.base.identity.gates import CASEWORK, KEEPERS
from sanjian.base.identity.models import Account, Role

_EVERYONE = frozenset(Role)

PLACES = (
    ("today", gettext_noop("今日"), "today", _EVERYONE),
    ("board", gettext_noop("地图"), "map", CASEWORK),
    ("clues", gettext_noop("线索"), "clue", CASEWORK),
    ("inspections", gettext_noop("检查"), "inspect", CASEWORK),
    ("sources", gettext_noop("感知"), "sense", CASEWORK),
    ("objects", gettext_noop("对象"), "object", CASEWORK),
    ("plans", gettext_noop("计划"), "plan", CASEWORK),
    ("data", gettext_noop("数据"), "data", CASEWORK),
    ("system", gettext_noop("系统"), "system", KEEPERS),
)
"""URL name, label, icon, roles. On a phone the first five that exist make the bottom bar."""

BELOW = {
    "objects": ("/people/", "/equipment/", "/items/", "/updates/"),
    "sources": ("/packets/",),
    "system": ("/accounts/", "/audit/"),
}
"""Further addresses that belong to a place: its tabs."""


@dataclass(frozen=True, slots=True)
class Place:
    """One entry of the rail."""

    name: str
    label: str
    icon: str
    url: str
    is_here: bool


def places(request: HttpRequest, viewer: Account) -> list[Place]:
    """The places this person can go to, the present one marked."""
    found = []
    for name, label, icon, roles in PLACES:
        url = _address(name)
        if url is None or viewer.role not in roles:
            continue
        here = request.path == url if url == "/" else request.path.startswith((url, *BELOW.get(name, ())))
        found.append(Place(name, _(label), icon, url, here))
    return found


def _address(name: str) -> str | None:
    """The place's address: a plain name, or the first page of the app of that name."""
    for candidate in (name, f"{name}:list", f"{name}:index", f"{name}:{name}"):
        try:
            return reverse(candidate)
        except NoReverseMatch:
            continue
    return None
