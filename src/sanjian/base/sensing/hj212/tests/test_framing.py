"""Cutting the stream: by length, the same however it is split, and back in step within one frame."""

import sys

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sanjian.base.sensing.hj212.encode import encode_segment
from sanjian.base.sensing.hj212.framing import Cut, Framer
from sanjian.base.sensing.hj212.sm4 import encrypt
from sanjian.base.sensing.hj212.vectors import read_vectors

from .frames import GOOD_FRAME, VECTORS, cut_all, frame, odd_frame, vector_frames

GOOD = frame("DataTime=20260312101500;a34001-Rtd=0.182,a34001-Flag=N")
OTHER = frame("DataTime=20260312101600;a34001-Rtd=0.2,a34001-Flag=N", QN="20260312101600123")

GARBAGE = [
    b"",
    b"\r\n",
    b"\x00\x00",
    b"GET / HTTP/1.1\r\nHost: x\r\n\r\n",
    b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
    b"#",
    b"##",
    b"###",
    b"#######",
    b"##0300QN=2026",
    b"##9999",
    b"##abcdQN=1",
    b"##  12",
    b"&&E981\r\n",
    b"##0010QN=1&&12",
]


def frames_of(cuts: list[Cut]) -> list[bytes]:
    return [cut.raw for cut in cuts if cut.is_frame]


def fed_in(stream: bytes, sizes: list[int]) -> list[Cut]:
    framer, cuts, at = Framer(), [], 0
    for size in sizes:
        cuts += framer.feed(stream[at : at + size])
        at += size
    return cuts + framer.feed(stream[at:]) + framer.flush()


PIECES = st.lists(st.one_of(GOOD_FRAME, st.sampled_from(GARBAGE), st.sampled_from(vector_frames())), max_size=8)


@settings(max_examples=300, deadline=None)
@given(PIECES.map(b"".join), st.lists(st.integers(0, 90), max_size=60))
def test_any_split_of_the_stream_gives_the_same_pieces(stream: bytes, sizes: list[int]) -> None:
    assert fed_in(stream, sizes) == cut_all(stream)


@settings(max_examples=40, deadline=None)
@given(st.lists(st.sampled_from(vector_frames()), min_size=10, max_size=40).map(b"".join))
def test_a_large_read_gives_what_single_bytes_give(stream: bytes) -> None:
    assert frames_of(fed_in(stream, [1] * len(stream))) == frames_of(cut_all(stream))


@settings(deadline=None)
@given(PIECES.map(b"".join))
def test_no_byte_is_lost_or_invented(stream: bytes) -> None:
    assert b"".join(cut.raw for cut in cut_all(stream)) == stream


@pytest.mark.parametrize("garbage", GARBAGE)
def test_the_frame_after_next_is_found_whatever_stood_before(garbage: bytes) -> None:
    """Back in step within one frame: only the first frame behind the garbage may be lost with it."""
    assert frames_of(cut_all(garbage + GOOD + OTHER))[-1] == OTHER


@pytest.mark.parametrize("garbage", [piece for piece in GARBAGE if piece not in (b"##9999", b"#", b"##  12")])
def test_garbage_does_not_swallow_the_next_frame(garbage: bytes) -> None:
    assert GOOD in frames_of(cut_all(garbage + GOOD))


def test_a_stub_that_claims_9999_bytes_does_not_delay_good_frames() -> None:
    framer = Framer()
    cuts = framer.feed(b"##9999QN=2026" + GOOD)
    assert frames_of(cuts) == [GOOD]
    assert cuts[0] == Cut(b"##9999QN=2026", "stub")


@pytest.mark.parametrize("tail", [b"\r\n", b"\n", b"\r", b""])
def test_the_tail_is_optional(tail: bytes) -> None:
    bare = GOOD[:-2]
    assert frames_of(cut_all(bare + tail + OTHER)) == [bare + tail, OTHER]


def test_a_frame_without_tail_is_given_out_after_silence() -> None:
    framer = Framer()
    assert framer.feed(GOOD[:-2]) == []
    assert framer.awaits_tail
    assert framer.settle() == [Cut(GOOD[:-2])]
    assert framer.feed(b"\r\n" + OTHER) == [Cut(b"\r\n", "blank"), Cut(OTHER)]


def test_settle_keeps_half_a_frame() -> None:
    framer = Framer()
    framer.feed(GOOD[:50])
    assert framer.settle() == []
    assert framer.has_partial
    assert frames_of(framer.feed(GOOD[50:])) == [GOOD]


def test_flush_gives_out_the_rest_as_truncated() -> None:
    framer = Framer()
    framer.feed(GOOD[:80])
    assert framer.pending == 80
    assert framer.flush() == [Cut(GOOD[:80], "truncated")]
    assert framer.pending == 0
    assert not framer.has_partial


def test_flush_finds_good_frames_behind_a_claim_that_never_came_true() -> None:
    crooked = GOOD.replace(b"##0", b"##9")
    framer = Framer()
    cuts = framer.feed(crooked[:-8] + OTHER) + framer.flush()
    assert OTHER in frames_of(cuts)


@pytest.mark.clause("HJ 212-2025 6.4")
def test_ciphertext_may_hold_every_delimiter() -> None:
    area = b"\x00##0087QN=\r\n&&&&12AB\r\n\x00" + bytes(range(256))
    raw = odd_frame(area)
    assert frames_of(cut_all(raw + GOOD)) == [raw, GOOD]


@settings(deadline=None)
@given(st.binary(min_size=16, max_size=16), st.lists(st.integers(0, 60), max_size=20))
def test_encrypted_frames_are_cut_by_their_length(key: bytes, sizes: list[int]) -> None:
    text = b"DataTime=20240520210600;a01011-Min=1.35,a01011-Avg=1.35,a01011-Max=1.35,a01011-Flag=N;a01014-Min=3.20"
    raw = odd_frame(encrypt(text, key))
    assert frames_of(fed_in(raw + GOOD, sizes)) == [raw, GOOD]


def test_garbage_is_capped_and_reported() -> None:
    framer = Framer(garbage_limit=1000)
    framer.feed(b"x" * 900)
    assert not framer.too_much_garbage
    framer.feed(b"y" * 900)
    assert framer.too_much_garbage


def test_memory_is_bounded_while_a_frame_is_awaited() -> None:
    framer = Framer()
    for _ in range(200):
        framer.feed(b"##9999QN=1" + b"z" * 500)
        assert framer.pending < 40_000


def test_a_lower_frame_limit_gives_up_sooner() -> None:
    framer = Framer(frame_limit=600)
    framer.feed(b"##9000QN=1;CP=&&" + b"z" * 1000)
    assert framer.pending < 1100
    assert framer.feed(GOOD)[-1] == Cut(GOOD)


@pytest.mark.parametrize(
    "flood",
    [b"#", b"##9999", b"##9999A", b"##9999QN=", b"##0000A", b"##0000QN=", b"ABCD\r", b"##9999QN=" + b"ABCD\r" * 99],
)
def test_a_flood_cannot_hold_a_core(flood: bytes) -> None:
    """Work for each byte is bounded: calls are counted, not seconds, so that every machine says the same."""
    stream = flood * (32_768 // len(flood))
    assert b"".join(cut.raw for cut in cut_all(stream)) == stream
    assert calls_to_cut(stream) < 400 * len(stream)


def calls_to_cut(stream: bytes) -> int:
    """How many calls, of Python's own functions too, it takes to cut a stream."""
    calls = 0

    def count(_frame: object, event: str, _arg: object) -> None:
        nonlocal calls
        calls += event in {"call", "c_call"}

    sys.setprofile(count)
    try:
        cut_all(stream)
    finally:
        sys.setprofile(None)
    return calls


def test_longest_frame_is_cut() -> None:
    raw = encode_segment(b"QN=1;CP=&&" + b"x" * 9980 + b"&&")
    assert frames_of(cut_all(raw + GOOD)) == [raw, GOOD]


def test_every_vector_is_cut_the_same_byte_by_byte() -> None:
    for vector in read_vectors(VECTORS):
        assert fed_in(vector.raw, [1] * len(vector.raw)) == cut_all(vector.raw), vector.id
