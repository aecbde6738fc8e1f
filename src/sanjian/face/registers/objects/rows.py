"""One page of the list with what a row shows beside the facts: roles, lists, points, open clues. Four small queries for
the fifty that are shown, not four subqueries over all that match.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Count
from django.utils.translation import gettext as _

from sanjian.act.clues.models import Clue
from sanjian.base.identity.models import Account
from sanjian.base.registry.models import InspectionObject, Listing, MonitoringPoint, ObjectRole, ObjectVersion

Facts = InspectionObject | ObjectVersion


@dataclass(frozen=True, slots=True)
class ListRow:
    """One line of the list.

    Args:
        pk: the object's own id, also when the facts are those of a version.
    """

    pk: int
    facts: Facts
    roles: list[str]
    lists: list[str]
    points: int
    open_clues: int


def object_id(facts: Facts) -> int:
    """The object that a present row or a version speaks of."""
    return facts.inspection_object_id if isinstance(facts, ObjectVersion) else facts.pk


def shown(viewer: Account, page: Sequence[Facts], on: date, known_at: datetime | None = None) -> list[ListRow]:
    """Lines for the objects of one page, in their order.

    Args:
        on: the day whose roles and lists are shown.
    """
    ids = [object_id(facts) for facts in page]
    roles, lists = parts_of(ids, on, known_at)
    clues = Clue.objects.visible_to(viewer).open().filter(inspection_object__in=ids)
    open_clues, points = _counted(clues), _counted(MonitoringPoint.objects.filter(inspection_object__in=ids))
    return [
        ListRow(pk, facts, roles[pk], lists[pk], points.get(pk, 0), open_clues.get(pk, 0))
        for pk, facts in zip(ids, page, strict=True)
    ]


def parts_of(
    ids: Iterable[int], on: date, known_at: datetime | None = None
) -> tuple[dict[int, list[str]], dict[int, list[str]]]:
    """The roles and the lists of some objects on a day, in words: two mappings by object."""
    roles: dict[int, list[str]] = defaultdict(list)
    lists: dict[int, list[str]] = defaultdict(list)
    ids = list(ids)
    for role in ObjectRole.objects.as_of(on, known_at).filter(inspection_object__in=ids).order_by("role"):
        roles[role.inspection_object_id].append(_(role.get_role_display()))
    for listing in Listing.objects.as_of(on, known_at).filter(inspection_object__in=ids).order_by("list_code"):
        lists[listing.inspection_object_id].append(_(listing.get_list_code_display()))
    return roles, lists


def _counted(rows) -> dict[int, int]:  # type: ignore[no-untyped-def]
    return dict(rows.order_by().values_list("inspection_object").annotate(n=Count("pk")))
