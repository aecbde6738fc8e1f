"""The lines that are wrong leave as a workbook, are corrected, and come back; the template is one that we read."""

from io import BytesIO

import openpyxl
import pytest

from sanjian.base.evidence.models import EvidenceFile
from sanjian.base.evidence.services import evidence_store
from sanjian.base.registry.models import ImportRow, Register
from sanjian.base.registry.tests.cast import Cast
from sanjian.base.registry.updates import sheets

from .cast import CODES, csv_of, preview


def _cells(content: bytes) -> list[list[object]]:
    return [list(row) for row in openpyxl.load_workbook(BytesIO(content)).worksheets[0].iter_rows(values_only=True)]


def test_wrong_lines_are_corrected_and_sent_again(cast: Cast) -> None:
    keeper = cast.person["keeper"]
    bad = CODES[1][:-1] + ("0" if CODES[1][-1] != "0" else "1")
    batch = preview(csv_of((CODES[0], "好厂", "浦东新区", "", "0810"), (bad, "=坏厂", "浦东新区", "", "0810")), keeper)
    content = sheets.rows_to_correct(batch)
    table = _cells(content)
    assert table[0][-1] == "问题"
    assert len(table) == 2
    assert table[1][0] == bad
    assert table[1][1] == "=坏厂"
    assert table[1][4] == "0810"
    assert "校验位" in str(table[1][-1])
    book = openpyxl.load_workbook(BytesIO(content))
    book.worksheets[0].cell(2, 1).value = CODES[1]
    buffer = BytesIO()
    book.save(buffer)
    again = preview(buffer.getvalue(), keeper, name="again.xlsx")
    assert again.counts["new"] == 1
    assert again.problem == "", "the added column is not reported as unknown"


@pytest.mark.parametrize("register", Register.values)
def test_the_template_is_read_without_unknown_columns(cast: Cast, register: str) -> None:
    batch = preview(sheets.template_of(register), cast.person["supervisor"], register=register, name="t.xlsx")
    assert batch.problem == ""
    assert batch.total_rows == 1


def test_the_original_and_personal_values_do_not_lie_in_clear(cast: Cast) -> None:
    head = ("工号", "姓名", "机构编码", "身份证号", "电话")
    content = csv_of(("P1", "张三", "x", "310115199001011234", "13812345678"), head=head)
    batch = preview(content, cast.person["keeper"], register="officers")
    stored = str(ImportRow.objects.filter(batch=batch).values_list("values", "changes", "problems"))
    file = EvidenceFile.objects.get(sha256=batch.file_sha256)
    raw = evidence_store().get(file.sha256)
    for secret in ("310115199001011234", "13812345678"):
        assert secret not in stored
        assert secret.encode() not in raw
    assert "13812345678" in str(_cells(sheets.rows_to_correct(batch)))
