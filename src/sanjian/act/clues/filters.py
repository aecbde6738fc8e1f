"""The list's filters as links: the address is the filter, and each chip is the address with one thing changed."""

from dataclasses import dataclass
from datetime import datetime

from django.http import QueryDict
from django.utils.translation import gettext as _

from sanjian.base.identity.models import Account

from . import queries, rules

NAMES = ("state", "severity", "district", "kind", "mine", "overdue", "q")


@dataclass(frozen=True, slots=True)
class Chip:
    """One choice of a filter."""

    label: str
    href: str
    is_current: bool
    count: int | None = None


@dataclass(frozen=True, slots=True)
class Row:
    """One filter: its name and its chips."""

    label: str
    chips: list[Chip]


def chosen(query: QueryDict) -> dict[str, str]:
    """The filters in an address; what is still open is shown unless another state is asked for."""
    given = {name: str(query[name]) for name in NAMES if query.get(name)}
    return {"state": "open"} | given


def rows(query: QueryDict, viewer: Account, now: datetime) -> list[Row]:
    """Every filter with its chips, for this viewer."""
    now_chosen, counts = chosen(query), queries.counts(viewer, now)

    def chip(label: str, name: str, value: str, count: int | None = None) -> Chip:
        changed = query.copy()
        changed.pop("page", None)
        is_current = now_chosen.get(name, "") == value
        if value and not (is_current and name != "state"):
            changed[name] = value
        else:
            changed.pop(name, None)
        return Chip(label, f"?{changed.urlencode()}", is_current, count)

    states = [chip(_("在办"), "state", "open", counts["open"])]
    states += [chip(_(rules.STATE_NAMES[s]), "state", s.value, counts[s.value]) for s in queries.states_shown(viewer)]
    states.append(chip(_("全部"), "state", "all"))
    whose = [chip(_("等我处理"), "mine", "1"), chip(_("已超期"), "overdue", "1", counts["overdue"])]
    severities = [chip(_("严重及以上"), "severity", "4"), chip(_("较重及以上"), "severity", "3")]
    found = [Row(_("状态"), states), Row(_("只看"), whose + severities)]
    districts = list(queries.districts_in_use(viewer)) if viewer.sees_whole_city or viewer.role == "auditor" else []
    if len(districts) > 1:
        found.append(Row(_("辖区"), [chip(d.name, "district", d.code) for d in districts]))
    return found
