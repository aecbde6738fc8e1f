"""What the platform may ask, what a command may carry, and how one exchange runs: all pure."""

import pytest

from sanjian.base.sensing.hj212.decode import decode_frame
from sanjian.base.sensing.hj212.exchange import (
    REQUEST_WORDS,
    RESULT_WORDS,
    Exchange,
    Manner,
    Patience,
    Reply,
    State,
    frame_of,
    words,
)
from sanjian.base.sensing.hj212.factors import commands
from sanjian.base.sensing.hj212.parameters import BadParameter
from sanjian.base.sensing.hj212.requests import REQUESTS, prepare, shown

QN = "20260312101500123"
MANNER = Manner("32", "123456", "5")
TYPED = {
    "OverTime": "5", "ReCount": "3", "MN": "A" * 24, "i23005-Info": "AB12", "PolId": "w01018", "RtdInterval": "30",
    "MinInterval": "10", "NewPW": "654321", "BeginTime": "2026-03-12T00:00", "EndTime": "2026-03-12T02:00:00",
    "CstartTime": "080000", "Ctime": "2", "InfoId": "i13004", "Info": "168.0", "SKCreateTime": "20260312000000",
    "NewSK": "0123456789abcdeF",
}  # fmt: skip


@pytest.mark.clause("HJ 212-2017 6.6")
@pytest.mark.parametrize("code", sorted(REQUESTS))
def test_every_command_goes_out_as_a_sound_frame(code: str) -> None:
    area = prepare(REQUESTS[code], TYPED)
    one = decode_frame(frame_of(REQUESTS[code], QN, "A" * 24, MANNER, area, "20260312101500"))
    assert (one.action, one.header["CN"], one.header["Flag"], one.ack) == ("accept", code, "5", True)


@pytest.mark.clause("HJ 212-2017 6.6")
def test_every_command_down_of_the_standard_has_its_row() -> None:
    down = {code for code, rows in commands().items() if any(row.direction == "down" for row in rows)}
    assert down - set(REQUESTS) == set()
    assert set(REQUESTS) - down - {"2012", "2022"} == set()


@pytest.mark.clause("HJ 212-2017 C.5")
def test_the_example_of_the_standard_comes_out_byte_for_byte() -> None:
    area = prepare(REQUESTS["1062"], {"RtdInterval": "30"})
    manner = Manner("32", "100000", "5")
    raw = frame_of(REQUESTS["1062"], "20160801085857223", "010000A8900016F000169DC0", manner, area, "")
    assert raw.endswith(b"CN=1062;PW=100000;MN=010000A8900016F000169DC0;Flag=5;CP=&&RtdInterval=30&&1C80\r\n")


@pytest.mark.clause("HJ 212-2017 表 4")
@pytest.mark.parametrize(
    ("code", "given", "parameter"),
    [
        ("1062", {"RtdInterval": "29"}, "RtdInterval"),
        ("1062", {"RtdInterval": "3601"}, "RtdInterval"),
        ("1062", {}, "RtdInterval"),
        ("1064", {"MinInterval": "7"}, "MinInterval"),
        ("1072", {"NewPW": "a;b"}, "NewPW"),
        ("2061", {"BeginTime": "2026-02-30T00:00", "EndTime": "2026-03-12T02:00"}, "BeginTime"),
        ("2061", {"BeginTime": "2026-03-12T02:00", "EndTime": "2026-03-12T01:00"}, "EndTime"),
        ("3011", {"PolId": "zzz"}, "PolId"),
        ("3020", {"InfoId": "i12001", "BeginTime": "2026-03-12T02:00"}, "EndTime"),
        ("3021", {"PolId": "w01018", "InfoId": "i13008", "Info": "1;CN=1072"}, "Info"),
        ("3016", {"PolId": "w01018", "CstartTime": "240000", "Ctime": "2"}, "CstartTime"),
    ],
)
def test_what_is_out_of_range_is_refused_by_name(code: str, given: dict[str, str], parameter: str) -> None:
    with pytest.raises(BadParameter) as refused:
        prepare(REQUESTS[code], given)
    assert refused.value.name == parameter


def test_the_clock_is_set_to_the_moment_of_sending() -> None:
    area = prepare(REQUESTS["1012"], {"SystemTime": "19990101000000"})
    raw = frame_of(REQUESTS["1012"], QN, "A" * 24, MANNER, area, "20260312101500")
    assert b"SystemTime=20260312101500&&" in raw


def test_secrets_are_not_shown_afterwards() -> None:
    assert shown(REQUESTS["1072"], {"NewPW": "654321", "x": "y"}) == {"NewPW": "••••••"}


def test_the_value_of_a_parameter_follows_its_info_code() -> None:
    area = prepare(REQUESTS["3021"], {"PolId": "w01018", "InfoId": "i13008", "Info": "1.02"})
    assert area == "PolId=w01018;InfoId=i13008;i13008-Info=1.02"


def reply(command: str, qn: str = QN, time: str | None = None, sha: str = "a", **items: str) -> Reply:
    return Reply(command, qn, items, time, sha)


def begun(code: str = "1061", period: tuple[str, str] | None = None) -> Exchange:
    one = Exchange(REQUESTS[code], QN, period)
    one.sent(0)
    return one


@pytest.mark.clause("HJ 212-2017 6.5")
def test_a_request_runs_from_ready_over_data_to_done() -> None:
    one = begun()
    for answer, state in (
        (reply("9011", QnRtn="1"), State.ACCEPTED),
        (reply("1061", RtdInterval="30"), State.RUNNING),
        (reply("9012", ExeRtn="1"), State.DONE),
    ):
        assert one.hear(answer, 1)
        assert one.state is state
    assert (one.items, one.outcome_zh()) == ({"RtdInterval": "30"}, "执行成功")


def test_another_qn_and_a_late_answer_change_nothing() -> None:
    one = begun()
    assert not one.hear(reply("9011", qn="20260312101500999", QnRtn="1"), 1)
    assert one.hear(reply("9012", ExeRtn="1"), 1), "9011 may be lost"
    assert not one.hear(reply("9011", QnRtn="2"), 2)
    assert one.state is State.DONE


@pytest.mark.clause("HJ 212-2017 6.6")
@pytest.mark.parametrize("code", [c for c in REQUEST_WORDS if c != 1])
def test_every_refusal_has_its_words(code: int) -> None:
    one = begun()
    one.hear(reply("9011", QnRtn=str(code)), 1)
    assert (one.state, one.outcome_zh()) == (State.REFUSED, REQUEST_WORDS[code])


@pytest.mark.clause("HJ 212-2017 6.6")
@pytest.mark.parametrize("code", [c for c in RESULT_WORDS if c != 1])
def test_every_failure_has_its_words(code: int) -> None:
    one = begun()
    one.hear(reply("9012", ExeRtn=str(code)), 1)
    assert (one.state, one.outcome_zh()) == (State.FAILED, RESULT_WORDS[code])


def test_a_code_that_the_standard_does_not_know_is_said_as_it_came() -> None:
    assert "77" in words(RESULT_WORDS, 77)


@pytest.mark.clause("HJ 212-2017 表 1")
def test_silence_is_met_by_three_more_tries_ten_seconds_apart() -> None:
    one, sent_at = begun(), [0]
    for second in range(1, 200):
        if one.due(second):
            one.sent(second)
            sent_at.append(second)
    assert (sent_at, one.state) == ([0, 11, 22, 33], State.TIMED_OUT)
    assert one.outcome_zh() == "设备没有应答"


def test_work_that_never_ends_is_given_up() -> None:
    one = Exchange(REQUESTS["1061"], QN, None, Patience(execution_s=60))
    one.sent(0)
    one.hear(reply("9011", QnRtn="1"), 5)
    assert not one.due(65)
    assert one.state is State.ACCEPTED
    one.due(66)
    assert (one.state, one.outcome_zh()) == (State.TIMED_OUT, "设备应答后没有报告执行结果")


def test_history_counts_each_packet_of_its_period_once() -> None:
    one = begun("2061", ("20260312000000", "20260312020000"))
    for time, sha in (("20260312000000", "a"), ("20260312000000", "a"), ("20260312010000", "b"), ("20260401", "c")):
        one.hear(reply("2061", qn="x", time=time, sha=sha), 1)
    assert (one.frames, one.data) == (2, ["a", "b"])
