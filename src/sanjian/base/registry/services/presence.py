"""What the worker does for the registry: bring what was recorded for a later day into the present row when it comes."""

from datetime import datetime

from django.db import transaction
from django.db.models import F, Q
from django.utils import timezone

from sanjian.base.identity import audit

from .. import many, words
from ..models import InspectionObject, ObjectVersion
from . import states
from .bulk import CHUNK, PRESENT


def bring_into_present(now: datetime) -> int:
    """Objects whose state of today is not the one in their present row take it over. Returns how many.

    Harmless when two workers do it at once: both would write the same.
    """
    today = timezone.localdate(now)
    due = ObjectVersion.objects.as_of(today).filter(inspection_object__survivor=None)
    due = due.filter(Q(inspection_object__present_since=None) | ~Q(inspection_object__present_since=F("valid_from")))
    ids = list(due.order_by().values_list("inspection_object", flat=True))
    for start in range(0, len(ids), CHUNK):
        _bring(ids[start : start + CHUNK], now)
    return len(ids)


@transaction.atomic
def _bring(ids: list[int], now: datetime) -> None:
    things = list(InspectionObject.objects.select_for_update().filter(pk__in=ids).order_by("pk"))
    believed = states.believed(things, now)
    for thing in things:
        known = [states.state_of(row) for row in believed[thing.pk]]
        states.put_on(thing, states.present(known, timezone.localdate(now)), now)
    many.update(things, PRESENT)
    words.refresh_words(ids)
    audit.record(
        "object.bring_into_present", actor=None, kind="inspection_object", at=now, details={"objects": len(ids)},
        record_id=ids[0] if len(ids) == 1 else "many",
    )  # fmt: skip


def find_words(_now: datetime) -> int:
    """Objects that were registered past the services, as before there was a search, become findable."""
    bare = InspectionObject.objects.standing().filter(words=None).order_by("pk")
    return words.refresh_words(bare.values_list("pk", flat=True)[:CHUNK])
