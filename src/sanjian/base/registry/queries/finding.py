"""Search while somebody types: over names now and before, codes, addresses and pinyin initials.

One pass over the narrow table of words. Several words must all be there. What is found is ranked by where the first
word was found; within a rank by name.
"""

from dataclasses import dataclass

from django.db.models import Case, IntegerField, Q, QuerySet, Value, When
from django.utils.translation import gettext as _

from sanjian.base.identity.models import Account
from sanjian.base.identity.scope import district_scope

from ..models import InspectionObject, ObjectWords
from ..words import CODE, FORMER, normal

MOST_WORDS = 6
"""More words than that narrow nothing more and cost a pass each (our choice)."""
NAME_BEGINS, NAME_HAS, CODE_BEGINS, FORMER_BEGINS, INITIALS_BEGIN, INITIALS_HAVE, ELSEWHERE = range(7)


@dataclass(frozen=True, slots=True)
class Hit:
    """One object found. `rank` is one of the ranks above, `why` names it for a person."""

    object_id: int
    name: str
    district_name: str
    code: str
    rank: int
    why: str


def matching(viewer: Account, text: str) -> QuerySet[ObjectWords]:
    """The word rows that have every word of a text, within what the viewer may see; all rows for an empty text."""
    rows = ObjectWords.objects.filter(district_scope(viewer, object_id="inspection_object_id"))
    for word in normal(text).split()[:MOST_WORDS]:
        found = Q(text__contains=word)
        if word.isascii() and word.isalnum():
            found |= Q(initials__contains=word)
        rows = rows.filter(found)
    return rows


def find(viewer: Account, text: str, most: int = 20) -> list[Hit]:
    """The best matches; an empty text finds nothing. Merged objects are found as the one that they were merged into.

    Args:
        text: as typed; full-width and small letters find the same.
    """
    words = normal(text).split()
    if not words:
        return []
    ranked = matching(viewer, text).annotate(rank=_rank(words[0])).order_by("rank", "name", "pk")
    found = list(ranked.values_list("pk", "rank")[:most])
    things = InspectionObject.objects.select_related("district").in_bulk([pk for pk, _rank in found])
    why = {
        NAME_BEGINS: _("名称"), NAME_HAS: _("名称"), CODE_BEGINS: _("代码"), FORMER_BEGINS: _("曾用名称"),
        INITIALS_BEGIN: _("拼音首字母"), INITIALS_HAVE: _("拼音首字母"), ELSEWHERE: _("代码、地址或曾用名称"),
    }  # fmt: skip
    hits = ((things[pk], rank) for pk, rank in found if pk in things)
    return [
        Hit(t.pk, t.name, t.district.name, t.credit_code or t.former_code, rank, why[rank]) for t, rank in hits
    ]  # fmt: skip


def _rank(word: str) -> Case:
    places = [
        (Q(name__startswith=word), NAME_BEGINS),
        (Q(name__contains=word), NAME_HAS),
        (Q(text__contains=CODE + word), CODE_BEGINS),
        (Q(text__contains=FORMER + word), FORMER_BEGINS),
    ]
    if word.isascii() and word.isalnum():
        places += [(Q(initials__startswith=word), INITIALS_BEGIN), (Q(initials__contains=word), INITIALS_HAVE)]
    return Case(
        *(When(place, then=Value(rank)) for place, rank in places),
        default=Value(ELSEWHERE), output_field=IntegerField(),
    )  # fmt: skip
