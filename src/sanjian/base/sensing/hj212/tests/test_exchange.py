"""Frames we build, answers we give, groups of parts, and contradictions."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sanjian.base.sensing.hj212.columns import decode_batch
from sanjian.base.sensing.hj212.conflicts import find_conflicts
from sanjian.base.sensing.hj212.decode import decode_frame
from sanjian.base.sensing.hj212.dialect import Dialect
from sanjian.base.sensing.hj212.encode import (
    data_answer,
    encode_area,
    encode_frame,
    notice_answer,
    request_answer,
    result_answer,
    set_clock,
)
from sanjian.base.sensing.hj212.errors import BadKey, EncodeError
from sanjian.base.sensing.hj212.parts import PartGroups, PartKey
from sanjian.base.sensing.hj212.session import answer_command, answers_for

from .frames import HEADER, RECEIVED, frame

NOW = datetime(2026, 3, 12, tzinfo=UTC)
KEY = PartKey("A" * 24, "31", "2051", "20260312101500")
DATA = "DataTime=20260312101500;LA-Rtd=50.1"


@pytest.mark.clause("HJ 212-2017 C.9")
def test_data_answer_is_the_frame_of_the_standard() -> None:
    wanted = b"##0087QN=20160801085857223;ST=91;CN=9014;PW=123456;MN=010000A8900016F000169DC0;Flag=4;CP=&&&&3240\r\n"
    assert data_answer("20160801085857223", "010000A8900016F000169DC0", "123456", "5") == wanted


@pytest.mark.parametrize(
    ("raw", "command", "items"),
    [
        (notice_answer("20160801085857223", "A" * 24, "1", "5"), "9013", {}),
        (request_answer("20160801085857223", "A" * 24, "1", "5", 1), "9011", {"QnRtn": "1"}),
        (result_answer("20160801085857223", "A" * 24, "1", "9", 100), "9012", {"ExeRtn": "100"}),
        (
            set_clock("20160801085857223", "32", "A" * 24, "1", 4, "20160801085857"),
            "1012",
            {"SystemTime": "20160801085857"},
        ),
    ],
)
def test_frames_we_send_read_back(raw: bytes, command: str, items: dict[str, str]) -> None:
    one = decode_frame(raw)
    assert (one.action, one.header["CN"], one.cp) == ("accept", command, items)


@pytest.mark.parametrize("text", ["a;b", "a,b", "a=b", "a&&b", "a\r\nb"])
def test_delimiters_in_values_are_refused(text: str) -> None:
    with pytest.raises(EncodeError, match="分隔符"):
        encode_area("20260312101500", {"LA": {"Rtd": text}})
    with pytest.raises(EncodeError, match="分隔符"):
        encode_frame(HEADER | {"PW": text})


def test_too_long_an_area_and_unknown_fields_are_refused() -> None:
    with pytest.raises(EncodeError, match="应拆分"):
        encode_frame(HEADER, "x" * 951)
    with pytest.raises(EncodeError, match="未知"):
        encode_frame(HEADER | {"XX": "1"})
    with pytest.raises(BadKey):
        encode_frame(HEADER, "", sm4_key=b"1")


def answers(*raws: bytes, dialects: dict[str, Dialect] | None = None) -> list[bytes | None]:
    return answers_for(decode_batch(raws, received_at=RECEIVED).exchange, dialects)


@pytest.mark.parametrize("command", ["2011", "2051", "2061", "2031", "2021", "2041", "2081", "3019", "3020", "9015"])
def test_uploads_are_answered_with_their_own_qn(command: str) -> None:
    (answer,) = answers(frame(DATA, CN=command))
    assert answer is not None
    one = decode_frame(answer)
    assert one.header == HEADER | {"ST": "91", "CN": "9014", "Flag": "4"}


def test_a_notice_gets_9013_and_2005_log_in_gets_9022() -> None:
    (notice, log_in) = answers(frame("", CN="1013"), frame("", CN="9021"))
    assert notice is not None
    assert log_in is not None
    assert decode_frame(notice).header["CN"] == "9013"
    assert decode_frame(log_in).header["CN"] == "9022"


@pytest.mark.parametrize("command", ["9011", "9012", "9013", "9014"])
def test_answers_are_not_answered(command: str) -> None:
    assert answer_command(command) is None


def test_silence_where_no_answer_is_wanted_or_possible() -> None:
    quiet, without_qn, wrong = frame(DATA, Flag="4"), frame(DATA, QN=None), frame(DATA).replace(b"50.1", b"51.1")
    assert answers(quiet, without_qn, wrong) == [None, None, None]


def test_refusals_are_answered_only_where_the_dialect_says_so() -> None:
    wrong = frame(DATA).replace(b"50.1", b"51.1")
    (answer,) = answers(wrong, dialects={HEADER["MN"]: Dialect(answers_refusals=True)})
    assert answer is not None
    assert decode_frame(answer).cp == {"QnRtn": "9"}


def test_quarantined_frames_are_durable_and_answered() -> None:
    (answer,) = answers(frame("DataTime=20360312101500;LA-Rtd=50.1"))
    assert answer is not None


@given(st.permutations([1, 2, 3, 4]))
def test_a_group_is_complete_in_any_order(order: list[int]) -> None:
    groups = PartGroups()
    found = [groups.add(KEY, 4, number, NOW) for number in order]
    assert found[:3] == [None, None, None]
    assert found[3] is not None
    assert found[3].is_complete
    assert len(groups) == 0


def test_a_lost_part_leaves_the_group_incomplete() -> None:
    groups = PartGroups()
    groups.add(KEY, 3, 1, NOW)
    groups.add(KEY, 3, 1, NOW + timedelta(seconds=5))
    groups.add(KEY, 3, 3, NOW + timedelta(seconds=10))
    assert list(groups.expire(NOW + timedelta(seconds=70))) == []
    (group,) = groups.expire(NOW + timedelta(seconds=71))
    assert (group.missing, group.first_at, group.is_complete) == ((2,), NOW, False)


def test_a_resend_is_no_conflict_but_another_value_is() -> None:
    same = decode_batch([frame(DATA), frame(DATA)], received_at=RECEIVED).readings
    assert find_conflicts(same).is_empty()
    other = decode_batch([frame(DATA), frame(DATA.replace("50.1", "50.2"))], received_at=RECEIVED).readings
    assert find_conflicts(other)["value_text"].to_list() == ["50.1", "50.2"]
