"""The sealed parts of imports under the present key: originals in the evidence store, and personal values in rows.

`PersonalField`s are found by themselves when the secret key changes; what lies in files and in JSON is not, so it is
said here. Done again it changes nothing; interrupted, it is simply run again.
"""

from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from sanjian.base.evidence.services import evidence_store
from sanjian.base.identity import personal
from sanjian.base.registry.models import ImportBatch, ImportRow

from .columns import SPECS
from .lines import bound_to
from .sealed import BOUND_TO, seal, unseal
from .spec import Spec

_AT_ONCE = 500


def reseal_all() -> int:
    """Seal everything anew that the present key alone does not open; returns how many files and rows were.

    Raises:
        Unreadable: something opens under none of the keys; what came before it is done and stays done.
        LakeFull, NotStored: the disk refused.
    """
    return _files() + sum(_rows(spec) for spec in SPECS.values() if _personal(spec))


def _files() -> int:
    """A file sealed anew has another hash; the old bytes stay where they are, readable by the old key alone."""
    done = 0
    for batch in ImportBatch.objects.exclude(file_sha256="").select_related("actor").iterator(chunk_size=_AT_ONCE):
        try:
            stored = evidence_store().get(batch.file_sha256).decode()
        except FileNotFoundError:  # thrown away at the end of its retention: nothing to save
            continue
        if personal.opens_under(settings.SECRET_KEY, stored, BOUND_TO):
            continue
        content = unseal(batch.file_sha256)
        fresh = seal(content, name=batch.file_name, by=batch.actor, at=timezone.now())
        done += ImportBatch.objects.filter(pk=batch.pk, file_sha256=batch.file_sha256).update(file_sha256=fresh)
    return done


def _rows(spec: Spec) -> int:
    done, last = 0, 0
    waiting = ImportRow.objects.filter(batch__register=spec.register).order_by("pk")
    while rows := list(waiting.filter(pk__gt=last)[:_AT_ONCE]):
        stale = [row for row in rows if _renew(spec, row)]
        with transaction.atomic():
            ImportRow.objects.bulk_update(stale, ["values", "changes"])
        done, last = done + len(stale), rows[-1].pk
    return done


def _renew(spec: Spec, row: ImportRow) -> bool:
    """Seal a row's personal values anew, in memory; whether any was stale."""
    is_stale = False
    for name in _personal(spec):
        sides: list[tuple[Any, Any]] = [(row.values, name)] if name in row.values else []
        sides += [(row.changes[name], at) for at in (0, 1)] if name in row.changes else []
        for holder, place in sides:
            stored = holder[place]
            if stored and not personal.opens_under(settings.SECRET_KEY, stored, bound_to(spec, name)):
                holder[place] = personal.encrypt(personal.decrypt(stored, bound_to(spec, name)), bound_to(spec, name))
                is_stale = True
    return is_stale


def _personal(spec: Spec) -> list[str]:
    return [column.field for column in spec.columns if column.is_personal]
