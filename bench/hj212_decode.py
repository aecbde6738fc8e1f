"""How many HJ 212 frames one core turns into columns each second: stream bytes -> Framer -> decode_batch -> rows.

The mix is every upload frame (CN 2011, 2051, 2061, 2031) of the vectors that are accepted, awkward ones included (no
QN, no Flag, blanks, doubled codes, 2005 codes, 12 decimals); each copy has its own MN, QN and DataTime and a CRC
computed anew, and 0.5 % of the frames are damaged afterwards. `with_warned` adds the vectors that are accepted with a
warning, in their crooked form: there two of five frames carry a fault, as no field does. CRC checked, SHA-256 of the
raw bytes included, one thread on one core.
"""

import argparse
import json
import os
import random
import statistics
import sys
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, NamedTuple

VECTORS = Path(__file__).parents[1] / "tests" / "data" / "hj212" / "hj212.jsonl"
READ_BYTES = 65_536
FLUSH_FRAMES = 5_000
DAMAGED = 0.005
NOW = datetime(2026, 11, 23, 4, 0, tzinfo=UTC)
UPLOADS = ("2011", "2051", "2061", "2031")


class Template(NamedTuple):
    """One piece of a vector: raw bytes, the segment's place in them, and where the varied digits stand in it."""

    raw: bytes
    start: int
    end: int
    crc: str
    mn: int
    qn: int
    data_time: int
    behind: timedelta


def run(argv: list[str]) -> dict[str, Any]:
    """Measure and return the figures; `--seconds` is the time for the mix, half as much for `with_warned`."""
    parser = argparse.ArgumentParser(prog="hj212-decode")
    parser.add_argument("--seconds", type=float, default=6.0)
    parser.add_argument("--vectors", type=Path, default=VECTORS)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args(argv)
    os.environ["POLARS_MAX_THREADS"] = "1"
    cores = os.sched_getaffinity(0)
    core = max(cores)
    os.sched_setaffinity(0, {core})
    try:
        accepted = _measure(_templates(options.vectors, ("accept",)), options.seconds)
        warned = _measure(_templates(options.vectors, ("accept", "accept-warn")), options.seconds / 2)
    finally:
        os.sched_setaffinity(0, cores)
    return {
        **accepted,
        "with_warned": warned,
        "conditions": {
            "threads": 1,
            "core": core,
            "read_bytes": READ_BYTES,
            "flush_frames": FLUSH_FRAMES,
            "damaged_share": DAMAGED,
            "load": round(os.getloadavg()[0], 2),
            "python": sys.version.split()[0],
            "path": "64 KiB reads -> Framer -> decode_batch (CRC, SHA-256) -> polars columns",
            "mix": "uploads CN 2011/2051/2061/2031 of the vectors with action accept, 0.5 % damaged afterwards; "
            "with_warned adds those with accept-warn, each of which carries a fault",
        },
    }


def _templates(vectors: Path, actions: tuple[str, ...]) -> list[list[Template]]:
    """The pieces of each vector that is an upload with one of these actions."""
    from sanjian.base.sensing.hj212.decode import decode_frame
    from sanjian.base.sensing.hj212.framing import Framer

    chosen = []
    for line in vectors.read_bytes().splitlines():
        vector = json.loads(line)
        framer, raw = Framer(), vector["frame"].encode(vector.get("encoding", "utf-8"))
        cuts = [cut for cut in framer.feed(raw) + framer.flush() if cut.reason != "blank"]
        frames = [decode_frame(cut) for cut in cuts if cut.is_frame]
        is_upload = frames and all(one.header.get("CN") in UPLOADS and one.factors for one in frames)
        if vector["action"] in actions and is_upload:
            chosen.append([_template(cut.raw, cut.is_frame) for cut in cuts])
    return chosen


def _template(raw: bytes, is_frame: bool) -> Template:
    from sanjian.base.sensing.hj212.crc import crc16_modbus
    from sanjian.base.sensing.hj212.decode import decode_frame

    one = decode_frame(raw)
    start, end, text = one.layout.start, one.layout.end, one.layout.crc_text
    if not is_frame:
        return Template(raw, 0, 0, "", -1, -1, -1, timedelta())
    segment = raw[start:end]
    is_modbus = int(text, 16) == crc16_modbus(segment)
    crc = "modbus" if is_modbus else "lower" if text != text.upper() else "upper"
    data_time = segment.find(b"DataTime=") + 9
    is_plain = data_time > 8 and segment[data_time : data_time + 14].isdigit()
    behind = (one.qn_at - one.data_time_at) if one.qn_at and one.data_time_at else timedelta()
    qn = segment.find(b"QN=") + 3
    mn = segment.find(b"MN=") + 3
    tail_of_mn = segment.find(b";", mn) - 6
    return Template(raw, start, end, crc, tail_of_mn, qn if qn > 2 else -1, data_time if is_plain else -1, behind)


def _vary(template: Template, draw: random.Random) -> bytes:
    """A copy with its own MN, QN and DataTime, all close to NOW, and the CRC that belongs to it."""
    from sanjian.base.sensing.hj212.crc import crc16, crc16_modbus
    from sanjian.base.sensing.hj212.times import CHINA

    if not template.crc:
        return template.raw
    segment = bytearray(template.raw[template.start : template.end])
    sent = NOW.astimezone(CHINA) - timedelta(milliseconds=draw.randrange(600_000))
    segment[template.mn : template.mn + 6] = b"%06d" % draw.randrange(1_000_000)
    if template.qn >= 0:
        segment[template.qn : template.qn + 17] = sent.strftime("%Y%m%d%H%M%S%f")[:17].encode()
    if template.data_time >= 0:
        at = (sent - template.behind).strftime("%Y%m%d%H%M%S")
        segment[template.data_time : template.data_time + 14] = at.encode()
    check = crc16_modbus(bytes(segment)) if template.crc == "modbus" else crc16(bytes(segment))
    text = (f"{check:04x}" if template.crc == "lower" else f"{check:04X}").encode()
    return template.raw[: template.start] + bytes(segment) + text + template.raw[template.end + 4 :]


def _stream(templates: list[list[Template]], frames: int, draw: random.Random) -> bytes:
    pieces = []
    for number in range(frames):
        raw = b"".join(_vary(template, draw) for template in templates[number % len(templates)])
        if draw.random() < DAMAGED:
            broken = bytearray(raw)
            broken[draw.randrange(len(broken))] ^= 1 << draw.randrange(8)
            raw = bytes(broken) if draw.random() < 0.7 else raw[: draw.randrange(1, len(raw))]
        pieces.append(raw)
    draw.shuffle(pieces)
    return b"".join(pieces)


def _measure(templates: list[list[Template]], seconds: float) -> dict[str, Any]:
    """Rounds over fresh streams until the time is up; medians of the rounds."""
    from sanjian.base.sensing.hj212.columns import decode_batch
    from sanjian.base.sensing.hj212.decode import decode_frame

    draw = random.Random(212)
    streams = [_stream(templates, 8 * FLUSH_FRAMES, draw) for _ in range(2)]
    _decode_stream(streams[0], decode_batch)
    rates: list[float] = []
    cpu_rates: list[float] = []
    references: list[float] = []
    frames = regular = readings = 0
    end = time.perf_counter() + seconds
    while time.perf_counter() < end or len(rates) < 3:
        stream = streams[len(rates) % 2]
        begin, cpu = time.perf_counter(), time.process_time()
        frames, regular, readings = _decode_stream(stream, decode_batch)
        rates.append(frames / (time.perf_counter() - begin))
        cpu_rates.append(frames / (time.process_time() - cpu))
        raws = _cut(stream)[:400]
        begin = time.perf_counter()
        for raw in raws:
            decode_frame(raw, received_at=NOW)
        references.append(len(raws) / (time.perf_counter() - begin))
    return {
        "frames_per_s": round(statistics.median(rates)),
        "reference_frames_per_s": round(statistics.median(references)),
        "rounds": len(rates),
        "frames_per_cpu_s": round(statistics.median(cpu_rates)),
        "slowest_round": round(min(rates)),
        "fastest_round": round(max(rates)),
        "mean_bytes": round(statistics.mean(len(raw) for stream in streams for raw in _cut(stream)), 1),
        "fast_share": round(regular / frames, 4),
        "readings_per_frame": round(readings / frames, 2),
        "templates": len(templates),
    }


def _decode_stream(stream: bytes, decode_batch: Any) -> tuple[int, int, int]:
    """The gateway's way without sockets: reads, cut, decode at every 5,000 frames."""
    from sanjian.base.sensing.hj212.framing import Framer

    framer, waiting = Framer(), []
    frames = regular = readings = 0
    reads = [stream[at : at + READ_BYTES] for at in range(0, len(stream), READ_BYTES)]
    for number, data in enumerate(reads):
        waiting += [cut.raw for cut in framer.feed(data) if not cut.reason]
        while len(waiting) >= FLUSH_FRAMES or (number == len(reads) - 1 and waiting):
            batch = decode_batch(waiting[:FLUSH_FRAMES], received_at=NOW)
            del waiting[:FLUSH_FRAMES]
            frames, regular = frames + batch.frames.height, regular + batch.regular
            readings += batch.readings.height
    return frames, regular, readings


def _cut(stream: bytes) -> list[bytes]:
    from sanjian.base.sensing.hj212.framing import Framer

    return [cut.raw for cut in Framer().feed(stream) if cut.is_frame]


if __name__ == "__main__":
    figures = run(sys.argv[1:])
    print(json.dumps(figures, ensure_ascii=False))
