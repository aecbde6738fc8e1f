"""However the network cuts and glues, every frame is stored once, answered once and in order."""

from pathlib import Path

from sanjian.base.sensing.streams import FRAMES, QUARANTINE, READINGS

from .in_process import MN, broken, known, report, running, until


def qns(answers: list[bytes]) -> list[bytes]:
    return [a.partition(b"QN=")[2][:17] for a in answers]


def qn(frame: bytes) -> bytes:
    return frame.partition(b"QN=")[2][:17]


def test_frames_glued_into_one_write_are_answered_in_order(tmp_path: Path) -> None:
    frames = [report(n) for n in range(30)]
    with running(tmp_path) as gateway:
        peer = gateway.peer()
        peer.send(b"".join(frames))
        assert qns(peer.answers(30)) == [qn(f) for f in frames]
        assert gateway.lake.scan(READINGS).collect().height == 30


def test_a_frame_cut_into_single_bytes_is_one_frame(tmp_path: Path) -> None:
    frame = report()
    with running(tmp_path) as gateway:
        peer = gateway.peer()
        for n in range(len(frame)):
            peer.send(frame[n : n + 1])
        assert qns(peer.answers(1)) == [qn(frame)]
        assert gateway.lake.scan(FRAMES).collect()["raw"].to_list() == [frame]


def test_a_broken_frame_is_kept_and_the_next_one_still_read(tmp_path: Path) -> None:
    """A wrong CRC costs only its own frame; the bytes, the peer and the figures of the reason are kept."""
    damaged = broken(report(1))
    with running(tmp_path) as gateway:
        peer = gateway.peer()
        peer.send(damaged + report(2))
        assert qns(peer.answers(1)) == [qn(report(2))]
        held = gateway.lake.scan(QUARANTINE).collect()
        assert held["raw"].to_list() == [damaged]
        assert held["reason"].to_list() == ["crc_wrong"]
        assert "BAD0" in held["detail_zh"][0]
        assert held["peer"][0].startswith("127.0.0.1:")
        assert gateway.lake.scan(READINGS).collect().height == 1


def test_registration_text_and_web_requests_before_a_frame_are_kept(tmp_path: Path) -> None:
    with running(tmp_path) as gateway:
        peer = gateway.peer()
        peer.send(b"DTU0001 REG 13800000000\x00GET / HTTP/1.1\r\n\r\n" + report())
        peer.answers(1)
        held = gateway.lake.scan(QUARANTINE).collect()
        assert held["raw"].to_list() == [b"DTU0001 REG 13800000000\x00GET / HTTP/1.1\r\n\r\n"]
        assert held["reason"].to_list() == ["no_head"]
        assert "DTU0001" in held["detail_zh"][0]


def test_a_frame_without_line_end_is_answered_after_a_moment(tmp_path: Path) -> None:
    with running(tmp_path) as gateway:
        peer = gateway.peer()
        peer.send(report()[:-2])
        assert qns(peer.answers(1)) == [qn(report())]


def test_a_device_that_closes_its_side_still_gets_its_answer(tmp_path: Path) -> None:
    with running(tmp_path, flush_ms=200) as gateway:
        peer = gateway.peer()
        peer.send(report())
        peer.socket.shutdown(1)
        assert len(peer.answers(1)) == 1
        assert peer.is_closed()


def test_what_was_left_when_the_connection_broke_is_kept(tmp_path: Path) -> None:
    with running(tmp_path) as gateway:
        peer = gateway.peer()
        peer.send(report()[:60])
        until(lambda: gateway.gateway.connected == 1)
        peer.close()
        until(lambda: gateway.gateway.counters.quarantined == 1, "the rest in quarantine")
        assert gateway.lake.scan(QUARANTINE).collect()["reason"].to_list() == ["truncated"]


def test_no_answer_goes_to_a_frame_that_wants_none(tmp_path: Path) -> None:
    with running(tmp_path) as gateway:
        peer = gateway.peer()
        peer.send(report(1, flag="4") + report(2))
        assert qns(peer.answers(1)) == [qn(report(2))]


def test_a_resent_frame_is_the_same_row_and_is_answered_again(tmp_path: Path) -> None:
    with running(tmp_path) as gateway:
        for _ in range(3):
            peer = gateway.peer()
            peer.send(report())
            peer.answers(1)
        assert gateway.lake.scan(READINGS).collect().height == 1
        assert gateway.lake.scan(READINGS, superseded=True).collect().height == 3
        assert gateway.lake.scan(FRAMES).collect().height == 3, "each receipt is kept"


def test_another_value_for_the_same_moment_keeps_both(tmp_path: Path) -> None:
    with running(tmp_path) as gateway:
        peer = gateway.peer()
        for value in ("40.1", "12.0"):
            peer.send(report(value=value))
            peer.answers(1)
        assert gateway.lake.scan(READINGS).collect()["value"].to_list() == [12.0]
        both = gateway.lake.scan(READINGS, superseded=True).sort("received_at").collect()
        assert both["value"].to_list() == [40.1, 12.0]


def test_a_device_with_modbus_crc_is_read_by_its_register_entry(tmp_path: Path) -> None:
    """CRC mode `off` is the register's word that this device's CRC means nothing."""
    frame = broken(report())
    with running(tmp_path, devices=known(MN, crc_mode="off")) as gateway:
        peer = gateway.peer()
        peer.send(frame)
        peer.answers(1)
        assert gateway.lake.scan(FRAMES).collect()["action"].to_list() == ["accept-warn"]
