"""What is registered of the objects that a file speaks of: found by id, code, former code or name, in few queries."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

from django.utils.translation import gettext as _

from sanjian.base.registry.models import InspectionObject, Listing, ObjectRole, ObjectVersion
from sanjian.base.registry.services.checking import FACT_FIELDS

from ..lines import Line
from .contract import Scope

_AT_ONCE = 800
"""Values in one query: SQLite takes 999 parameters in its older builds."""
HAND_RANK = 3
"""How trusted a person's own entry is on the scale of `DataSource.rank`, 1 the most (our choice)."""
NOBODY_RANK = 9
"""What the system itself set without a source, e.g. the demonstration: anything may replace it."""


@dataclass(frozen=True)
class Origin:
    """Where a field's present value came from."""

    rank: int
    name: str


@dataclass
class ObjectIndex:
    """Objects by what lines call them; `values` in the shape of a line's values."""

    values: dict[int, dict[str, Any]] = field(default_factory=dict)
    by_code: dict[str, list[int]] = field(default_factory=lambda: defaultdict(list))
    by_former: dict[str, list[int]] = field(default_factory=lambda: defaultdict(list))
    by_name: dict[tuple[str, str], list[int]] = field(default_factory=lambda: defaultdict(list))

    def add(self, pk: int, values: dict[str, Any]) -> None:
        """Take one object in."""
        if pk in self.values:
            return
        self.values[pk] = values
        if values["credit_code"]:
            self.by_code[values["credit_code"]].append(pk)
        else:
            self.by_name[values["name"], values["district_id"]].append(pk)
        if values["former_code"]:
            self.by_former[values["former_code"]].append(pk)

    def target(self, line: Line) -> int | None:
        """Which object a line speaks of; None when none, or when the line had to be refused as ambiguous."""
        given = line.values
        if given.get("id"):
            if given["id"] in self.values:
                return int(given["id"])
            line.wrong("id", _("没有这个登记编号，或不在您的辖区"))
            return None
        if given.get("credit_code"):
            return self._by_code(line)
        if given.get("former_code"):
            found = self.by_former.get(given["former_code"], [])
            if len(found) == 1:
                return found[0]
        return self._by_name(given)

    def _by_code(self, line: Line) -> int | None:
        found = self.by_code.get(line.values["credit_code"], [])
        site = line.values.get("site_no")
        if site is not None:
            return next((pk for pk in found if self.values[pk]["site_no"] == site), None)
        if len(found) > 1:
            sites = "、".join(sorted(self.values[pk]["site_no"] or "—" for pk in found))
            line.wrong("site_no", _("这个代码下有几个场所（%(sites)s），请填写场所序号") % {"sites": sites})
        return found[0] if len(found) == 1 else None

    def _by_name(self, given: dict[str, Any]) -> int | None:
        """A line without any code: only an object without a code, of the same name and district, and no other
        address.
        """
        found = self.by_name.get((given.get("name", ""), given.get("district_id", "")), [])
        agreeing = [pk for pk in found if _agree(self.values[pk]["address"], given.get("address"))]
        return agreeing[0] if len(agreeing) == 1 else None


def _agree(ours: str, theirs: Any) -> bool:
    return not ours or not theirs or ours == theirs


def load(lines: Sequence[Line], scope: Scope) -> ObjectIndex:
    """Every object that the lines may speak of. What lies outside the actor's district is in it too, to be refused."""
    index = ObjectIndex()
    for name, lookup in (("id", "id__in"), ("credit_code", "credit_code__in"), ("former_code", "former_code__in")):
        _load(index, lookup, {line.values[name] for line in lines if line.values.get(name)})
    nameless = {line.values["name"] for line in lines if line.values.get("name") and not line.values.get("credit_code")}
    _load(index, "name__in", nameless)
    if any("roles" in line.values for line in lines):
        _memberships(index, "roles", ObjectRole, "role", scope)
    if any("listings" in line.values for line in lines):
        _memberships(index, "listings", Listing, "list_code", scope)
    return index


def _load(index: ObjectIndex, lookup: str, wanted: set[Any]) -> None:
    for some in in_parts(sorted(wanted)):
        for values in InspectionObject.objects.standing().filter(**{lookup: some}).values("id", *FACT_FIELDS):
            index.add(values.pop("id"), values)


def _memberships(index: ObjectIndex, name: str, model: Any, column: str, scope: Scope) -> None:
    for values in index.values.values():
        values[name] = []
    for some in in_parts(sorted(index.values)):
        rows = model.objects.as_of(scope.valid_from).filter(inspection_object__in=some)
        for pk, code in rows.values_list("inspection_object_id", column).distinct():
            index.values[pk][name].append(code)
    for values in index.values.values():
        values[name].sort()


def origins(ids: Iterable[int]) -> Iterator[tuple[int, dict[str, Origin]]]:
    """For each object, where the present value of each field came from: the last version that changed it."""
    for some in in_parts(sorted(ids)):
        rows = (
            ObjectVersion.objects.current()
            .filter(inspection_object__in=some)
            .order_by("inspection_object_id", "valid_from", "id")
            .values_list("inspection_object_id", "changed", "data_source__rank", "data_source__name", "actor_id")
        )
        found: dict[int, dict[str, Origin]] = defaultdict(dict)
        for pk, changed, rank, name, actor_id in rows:
            origin = Origin(rank or (HAND_RANK if actor_id else NOBODY_RANK), name or _("人工录入"))
            found[pk] |= dict.fromkeys(changed, origin)
        yield from found.items()


def in_parts(wanted: Iterable[Any]) -> Iterator[list[Any]]:
    """Few enough at a time for one query."""
    rest = iter(wanted)
    while some := list(islice(rest, _AT_ONCE)):
        yield some
