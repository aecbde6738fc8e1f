"""Reading a table: xlsx, CSV or JSON bytes become a head and numbered lines, or one error that says what to do.

Nothing is parsed before its size is known: a workbook is a zip archive, and a small archive may hold gigabytes.
"""

import csv
import io
import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import python_calamine
from django.utils.translation import gettext as _

from . import archives
from .cells import plain

MOST_BYTES = 20 * 1024 * 1024
MOST_UNPACKED_BYTES = 400 * 1024 * 1024
"""A workbook of 200,000 objects unpacks to about 150 MB; more is not a table for people (our choice)."""
MOST_ROWS = 200_000
MOST_COLUMNS = 200
MOST_CELLS = 16_000_000
"""Laid out in memory a cell takes about 32 bytes; twice what 200,000 objects need (our choice)."""
_ENCODINGS = ("utf-8-sig", "gb18030")


class NotReadable(ValueError):
    """A file that is no table we can read; the message is for the person who sent it."""


@dataclass(frozen=True, slots=True)
class Sheet:
    """A table as it was sent. `rows` are (line number in the file from 1, cells in the order of `head`)."""

    head: list[str]
    rows: list[tuple[int, list[Any]]]


def read(content: bytes) -> Sheet:
    """Read a table by what it is, not by what it is called.

    Raises:
        NotReadable: too large, no table, a damaged file, an unknown encoding.
    """
    if len(content) > MOST_BYTES:
        raise NotReadable(_("文件超过 %(mb)d MB，请分成几个文件") % {"mb": MOST_BYTES // 1024 // 1024})
    if not content.strip():
        raise NotReadable(_("文件是空的"))
    if content[:2] == b"PK":
        return _headed(_workbook(content))
    if content[:8] == b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1":
        raise NotReadable(_("这是旧版 .xls 文件或加了密码的工作簿：请另存为不加密的 .xlsx"))
    written = _decoded(content)
    if written.lstrip()[:1] in {"[", "{"}:
        return from_records(_records(written))
    return _headed(_csv(written))


def from_records(records: list[Any]) -> Sheet:
    """Objects with named fields as a table; the head is every name that occurs, in order of appearance.

    Raises:
        NotReadable: not objects, or too many.
    """
    if len(records) > MOST_ROWS:
        raise NotReadable(_too_many())
    if not all(isinstance(record, dict) for record in records):
        raise NotReadable(_("JSON 应为对象的数组：[{…}, {…}]"))
    head = list(dict.fromkeys(str(key) for record in records for key in record))
    if len(head) > MOST_COLUMNS:
        raise NotReadable(_("列太多：最多 %(n)d 列") % {"n": MOST_COLUMNS})
    return Sheet(head, [(n, [record.get(key) for key in head]) for n, record in enumerate(records, 1)])


def _workbook(content: bytes) -> Iterator[list[Any]]:
    _ensure_moderate(content)
    try:
        book = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(content))
        if not book.sheet_names:
            raise NotReadable(_("工作簿里没有工作表"))
        sheet = book.get_sheet_by_index(0)
    except (python_calamine.CalamineError, OSError, ValueError) as error:
        raise NotReadable(_("工作簿打不开：请确认它是没有密码的 .xlsx")) from error
    last_row, last_column = sheet.end or (0, 0)  # from 0
    if last_row > MOST_ROWS:
        raise NotReadable(_too_many())
    if last_column >= MOST_COLUMNS:
        raise NotReadable(_("列太多：最多 %(n)d 列") % {"n": MOST_COLUMNS})
    for _row in range(sheet.start[0] if sheet.start else 0):
        yield []  # rows above the first used one: lines keep the numbers that the person sees
    yield from sheet.to_python(skip_empty_area=True)


def _ensure_moderate(content: bytes) -> None:
    try:
        found = archives.extent(content, MOST_UNPACKED_BYTES)
    except archives.Damaged as error:
        raise NotReadable(_("工作簿已损坏，打不开：请重新另存为 .xlsx 再上传")) from error
    if found.unpacked_bytes > MOST_UNPACKED_BYTES:
        raise NotReadable(_("工作簿解压后过大（超过 %(mb)d MB），已拒绝") % {"mb": MOST_UNPACKED_BYTES // 1024 // 1024})
    if found.rows > MOST_ROWS + 1:
        raise NotReadable(_too_many())
    if found.columns > MOST_COLUMNS:
        raise NotReadable(_("列太多：最多 %(n)d 列") % {"n": MOST_COLUMNS})
    if found.rows * found.columns > MOST_CELLS:
        raise NotReadable(_("表格过大：%(rows)d 行 %(columns)d 列，请分成几个文件，并去掉用不到的列")
                          % {"rows": found.rows, "columns": found.columns})  # fmt: skip


def _decoded(content: bytes) -> str:
    """Strictly: a byte that does not belong means another encoding, never a replacement character in a name."""
    if content[:2] in {b"\xff\xfe", b"\xfe\xff"}:
        encodings: tuple[str, ...] = ("utf-16",)
    else:
        encodings = _ENCODINGS
    for encoding in encodings:
        try:
            written = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\x00" in written:
            break
        return written
    raise NotReadable(_("认不出文件的编码：请存为 UTF-8 或 GBK 的 CSV、xlsx 或 JSON"))


def _csv(written: str) -> Iterator[list[str]]:
    first = written.lstrip("\n\r").split("\n", 1)[0]
    delimiter = max(",\t;|，", key=first.count) if any(d in first for d in ",\t;|，") else ","
    lines = csv.reader(io.StringIO(written, newline=""), delimiter=delimiter, strict=False)
    try:
        for count, cells in enumerate(lines):
            if count > MOST_ROWS:
                raise NotReadable(_too_many())
            if len(cells) > MOST_COLUMNS:
                raise NotReadable(_("列太多：最多 %(n)d 列") % {"n": MOST_COLUMNS})
            yield cells
    except csv.Error as error:
        raise NotReadable(_("CSV 第 %(line)d 行读不下去：%(why)s") % {"line": lines.line_num, "why": error}) from error


def _records(written: str) -> list[Any]:
    try:
        found = json.loads(written)
    except (ValueError, RecursionError) as error:
        raise NotReadable(_("JSON 格式有误：%(why)s") % {"why": error}) from error
    if isinstance(found, dict):
        found = next((found[key] for key in ("rows", "data", "items") if isinstance(found.get(key), list)), None)
    if not isinstance(found, list):
        raise NotReadable(_('JSON 应为对象的数组，或 {"rows": [...]}'))
    return found


def _headed(lines: Iterator[list[Any]]) -> Sheet:
    """The first line with anything in it is the head; lines with nothing in them are left out."""
    head: list[str] = []
    rows: list[tuple[int, list[Any]]] = []
    for line_no, cells in enumerate(lines, 1):
        if not any(cell not in ("", None) and str(cell).strip() for cell in cells):
            continue
        if not head:
            head = [plain(cell) for cell in cells]
            continue
        rows.append((line_no, cells[: len(head)] + [None] * (len(head) - len(cells))))
    if not head:
        raise NotReadable(_("文件里没有内容"))
    return Sheet(head, rows)


def _too_many() -> str:
    return _("超过 %(n)d 行，请分成几个文件") % {"n": MOST_ROWS}
