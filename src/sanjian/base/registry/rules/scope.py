"""Which objects an item applies to, as a query that a person can read: every key given must hold, any value of a key
will do, and an empty scope is everything.

    {"roles": ["discharger"], "permit_class": ["key", "simplified"], "industry": ["26", "2710"]}

`item_queries.objects_in_scope` says the same in the database; a property test holds the two together.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

KEYS = ("roles", "lists", "permit_class", "supervision", "industry", "districts")
"""The questions that a scope can ask of an object."""


def _(text: str) -> str:
    """Mark a sentence for translation; whoever shows it translates it."""
    return text


Fault = tuple[str, dict[str, Any]]
"""A Chinese sentence with places for facts, and the facts."""


@dataclass(frozen=True, slots=True)
class Facts:
    """What a scope looks at in one object on one day.

    Args:
        roles, lists: codes of `ObjectRole.Role` and `Listing.List` that hold on the day.
        permit_class, supervision, industry_code, district: as the object has them; "" when unknown.
    """

    roles: frozenset[str] = frozenset()
    lists: frozenset[str] = frozenset()
    permit_class: str = ""
    supervision: str = ""
    industry_code: str = ""
    district: str = ""


def applies(scope: Mapping[str, Any], facts: Facts) -> bool:
    """Whether an item with this scope applies to an object.

    A key that names no value at all, or one that we do not know, is fulfilled by nothing: a typing error must not
    widen what may be inspected.
    """
    return all(_holds(key, wanted, facts) for key, wanted in scope.items())


def _holds(key: str, wanted: Any, facts: Facts) -> bool:
    if not isinstance(wanted, list):
        return False
    if key == "roles":
        return not facts.roles.isdisjoint(wanted)
    if key == "lists":
        return not facts.lists.isdisjoint(wanted)
    if key == "industry":
        return any(isinstance(p, str) and p != "" and facts.industry_code.startswith(p) for p in wanted)
    have = {"permit_class": facts.permit_class, "supervision": facts.supervision, "districts": facts.district}.get(key)
    return bool(have) and have in wanted


def faults(scope: object, known: Mapping[str, Collection[str]] | None = None) -> list[Fault]:
    """What is wrong with a scope as a person or a file gave it; empty when it can be used.

    Args:
        known: the codes that each key may hold; keys left out are not checked against a list.
    """
    if not isinstance(scope, Mapping):
        return [(_("适用对象应是一组条件"), {})]
    found: list[Fault] = []
    for key, wanted in scope.items():
        if key not in KEYS:
            found.append((_("没有名为“%(key)s”的条件"), {"key": key}))
        elif not isinstance(wanted, list) or not wanted or not all(isinstance(v, str) and v for v in wanted):
            found.append((_("条件“%(key)s”至少要有一个值"), {"key": key}))
        elif key == "industry":
            found += [
                (_("行业代码“%(value)s”应为 2 至 4 位数字"), {"value": value})
                for value in wanted
                if not _is_industry(value)
            ]
        elif known and key in known:
            unknown = [value for value in wanted if value not in known[key]]
            found += [(_("条件“%(key)s”中没有“%(value)s”"), {"key": key, "value": value}) for value in unknown]
    return found


def _is_industry(value: str) -> bool:
    return value.isascii() and value.isdigit() and 2 <= len(value) <= 4
