"""What one peer can take from the gateway is bounded, and every closing is counted with its reason."""

from pathlib import Path

import pytest

from sanjian.base.sensing.gateway.limits import Limits
from sanjian.base.sensing.streams import FRAMES, QUARANTINE

from .in_process import MN, report, running, until

QUICK = Limits(first_byte_s=1, half_frame_s=1, idle_s=1, idle_least_s=1)


def test_a_frame_that_never_ends_is_kept_and_the_connection_closed(tmp_path: Path) -> None:
    """Slow loris: one byte now and then does not keep a half frame alive."""
    with running(tmp_path, limits=QUICK) as gateway:
        peer = gateway.peer()
        peer.send(report()[:40])
        peer.send(report()[40:41])
        assert peer.is_closed()
        assert gateway.gateway.counters.closed["half_frame"] == 1
        until(lambda: gateway.gateway.counters.quarantined == 1)
        assert gateway.lake.scan(QUARANTINE).collect()["raw"].to_list() == [report()[:41]]


def test_a_connection_that_says_nothing_is_closed(tmp_path: Path) -> None:
    with running(tmp_path, limits=QUICK) as gateway:
        assert gateway.peer().is_closed()
        assert gateway.gateway.counters.closed["no_first_byte"] == 1


def test_silence_after_a_frame_is_allowed_for_three_intervals(tmp_path: Path) -> None:
    limits = Limits(idle_s=1, idle_least_s=1)
    assert limits.idle_allowed(None) == 1
    assert limits.idle_allowed(60) == 180
    with running(tmp_path, limits=Limits(idle_s=1, idle_least_s=1, idle_intervals=0)) as gateway:
        peer = gateway.peer()
        peer.send(report())
        peer.answers(1)
        assert peer.is_closed()
        assert gateway.gateway.counters.closed["idle"] == 1


def test_garbage_closes_the_connection_and_is_kept_up_to_the_cap(tmp_path: Path) -> None:
    with running(tmp_path) as gateway:
        peer = gateway.peer()
        peer.send(b"\x16\x03\x01" + b"x" * 5000)
        assert peer.is_closed()
        assert gateway.gateway.counters.closed["too_much_garbage"] == 1
        until(lambda: gateway.gateway.counters.quarantined >= 1)
        kept = b"".join(gateway.lake.scan(QUARANTINE).collect()["raw"].to_list())
        assert kept.startswith(b"\x16\x03\x01xxx")
        assert len(kept) >= 4096


def test_one_address_gets_no_more_than_its_connections(tmp_path: Path) -> None:
    with running(tmp_path, limits=Limits(per_address=3)) as gateway:
        held = [gateway.peer() for _ in range(3)]
        until(lambda: gateway.gateway.connected == 3)
        assert gateway.peer().is_closed()
        held[0].send(report())
        held[0].answers(1)
        held[1].close()
        until(lambda: gateway.gateway.connected == 2)
        again = gateway.peer()
        again.send(report(1))
        again.answers(1)
        assert gateway.gateway.counters.closed["per_address"] == 1


def test_of_too_many_connections_of_one_device_the_oldest_goes(tmp_path: Path) -> None:
    with running(tmp_path, limits=Limits(per_device=2)) as gateway:
        peers = [gateway.peer() for _ in range(3)]
        for number, peer in enumerate(peers):
            peer.send(report(number))
            peer.answers(1)
        assert peers[0].is_closed()
        peers[2].send(report(5))
        peers[2].answers(1)


def test_above_the_total_cap_newcomers_wait_until_there_is_room(tmp_path: Path) -> None:
    with running(tmp_path, limits=Limits(connections=2)) as gateway:
        first, _second = gateway.peer(), gateway.peer()
        until(lambda: gateway.gateway.connected == 2)
        waiting = gateway.peer()
        waiting.send(report())
        first.send(report(1))
        first.answers(1)
        assert not waiting.has_answer()
        first.close()
        waiting.answers(1)


@pytest.mark.parametrize("limits", [Limits(in_flight=10), Limits(queue_frames=20, batch_frames=10)])
def test_a_flood_is_slowed_down_and_nothing_of_it_lost(tmp_path: Path, limits: Limits) -> None:
    frames = [report(n % 60, mn=MN, value=f"{n}.5") for n in range(200)]
    with running(tmp_path, limits=limits, flush_ms=1) as gateway:
        peer = gateway.peer()
        peer.send(b"".join(frames))
        assert len(peer.answers(200)) == 200
        assert gateway.lake.scan(FRAMES, superseded=True).collect().height == 200
