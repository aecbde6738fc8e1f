"""Frames for tests: the repository's vectors, and strategies that make frames."""

from datetime import UTC, datetime
from pathlib import Path

from hypothesis import strategies as st

from sanjian.base.sensing.hj212.encode import encode_area, encode_frame, encode_segment
from sanjian.base.sensing.hj212.framing import Cut, Framer
from sanjian.base.sensing.hj212.vectors import read_vectors

VECTORS = Path(__file__).parents[6] / "tests" / "data" / "hj212" / "hj212.jsonl"
RECEIVED = datetime(2026, 3, 12, 2, 16, tzinfo=UTC)

HEADER = {"QN": "20260312101500123", "ST": "39", "CN": "2011", "PW": "123456", "MN": "A" * 24, "Flag": "5"}


def vector_frames() -> list[bytes]:
    """Every frame cut from the vectors, crooked and refused ones too."""
    return [cut.raw for vector in read_vectors(VECTORS) for cut in cut_all(vector.raw) if cut.is_frame]


def cut_all(stream: bytes) -> list[Cut]:
    """All pieces of a stream that has ended."""
    framer = Framer()
    return framer.feed(stream) + framer.flush()


def frame(area: str, **header: str | None) -> bytes:
    """A right frame around an area; a header field set to None is left out."""
    fields = {name: value for name, value in (HEADER | header).items() if value is not None}
    return encode_frame(fields, area, area_limit=5000)


def odd_frame(area: bytes, header: dict[str, str] = HEADER) -> bytes:
    """A frame with a right length and CRC around any bytes."""
    return encode_segment(";".join(f"{k}={v}" for k, v in header.items()).encode() + b";CP=&&" + area + b"&&")


CODES = st.sampled_from(
    ["a34001", "a34002", "w01018", "LA", "a01001", "01", "011", "W01018", "CONC", "e01001", "p99101"]
)
NUMBERS = st.one_of(
    st.decimals(-(10**7), 10**7, places=3).map(str),
    st.sampled_from(["", "-9999", "-99.99", "1e400", "NaN", "--", "0,18", "12mg", "St", "+5", ".5", "5.", "1e3"]),
    st.from_regex(r"-?[0-9]{1,9}(\.[0-9]{1,16})?", fullmatch=True),
)
FIELDS = st.sampled_from(["Rtd", "Avg", "Min", "Max", "Cou", "ZsRtd", "ZsAvg", "ZsMin", "Data", "EFlag", "SampleTime"])
MARKS = st.sampled_from(["N", "D", "T", "n", "X", "", "NN"])
ITEMS = st.builds(
    lambda code, fields, mark: ",".join(
        [f"{code}-{name}={text}" for name, text in fields] + ([f"{code}-Flag={mark}"] if mark is not None else [])
    ),
    CODES,
    st.lists(st.tuples(FIELDS, NUMBERS), min_size=1, max_size=4),
    st.none() | MARKS,
)
TIMES = st.sampled_from(
    [
        "20260312101500",
        "20260312181500",
        "20260101000000",
        "19700101080000",
        "20260230101500",
        "2026-03-12 10:15:00",
        "",
    ]
)
AREAS = st.builds(
    lambda time, items, glue, end: glue.join([*([f"DataTime={time}"] if time else []), *items]) + end,
    TIMES,
    st.lists(ITEMS, max_size=5),
    st.sampled_from([";", ";", ";", ",", "; "]),
    st.sampled_from(["", "", ";", " ", "x"]),
)
HEADERS = st.fixed_dictionaries(
    {"MN": st.sampled_from(["A" * 24, "SH0310115000000000A00001", "88888880000001"])},
    optional={
        "QN": st.sampled_from(["20260312101500123", "1617937097417", "20261312101500123", "20260312101500"]),
        "ST": st.sampled_from(["39", "32", "31", "45", "Z9"]),
        "CN": st.sampled_from(["2011", "2051", "2061", "2031", "3020", "9014", "4444", "20x1"]),
        "PW": st.sampled_from(["123456", ""]),
        "Flag": st.sampled_from(["0", "1", "4", "5", "7", "9", "12", "256", "x", ""]),
        "PNUM": st.sampled_from(["2", "3", "x", "0002"]),
        "PNO": st.sampled_from(["1", "3", "0", "0002"]),
        "RF": st.sampled_from(["1", "0", ""]),
    },
)
ANY_FRAME = st.builds(lambda header, area: odd_frame(area.encode(), header), HEADERS, AREAS)
"""Frames with a right outer form and an odd inside."""

GOOD_FRAME = st.builds(
    lambda code, number, mark: frame(encode_area("20260312101500", {code: {"Rtd": f"{number:.3f}", "Flag": mark}})),
    st.sampled_from(["a34001", "w01018", "LA"]),
    st.floats(0, 99, allow_nan=False),
    st.sampled_from("NDT"),
)
