"""Taking back what a batch wrote. Nothing is erased from the history of objects that stood before: the batch's rows
are superseded, and what was believed before it is believed again from now on. An object that the batch itself
registered is removed, if nothing else points to it.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from sanjian.base.identity import audit
from sanjian.base.identity.models import Account

from .. import many, words
from ..models import DataSource, InspectionObject, Listing, ObjectRole, ObjectVersion, ObjectWords
from . import states
from .bulk import CHUNK, PRESENT
from .permission import ensure_keeper

OWN_PARTS: tuple[Any, ...] = (ObjectVersion, ObjectRole, Listing, ObjectWords)
"""What an import writes of an object: goes with the object."""


@dataclass(slots=True)
class UndoCounts:
    """What a call did: objects brought back to what they were, objects removed, and for each refused one why."""

    restored: int = 0
    removed: int = 0
    refused: dict[int, str] = field(default_factory=dict)


@transaction.atomic
def undo_writes(
    object_ids: Sequence[int], *, written_at: datetime, data_source: DataSource | None, actor: Account | None,
    at: datetime, reason: str,
) -> UndoCounts:  # fmt: skip
    """Bring objects to the state before a batch.

    Args:
        written_at: the `at` that the batch was written with; with `data_source` it names the batch.

    Raises:
        NotAllowed: an object lies outside the actor's district.
    """
    done = UndoCounts()
    origin = states.Origin(actor, at, data_source, reason)
    for start in range(0, len(object_ids), CHUNK):
        part = object_ids[start : start + CHUNK]
        things = list(InspectionObject.objects.select_for_update().filter(pk__in=part).order_by("pk"))
        ensure_keeper(actor, {t.district_id for t in things})
        _take_back(things, written_at, origin, done)
    audit.record(
        "object.undo_many", actor=actor, kind="inspection_object", record_id=f"{len(object_ids)}", reason=reason, at=at,
        details={"restored": done.restored, "removed": done.removed, "refused": len(done.refused),
                 "source": data_source and data_source.code, "written_at": written_at.isoformat()},
    )  # fmt: skip
    return done


def _take_back(
    things: Sequence[InspectionObject], written_at: datetime, origin: states.Origin, done: UndoCounts
) -> None:
    ids = [t.pk for t in things]
    changed_later = _later(ids, written_at)
    born = {t.pk for t in things if t.registered_at == written_at}
    pointed = references(born - changed_later)
    removing, restoring = [], []
    for thing in things:
        if thing.survivor_id is not None:
            done.refused[thing.pk] = _("已并入其他对象")
        elif thing.pk in changed_later:
            done.refused[thing.pk] = _("导入之后又有变更")
        elif thing.pk not in born:
            restoring.append(thing)
        elif thing.pk in pointed:
            done.refused[thing.pk] = _("已有其他记录引用：%(what)s") % {"what": "、".join(pointed[thing.pk])}
        else:
            removing.append(thing.pk)
    for model in OWN_PARTS:
        model.objects.filter(inspection_object__in=removing).delete()
    InspectionObject.objects.filter(pk__in=removing).delete()
    _restore(restoring, written_at, origin)
    done.removed += len(removing)
    done.restored += len(restoring)


def _later(ids: Sequence[int], written_at: datetime) -> set[int]:
    """Objects of which something was recorded after the batch."""
    found: set[int] = set()
    for model in (ObjectVersion, ObjectRole, Listing):
        late = Q(recorded_at__gt=written_at) | Q(superseded_at__gt=written_at)
        found |= set(model.objects.filter(late, inspection_object__in=ids).values_list("inspection_object", flat=True))
    return found


def references(ids: Iterable[int]) -> dict[int, list[str]]:
    """Which kinds of records point to each object, beside its own parts; accounts of its people included."""
    wanted = list(ids)
    found: dict[int, list[str]] = defaultdict(list)
    if not wanted:
        return found
    for relation in InspectionObject._meta.related_objects:
        if relation.related_model in OWN_PARTS:
            continue
        column = relation.field.name
        rows = relation.related_model._base_manager.filter(**{f"{column}__in": wanted}).order_by()
        for pk in rows.values_list(relation.field.attname, flat=True).distinct():
            found[pk].append(str(relation.related_model._meta.verbose_name))
    accounts = Account.objects.filter(inspection_object_id__in=wanted).order_by()
    for pk in accounts.values_list("inspection_object_id", flat=True).distinct():
        if pk is not None:
            found[pk].append(str(Account._meta.verbose_name))
    return found


def _restore(things: Sequence[InspectionObject], written_at: datetime, origin: states.Origin) -> None:
    ids = [t.pk for t in things]
    for model in (ObjectVersion, ObjectRole, Listing):
        _believe_again(model, ids, written_at, origin.at)
    believed = states.believed(things, origin.at)
    today = timezone.localdate(origin.at)
    for thing in things:
        known = [states.state_of(row) for row in believed[thing.pk]]
        states.put_on(thing, states.present(known, today), origin.at)
    many.update(things, PRESENT)
    words.refresh_words(ids)


def _believe_again(model: Any, ids: Sequence[int], written_at: datetime, at: datetime) -> None:
    """Close what the batch wrote, and add again what it closed. A row that it closed stays closed: it was."""
    rows = model.objects.filter(inspection_object__in=ids)
    copies = []
    for row in rows.filter(superseded_at=written_at).exclude(recorded_at=written_at).order_by("pk"):
        values = {f.attname: getattr(row, f.attname) for f in model._meta.concrete_fields if not f.primary_key}
        copies.append(model(**values | {"recorded_at": at, "superseded_at": None}))
    rows.filter(recorded_at=written_at, superseded_at=None).update(superseded_at=at)
    many.insert(copies)
