"""Killed, stopped or out of space: what was answered is in the lake, what is in doubt is not answered."""

import contextlib
import json
import os
import signal
from pathlib import Path

from sanjian.base.lake import Lake
from sanjian.base.sensing.streams import FRAMES, READINGS

from .as_process import process
from .in_process import report, until


def test_every_answered_frame_survives_kill_9_at_the_moment_of_its_answer(home: Path, port: int) -> None:
    """Killed twice right after an answer, with more frames on the way; unanswered ones are sent again."""
    frames = {n: report(n) for n in range(60)}
    answered: set[bytes] = set()
    for turn in range(2):
        with process(home, port) as gateway:
            peer = gateway.peer()
            for frame in list(frames.values())[turn * 30 : turn * 30 + 30]:
                peer.send(frame)
            answered |= {a.partition(b"QN=")[2][:17] for a in peer.answers(1)}
            gateway.stop(signal.SIGKILL)
    qns = set(Lake(home / "lake").scan(FRAMES).collect()["qn"].to_list())
    assert answered
    assert {a.decode() for a in answered} <= qns
    with process(home, port) as gateway:
        peer = gateway.peer()
        peer.send(b"".join(frames.values()))
        peer.answers(60)
    readings = Lake(home / "lake").scan(READINGS).collect()
    assert readings.height == 60
    assert readings.select(READINGS.key).n_unique() == 60


def test_a_log_entry_cut_off_by_the_crash_does_not_stop_the_next_start(home: Path, port: int) -> None:
    with process(home, port) as gateway:
        peer = gateway.peer()
        peer.send(report())
        peer.answers(1)
        gateway.stop(signal.SIGKILL)
    (home / "lake" / "readings" / "_delta_log" / f"{2:020d}.json").touch()
    (home / "lake" / "readings" / "part-orphan.parquet").write_bytes(b"half")
    with process(home, port) as gateway:
        peer = gateway.peer()
        peer.send(report(1))
        peer.answers(1)
    assert Lake(home / "lake").scan(READINGS).collect().height == 2


def test_told_to_stop_it_stores_and_answers_what_it_has(home: Path, port: int) -> None:
    with process(home, port) as gateway:
        peer = gateway.peer()
        peer.send(b"".join(report(n) for n in range(50)))
        peer.answers(1)
        assert gateway.stop(signal.SIGTERM) == 0
        events = [json.loads(line) for line in gateway.log.read_text().splitlines()]
        counted = next(e for e in events if e["event"] == "gateway stopped")
        assert counted["frames"] == counted["answers"]
        assert Lake(home / "lake").scan(FRAMES).collect().height == counted["frames"]


def test_a_full_disk_stops_the_answers_and_space_brings_them_back(home: Path, port: int) -> None:
    """The lake lies on a small file system of its own, mounted for the gateway process alone."""
    lake_root = home / "lake"
    lake_root.mkdir()
    mount = f"mount -t tmpfs -o size=4m tmpfs '{lake_root}' && exec \"$@\""
    unshare = ["unshare", "--mount"] if os.geteuid() == 0 else ["unshare", "--map-root-user", "--mount"]
    with process(home, port, [*unshare, "sh", "-c", mount, "sh"]) as gateway:
        peer, other = gateway.peer(), gateway.peer()
        peer.send(report(0))
        peer.answers(1)
        seen = Path(f"/proc/{gateway.popen.pid}/root{lake_root}")
        with (seen / "filler").open("wb", buffering=0) as filler, contextlib.suppress(OSError):
            while True:
                filler.write(b"x" * 4096)
        peer.send(report(1))
        other.send(report(2))
        until(lambda: "磁盘已满" in str(gateway.query("select trouble from sensing_gatewaystate")), "trouble is told")
        assert not peer.has_answer()
        assert not other.has_answer()
        (seen / "filler").unlink()
        assert b"CN=9014" in peer.answers(1)[0]
        assert b"CN=9014" in other.answers(1)[0]
        until(lambda: gateway.query("select trouble from sensing_gatewaystate") == [("",)], "trouble is over")
        assert gateway.lake_copied_to(home / "copy").scan(READINGS).collect().height == 3
        assert '"storage refused"' in gateway.log.read_text()
