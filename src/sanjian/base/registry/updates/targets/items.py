"""Inspection items, from files. The library is the whole city's: only its keepers import it."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db.models import ProtectedError
from django.utils.translation import gettext as _

from sanjian.base.identity.models import Account
from sanjian.base.registry.models import ImportBatch, InspectionItem, LegalBasis
from sanjian.base.registry.services import items as services

from ..columns import ITEMS
from ..lines import Line
from .contract import Scope, Undo
from .keyed import Keyed, Present

_BASES = ("duty_basis", "power_basis", "penalty_basis")
_PLAIN = (
    "name", "domain", "standard", "method", "remote_sufficient", "evidence", "yearly_cap", "joint_theme",
    "is_undisturbed", "published_url",
)  # fmt: skip


class Items(Keyed):
    """By code."""

    spec = ITEMS
    key = "code"

    def __init__(self) -> None:
        self._bases: set[str] = set()

    def present(self, keys: Iterable[str]) -> dict[str, Present]:
        """See `Keyed`."""
        self._bases = set(LegalBasis.objects.values_list("code", flat=True))
        found = InspectionItem.objects.filter(code__in=list(keys)).select_related(*_BASES)
        return {i.code: Present(i.pk, _values(i), None) for i in found}

    def resolve(self, line: Line, scope: Scope) -> str | None:
        """See `Keyed`."""
        if scope.actor is None or not services.keeps_library(scope.actor):
            line.wrong("code", _("事项库由市级监管人员维护"))
        for name in _BASES:
            given = line.values.get(name)
            if given and given not in self._bases:
                line.wrong(name, _("没有编码为“%(code)s”的法律依据，请先登记") % {"code": given})
        return scope.district

    def create(self, values: dict[str, Any], batch: ImportBatch, at: datetime) -> int:
        """See `Keyed`. A new item is a draft until its questions are written and a person publishes it."""
        if batch.actor is None:
            raise services.NotTheirs(_("事项库由市级监管人员维护"))
        item = services.add_item(_own(values) | {"code": values["code"]}, actor=batch.actor, at=at, reason=str(batch))
        return item.pk

    def change(self, record_id: int, values: dict[str, Any], batch: ImportBatch, at: datetime) -> None:
        """See `Keyed`."""
        _change(record_id, values, batch.actor, at, str(batch))

    def restore(self, record_id: int, values: dict[str, Any], _batch: ImportBatch, undo: Undo) -> None:
        """See `Keyed`: one more version that says what the former said."""
        _change(record_id, values, undo.actor, undo.at, undo.reason)

    def remove(self, record_id: int) -> str | None:
        """See `Keyed`."""
        item = InspectionItem.objects.filter(pk=record_id).first()
        if item is None:
            return _("记录已不存在")
        if item.questions.exists() or item.claims.exists() or item.is_published:
            return _("已有检查问题、认领或已公布，不能删除")
        try:
            item.delete()
        except ProtectedError:
            return _("已有其他记录引用，不能删除")
        return None


def _change(record_id: int, values: dict[str, Any], actor: Account | None, at: datetime, reason: str) -> None:
    if actor is None:
        raise services.NotTheirs(_("事项库由市级监管人员维护"))
    item = InspectionItem.objects.get(pk=record_id)
    services.change_item(item, _own(values), actor=actor, at=at, reason=reason, seen_version=item.version)
    if values.get("is_published") in (True, False):
        services.set_published(item, values["is_published"], actor=actor, at=at, reason=reason)


def _values(item: InspectionItem) -> dict[str, Any]:
    values: dict[str, Any] = {name: getattr(item, name) for name in (*_PLAIN, "is_published")}
    for name in _BASES:
        basis = getattr(item, name)
        values[name] = basis.code if basis else ""
    return values


def _own(values: dict[str, Any]) -> dict[str, Any]:
    own: dict[str, Any] = {name: values[name] for name in _PLAIN if name in values}
    for name in _BASES:
        if name in values:
            own[name] = LegalBasis.objects.filter(code=values[name]).first() if values[name] else None
    return own
