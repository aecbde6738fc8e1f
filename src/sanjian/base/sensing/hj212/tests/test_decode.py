"""Reading one frame: lenient, complete, and never surprised."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sanjian.base.sensing.hj212.crc import crc16_modbus
from sanjian.base.sensing.hj212.decode import decode_frame
from sanjian.base.sensing.hj212.dialect import Dialect
from sanjian.base.sensing.hj212.encode import encode_area, encode_frame
from sanjian.base.sensing.hj212.errors import BadKey
from sanjian.base.sensing.hj212.messages import BIT, MEANINGS, message

from .frames import ANY_FRAME, HEADER, RECEIVED, frame, odd_frame, vector_frames

KEY = bytes(range(16))
TIME = "DataTime=20260312101500;"


@settings(max_examples=400, deadline=None)
@given(st.sampled_from(vector_frames()), st.lists(st.tuples(st.integers(0, 2000), st.integers(0, 255)), max_size=6))
def test_mutated_frames_never_raise(raw: bytes, changes: list[tuple[int, int]]) -> None:
    broken = bytearray(raw)
    for at, byte in changes:
        broken[at % len(broken)] = byte
    one = decode_frame(bytes(broken), Dialect(sm4_key=KEY), RECEIVED)
    assert one.action
    assert len(one.messages) >= len(one.warnings)


@settings(max_examples=300, deadline=None)
@given(st.binary(max_size=400))
def test_any_bytes_never_raise(raw: bytes) -> None:
    assert not decode_frame(raw).is_accepted or raw.startswith(b"##")


@settings(max_examples=200, deadline=None)
@given(ANY_FRAME)
def test_every_finding_has_a_chinese_sentence(raw: bytes) -> None:
    assert all(text and "{" not in text for text in decode_frame(raw, received_at=RECEIVED).messages)


def test_every_code_formats_without_facts() -> None:
    assert all("{" not in message(code, {}) for code in MEANINGS)


def test_codes_of_the_batch_decoder_fit_its_integers() -> None:
    for code in (
        "crc_modbus",
        "tail_missing",
        "value_over_range",
        "unmapped_factor",
        "data_time_old",
        "duplicate_field",
    ):
        assert BIT[code] < 1 << 63


NAMES = st.text("abcdefghijklmnopqrstuvwxyz0123456789", min_size=1, max_size=8)
VALUES = st.text("abcdefghijklmnopqrstuvwxyz0123456789.+-:汉字", max_size=12)


@settings(max_examples=200, deadline=None)
@given(st.dictionaries(NAMES, st.dictionaries(NAMES, VALUES, min_size=1, max_size=4), max_size=5))
def test_what_is_built_is_read_back(factors: dict[str, dict[str, str]]) -> None:
    area = encode_area("20260312101500", factors, {"PolId": "w01018"})
    one = decode_frame(frame(area), received_at=RECEIVED)
    assert one.header == HEADER
    assert one.factors == factors
    assert one.cp == {"DataTime": "20260312101500", "PolId": "w01018"}
    assert not one.findings.refusal()


@pytest.mark.clause("HJ 212-2025 6.4")
@settings(deadline=None)
@given(st.text("abc=;,0189", max_size=100), st.binary(min_size=16, max_size=16))
def test_encrypted_frames_need_their_key(tail: str, key: bytes) -> None:
    area = "DataTime=20260312101500;a34001-Rtd=0.182,a34001-Flag=N;" + tail
    raw = encode_frame(HEADER | {"Flag": "9"}, area, sm4_key=key)
    one = decode_frame(raw, Dialect(sm4_key=key), RECEIVED)
    assert one.is_encrypted
    assert one.factors["a34001"] == {"Rtd": "0.182", "Flag": "N"}
    without = decode_frame(raw, received_at=RECEIVED)
    assert without.action in ("quarantine", "reject-9011-9")
    assert without.readings == ()


def test_a_short_key_is_our_mistake() -> None:
    raw = encode_frame(HEADER | {"Flag": "9"}, TIME + "LA-Rtd=50.0", sm4_key=KEY)
    with pytest.raises(BadKey):
        decode_frame(raw, Dialect(sm4_key=b"short"))


@pytest.mark.parametrize(
    ("text", "value", "finding"),
    [
        ("0.182", 0.182, ""),
        ("", None, "value_empty"),
        ("--", None, "value_not_number"),
        ("null", None, "value_not_number"),
        ("NaN", None, "value_not_number"),
        ("0.2mg", None, "value_not_number"),
        ("0,182", None, "value_not_number"),
        ("-9999", None, "value_sentinel"),
        ("-99.99", None, "value_sentinel"),
        ("1e400", None, "value_overflow"),
        ("-0.003", -0.003, "value_negative"),
        ("999999.9", 999999.9, "value_over_range"),
    ],
)
def test_odd_values_keep_their_text(text: str, value: float | None, finding: str) -> None:
    one = decode_frame(odd_frame(f"{TIME}a34001-Rtd={text},a34001-Flag=N".encode()), received_at=RECEIVED)
    assert one.action == ("accept-warn" if finding else "accept")
    assert one.readings[0].value == value
    assert one.readings[0].value_text == text
    assert not finding or finding in one.warnings


@pytest.mark.parametrize(
    ("data_time", "action", "finding"),
    [
        ("20260312101500", "accept", None),
        ("20260312101500123", "accept-warn", "data_time_format"),
        ("2026-03-12 10:15:00", "accept-warn", "data_time_format"),
        ("20260312181500", "accept-warn", "data_time_ahead"),
        ("20260101000000", "accept-warn", "data_time_old"),
        ("20360312101500", "quarantine", "data_time_impossible"),
        ("19700101080000", "quarantine", "data_time_impossible"),
        ("20260230101500", "reject-data", "data_time_invalid"),
        ("yesterday", "reject-data", "data_time_invalid"),
    ],
)
def test_the_device_clock_is_judged(data_time: str, action: str, finding: str | None) -> None:
    one = decode_frame(frame(f"DataTime={data_time};LA-Rtd=50.1"), received_at=RECEIVED)
    assert one.action == action
    assert finding is None or finding in one.warnings


def test_back_filled_data_may_be_old() -> None:
    one = decode_frame(frame("DataTime=20260101000000;LA-Rtd=50.1", RF="1"), received_at=RECEIVED)
    assert one.action == "accept"


@pytest.mark.parametrize(
    ("header", "action"),
    [
        ({"QN": None}, "accept-warn"),
        ({"QN": None, "Flag": None}, "accept"),
        ({"QN": "20261312101500123"}, "reject-9011-7"),
        ({"PW": None}, "reject-9011-3"),
        ({"MN": None}, "reject-9011-4"),
        ({"ST": None}, "reject-9011-5"),
        ({"Flag": "256"}, "reject-9011-6"),
        ({"Flag": "x"}, "reject-9011-6"),
        ({"CN": None}, "reject-9011-8"),
        ({"CN": "4444"}, "accept-warn"),
        ({"ST": "Z9"}, "accept-warn"),
        ({"Flag": "12"}, "accept-warn"),
        ({"Flag": "7"}, "accept-warn"),
        ({"Flag": "7", "PNUM": "3", "PNO": "4"}, "reject"),
        ({"Flag": "7", "PNUM": "3", "PNO": "3"}, "accept"),
        ({"PNUM": "1", "PNO": "1"}, "accept-warn"),
        ({"RF": "0"}, "accept-warn"),
    ],
)
def test_header_faults_name_their_action(header: dict[str, str | None], action: str) -> None:
    assert decode_frame(frame(TIME + "LA-Rtd=50.1", **header), received_at=RECEIVED).action == action


def test_a_bad_flag_can_be_ignored_per_device() -> None:
    raw = frame(TIME + "LA-Rtd=50.1", Flag="x")
    one = decode_frame(raw, Dialect(refuse_bad_flag=False), RECEIVED)
    assert one.action == "accept-warn"
    assert not one.ack


def test_a_wrong_crc_is_answered_only_where_an_answer_was_wanted() -> None:
    raw = frame(TIME + "LA-Rtd=50.1")
    assert decode_frame(raw.replace(b"50.1", b"51.1")).action == "reject-9011-9"
    quiet = frame(TIME + "LA-Rtd=50.1", Flag="4")
    assert decode_frame(quiet.replace(b"50.1", b"51.1")).action == "reject"


def test_modbus_devices_are_read_with_a_warning_unless_forbidden() -> None:
    raw = frame(TIME + "LA-Rtd=50.1")
    raw = raw[:-6] + b"%04X\r\n" % crc16_modbus(raw[6:-6])
    assert decode_frame(raw, received_at=RECEIVED).warnings == ("crc_modbus",)
    assert decode_frame(raw, Dialect(crc_mode="hj-only"), RECEIVED).action == "reject-9011-9"


def test_messages_state_the_figures() -> None:
    raw = frame(TIME + "LA-Rtd=50.1").replace(b"##01", b"##02", 1)
    text = "；".join(decode_frame(raw, received_at=RECEIVED).messages)
    size = len(raw) - 12
    assert f"声明长度 {size + 100}，实际 {size}" in text


def test_opaque_text_may_hold_delimiters() -> None:
    area = "DataTime=20260312101500;i11001-Info=//a;b=c,d&&e//;PolId=w01018"
    one = decode_frame(odd_frame(area.encode(), HEADER | {"CN": "3020"}), received_at=RECEIVED)
    assert one.factors == {"i11001": {"Info": "//a;b=c,d&&e//"}}
    assert one.cp["PolId"] == "w01018"
    assert one.action == "accept"


def test_gbk_text_is_read_and_marked() -> None:
    area = "DataTime=20260312101500;i11001-Info=//更换试剂//"
    one = decode_frame(odd_frame(area.encode("gbk"), HEADER | {"CN": "3020"}), received_at=RECEIVED)
    assert one.factors["i11001"]["Info"] == "//更换试剂//"
    assert one.warnings == ("gbk_text",)


def test_a_bare_mark_belongs_to_the_factor_before() -> None:
    one = decode_frame(odd_frame(f"{TIME}a34001-Rtd=0.2;Flag=D".encode()), received_at=RECEIVED)
    assert one.readings[0].data_flag == "D"
    assert "bare_flag" in one.warnings


def test_misspelt_codes_are_repaired_with_a_warning() -> None:
    one = decode_frame(frame(TIME + "W01018-Rtd=20.1;01001-Rtd=7.1", ST="32"), received_at=RECEIVED)
    assert [row.factor_code for row in one.readings] == ["w01018", "w01001"]
    assert one.warnings == ("code_case_folded", "code_prefix_added")


@pytest.mark.clause("HJ/T 212-2005 appendix B")
def test_2005_codes_mean_different_things_under_different_systems() -> None:
    air = decode_frame(frame(TIME + "01-Rtd=3.3", ST="31"), received_at=RECEIVED)
    water = decode_frame(frame(TIME + "001-Rtd=7.3", ST="32"), received_at=RECEIVED)
    assert (air.readings[0].factor_code, water.readings[0].factor_code) == ("a34013", "w01001")
    assert list(air.factors) == ["01"]


def test_two_numbers_for_one_thing_give_no_value() -> None:
    one = decode_frame(frame(TIME + "e10101-Rtd=1.1;e10101-Rtd=2.2", ST="52"), received_at=RECEIVED)
    assert one.action == "accept"
    assert (one.readings[0].value, one.readings[0].value_text) == (None, "1.1,2.2")
    assert one.remarks == ("duplicate_field",)


def test_without_data_time_the_qn_counts_with_a_mark() -> None:
    one = decode_frame(frame("LA-Rtd=50.1"), received_at=RECEIVED)
    assert one.data_time_at == datetime(2026, 3, 12, 2, 15, tzinfo=UTC)
    assert one.data_time_raw is None
    assert "data_time_missing" in one.warnings
    assert decode_frame(frame("LA-Rtd=50.1", QN=None, Flag="4"), received_at=RECEIVED).action == "reject-data"


def test_2025_bits_from_a_device_that_looks_like_2017_are_doubted() -> None:
    raw = frame(TIME + "LA-Rtd=50.1", Flag="9", MN="SH0310115000000000A00001")
    assert decode_frame(raw, received_at=RECEIVED).warnings == ("version_doubtful",)
    assert decode_frame(raw, Dialect(edition="2025"), RECEIVED).action == "accept"
    assert decode_frame(raw, Dialect(edition="2025", medium="internet"), RECEIVED).warnings == ("clear_text",)


def test_time_limits_belong_to_the_dialect() -> None:
    raw = frame("DataTime=20260312103000;LA-Rtd=50.1", QN="20260312103000000")
    assert decode_frame(raw, received_at=RECEIVED).action == "accept-warn"
    assert decode_frame(raw, Dialect(ahead=timedelta(hours=1)), RECEIVED).action == "accept"
