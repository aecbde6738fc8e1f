"""Holding the codec against vectors: every frame through the framer, the reference decoder and the batch decoder.

A vector matches when the action is the one it names and everything it expects was read: header fields, Flag bits,
DataTime, items, factors. Expectations are compared, never used in reading.
"""

import hashlib
import json
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NamedTuple

import polars as pl

from .columns import decode_batch
from .conflicts import find_conflicts
from .decode import Decoded, decode_frame
from .dialect import Dialect
from .encode import HEADER_ORDER
from .errors import BadSource
from .framing import Cut, Framer
from .rows import FRAMES_SCHEMA, READINGS_SCHEMA, Tables, tables_of

ANNEX_KEY = b"0" * 16
"""The SM4 key of the examples in HJ 212-2025, annex A.2: sixteen bytes 0x30."""

DIALECT = Dialect(sm4_key=ANNEX_KEY)
_UNDATED = datetime(2026, 1, 1, tzinfo=UTC)


class Vector(NamedTuple):
    """One line of a vector file. `expected` has one reading for each frame that carries data."""

    id: str
    raw: bytes
    action: str
    expected: list[dict[str, Any]]


def read_vectors(path: Path) -> Iterator[Vector]:
    """Vectors of a JSONL file.

    Raises:
        BadSource: the file cannot be read, or a line is no vector.
    """
    try:
        lines = path.read_bytes().split(b"\n")
    except OSError as error:
        raise BadSource(f"无法读取 {path}：{error.strerror}") from error
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            fields = json.loads(line)
            raw = fields["frame"].encode(fields.get("encoding", "utf-8"))
            expected = fields.get("expected") or []
            yield Vector(
                str(fields["id"]), raw, fields["action"], expected if isinstance(expected, list) else [expected]
            )
        except (ValueError, KeyError, TypeError, AttributeError, LookupError) as error:
            raise BadSource(f"{path} 第 {number} 行不是测试向量：{error}") from error


def check_vectors(path: Path) -> dict[str, Any]:
    """Run every vector of a file.

    Returns:
        `vectors`, `frames` (cut from them), `mismatches` (vectors that differ) and `why`, a list of
        {"id", "action", "got", "differences"} for these.

    Raises:
        BadSource: the file holds no vectors.
    """
    vectors = list(read_vectors(path))
    cut = [_cut(vector.raw) for vector in vectors]
    why = []
    for vector, pieces in zip(vectors, cut, strict=True):
        got, differences = _check(vector, pieces)
        if differences:
            why.append({"id": vector.id, "action": vector.action, "got": got, "differences": differences})
    frames = sum(piece.is_frame for pieces in cut for piece in pieces)
    return {"vectors": len(vectors), "frames": frames, "mismatches": len(why), "why": why}


def _cut(raw: bytes) -> list[Cut]:
    framer = Framer()
    return framer.feed(raw) + framer.flush()


def _check(vector: Vector, pieces: list[Cut]) -> tuple[str, list[str]]:
    decoded = [_decode(piece) for piece in pieces]
    frames = [one for one, piece in zip(decoded, pieces, strict=True) if piece.is_frame]
    got = overall_action(pieces, decoded)
    differences = [] if got == vector.action else [f"动作应为 {vector.action}，实际 {got}"]
    shown = frames or decoded
    if len(shown) != len(vector.expected) and vector.expected:
        differences.append(f"应有 {len(vector.expected)} 帧，实际 {len(shown)}")
    for one, expected in zip(shown, vector.expected, strict=False):
        differences += compare(one, expected)
    return got, differences + _check_batch(frames)


def _decode(piece: Cut) -> Decoded:
    """A vector does not say when it was received: its own QN serves as the clock, without one its DataTime."""
    first = decode_frame(piece, DIALECT)
    return decode_frame(piece, DIALECT, clock_of(first))


def clock_of(decoded: Decoded) -> datetime:
    """When a frame without a known time of reception is taken to have come."""
    return decoded.qn_at or decoded.data_time_at or _UNDATED


def overall_action(pieces: list[Cut], decoded: list[Decoded]) -> str:
    """One action for all pieces of a vector: of the frames, else of what was skipped.

    Frames of one key with other values are a conflict; skipped bytes before an accepted frame are a warning.
    """
    frames = [one for one, piece in zip(decoded, pieces, strict=True) if piece.is_frame]
    if not frames:
        return decoded[0].action if decoded else "wait-then-drop"
    refused = [one.action for one in frames if not one.is_accepted]
    if refused:
        return refused[0]
    if len(frames) > 1 and find_conflicts(_tables(frames).readings).height:
        return "conflict"
    if any(one.action == "decrypt-then-accept" for one in frames):
        return "decrypt-then-accept"
    is_warned = len(frames) < len(pieces) or any(one.action == "accept-warn" for one in frames)
    return "accept-warn" if is_warned else "accept"


def compare(decoded: Decoded, expected: dict[str, Any]) -> list[str]:
    """What differs between a reading and what a vector expects of it."""
    plain = {name: text for name, text in decoded.cp.items() if name != "DataTime"}
    if decoded.junk:
        plain["_junk"] = list(decoded.junk)  # type: ignore[assignment]
    got: dict[str, Any] = {name: decoded.header.get(name) for name in HEADER_ORDER}
    got |= {"DataTime": decoded.data_time_raw, "cp": plain, "factors": decoded.factors}
    got |= {"version": decoded.version, "ack": decoded.ack, "split": decoded.split}
    silent: dict[str, Any] = {
        "cp": {},
        "factors": {},
        "ack": False,
        "split": got["split"] if "Flag" not in expected else False,
    }
    return [
        f"{name} 应为 {expected.get(name, silent.get(name))!r}，实际 {value!r}"
        for name, value in got.items()
        if value != expected.get(name, silent.get(name))
    ]


def _tables(frames: list[Decoded]) -> Tables:
    count = len(frames)
    hashes = [hashlib.sha256(one.raw).hexdigest() for one in frames]
    return tables_of(range(count), frames, [None] * count, [clock_of(one) for one in frames], hashes)


def _check_batch(frames: list[Decoded]) -> list[str]:
    """Whether the batch decoder gives the rows of the reference decoder."""
    if not frames:
        return []
    times = [clock_of(one) for one in frames]
    batch = decode_batch([one.raw for one in frames], received_at=times, dialects=lambda _: DIALECT)
    wanted = _tables(frames)
    order = list(READINGS_SCHEMA)
    same = (
        batch.frames.equals(wanted.frames.select(list(FRAMES_SCHEMA)))
        and batch.exchange.equals(wanted.exchange.drop("index"))
        and batch.readings.sort(order).equals(wanted.readings.select(list(READINGS_SCHEMA)).sort(order))
    )
    return [] if same else ["批量解码与逐帧解码的结果不同"]


def actions_of(raws: Iterable[bytes], received_at: datetime | None) -> pl.DataFrame:
    """How many frames of a recording met which action; columns `action`, `frames`."""
    counts: dict[str, int] = {}
    for raw in raws:
        action = decode_frame(raw, received_at=received_at).action
        counts[action] = counts.get(action, 0) + 1
    return pl.DataFrame({"action": list(counts), "frames": list(counts.values())}).sort("frames", descending=True)
