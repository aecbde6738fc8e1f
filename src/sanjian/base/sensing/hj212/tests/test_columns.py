"""The batch decoder gives the rows of the reference decoder, alone or in any company."""

import hashlib
from datetime import UTC, datetime, timedelta

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from polars.testing import assert_frame_equal

from sanjian.base.sensing import streams
from sanjian.base.sensing.hj212.columns import EXCHANGE_SCHEMA, FRAMES_SCHEMA, READINGS_SCHEMA, decode_batch
from sanjian.base.sensing.hj212.crc import crc16
from sanjian.base.sensing.hj212.decode import decode_frame
from sanjian.base.sensing.hj212.dialect import Dialect
from sanjian.base.sensing.hj212.layout import locate
from sanjian.base.sensing.hj212.rows import Tables, tables_of

from .frames import ANY_FRAME, GOOD_FRAME, RECEIVED, frame, vector_frames

ORDER = [
    "frame_sha256",
    "factor_code",
    *(name for name in READINGS_SCHEMA if name not in ("frame_sha256", "factor_code")),
]
"""All columns: two spellings of one factor in a frame are two rows that may share code and text."""


def reference(raws: list[bytes], received_at: datetime = RECEIVED) -> Tables:
    count = len(raws)
    hashes = [hashlib.sha256(raw).hexdigest() for raw in raws]
    decoded = [decode_frame(raw, received_at=received_at) for raw in raws]
    found = tables_of(range(count), decoded, [None] * count, [received_at] * count, hashes)
    return Tables(found.frames.drop("index"), found.readings, found.exchange.drop("index"))


def assert_same(raws: list[bytes], received_at: datetime = RECEIVED) -> None:
    batch, wanted = decode_batch(raws, received_at=received_at), reference(raws, received_at)
    assert_frame_equal(batch.frames, wanted.frames)
    assert_frame_equal(batch.exchange, wanted.exchange)
    assert_frame_equal(batch.readings.sort(ORDER), wanted.readings.sort(ORDER))


def test_schemas_are_those_of_the_lake() -> None:
    assert streams.FRAMES.schema == FRAMES_SCHEMA
    assert streams.READINGS.schema == READINGS_SCHEMA


@pytest.mark.parametrize("raws", [[], [b""], [b"##", b"x" * 100], [frame("")], [frame("DataTime=20260312101500")]])
def test_small_batches_have_the_schema(raws: list[bytes]) -> None:
    batch = decode_batch(raws, received_at=RECEIVED)
    assert batch.frames.schema == pl.Schema(FRAMES_SCHEMA)
    assert batch.readings.schema == pl.Schema(READINGS_SCHEMA)
    assert batch.exchange.schema == pl.Schema(EXCHANGE_SCHEMA)
    assert_same(raws)


@pytest.mark.parametrize("days", [0, 1, 20, 100, -1, -3000])
def test_all_vectors_at_any_time_of_reception(days: int) -> None:
    assert_same(vector_frames(), RECEIVED + timedelta(days=days))


@settings(max_examples=400, deadline=None)
@given(st.lists(ANY_FRAME, min_size=1, max_size=6))
def test_odd_frames_read_the_same_in_a_batch(raws: list[bytes]) -> None:
    assert_same(raws)


@settings(max_examples=300, deadline=None)
@given(st.sampled_from(vector_frames()), st.lists(st.tuples(st.integers(0, 2000), st.integers(0, 255)), max_size=3))
def test_mutated_frames_read_the_same_in_a_batch(raw: bytes, changes: list[tuple[int, int]]) -> None:
    broken = bytearray(raw)
    for at, byte in changes:
        broken[at % len(broken)] = byte
    assert_same([bytes(broken), raw])


SIGNS = st.sampled_from([bytes([byte]) for byte in b"0123456789.-;,=&/ #NRtdAvgFlagxa3\r\n\xc4"])
EDITS = st.lists(st.tuples(st.integers(0, 2000), st.sampled_from(["put", "insert", "drop"]), SIGNS), max_size=3)
TAILS = st.sampled_from([b"\r\n", b"\r\n", b"\n", b"\r", b"", b"\r\n\r\n"])


def edited_and_sealed(raw: bytes, edits: list[tuple[int, str, bytes]], tail: bytes) -> bytes:
    """A frame with small edits, length and CRC right again: so it is the inside that is tested."""
    for at, kind, sign in edits:
        place = at % len(raw)
        raw = raw[:place] + (b"" if kind == "drop" else sign) + raw[place + (kind != "insert") :]
    layout = locate(raw)
    segment = raw[layout.start : layout.end]
    return b"##%04d%b%04X" % (len(segment), segment, crc16(segment)) + tail


@settings(max_examples=400, deadline=None)
@given(st.lists(st.builds(edited_and_sealed, st.sampled_from(vector_frames()), EDITS, TAILS), min_size=1, max_size=8))
def test_edited_frames_with_a_right_crc_read_the_same_in_a_batch(raws: list[bytes]) -> None:
    assert_same(raws)


@pytest.mark.parametrize("tail", [b"\r\n", b"\n", b"\r", b""])
@pytest.mark.parametrize("digit", [b"7", b" "])
def test_a_digit_behind_the_length_reads_the_same_whatever_the_tail(digit: bytes, tail: bytes) -> None:
    """Found by mutation: four digits and a fifth were read as another length only where the tail was odd."""
    segment = digit + frame("DataTime=20260312101500;LA-Rtd=50.1")[6:-6]
    assert_same([b"##%04d%b%04X" % (len(segment), segment, crc16(segment)) + tail])


@settings(max_examples=40, deadline=None)
@given(st.permutations(vector_frames()), st.integers(1, 60))
def test_rows_do_not_depend_on_company_or_order(raws: list[bytes], count: int) -> None:
    some = raws[:count]
    together = decode_batch(some, received_at=RECEIVED)
    apart = [decode_batch([raw], received_at=RECEIVED) for raw in some]
    assert_frame_equal(together.frames, pl.concat([one.frames for one in apart]))
    assert_frame_equal(together.exchange, pl.concat([one.exchange for one in apart]))
    assert_frame_equal(together.readings.sort(ORDER), pl.concat([one.readings for one in apart]).sort(ORDER))


@settings(max_examples=30, deadline=None)
@given(st.lists(GOOD_FRAME, min_size=1, max_size=30))
def test_regular_frames_go_the_fast_way(raws: list[bytes]) -> None:
    assert decode_batch(raws, received_at=RECEIVED).regular == len(raws)
    assert_same(raws)


def test_peers_and_times_belong_to_their_frames() -> None:
    raws = [frame("DataTime=20260312101500;LA-Rtd=50.1"), frame("DataTime=20260312101500;LA-Rtd=--")]
    times = [RECEIVED, RECEIVED + timedelta(seconds=1)]
    batch = decode_batch(raws, peers=["a:1", "b:2"], received_at=times)
    assert batch.frames["peer"].to_list() == ["a:1", "b:2"]
    assert batch.frames["received_at"].to_list() == times
    micros = np.array([int(at.timestamp() * 1_000_000) for at in times])
    assert_frame_equal(decode_batch(raws, peers=["a:1", "b:2"], received_at=micros).frames, batch.frames)


def test_lengths_must_agree() -> None:
    with pytest.raises(ValueError, match="as long as raws"):
        decode_batch([b"x"], peers=["a", "b"], received_at=RECEIVED)


def test_a_dialect_reaches_regular_frames_too() -> None:
    raw = frame("DataTime=20260312101500;ZZTOP-Rtd=0.2,ZZTOP-Flag=N")
    plain = decode_batch([raw], received_at=RECEIVED)
    assert plain.readings["factor_code"].to_list() == ["ZZTOP"]
    assert plain.readings["quality_flag"].to_list() == ["unmapped_factor"]
    mapped = decode_batch([raw], received_at=RECEIVED, dialects={"A" * 24: Dialect(codes={"ZZTOP": "a34002"})})
    assert mapped.readings["factor_code"].to_list() == ["a34002"]
    assert mapped.readings["quality_flag"].to_list() == [""]


def test_numbers_times_and_marks_arrive_as_promised() -> None:
    area = "DataTime=20260312101500;01-Rtd=3.3,01-ZsRtd=4.0,01-Flag=N;a21026-Rtd=-9999,a21026-Flag=D;a21002-Rtd=-1.5"
    rows = decode_batch([frame(area, ST="31", RF="1")], received_at=RECEIVED).readings.to_dicts()
    dust, sulfur, nitrogen = rows
    assert dust["factor_code"] == "a34013"
    assert (dust["value"], dust["value_text"], dust["zs_value"], dust["data_flag"]) == (3.3, "3.3", 4.0, "N")
    assert dust["data_time_at"] == datetime(2026, 3, 12, 2, 15, tzinfo=UTC)
    assert dust["data_time_raw"] == "20260312101500"
    assert dust["is_backfill"]
    assert (sulfur["value"], sulfur["quality_flag"]) == (None, "value_sentinel")
    assert (nitrogen["value"], nitrogen["quality_flag"], nitrogen["data_flag"]) == (-1.5, "value_negative", None)


def test_many_distinct_names_are_read_right() -> None:
    """The table of names is bounded; names that find no place in it are read by the reference."""
    raws = [
        frame("DataTime=20260312101500;" + ";".join(f"x{at}{n:05d}-Rtd={n}" for n in range(40))) for at in range(300)
    ]
    assert_same(raws[:60])
    values = decode_batch(raws, received_at=RECEIVED).readings
    assert values.height == 300 * 40
    assert (values["factor_code"].str.slice(-5).cast(pl.Float64) == values["value"]).all()
