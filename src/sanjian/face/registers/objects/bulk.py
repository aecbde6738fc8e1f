"""One change for many objects: which it touches, and the writes that make it. The registry's bulk service does it."""

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.http import QueryDict
from django.utils.translation import gettext as _

from sanjian.base.identity.models import Account
from sanjian.base.registry.models import InspectionObject, Listing, ObjectFacts, ObjectRole, ObjectVersion
from sanjian.base.registry.queries.objects import Rows, object_rows
from sanjian.base.registry.services.objects import ObjectWrite

from . import filters

LAST = "objects_bulk"
"""Where the session keeps the moment of the last act, for taking it back."""
MOST = 5000
"""Objects in one act (our choice): it is done while the person waits. A file is the way for more."""


@dataclass(frozen=True, slots=True)
class Change:
    """What to do: set a fact (`field` supervision or production), or add or take away a role or a list."""

    field: str
    verb: str
    value: str

    @property
    def said(self) -> str:
        """The change in words."""
        word = _(str(dict(_choices(self.field))[self.value]))
        names = {"supervision": _("监管类别"), "production": _("生产状态"), "role": _("角色"), "list": _("名录")}
        verbs = {"set": _("改为"), "add": _("增加"), "take": _("去掉")}
        return f"{names[self.field]} · {verbs[self.verb]} · {word}"


def changes() -> list[Change]:
    """Every change that can be made to many at once."""
    return [
        Change(field, verb, value)
        for field, verbs in (("supervision", ["set"]), ("production", ["set"]), ("role", ["add", "take"]),
                             ("list", ["add", "take"]))
        for verb in verbs
        for value, _label in _choices(field)
    ]  # fmt: skip


def targets(viewer: Account, ids: Iterable[str], query: str | None) -> list[int]:
    """The objects that are meant, MOST + 1 at the most: by their ids, or all that a list's filters find.

    Args:
        query: the list's query string; None to go by `ids`.
    """
    if query is None:
        wanted = [int(pk) for pk in ids if pk.isdigit() and len(pk) < 18][: MOST + 1]
        things: Rows = InspectionObject.objects.visible_to(viewer).standing().filter(pk__in=wanted)
    else:
        things = object_rows(viewer, filters.chosen(QueryDict(query)))
    return sorted(things.order_by("pk").values_list("pk", flat=True)[: MOST + 1])


def digest(ids: Sequence[int]) -> str:
    """What was previewed, so that only that is applied."""
    return hashlib.sha256(",".join(map(str, ids)).encode()).hexdigest()[:16]


def writes(change: Change, ids: Sequence[int], day: date) -> list[ObjectWrite]:
    """The writes that the change needs; objects of which it is true already on that day need none."""
    if change.verb == "set":
        rows = _stands_on(ids, change.field, day)
        return [ObjectWrite(pk, {change.field: change.value}, day) for pk, now in rows if now != change.value]
    held = _held_on(change.field, ids, day)
    found = []
    for pk in ids:
        parts = held[pk] | {change.value} if change.verb == "add" else held[pk] - {change.value}
        if parts != held[pk]:
            roles = {"roles": frozenset(parts)} if change.field == "role" else {"listings": frozenset(parts)}
            found.append(ObjectWrite(pk, {}, day, **roles))
    return found


def written(at: datetime) -> list[int]:
    """The objects that an act wrote, found by its moment."""
    ids = set(ObjectVersion.objects.filter(recorded_at=at).values_list("inspection_object", flat=True))
    for model in (ObjectRole, Listing):
        rows: Any = model.objects
        ids |= set(rows.filter(recorded_at=at).values_list("inspection_object", flat=True))
        ids |= set(rows.filter(superseded_at=at).values_list("inspection_object", flat=True))
    return sorted(ids)


def _stands_on(ids: Sequence[int], field: str, day: date) -> list[tuple[int, str]]:
    """The fact on that day; of an object without a history then, as it stands."""
    present = dict(InspectionObject.objects.filter(pk__in=ids).values_list("pk", field))
    versions = ObjectVersion.objects.as_of(day).filter(inspection_object__in=ids)
    present |= dict(versions.values_list("inspection_object", field))
    return sorted(present.items())


def _held_on(field: str, ids: Sequence[int], day: date) -> dict[int, set[str]]:
    held: dict[int, set[str]] = defaultdict(set)
    model, column = (ObjectRole, "role") if field == "role" else (Listing, "list_code")
    rows: Any = model.objects.as_of(day).filter(inspection_object__in=ids)  # type: ignore[attr-defined]
    for pk, value in rows.values_list("inspection_object", column):
        held[pk].add(value)
    return held


def _choices(field: str) -> list[tuple[Any, str]]:
    return {
        "supervision": ObjectFacts.Supervision.choices,
        "production": ObjectFacts.Production.choices,
        "role": ObjectRole.Role.choices,
        "list": Listing.List.choices,
    }[field]
