"""Commands on a device's own connection: a real gateway process, a real socket, the queue of a real database."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from sanjian.base.sensing.hj212.decode import Decoded, decode_frame
from sanjian.base.sensing.hj212.encode import encode_frame

from .as_process import Process, environment, process
from .in_process import MN, Peer, report, until

_QUEUE = """
import sys, json, django
django.setup()
from datetime import UTC, datetime
from sanjian.base.registry.models import MonitoringPoint
from sanjian.base.sensing.models import DeviceCommand
from sanjian.base.sensing.sending import queue_by_system
queue_by_system(MonitoringPoint.objects.get(), sys.argv[1], json.loads(sys.argv[2]),
                origin=DeviceCommand.Origin.RECALL, reason="测试", at=datetime.now(UTC))
"""


@pytest.fixture
def gateway(home: Path, port: int, monkeypatch: pytest.MonkeyPatch) -> Iterator[Process]:
    monkeypatch.setenv("SANJIAN_COMMAND_ANSWER_S", "1")
    monkeypatch.setenv("SANJIAN_COMMAND_RESENDS", "1")
    with process(home, port) as one:
        yield one


def ask(gateway: Process, code: str, given: str = "{}") -> None:
    """Queue a command as the platform does."""
    script = [sys.executable, "-c", _QUEUE, code, given]
    subprocess.run(script, env=environment(gateway.home, gateway.port), check=True, timeout=60)


def device(gateway: Process) -> Peer:
    """A device that has said who it is."""
    peer = gateway.peer()
    peer.send(report())
    assert b"CN=9014" in peer.answers(1)[0]
    return peer


def received(peer: Peer) -> Decoded:
    """The next frame from the platform that is no 9014."""
    while True:
        raw = peer.answers(1)[0] + b"\r\n"
        if b"CN=9014" not in raw:
            return decode_frame(raw)


def say(peer: Peer, to: Decoded, command: str, area: str, qn: str = "") -> None:
    """A frame of the device about a command."""
    header = {"QN": qn or to.header["QN"], "ST": "91" if command[0] == "9" else "32", "CN": command, "PW": "123456"}
    peer.send(encode_frame({**header, "MN": MN, "Flag": "4"}, area))


def states(gateway: Process) -> list[tuple[object, ...]]:
    return gateway.query("select state, request_code, result_code, frames from sensing_devicecommand order by id")


@pytest.mark.clause("HJ 212-2017 6.5")
def test_a_question_is_asked_in_the_devices_terms_and_its_answer_is_kept(gateway: Process) -> None:
    peer = device(gateway)
    ask(gateway, "1061")
    asked = received(peer)
    header = {name: asked.header[name] for name in ("ST", "CN", "PW", "MN", "Flag")}
    assert header == {"ST": "32", "CN": "1061", "PW": "123456", "MN": MN, "Flag": "5"}
    say(peer, asked, "9011", "QnRtn=1")
    say(peer, asked, "1061", "RtdInterval=30")
    say(peer, asked, "9012", "ExeRtn=1")
    until(lambda: states(gateway) == [("done", 1, 1, 1)], "the command is done")
    [(answer, sealed)] = gateway.query("select answer, sent_sealed from sensing_devicecommand")
    assert '"RtdInterval": "30"' in str(answer)
    assert "CN=1061" not in str(sealed)
    acts = gateway.query("select act from identity_auditentry where act like 'command.%' order by seq")
    assert acts == [("command.queue",), ("command.send",)]


@pytest.mark.clause("HJ 212-2017 6.5")
def test_a_notice_is_met_by_9013(gateway: Process) -> None:
    peer = device(gateway)
    ask(gateway, "2012")
    say(peer, received(peer), "9013", "")
    until(lambda: states(gateway) == [("done", None, None, 0)], "the notice is taken")


@pytest.mark.clause("HJ 212-2017 表 1")
def test_silence_is_met_by_the_same_bytes_again_and_then_an_end(gateway: Process) -> None:
    peer = device(gateway)
    ask(gateway, "1011")
    assert received(peer).raw == received(peer).raw
    until(lambda: states(gateway)[0][0] == "timed_out", "it is given up")


def test_history_is_told_from_live_data_by_its_time(gateway: Process) -> None:
    peer = device(gateway)
    ask(gateway, "2061", '{"BeginTime": "20260312000000", "EndTime": "20260312020000"}')
    asked = received(peer)
    assert asked.cp == {"BeginTime": "20260312000000", "EndTime": "20260312020000"}
    say(peer, asked, "9011", "QnRtn=1")
    for hour, qn in (("20260312000000", "1"), ("20260312010000", "2"), ("20260320010000", "3")):
        area = f"DataTime={hour};w01018-Avg=40.{qn},w01018-Flag=N"
        say(peer, asked, "2061", area, qn=f"2026031209000000{qn}")
    say(peer, asked, "9012", "ExeRtn=1")
    until(lambda: states(gateway) == [("done", 1, 1, 2)], "both hours came")


def test_a_lost_connection_ends_what_was_under_way_and_the_next_command_waits(gateway: Process) -> None:
    peer = device(gateway)
    ask(gateway, "1061")
    say(peer, received(peer), "9011", "QnRtn=1")
    until(lambda: states(gateway)[0][0] == "accepted", "it is accepted")
    peer.close()
    until(lambda: states(gateway)[0][0] == "failed", "the loss is noted")
    ask(gateway, "1063")
    again = device(gateway)
    say(again, received(again), "9011", "QnRtn=2")
    until(lambda: states(gateway)[1][:2] == ("refused", 2), "the refusal is noted")


@pytest.mark.clause("HJ 212-2017 6.6")
def test_a_device_that_asks_for_the_time_is_told_it(gateway: Process) -> None:
    peer = device(gateway)
    header = {"QN": "20260312101500123", "ST": "32", "CN": "1013", "PW": "123456", "MN": MN, "Flag": "5"}
    peer.send(encode_frame(header, ""))
    told = received(peer)
    assert told.header["CN"] == "9013"
    told = received(peer)
    assert told.header["CN"] == "1012"
    assert len(told.cp["SystemTime"]) == 14
    say(peer, told, "9011", "QnRtn=1")
    say(peer, told, "9012", "ExeRtn=1")
    until(lambda: states(gateway)[0][0] == "done", "the clock is set")
