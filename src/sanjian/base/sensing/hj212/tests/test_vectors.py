"""The shared vectors: decoded, warned about or refused as they expect."""

import json
from pathlib import Path

import pytest

from sanjian.base.sensing.hj212.errors import BadSource
from sanjian.base.sensing.hj212.vectors import check_vectors

from .frames import VECTORS


@pytest.mark.clause("HJ 212-2017 appendix C")
def test_every_vector_reads_as_expected() -> None:
    figures = check_vectors(VECTORS)
    assert figures["why"] == []
    assert figures["vectors"] == 150
    assert figures["mismatches"] == 0


def test_a_wrong_expectation_is_reported(tmp_path: Path) -> None:
    line = json.loads(VECTORS.read_bytes().split(b"\n")[3])
    line["expected"]["cp"]["QnRtn"] = "4"
    file = tmp_path / "one.jsonl"
    file.write_text(json.dumps(line), encoding="utf-8")
    figures = check_vectors(file)
    assert figures["mismatches"] == 1
    assert "QnRtn" in figures["why"][0]["differences"][0]


@pytest.mark.parametrize("text", ["{", '{"id": 1}', "[]", '{"id": 1, "frame": "x", "action": "y", "encoding": "no"}'])
def test_a_file_that_holds_no_vectors_is_named(tmp_path: Path, text: str) -> None:
    file = tmp_path / "bad.jsonl"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(BadSource, match="第 1 行"):
        check_vectors(file)
