"""Changing the secret key without losing what is encrypted under the old one."""

from collections.abc import Callable
from typing import Any

from django.apps import apps
from django.conf import settings
from django.db import models, transaction
from django.db.models.expressions import RawSQL
from django.utils import timezone

from . import audit, personal
from .personal import PersonalField

_digested: dict[tuple[str, str], tuple[str, str]] = {}
_elsewhere: dict[str, Callable[[], int]] = {}
BATCH = 500


def keeps_digest(model: str, source: str, target: str, purpose: str) -> None:
    """Say that a column holds the `personal.digest` of an encrypted one: it is made anew with the key.

    Args:
        model: label, e.g. "registry.Officer".
        source, target: the encrypted field and the digest field.
        purpose: what the model passes to `personal.digest`.
    """
    _digested[(model.lower(), source)] = (target, purpose)


def also(name: str, reseal: Callable[[], int]) -> None:
    """Have something renewed that is encrypted outside of a `PersonalField`: files, values inside of JSON.

    Args:
        name: what it is, for the figures, e.g. "registry.imports".
        reseal: seals anew what the present key alone does not open, and returns how much that was.
    """
    _elsewhere[name] = reseal


def reencrypt_all() -> dict[str, int]:
    """Encrypt every personal value under the present key, and make its digest anew. Doing it again changes nothing
    that a person could see; interrupted, it is simply run again, because either key opens.

    Returns:
        How many values were written, by "app.model.field" or by what `also` calls it.

    Raises:
        personal.Unreadable: a value opens under none of the keys; what came before it is done and stays done.
    """
    counts: dict[str, int] = {}
    for model in apps.get_models():
        fields = [f for f in model._meta.local_fields if isinstance(f, PersonalField)]
        if fields and not model._meta.proxy:
            for field in fields:
                counts[field.bound_to()] = _column(model, field)
    counts |= {name: reseal() for name, reseal in _elsewhere.items()}
    audit.record(
        "personal.reencrypt", actor=None, kind="installation", record_id="", at=timezone.now(),
        details={k: n for k, n in counts.items() if n},
    )  # fmt: skip
    return counts


def _column(model: type[models.Model], field: PersonalField) -> int:
    rows = model._base_manager.exclude(**{f"{field.name}__isnull": True})
    done, last = 0, None
    while True:
        batch = rows.order_by("pk") if last is None else rows.filter(pk__gt=last).order_by("pk")
        values = list(batch.values_list("pk", field.name)[:BATCH])
        if not values:
            return done
        with transaction.atomic():
            for pk, clear in values:
                if clear:
                    model._base_manager.filter(pk=pk).update(**_fresh(model, field, clear))
                    done += 1
        last = values[-1][0]


def _fresh(model: type[models.Model], field: PersonalField, clear: str) -> dict[str, Any]:
    target, purpose = _digested.get((model._meta.label_lower, field.name), ("", ""))
    return {field.name: clear} | ({target: personal.digest(clear, purpose)} if target else {})


def stale_values() -> int:
    """How many values the present key alone does not open: 0 says that the old keys can go."""
    stale = 0
    for model in apps.get_models():
        for field in model._meta.local_fields:
            if isinstance(field, PersonalField) and not model._meta.proxy:
                column = f'"{model._meta.db_table}"."{field.column}"'
                raw = model._base_manager.annotate(sealed=RawSQL(column, (), models.TextField()))  # noqa: S611
                values = raw.exclude(sealed=None).exclude(sealed="").values_list("sealed", flat=True)
                stale += sum(not _opens_now(text, field.bound_to()) for text in values.iterator(chunk_size=2000))
    return stale


def _opens_now(stored: str, bound_to: str) -> bool:
    return personal.opens_under(settings.SECRET_KEY, stored, bound_to)
