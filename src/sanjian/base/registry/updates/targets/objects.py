"""Inspection objects from files: found by code, held against what is registered, written with their history."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from sanjian.base.registry.models import ImportBatch, ImportRow, InspectionObject, Match
from sanjian.base.registry.rules import matching
from sanjian.base.registry.services.bulk import ObjectWrite, write_objects
from sanjian.base.registry.services.checking import FACT_FIELDS, check_values
from sanjian.base.registry.services.errors import RegistryError
from sanjian.base.registry.services.taking_back import undo_writes

from ..candidates import CANDIDATE_FIELDS, candidate
from ..columns import OBJECTS
from ..lines import Line, opened, require
from . import attached, object_index
from .contract import Scope, Undo, Undone
from .object_index import ObjectIndex, in_parts

_FACTS = frozenset(FACT_FIELDS)
_POSITION = ("latitude", "longitude", "datum")
DOUBT = matching.PROPOSE
"""From this likeness on a new line is held back for a person (our choice; see `rules.matching`)."""


class Objects:
    """By id, credit code and site, former code, or name and district."""

    def judge(self, lines: Sequence[Line], scope: Scope) -> None:
        """See `Target`."""
        for line in lines:
            _resolve_district(line, scope)
        index = object_index.load(lines, scope)
        _refuse_repeats(lines)
        fresh: list[Line] = []
        for line in lines:
            target = index.target(line)
            if target is None:
                _judge_new(line, scope)
                if not line.is_wrong:
                    fresh.append(line)
            else:
                _judge_known(line, target, index, scope)
        _keep_trusted([line for line in lines if line.outcome == ImportRow.Outcome.CHANGED], scope)
        _compare_attached(lines)
        _doubt(fresh, scope)

    def decide(self, row: ImportRow, is_same: bool, scope: Scope) -> None:
        """Settle a doubtful row: it is the object it looks like, or a new one. The row is changed, not saved."""
        values = opened(OBJECTS, row.values)
        line = Line(row.line_no, values | ({"id": row.target_id} if is_same else {}))
        if is_same:
            _judge_known(line, row.target_id or 0, object_index.load([line], scope), scope)
            _keep_trusted([line], scope)
            _compare_attached([line])
        else:
            _judge_new(line, scope)
        row.outcome, row.problems, row.changes = line.outcome, line.problems, line.changes
        row.target_id = line.target_id

    def write(self, batch: ImportBatch, rows: Sequence[ImportRow], at: datetime) -> None:
        """See `Target`. One line that the register refuses does not stop the others: the halves are tried apart."""
        if not rows:
            return
        writes = [_write_of(row, batch) for row in rows]
        try:
            with transaction.atomic():
                counts = write_objects(
                    writes, actor=batch.actor, at=at, data_source=batch.source, reason=_reason(batch)
                )
                for row, pk in zip(rows, counts.ids, strict=True):
                    row.target_id = pk
                attached.write(batch, rows, at)
        except RegistryError as refused:
            if len(rows) == 1:
                rows[0].outcome = ImportRow.Outcome.WRONG
                rows[0].problems = [*rows[0].problems, ["refused", _("写入时被拒绝：%(why)s") % {"why": refused}]]
                return
            middle = len(rows) // 2
            self.write(batch, rows[:middle], at)
            self.write(batch, rows[middle:], at)
            return

    def undo(self, batch: ImportBatch, rows: Sequence[ImportRow], undo: Undo) -> Undone:
        """See `Target`. An object that stays keeps its contact and its permit: what was refused is tried no more."""
        refused = attached.changed_since(batch, rows)
        restored = 0
        while rest := [row for row in rows if row.target_id is not None and row.line_no not in refused]:
            mark = transaction.savepoint()
            attached.take_back(batch, rest, undo)
            restored, staying = _objects_back(batch, rest, undo)
            if not staying:
                transaction.savepoint_commit(mark)
                break
            transaction.savepoint_rollback(mark)
            restored, refused = 0, refused | staying
        return Undone(restored, sorted(refused.items()))


def _objects_back(batch: ImportBatch, rows: Sequence[ImportRow], undo: Undo) -> tuple[int, dict[int, str]]:
    """How many were taken back, and by line number why others cannot be."""
    line_of = {row.target_id: row.line_no for row in rows if row.target_id is not None}
    for some in in_parts(sorted(line_of)):  # an open proposal is no reason to keep an object: it is found again
        Match.objects.filter(Q(first__in=some) | Q(second__in=some), state=Match.State.OPEN).delete()
    done = undo_writes(
        sorted(line_of), written_at=batch.handled_at or undo.at, data_source=batch.source, actor=undo.actor,
        at=undo.at, reason=undo.reason,
    )  # fmt: skip
    return done.restored + done.removed, {line_of[pk]: why for pk, why in done.refused.items()}


def _reason(batch: ImportBatch) -> str:
    return _("导入 %(n)s：%(file)s") % {"n": batch.pk, "file": batch.file_name[:120]}


def _write_of(row: ImportRow, batch: ImportBatch) -> ObjectWrite:
    """What a row asks of the register: all of a new one, of a changed one only what changes.

    A position goes whole, as it was given: the register converts GCJ-02, and half a position is none.
    """
    values = opened(OBJECTS, row.values)
    facts = {name: value for name, value in values.items() if name in _FACTS}
    held = {name: frozenset(values[name]) if name in values else None for name in ("roles", "listings")}
    cleaned = check_values(facts, partial=True).values
    if row.outcome != ImportRow.Outcome.NEW:
        wanted = set(row.changes)
        if wanted & {"latitude", "longitude"}:
            wanted |= set(_POSITION)
        cleaned = {name: value for name, value in cleaned.items() if name in wanted}
        held = {name: value if name in wanted else None for name, value in held.items()}
    target = None if row.outcome == ImportRow.Outcome.NEW else row.target_id
    return ObjectWrite(target, cleaned, batch.valid_from, held["roles"], held["listings"])


def _resolve_district(line: Line, scope: Scope) -> None:
    given = line.values.get("district_id")
    if given is None:
        return
    code = scope.districts.get(given) or scope.districts.get(str(given).removeprefix("上海市"))
    if code is None:
        line.wrong("district_id", _("没有名为“%(name)s”的行政区") % {"name": given})
        del line.values["district_id"]  # said once is enough
    else:
        line.values["district_id"] = code


def _refuse_repeats(lines: Sequence[Line]) -> None:
    first: dict[tuple[Any, ...], int] = {}
    for line in lines:
        given = line.values
        if given.get("id"):
            key: tuple[Any, ...] = ("id", given["id"])
        elif given.get("credit_code"):
            key = ("credit_code", given["credit_code"], given.get("site_no", ""))
        elif given.get("former_code"):
            key = ("former_code", given["former_code"])
        else:
            key = ("name", given.get("name"), given.get("district_id"), given.get("address"))
        if key in first:
            line.wrong(str(key[0]), _("与第 %(line)d 行重复") % {"line": first[key]})
        else:
            first[key] = line.line_no


def _judge_new(line: Line, scope: Scope) -> None:
    require(OBJECTS, line)
    _check(line)
    attached.check(line, line.values.get("credit_code"))
    if not scope.covers(line.values.get("district_id", "")) and "district_id" in line.values:
        line.wrong("district_id", _("不在您的辖区，不能由您登记"))
    if not line.is_wrong:
        line.outcome = ImportRow.Outcome.NEW


def _judge_known(line: Line, target: int, index: ObjectIndex, scope: Scope) -> None:
    present = index.values.get(target)
    if present is None or not scope.covers(present["district_id"]):
        line.wrong("credit_code", _("这个对象不由您的辖区登记，请与市级核对代码"))
        return
    line.target_id = target
    if not scope.covers(line.values.get("district_id", present["district_id"])):
        line.wrong("district_id", _("改到其他辖区须由市级办理"))
    taken = [pk for pk in index.by_code.get(line.values.get("credit_code") or "", []) if pk != target]
    if any(index.values[pk]["site_no"] == line.values.get("site_no", present["site_no"]) for pk in taken):
        line.wrong("credit_code", _("这个代码已登记给另一个对象"))
    checked = _check(line)
    attached.check(line, line.values.get("credit_code") or present["credit_code"])
    for name, value in checked.items():
        if not _same(present.get(name), value):
            line.changes[name] = [present.get(name), value]
    if not line.is_wrong:
        line.outcome = ImportRow.Outcome.CHANGED if line.changes else ImportRow.Outcome.SAME


def _compare_attached(lines: Sequence[Line]) -> None:
    """Contacts and permits of known objects: a line that changes nothing else may change these."""
    attached.compare([line for line in lines if not line.is_wrong])
    for line in lines:
        if line.outcome == ImportRow.Outcome.SAME and line.changes:
            line.outcome = ImportRow.Outcome.CHANGED


def _check(line: Line) -> dict[str, Any]:
    """The register's own checks on top of the cells'; returns the values as they would be kept."""
    facts = {name: value for name, value in line.values.items() if name in _FACTS}
    checked = check_values(facts, partial=True)
    for name, all_said in checked.errors.items():
        for said in all_said:
            line.wrong(name, said)
    line.problems += [[name, said] for name, all_said in checked.warnings.items() for said in all_said]
    return checked.values | {name: line.values[name] for name in ("roles", "listings") if name in line.values}


def _same(old: Any, new: Any) -> bool:
    if isinstance(old, float) and isinstance(new, int | float):
        return abs(old - new) < 1e-6
    return bool((old if old is not None else "") == (new if new is not None else ""))


def _keep_trusted(changed: Sequence[Line], scope: Scope) -> None:
    """What a more trusted source said last stays; the preview says so."""
    by_target = {line.target_id: line for line in changed if line.target_id}
    for pk, found in object_index.origins(by_target):
        line = by_target[pk]
        for name in list(line.changes):
            origin = found.get(name)
            if origin is not None and origin.rank < scope.source.rank:
                old, new = line.changes.pop(name)
                line.problems.append(
                    [name, _("保留现值“%(old)s”，不取“%(new)s”：来源“%(source)s”更可信")
                     % {"old": old, "new": new, "source": origin.name}]
                )  # fmt: skip
        if not line.changes:
            line.outcome = ImportRow.Outcome.SAME


def _doubt(fresh: Sequence[Line], scope: Scope) -> None:
    """Hold back new lines that look like an object that is registered already."""
    if not fresh:
        return
    registered = InspectionObject.objects.standing()
    if scope.district is not None:
        registered = registered.filter(district=scope.district)
    against = [candidate(row) for row in registered.values_list(*CANDIDATE_FIELDS)]
    if not against:
        return
    best: dict[int, tuple[float, int]] = {}
    lines = {line.line_no: line for line in fresh}
    ours = [_as_candidate(line) for line in fresh]
    for one, other, found in matching.likely(ours, against, DOUBT):
        if found.total > best.get(one.id, (0.0, 0))[0]:
            best[one.id] = (found.total, other.id)
            line = lines[one.id]
            line.problems = [said for said in line.problems if said[0] != "match"]
            reasons = "；".join(words for words, _share in found.reasons)
            line.problems.append(
                ["match", _("与已登记的“%(name)s”相似 %(score)d%%：%(reasons)s")
                 % {"name": other.name, "score": round(found.total * 100), "reasons": reasons}]
            )  # fmt: skip
            line.outcome, line.target_id = ImportRow.Outcome.DOUBTFUL, other.id


def _as_candidate(line: Line) -> matching.Candidate:
    given = line.values
    return matching.Candidate(
        line.line_no, given["name"], given.get("credit_code") or "", given.get("site_no") or "",
        given.get("former_code") or "", given.get("address") or "", given.get("latitude"), given.get("longitude"),
    )  # fmt: skip
