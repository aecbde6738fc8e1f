"""Files made to harm, or spoiled by the tools they went through: a clear word, nothing lost, nobody's machine taken."""

import io
import json
import struct
import zipfile
from datetime import date
from io import BytesIO

import openpyxl
import pytest

from sanjian.base.registry.models import ImportBatch
from sanjian.base.registry.tests.cast import Cast
from sanjian.base.registry.updates import archives, cells, readers, sheets
from sanjian.base.registry.updates.cells import CellFault
from sanjian.base.registry.updates.readers import NotReadable, read

from .cast import CODES, csv_of, preview, xlsx_of


def _sheet_with(cells_xml: str) -> bytes:
    """A workbook of openpyxl whose first sheet holds these rows instead."""
    buffer = BytesIO()
    with (
        zipfile.ZipFile(BytesIO(xlsx_of(("x",), head=("名称",)))) as source,
        zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive,
    ):
        for entry in source.infolist():
            content = source.read(entry)
            if entry.filename == "xl/worksheets/sheet1.xml":
                start, end = content.index(b"<sheetData>") + 11, content.index(b"</sheetData>")
                content = content[:start] + cells_xml.encode() + content[end:]
            archive.writestr(entry.filename, content)
    return buffer.getvalue()


def test_an_archive_that_lies_about_its_size_is_measured(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(readers, "MOST_UNPACKED_BYTES", 1_000_000)
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/worksheets/sheet1.xml", b"0" * 5_000_000)
    content = bytearray(buffer.getvalue())
    for mark, at in ((b"PK\x01\x02", 24), (b"PK\x03\x04", 22)):
        place = content.index(mark) + at
        content[place : place + 4] = struct.pack("<I", 100)
    with pytest.raises(NotReadable, match="解压后过大"):
        read(bytes(content))


@pytest.mark.parametrize("cell", ["XFD1048576", "A1048576", "XFD2", "GR150000"])
def test_one_cell_far_away_does_not_fill_the_memory(cell: str) -> None:
    row = "".join(sign for sign in cell if sign.isdigit())
    content = _sheet_with(
        f'<row r="1"><c r="A1"><v>1</v></c></row><row r="{row}"><c r="{cell}" t="n"><v>1</v></c></row>'
    )
    with pytest.raises(NotReadable, match=r"行|列"):
        read(content)


def test_rows_that_are_only_formatted_to_the_end_of_the_sheet_are_no_rows() -> None:
    blank = "".join(f'<row r="{n}"><c r="A{n}" s="0"/></row>' for n in range(3, 300_000, 10))
    head = '<row r="1"><c r="A1" t="inlineStr"><is><t>名称</t></is></c></row>'
    one = '<row r="2"><c r="A2" t="inlineStr"><is><t>甲厂</t></is></c></row>'
    assert read(_sheet_with(head + one + blank)).rows == [(2, ["甲厂"])]


def test_a_cell_across_two_parts_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    content = _sheet_with('<row r="77"><c r="C77"><v>1</v></c></row>')
    for size in (250, 333, 512):
        monkeypatch.setattr(archives, "_PART", size)
        found = archives.extent(content, 10**8)
        assert (found.rows, found.columns) == (77, 3)


def test_empty_lines_by_the_hundred_thousand_are_not_rows() -> None:
    assert read("名称\n甲厂\n".encode() + b",\n" * 150_000).rows == [(2, ["甲厂"])]
    with pytest.raises(NotReadable, match="行"):
        read("名称\n".encode() + b"\n" * 1_000_000)


@pytest.mark.parametrize("evil", ["=cmd|' /C calc'!A0", "+1+1", "-2+3", "@SUM(A1)", "=HYPERLINK(1)", "\t=1"])
def test_what_begins_like_a_formula_stays_a_text_in_the_error_file(cast: Cast, evil: str) -> None:
    batch = preview(csv_of(("1", evil, "浦东新区", "", "")), cast.person["keeper"])
    page = openpyxl.load_workbook(BytesIO(sheets.rows_to_correct(batch))).worksheets[0]
    assert all(cell.data_type in {"s", "n"} for row in page.iter_rows() for cell in row)
    assert page.cell(2, 2).value == evil.strip()
    assert page._hyperlinks == []


def test_a_formula_is_read_by_its_value_and_never_computed() -> None:
    sheet = read(xlsx_of(("=1+1", "甲厂"), head=("行业代码", "名称")))
    assert sheet.rows[0][1][0] in {"", None}, "nobody has computed it yet: the cell says nothing"


def test_the_second_row_of_a_merged_cell_says_what_is_missing(cast: Cast) -> None:
    book = openpyxl.Workbook()
    for row in (("名称", "行政区"), ("甲申化工有限公司", "浦东新区"), (None, "浦东新区")):
        book.active.append(row)
    book.active.merge_cells("A2:A3")
    buffer = BytesIO()
    book.save(buffer)
    batch = preview(buffer.getvalue(), cast.person["keeper"])
    assert batch.counts["new"] == 1
    assert "没有填写" in batch.rows.get(line_no=3).problems[0][1]


@pytest.mark.parametrize(
    "written",
    ["2026-03-01", "2026/3/1", "2026.3.1", "2026年3月1日", "20260301", "46082", 46082, 46082.0, "２０２６-０３-０１"],
)
def test_a_day_is_understood_as_text_and_as_a_serial(written: object) -> None:
    assert cells.day(written) == date(2026, 3, 1)


@pytest.mark.parametrize("written", ["2026-02-30", "3/1/2026", "12", "明天", "99999999", float("nan"), float("inf")])
def test_a_day_that_may_mean_anything_is_refused(written: object) -> None:
    with pytest.raises(CellFault, match="日期"):
        cells.day(written)


def test_full_width_digits_and_a_mark_at_the_beginning_change_nothing(cast: Cast) -> None:
    wide = CODES[0].translate({ord(c): ord(c) + 0xFEE0 for c in "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"})
    content = b"\xef\xbb\xbf" + csv_of((wide, "甲厂有限公司", "浦东新区", "", "２６１４"))
    row = preview(content, cast.person["keeper"]).rows.get()
    assert (row.values["credit_code"], row.values["industry_code"]) == (CODES[0], "2614")


def test_the_same_column_twice_is_refused_by_its_name(cast: Cast) -> None:
    batch = preview(csv_of(("甲厂", "乙厂"), head=("名称", "企业名称")), cast.person["keeper"])
    assert batch.state == ImportBatch.State.FAILED
    assert "“名称”" in batch.problem


@pytest.mark.parametrize(
    "record",
    [
        {"名称": "甲\x00厂", "行政区": "浦东新区"},
        {"名称": "甲\ud800厂", "行政区": "浦东新区"},
        {"名称": "甲\x07", "行政区": "浦东新区"},
    ],
)
def test_signs_that_no_database_keeps_are_said_beside_the_line(cast: Cast, record: dict[str, str]) -> None:
    batch = preview(json.dumps([record]).encode(), cast.person["keeper"])
    assert batch.rows.get().problems[0] == ["name", "含有不可见的控制字符，请重新填写"]
    assert sheets.rows_to_correct(batch)


def test_such_signs_in_titles_and_file_names_are_replaced(cast: Cast) -> None:
    content = json.dumps([{"名称": "甲厂", "行政区": "浦东新区", "\x00\ud800": 1}]).encode()
    batch = preview(content, cast.person["keeper"], name="表\x00.json")
    assert batch.file_name == "表\ufffd.json"
    assert "\ufffd" in batch.problem
    batch.refresh_from_db()


def test_a_number_of_ten_thousand_digits_is_no_json_of_ours() -> None:
    with pytest.raises(NotReadable, match="JSON"):
        read(b'[{"a": ' + b"9" * 10_000 + b"}]")


def test_nul_bytes_in_a_csv_are_no_text() -> None:
    with pytest.raises(NotReadable, match="编码"):
        read("名称\n甲\x00厂".encode())
