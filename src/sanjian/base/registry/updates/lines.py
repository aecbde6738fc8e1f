"""A table's lines as values of a register: each cell read by its column, what cannot be read said beside it."""

from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from sanjian.base.identity import personal
from sanjian.base.registry.models import ImportRow

from .cells import CLEAR, CellFault, plain
from .readers import NotReadable, Sheet
from .spec import Column, Spec

PROBLEM_HEAD = "问题"
"""The column that the error file adds; ignored when the corrected file comes back."""


@dataclass(slots=True)
class Line:
    """One line of a file.

    Attributes:
        values: by field; only what was said: a blank cell is left out, CLEAR is "" (or [] or None).
        problems: [field, message]; faults when the outcome is WRONG, remarks otherwise.
        changes: field -> [old, new].
    """

    line_no: int
    values: dict[str, Any]
    problems: list[list[str]] = field(default_factory=list)
    outcome: str = ""
    target_id: int | None = None
    changes: dict[str, list[Any]] = field(default_factory=dict)

    def wrong(self, name: str, said: str) -> None:
        """Say what is wrong with a field; the line will not be written."""
        self.problems.append([name, said])
        self.outcome = ImportRow.Outcome.WRONG

    @property
    def is_wrong(self) -> bool:
        """Whether something is wrong with it."""
        return self.outcome == ImportRow.Outcome.WRONG


def lines_of(spec: Spec, sheet: Sheet, mapping: dict[str, str] | None = None) -> tuple[list[Line], list[str]]:
    """Read every line.

    Args:
        mapping: a source's own field names to ours, tried before the aliases.

    Returns:
        The lines, and the titles that no column has (they are ignored, and the page says so).

    Raises:
        NotReadable: no column says which record a line speaks of, or two columns mean the same.
    """
    titles = [(mapping or {}).get(title, title) for title in sheet.head]
    columns = spec.heads(titles)
    found = [c.field for c in columns if c is not None]
    twice = sorted({name for name in found if found.count(name) > 1})
    if twice:
        heads = "、".join(spec.column(name).head for name in twice)
        raise NotReadable(_("有两列都是“%(heads)s”，请只留一列") % {"heads": heads})
    if not set(found) & set(spec.key):
        heads = "、".join(spec.column(name).head for name in spec.key)
        raise NotReadable(_("找不到能识别记录的列，第一行至少要有：%(heads)s 之一") % {"heads": heads})
    unknown = [t for t, c in zip(sheet.head, columns, strict=True) if c is None and t and plain(t) != PROBLEM_HEAD]
    used = [(at, column) for at, column in enumerate(columns) if column is not None]
    return [_line(spec, used, number, cells) for number, cells in sheet.rows], unknown


def _line(spec: Spec, used: list[tuple[int, Column]], line_no: int, cells: list[Any]) -> Line:
    line = Line(line_no, {})
    for at, column in used:
        cell = cells[at]
        if cell is None or cell == "" or (isinstance(cell, str) and not cell.strip()):
            continue
        if isinstance(cell, str) and cell.strip() == CLEAR:
            line.values[column.field] = _emptied(line, spec, column)
            continue
        try:
            line.values[column.field] = column.parse(cell)
        except CellFault as fault:
            line.wrong(column.field, str(fault))
    if not any(line.values.get(name) for name in spec.key) and not line.is_wrong:
        heads = "、".join(spec.column(name).head for name in spec.key)
        line.wrong(spec.key[0], _("这一行没有填写 %(heads)s，不知道是哪一条记录") % {"heads": heads})
    for name, said in spec.check(line.values):
        line.wrong(name, _(said))
    return line


def _emptied(line: Line, spec: Spec, column: Column) -> Any:
    if column.is_required or column.field in spec.key or not column.can_clear:
        line.wrong(column.field, _("这一项不能清空"))
        return ""
    if column.field in {"roles", "listings", "skills"}:
        return []
    return None if column.field in {"latitude", "longitude", "accuracy_m", "left_on"} else ""


def require(spec: Spec, line: Line) -> None:
    """A new record needs all required fields."""
    for column in spec.columns:
        if column.is_required and line.values.get(column.field) in (None, "") and not _is_said(line, column.field):
            line.wrong(column.field, _("新登记时必须填写"))


def _is_said(line: Line, name: str) -> bool:
    return any(said[0] == name for said in line.problems)


def stored(spec: Spec, values: dict[str, Any]) -> dict[str, Any]:
    """Values as an ImportRow keeps them: dates as text, personal ones encrypted."""
    kept: dict[str, Any] = {}
    hidden = {c.field for c in spec.columns if c.is_personal}
    for name, value in values.items():
        if name in hidden:
            kept[name] = personal.encrypt(str(value), bound_to(spec, name))
        else:
            kept[name] = value.isoformat() if isinstance(value, date) else value
    return kept


def opened(spec: Spec, kept: dict[str, Any]) -> dict[str, Any]:
    """The values of an ImportRow as they were read.

    Raises:
        Unreadable: another installation's key.
    """
    values: dict[str, Any] = {}
    columns = {c.field: c for c in spec.columns}
    for name, value in kept.items():
        if columns[name].is_personal:
            values[name] = personal.decrypt(value, bound_to(spec, name))
        else:
            values[name] = value if value in (None, "", []) else columns[name].parse(value)
    return values


def bound_to(spec: Spec, name: str) -> str:
    """What a personal value of a row is sealed to."""
    return f"registry.importrow.{spec.register}.{name}"


def sealed_change(spec: Spec, name: str, value: Any) -> Any:
    """One side of a change as an ImportRow keeps it."""
    return stored(spec, {name: value})[name] if value not in (None, "") else value


def opened_change(spec: Spec, name: str, value: Any) -> Any:
    """One side of a change as it was; inverse of `sealed_change`."""
    return opened(spec, {name: value})[name] if value not in (None, "") else value
