"""Any table that people have can be read, and what cannot is refused with the way out."""

import io
import zipfile
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sanjian.base.registry.updates import cells, readers
from sanjian.base.registry.updates.readers import NotReadable, read

from .cast import csv_of, xlsx_of


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gbk", "gb18030", "utf-16"])
def test_chinese_encodings_give_the_same_table(encoding: str) -> None:
    sheet = read(csv_of(("1", "甲厂有限公司"), head=("代码", "名称"), encoding=encoding))
    assert sheet.head == ["代码", "名称"]
    assert sheet.rows == [(2, ["1", "甲厂有限公司"])]


@pytest.mark.parametrize("delimiter", [",", "\t", ";", "|"])
def test_the_delimiter_is_found(delimiter: str) -> None:
    assert read(f"a{delimiter}b\n1{delimiter}2".encode()).rows == [(2, ["1", "2"])]


def test_blank_lines_keep_the_line_numbers_that_the_person_sees() -> None:
    assert [line for line, _ in read(b"\nname\n\nx\n\ny\n").rows] == [4, 6]


def test_a_workbook_keeps_types_and_line_numbers() -> None:
    sheet = read(xlsx_of(("0810", 5, date(2026, 1, 2)), head=("a", "b", "c")))
    assert sheet.rows[0][0] == 2
    assert sheet.rows[0][1][0] == "0810"
    assert cells.day(sheet.rows[0][1][2]) == date(2026, 1, 2)


def test_json_comes_as_an_array_or_as_rows() -> None:
    for text in ('[{"a": 1}, {"b": 2}]', '{"rows": [{"a": 1}, {"b": 2}]}'):
        sheet = read(text.encode())
        assert sheet.head == ["a", "b"]
        assert sheet.rows == [(1, [1, None]), (2, [None, 2])]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "空"),
        (b"   ", "空"),
        (b"PK\x03\x04broken", "损坏"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"0" * 600, "xls"),
        (b"a,b\n\xff\xfe\xff\x81", "编码"),
        (b'{"a": 1}', "JSON"),
        (b"[1, 2]", "JSON"),
        (b'[{"a": 1}', "JSON"),
        (b"\n\n,,\n", "没有内容"),
    ],
)
def test_what_is_no_table_is_refused_in_words(content: bytes, said: str) -> None:
    with pytest.raises(NotReadable, match=said):
        read(content)


def test_a_zip_bomb_is_refused_before_it_is_unpacked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(readers, "MOST_UNPACKED_BYTES", 100_000)
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/worksheets/sheet1.xml", b"0" * 200_000)
    with pytest.raises(NotReadable, match="解压后过大"):
        read(buffer.getvalue())


def test_too_many_rows_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(readers, "MOST_ROWS", 3)
    for content in (b"a\n1\n2\n3\n4", xlsx_of((1,), (2,), (3,), (4,), head=("a",)), b'[{"a":1},{},{},{}]'):
        with pytest.raises(NotReadable, match="行"):
            read(content)


@given(st.binary(max_size=300))
def test_any_bytes_are_a_table_or_not_readable(content: bytes) -> None:
    try:
        sheet = read(content)
    except NotReadable:
        return
    assert all(len(row) == len(sheet.head) for _, row in sheet.rows)
