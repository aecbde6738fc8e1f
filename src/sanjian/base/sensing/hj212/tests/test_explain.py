"""Frames explained field by field, and the command line around it."""

import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sanjian.base.sensing.commands import decode
from sanjian.base.sensing.hj212.explain import explain
from sanjian.base.sensing.hj212.factors import commands, factors, modern_code

from .frames import ANY_FRAME, VECTORS, frame, vector_frames

RAW = frame("DataTime=20260312101500;w01018-Rtd=20.1,w01018-Flag=N", ST="32")


def test_each_row_stands_where_it_says() -> None:
    for row in explain(RAW).rows:
        assert row.offset is not None
        start = RAW[row.offset :]
        assert start.startswith((row.field.encode(), row.raw.replace("\\r\\n", "\r\n").encode())), row


def test_names_units_and_marks_are_told() -> None:
    rows = {row.field: row for row in explain(RAW).rows}
    assert rows["w01018-Rtd"].unit == "mg/L"
    assert "化学需氧量" in rows["w01018-Rtd"].note
    assert rows["w01018-Flag"].value == "正常"
    assert rows["CN"].value == "实时污染物数据" or "实时" in rows["CN"].value


@settings(max_examples=150, deadline=None)
@given(st.one_of(ANY_FRAME, st.sampled_from(vector_frames()), st.binary(max_size=200)))
def test_anything_can_be_explained(raw: bytes) -> None:
    found = explain(raw)
    assert found.decoded.raw == raw


def test_tables_are_whole() -> None:
    assert len(factors()) == 398  # 400 rows, two codes printed twice
    assert commands()["9014"][0].name_zh == "数据应答"
    assert modern_code("02", "31") == "a21026"
    assert modern_code("zzz", "31") == "zzz"


def run_json(capsys: pytest.CaptureFixture[str], source: str) -> dict[str, object]:
    decode("hj212", source, as_json=True)
    return json.loads(capsys.readouterr().out.strip().splitlines()[-1])  # type: ignore[no-any-return]


def test_vectors_give_the_summary(capsys: pytest.CaptureFixture[str]) -> None:
    found = run_json(capsys, str(VECTORS))
    assert (found["frames"], found["mismatches"]) == (151, 0)


@pytest.mark.parametrize("source", [RAW.decode().strip(), RAW.decode().strip() + "\\r\\n", RAW.hex(), RAW.hex(" ")])
def test_a_frame_as_text_or_hex(capsys: pytest.CaptureFixture[str], source: str) -> None:
    assert run_json(capsys, source)["action"] == "accept"


def test_a_recording_is_counted(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    file = tmp_path / "rx.log"
    file.write_bytes(b"[10:15:00] " + RAW + RAW.replace(b"20.1", b"20.2") + b"noise")
    found = run_json(capsys, str(file))
    assert found["actions"] == {"accept": 1, "reject-9011-9": 1}
    assert found["skipped_bytes"] == {"no_head": 16}


@pytest.mark.parametrize(("protocol", "source"), [("jt808", "7e"), ("hj212", "what"), ("hj212", "zz" * 3000)])
def test_bad_input_is_refused_in_chinese(capsys: pytest.CaptureFixture[str], protocol: str, source: str) -> None:
    with pytest.raises(SystemExit) as stop:
        decode(protocol, source, as_json=False)
    assert stop.value.code == 2
    assert "不" in capsys.readouterr().err


def test_tables_are_printed_for_people(capsys: pytest.CaptureFixture[str]) -> None:
    decode("hj212", RAW.hex(), as_json=False)
    decode("hj212", str(VECTORS), as_json=False)
    assert "校验" in capsys.readouterr().out
