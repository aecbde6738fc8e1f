"""Moving the records of one object to another, whatever capability they belong to.

`base` knows no capability: the tables are found through the model's own list of who points to it, and accounts by
their column. A row is named by its table and column, so that exactly the rows that moved can move back.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from django.apps import apps
from django.db.models import Model, Q, UniqueConstraint
from django.utils.translation import gettext as _

from sanjian.base.identity.models import Account

from ..models import InspectionObject, Lineage, Match, ObjectVersion, ObjectWords, Relation
from .errors import Clash

STAY = frozenset({ObjectVersion, ObjectWords, Lineage, Match})
"""An object keeps its own history, what was decided of it, and its search words, which are made anew."""
_ACCOUNTS = "identity.account.inspection_object_id"

Moved = dict[str, list[Any]]


def move_all(source: InspectionObject, goal: InspectionObject) -> Moved:
    """Point every record of `source` to `goal`. Relations between the two stay: none can point to itself.

    Returns:
        "app.model.field" -> primary keys.

    Raises:
        Clash: a record of each would stand in one place; nothing was moved.
    """
    found = {_key(model, column): _own(model, column, source, goal) for model, column in _columns()}
    clashing = [said for model, column in _columns() for said in _clashes(model, column, source, goal)]
    if clashing:
        raise Clash(_("不能合并，以下记录两个对象都有，请先处理：%(what)s") % {"what": "、".join(clashing)})
    found[_ACCOUNTS] = list(
        Account.objects.filter(inspection_object_id=source.pk).order_by("pk").values_list("pk", flat=True)
    )
    moved = {key: pks for key, pks in found.items() if pks}
    move(moved, goal)
    return moved


def move(rows: Mapping[str, list[Any]], goal: InspectionObject, *, only_from: InspectionObject | None = None) -> int:
    """Point named rows to an object. Returns how many were moved.

    Args:
        only_from: leave rows alone that meanwhile belong to somebody else.
    """
    count = 0
    for key, pks in rows.items():
        label, _dot, column = key.rpartition(".")
        model: Any = apps.get_model(label)
        for start in range(0, len(pks), 500):
            chosen = model._base_manager.filter(pk__in=pks[start : start + 500])
            if only_from is not None:
                chosen = chosen.filter(**{column: only_from.pk})
            count += chosen.update(**{column: goal.pk})
    return count


def key_of(model: type[Model], column: str = "inspection_object") -> str:
    """How a table and column are named in `Lineage.moved`."""
    return _key(model, column)


def _key(model: Any, column: str) -> str:
    return f"{model._meta.label_lower}.{column}"


def _columns() -> Iterator[tuple[Any, str]]:
    for relation in InspectionObject._meta.related_objects:
        if relation.related_model not in STAY:
            yield relation.related_model, relation.field.name


def _own(model: Any, column: str, source: InspectionObject, goal: InspectionObject) -> list[Any]:
    rows = model._base_manager.filter(**{column: source})
    if model is Relation:
        rows = rows.exclude(subject__in=[source, goal], target__in=[source, goal])
    return list(rows.order_by("pk").values_list("pk", flat=True))


def _clashes(model: Any, column: str, source: InspectionObject, goal: InspectionObject) -> Iterator[str]:
    """What is unique beside the object and stands at both."""
    for constraint in model._meta.constraints:
        if not isinstance(constraint, UniqueConstraint) or column not in constraint.fields:
            continue
        rest = [name for name in constraint.fields if name != column]
        rows = model._base_manager.filter(constraint.condition or Q())
        mine, theirs = (set(rows.filter(**{column: thing}).values_list(*rest)) for thing in (source, goal))
        name = model._meta.verbose_name
        yield from (f"{name} {' '.join(map(str, both))}" for both in sorted(mine & theirs, key=str))
