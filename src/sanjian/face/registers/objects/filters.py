"""The list's filters as links: the address is the filter, and each choice is the address with one thing changed."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.http import QueryDict
from django.utils.translation import gettext as _

from sanjian.base.identity.models import Account, District
from sanjian.base.registry.models import InspectionObject, Listing, ObjectRole
from sanjian.face.site.templatetags.sanjian import named

NAMES = (
    "q", "district", "role", "list", "permit_class", "supervision", "grade", "production", "industry", "missing",
)  # fmt: skip
"""What narrows the list; `on`, `known`, `sort` and `page` say how it is shown."""


@dataclass(frozen=True, slots=True)
class Choice:
    """One value of a filter, as a link; choosing the current one again takes it away."""

    label: str
    href: str
    is_current: bool


@dataclass(frozen=True, slots=True)
class Filter:
    """One filter: its name in the address, its label, its choices, and the one that is on."""

    name: str
    label: str
    choices: list[Choice]

    @property
    def current(self) -> Choice | None:
        """The choice that is on."""
        return next((c for c in self.choices if c.is_current), None)


def chosen(query: QueryDict) -> dict[str, str]:
    """The filters in an address, blanks left out."""
    return {name: text for name in NAMES if (text := query.get(name, "").strip()[:80])}


def without(query: QueryDict, *names: str) -> str:
    """The address's query without some of its names, and always back on the first page."""
    rest = query.copy()
    for name in ("page", *names):
        rest.pop(name, None)
    return rest.urlencode()


def every_filter(query: QueryDict, viewer: Account) -> list[Filter]:
    """Every filter with its choices, for this viewer. The regulated have one object and need none."""
    if viewer.is_regulated:
        return []
    facts = InspectionObject
    kinds: list[tuple[str, str, Iterable[tuple[str, str]]]] = [
        ("supervision", _("监管类别"), _spoken(facts.Supervision.choices)),
        ("grade", _("等级"), [(g, g) for g in "ABCD"]),
        ("role", _("角色"), _spoken(ObjectRole.Role.choices)),
        ("list", _("名录"), _spoken(Listing.List.choices)),
        ("permit_class", _("许可管理"), _spoken(facts.PermitClass.choices)),
        ("production", _("生产状态"), _spoken(facts.Production.choices)),
    ]
    if viewer.sees_whole_city or viewer.role == "auditor":
        districts = District.objects.filter(is_city=False)
        kinds.insert(0, ("district", _("辖区"), [(d.code, named(d)) for d in districts]))
    return [Filter(name, label, _choices(query, name, values)) for name, label, values in kinds]


def _choices(query: QueryDict, name: str, values: Iterable[tuple[str, str]]) -> list[Choice]:
    found = []
    for value, label in values:
        is_current = query.get(name) == value
        rest = query.copy()
        rest.pop("page", None)
        if is_current:
            rest.pop(name)
        else:
            rest[name] = value
        found.append(Choice(label, f"?{rest.urlencode()}", is_current))
    return found


def _spoken(choices: Iterable[tuple[str, str]]) -> list[tuple[str, str]]:
    return [(value, _(label)) for value, label in choices]
