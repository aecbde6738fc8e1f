"""Workbooks that people fill in: the template of a register, and the lines of a batch that have to be corrected.

Codes are written as text, so that the spreadsheet keeps their zeros and last digits, and a text that begins with "="
stays a text.
"""

import io
from typing import Any

import xlsxwriter
from django.utils.translation import gettext as _

from sanjian.base.registry.models import ImportBatch, ImportRow

from .cells import CLEAR, plain, presentable
from .columns import SPECS
from .lines import PROBLEM_HEAD
from .readers import read
from .sealed import unseal
from .spec import Column

MEDIA_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_DROP_DOWN_ROWS = 5000


def template_of(register: str) -> bytes:
    """An empty workbook of a register: titles, drop-downs, one sample line, and a sheet of notes."""
    spec = SPECS[register]
    columns = [c for c in spec.columns if c.field != "id"]
    buffer = io.BytesIO()
    with xlsxwriter.Workbook(buffer, {"in_memory": True, "strings_to_formulas": False}) as book:
        sheet, notes = book.add_worksheet(_("填写")), book.add_worksheet(_("说明"))
        head = book.add_format({"bold": True, "bg_color": "#E6F1EF", "border": 1})
        needed = book.add_format({"bold": True, "bg_color": "#F7E7D3", "border": 1})
        text = book.add_format({"num_format": "@"})
        for at, column in enumerate(columns):
            sheet.write_string(0, at, column.head, needed if column.is_required else head)
            sheet.set_column(at, at, max(12, len(column.head) * 2 + 2, len(column.sample) + 2), text)
            sheet.write_string(1, at, column.sample, text)
            if column.choices:
                sheet.data_validation(1, at, _DROP_DOWN_ROWS, at, {"validate": "list", "source": list(column.choices)})
        sheet.freeze_panes(1, 0)
        _write_notes(notes, columns, head)
    return buffer.getvalue()


def _write_notes(notes: Any, columns: list[Column], head: Any) -> None:
    for at, title in enumerate((_("列"), _("必填"), _("可填的值"), _("说明"))):
        notes.write_string(0, at, title, head)
    for line, column in enumerate(columns, 1):
        for at, said in enumerate(
            (column.head, _("是") if column.is_required else "", "、".join(column.choices), column.note)
        ):
            notes.write_string(line, at, said)
    for extra, said in enumerate(
        (
            _("第 2 行是示例，请删去或改写。空白格不改动已登记的内容；填“%(clear)s”则清空。") % {"clear": CLEAR},
            _("代码列请保持文本格式，否则表格会丢失末几位或前面的零。"),
            _("列的次序不限；多余的列不读取。"),
        ),
        len(columns) + 2,
    ):
        notes.write_string(extra, 0, said)
    notes.set_column(0, 0, 18)
    notes.set_column(2, 3, 48)


def rows_to_correct(batch: ImportBatch) -> bytes:
    """The lines of a batch that are wrong or doubtful, as they were sent, with what is wrong beside them.

    Correct them and send the workbook again: the added column is ignored.

    Raises:
        FileNotFoundError, Tampered, Unreadable: the original is gone, changed, or sealed by another key.
    """
    spec = SPECS[batch.register]
    heads = {c.field: c.head for c in spec.columns}
    waiting = batch.rows.filter(outcome__in=(ImportRow.Outcome.WRONG, ImportRow.Outcome.DOUBTFUL)).order_by("line_no")
    said = {
        line_no: "；".join(f"{heads[name]}：{why}" if name in heads else why for name, why in problems)
        for line_no, problems in waiting.values_list("line_no", "problems")
    }
    sheet = read(unseal(batch.file_sha256))
    kept = [at for at, title in enumerate(sheet.head) if title and title != PROBLEM_HEAD]
    mapping: dict[str, str] = batch.source.columns
    buffer = io.BytesIO()
    with xlsxwriter.Workbook(
        buffer, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    ) as book:
        page = book.add_worksheet(_("待更正"))
        text = book.add_format({"num_format": "@"})
        wrong = book.add_format({"font_color": "#B4232C", "text_wrap": True})
        page.set_column(0, len(kept), 18, text)
        page.set_column(len(kept), len(kept), 60, wrong)
        for column, at in enumerate(kept):
            title = presentable(sheet.head[at])
            page.write_string(0, column, heads.get(mapping.get(title, ""), title))
        page.write_string(0, len(kept), PROBLEM_HEAD)
        line = 0
        for line_no, cells in sheet.rows:
            if line_no in said:
                line += 1
                for column, at in enumerate(kept):
                    page.write_string(line, column, _as_written(cells[at]), text)
                page.write_string(line, len(kept), said[line_no], wrong)
        page.freeze_panes(1, 0)
    return buffer.getvalue()


def _as_written(cell: Any) -> str:
    return presentable("、".join(map(str, cell)) if isinstance(cell, list) else plain(cell))
