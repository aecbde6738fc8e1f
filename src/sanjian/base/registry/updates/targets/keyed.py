"""Registers whose records are known by one code: officers by staff number, instruments by asset number, items by code.

Their batches are hundreds of lines, so that each is written by itself; objects, which come by the ten thousand, are
not.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from sanjian.base.registry.models import Body, ImportBatch, ImportRow
from sanjian.base.registry.services.errors import RegistryError
from sanjian.base.registry.services.items import ItemError

from ..lines import Line, opened, opened_change, require, sealed_change
from ..spec import Spec
from .contract import Scope, Undo, Undone


@dataclass(frozen=True)
class Present:
    """A record as it stands, in the shape of a line's values. `district` None belongs to no district."""

    id: int
    values: dict[str, Any]
    district: str | None


class Keyed:
    """What these registers share; a register fills in how records are loaded and saved."""

    spec: Spec
    key: str

    def present(self, keys: Iterable[str]) -> dict[str, Present]:
        """The records of these codes."""
        raise NotImplementedError

    def resolve(self, line: Line, scope: Scope) -> str | None:
        """Check what a line points to; returns the district it would lie in, None for none."""
        raise NotImplementedError

    def create(self, values: dict[str, Any], batch: ImportBatch, at: datetime) -> int:
        """Register a new record; returns its id."""
        raise NotImplementedError

    def change(self, record_id: int, values: dict[str, Any], batch: ImportBatch, at: datetime) -> None:
        """Write these fields of a record."""
        raise NotImplementedError

    def remove(self, record_id: int) -> str | None:
        """Remove a record that a batch created; returns why not."""
        raise NotImplementedError

    def restore(self, record_id: int, values: dict[str, Any], batch: ImportBatch, undo: Undo) -> None:
        """Write former values back."""
        raise NotImplementedError

    def judge(self, lines: Sequence[Line], scope: Scope) -> None:
        """See `Target`."""
        first_line: dict[str, int] = {}
        known = self.present({line.values[self.key] for line in lines if line.values.get(self.key)})
        for line in lines:
            code = line.values.get(self.key)
            if code in first_line:
                line.wrong(self.key, _("与第 %(line)d 行重复") % {"line": first_line[code]})
            elif code:
                first_line[code] = line.line_no
            self._judge_one(line, known.get(code) if code else None, scope)

    def _judge_one(self, line: Line, found: Present | None, scope: Scope) -> None:
        district = self.resolve(line, scope)
        is_outside = not scope.covers(district or "") and (found is None or "body" in line.values)
        if is_outside or (found is not None and not scope.covers(found.district or "")):
            line.wrong(self.key, _("不在您的辖区，不能由您登记或修改"))
        if found is None:
            require(self.spec, line)
            if not line.is_wrong:
                line.outcome = ImportRow.Outcome.NEW
            return
        line.target_id = found.id
        for name, value in line.values.items():
            if name != self.key and not _same(found.values.get(name), value):
                line.changes[name] = [sealed_change(self.spec, name, v) for v in (found.values.get(name), value)]
        if not line.is_wrong:
            line.outcome = ImportRow.Outcome.CHANGED if line.changes else ImportRow.Outcome.SAME

    def write(self, batch: ImportBatch, rows: Sequence[ImportRow], at: datetime) -> None:
        """See `Target`."""
        for row in rows:
            try:
                with transaction.atomic():  # a line that is refused leaves its neighbours as they are
                    self._write_one(row, batch, at)
            except (RegistryError, ItemError) as refused:
                row.outcome, row.problems = ImportRow.Outcome.WRONG, [*row.problems, [self.key, str(refused)]]

    def _write_one(self, row: ImportRow, batch: ImportBatch, at: datetime) -> None:
        values = opened(self.spec, row.values)
        if row.outcome == ImportRow.Outcome.NEW:
            row.target_id = self.create(values, batch, at)
        elif row.target_id is not None:
            self.change(row.target_id, {name: values[name] for name in row.changes}, batch, at)

    def undo(self, batch: ImportBatch, rows: Sequence[ImportRow], undo: Undo) -> Undone:
        """See `Target`. Last written first, so that a record that points to another goes before it."""
        refused: list[tuple[int, str]] = []
        restored = 0
        for row in rows:
            try:
                with transaction.atomic():
                    why = self._undo_one(row, batch, undo)
            except (RegistryError, ItemError) as error:
                why = str(error)
            if why:
                refused.append((row.line_no, why))
            else:
                restored += 1
        return Undone(restored, refused)

    def _undo_one(self, row: ImportRow, batch: ImportBatch, undo: Undo) -> str | None:
        if row.target_id is None:
            return _("没有写入过")
        if row.outcome == ImportRow.Outcome.NEW:
            return self.remove(row.target_id)
        found = next(iter(self.present([row.values[self.key]]).values()), None)
        if found is None:
            return _("记录已不存在")
        former: dict[str, Any] = {}
        for name, (old, new) in row.changes.items():
            if not _same(found.values.get(name), opened_change(self.spec, name, new)):
                return _("“%(head)s”之后又改过") % {"head": self.spec.column(name).head}
            former[name] = opened_change(self.spec, name, old)
        self.restore(row.target_id, former, batch, undo)
        return None


def _same(old: Any, new: Any) -> bool:
    def plain(value: Any) -> Any:
        if isinstance(value, date):
            return value.isoformat()
        return "" if value is None or value == [] else value

    return bool(plain(old) == plain(new))


def bodies() -> dict[str, Body]:
    """Bodies by code and by full name."""
    found: dict[str, Body] = {}
    for body in Body.objects.all():
        found |= {body.name: body, body.code: body, body.code.lower(): body}
    return found


def resolve_body(line: Line, known: dict[str, Body]) -> Body | None:
    """The body a line names, by code or full name; its value becomes the code."""
    given = line.values.get("body")
    if not given:
        return None
    body = known.get(given) or known.get(given.lower())
    if body is None:
        line.wrong("body", _("没有编码或名称为“%(body)s”的机构，请先登记机构") % {"body": given})
        return None
    line.values["body"] = body.code
    return body
