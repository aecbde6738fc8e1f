"""The words that an object is searched by, kept in one narrow row beside it.

Searching while somebody types must not read the wide rows of objects and their history. Every service that changes a
name, a code or an address calls `refresh_words` in its own transaction; `rebuild_words` makes the table anew. Words are
kept in one form (NFKC, upper case, single blanks), and what is typed is brought to the same form, so that full-width
letters and small letters find what they mean.
"""

import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from typing import Any

from django.db import transaction

from . import many
from .models import InspectionObject, MonitoringPoint, ObjectVersion, ObjectWords, Permit

NAME, FORMER, CODE, ADDRESS = "=", "~", "#", "@"
"""What each line of `ObjectWords.text` begins with: so that a prefix of a code is one LIKE."""
CHUNK = 1000
_INITIALS = 120

# Where the reading of a single character misleads, the phrase or the usual reading in names of enterprises decides.
_PHRASES = {"重庆": "CQ", "厦门": "XM", "音乐": "YY"}
_READINGS = dict(zip("长重行厦都乐朝调盛传", "CZHSDLCTSC", strict=True))


def normal(text: str) -> str:
    """The one form in which words are kept and asked for."""
    return " ".join(unicodedata.normalize("NFKC", text).upper().split())


def initials(name: str) -> str:
    """Pinyin initials of a name in capitals; letters and digits stay, everything else goes. 精细化工 A1 -> JXHGA1."""
    text = normal(name)
    for phrase, letters in _PHRASES.items():
        if phrase in text:
            text = text.replace(phrase, letters)
    return "".join(map(_initial, text))


@lru_cache(maxsize=30_000)
def _initial(character: str) -> str:
    if character.isascii():
        return character if character.isalnum() else ""
    if character in _READINGS:
        return _READINGS[character]
    from pypinyin import Style, lazy_pinyin  # its tables take 50 ms to load: only where a name is written

    letters = lazy_pinyin(character, style=Style.FIRST_LETTER, errors="ignore")
    return letters[0].upper() if letters and letters[0].isascii() else ""


def row_of(
    facts: Mapping[str, Any], object_id: int, former: Iterable[str] = (), codes: Iterable[str] = ()
) -> ObjectWords:
    """The words of one object.

    Args:
        facts: name, district_id, credit_code, site_no, former_code, address.
        former: names that it had, or that what it absorbed had.
        codes: permit numbers, device codes MN, codes of what it absorbed.
    """
    name = normal(facts["name"])
    before = sorted({normal(n) for n in former} - {name})
    own = [facts["credit_code"] or "", facts["former_code"]]
    marked = [NAME + name, *(FORMER + n for n in before)]
    marked += [CODE + normal(c) for c in dict.fromkeys([*own, *codes]) if c]
    if facts["address"]:
        marked.append(ADDRESS + normal(facts["address"]))
    letters = " ".join(initials(n) for n in [name, *before])[:_INITIALS]
    return ObjectWords(
        inspection_object_id=object_id, district_id=facts["district_id"], name=name, initials=letters,
        text="\n".join(marked),
    )  # fmt: skip


def write(rows: Sequence[ObjectWords]) -> None:
    """Store words, replacing those that are there. Call it in a transaction."""
    ObjectWords.objects.filter(inspection_object__in=[row.inspection_object_id for row in rows]).delete()
    many.insert(rows)


@transaction.atomic
def refresh_words(object_ids: Iterable[int]) -> int:
    """Bring the words of some objects in step with their records; those merged away lose theirs. Returns how many."""
    ids = list(dict.fromkeys(object_ids))
    done = 0
    for start in range(0, len(ids), CHUNK):
        rows = list(_rows(ids[start : start + CHUNK]))
        write(rows)
        done += len(rows)
    return done


def point_registered(point: MonitoringPoint) -> None:
    """Hook for whoever creates, moves or removes a monitoring point: its MN becomes searchable."""
    refresh_words([point.inspection_object_id])


@transaction.atomic
def rebuild_words() -> int:
    """Make the whole table anew. Returns the number of objects."""
    ObjectWords.objects.all().delete()
    return refresh_words(InspectionObject.objects.standing().order_by("pk").values_list("pk", flat=True))


_FACTS = ("name", "district_id", "credit_code", "former_code", "address", "survivor_id")


def _rows(ids: Sequence[int]) -> Iterator[ObjectWords]:
    objects = {pk: dict(zip(_FACTS, facts, strict=True)) for pk, *facts in _facts(pk__in=ids)}
    gone = [pk for pk, facts in objects.items() if facts["survivor_id"] is not None]
    ObjectWords.objects.filter(inspection_object__in=gone).delete()
    names: dict[int, list[str]] = defaultdict(list)
    codes: dict[int, list[str]] = defaultdict(list)
    for _pk, *facts in _facts(survivor__in=ids):
        other = dict(zip(_FACTS, facts, strict=True))
        names[other["survivor_id"]].append(other["name"])
        codes[other["survivor_id"]] += [c for c in (other["credit_code"], other["former_code"]) if c]
    versions = ObjectVersion.objects.current().filter(inspection_object__in=ids).order_by()
    for owner, name in versions.values_list("inspection_object", "name").distinct():
        names[owner].append(name)
    for rows, column in ((Permit.objects.current(), "permit_no"), (MonitoringPoint.objects.all(), "device_mn")):
        for owner, code in _codes(rows, column, ids):
            codes[owner].append(code)
    for pk in ids:
        if pk in objects and objects[pk]["survivor_id"] is None:
            yield row_of(objects[pk], pk, names[pk], codes[pk])


def _facts(**chosen: Any) -> Iterable[tuple[Any, ...]]:
    return InspectionObject.objects.filter(**chosen).order_by("pk").values_list("pk", *_FACTS)


def _codes(rows: Any, name: str, ids: Sequence[int]) -> Iterable[tuple[int, str]]:
    return rows.filter(inspection_object__in=ids).order_by("pk").values_list("inspection_object", name)  # type: ignore[no-any-return]
