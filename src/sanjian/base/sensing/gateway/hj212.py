"""HJ 212 for the gateway: the codec's frames, batches and answers, held against the register of devices."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from functools import cache, lru_cache
from typing import get_args, get_type_hints

import polars as pl

from sanjian.base.sensing.hj212.columns import Batch, decode_batch
from sanjian.base.sensing.hj212.decode import ACCEPTING, decode_frame
from sanjian.base.sensing.hj212.dialect import PLAIN, Dialect
from sanjian.base.sensing.hj212.encode import encode_segment
from sanjian.base.sensing.hj212.framing import FRAME_LIMIT, Framer
from sanjian.base.sensing.hj212.session import answer_to
from sanjian.base.sensing.streams import DEVICE_PARAMETERS, FRAMES, QUARANTINE, READINGS

from .decoding import quarantine_rows
from .parameters import parameter_rows
from .protocol import Cutter, Decoded, Device, Piece

UNKNOWN = "unknown_device"
SKIPPED_ZH = {
    "no_head": "不是数据包：{size} 字节中没有包头 ##，开头为“{text}”",
    "extra_head": "包头前有多余的 #，{size} 字节",
    "no_length": "包头 ## 之后没有长度，{size} 字节，开头为“{text}”",
    "stub": "残缺的数据包：{size} 字节之后又出现新的包头",
    "no_end": "包头之后 {limit} 字节内没有包尾",
    "truncated": "数据包不完整：收到 {size} 字节后连接中断或超时",
    "too_much_garbage": "不是数据包的内容超过上限，{size} 字节，开头为“{text}”",
}
"""Why bytes belong to no frame, for a person."""


class Hj212:
    """The adapter that the gateway loads for HJ 212."""

    name = "hj212"

    def __init__(self) -> None:
        self._register: Mapping[str, Device] = {}
        self._special: dict[str, Dialect] = {}

    def cutter(self, frame_bytes: int, garbage_bytes: int) -> Cutter:
        """A framer for a new connection; the protocol's own limit on frames is lower than the gateway's."""
        return Framer(min(frame_bytes, FRAME_LIMIT), garbage_bytes)

    def decode(self, pieces: Sequence[Piece], devices: Mapping[str, Device]) -> Decoded:
        """Rows and answers of a batch. Frames of unregistered devices are kept apart and not answered."""
        places = [n for n, piece in enumerate(pieces) if not piece.reason]
        whole = pieces if len(places) == len(pieces) else [pieces[n] for n in places]
        batch = decode_batch(
            [p.raw for p in whole],
            peers=[p.peer for p in whole],
            received_at=[datetime.fromtimestamp(p.at_us / 1e6, UTC) for p in whole],
            dialects=self._dialects(devices) or None,
        )
        names: list[str | None] = batch.frames["device_mn"].to_list()
        is_accepted: list[bool] = batch.frames["action"].is_in(list(ACCEPTING)).to_list()
        is_known = [name in devices for name in names]
        answers: list[bytes | None] = [None] * len(pieces)
        named: list[str | None] = [None] * len(pieces)
        for place, name, known, accepted, answer in zip(
            places, names, is_known, is_accepted, _answers(batch.exchange), strict=True
        ):
            if known:
                answers[place] = answer
                named[place] = name if accepted else None
        aside = _set_aside(pieces, places, names, is_known, is_accepted, devices)
        frames, readings = _of_known(batch, names, is_known)
        exchange = batch.exchange.with_columns(batch.frames.select("raw", "frame_sha256", "received_at")).filter(
            pl.Series(is_known, dtype=pl.Boolean) & pl.Series(is_accepted, dtype=pl.Boolean)
        )
        parameters = parameter_rows(exchange, self._dialects(devices))
        appends = [(QUARANTINE, aside), (FRAMES, frames), (READINGS, readings)]
        return Decoded(
            appends=appends if parameters.is_empty() else [*appends, (DEVICE_PARAMETERS, parameters)],
            answers=answers,
            devices=named,
            unknown=_count_unknown(whole, names, is_known, is_accepted),
            latest=readings,
            seen=frames.filter(pl.col("action").is_in(list(ACCEPTING))).select("device_mn", "received_at", "peer"),
            exchange=exchange,
            readings=readings.height,
            quarantined=aside.height,
        )

    def _dialects(self, devices: Mapping[str, Device]) -> dict[str, Dialect]:
        """The few devices that are not read as usual; looked up once for each state of the register."""
        if devices is not self._register:
            self._special = {mn: d for mn, device in devices.items() if (d := dialect_of(device)) is not PLAIN}
            self._register = devices
        return self._special


def _answers(exchange: pl.DataFrame) -> list[bytes | None]:
    """Answers as `session` decides them. What a device gets is the same every time but for its QN, so that decision is
    remembered for each device and kind of frame, and only length and CRC are computed anew."""
    columns = ("wants_answer", "command", "qn", "device_mn", "password", "flag", "action")
    return [
        _answer(command or "", qn, device_mn, password, flag, action) if wants_answer else None
        for wants_answer, command, qn, device_mn, password, flag, action in exchange.select(columns).iter_rows()
    ]


def _answer(command: str, qn: str, device_mn: str, password: str | None, flag: str | None, action: str) -> bytes | None:
    if len(qn) != len(_ANY_QN) or not qn.isdecimal() or not qn.isascii():
        return answer_to(command, qn, device_mn, password, flag, action, wants_answer=True)
    behind_qn = _behind_qn(command, device_mn, password, flag, action)
    return encode_segment(b"QN=" + qn.encode() + behind_qn) if behind_qn else None


_ANY_QN = "20170501000000000"


@lru_cache(maxsize=100_000)
def _behind_qn(command: str, device_mn: str, password: str | None, flag: str | None, action: str) -> bytes | None:
    """The segment of the answer to such a frame, behind its QN; None when it gets none."""
    answer = answer_to(command, _ANY_QN, device_mn, password, flag, action, wants_answer=True)
    return answer[len(b"##0000QN=") + len(_ANY_QN) : -len(b"0000\r\n")] if answer else None


def dialect_of(device: Device | None) -> Dialect:
    """How to read a device, by what the register says of it."""
    return _dialect(device.crc_mode) if device else PLAIN


@cache
def _dialect(crc_mode: str) -> Dialect:
    for mode in get_args(get_type_hints(Dialect)["crc_mode"]):
        if mode == crc_mode and mode != PLAIN.crc_mode:
            return Dialect(crc_mode=mode)
    return PLAIN


def _of_known(batch: Batch, names: Sequence[str | None], is_known: Sequence[bool]) -> tuple[pl.DataFrame, pl.DataFrame]:
    """All frames, those of unregistered devices marked, and the readings of registered ones."""
    if all(is_known):
        return batch.frames, batch.readings
    strangers = list({name for name, known in zip(names, is_known, strict=True) if not known and name})
    is_stranger = ~pl.Series("known", is_known)
    frames = batch.frames.with_columns(
        pl.when(is_stranger & pl.col("action").is_in(list(ACCEPTING)))
        .then(pl.lit("quarantine"))
        .otherwise(pl.col("action"))
        .alias("action")
    )
    return frames, batch.readings.filter(~pl.col("device_mn").is_in(strangers))


def _count_unknown(
    frames: Sequence[Piece], names: Sequence[str | None], is_known: Sequence[bool], is_accepted: Sequence[bool]
) -> dict[str, tuple[int, str, int]]:
    """Unregistered devices whose frames were sound: a code read from a damaged frame is not one."""
    unknown: dict[str, tuple[int, str, int]] = {}
    for piece, name, known, accepted in zip(frames, names, is_known, is_accepted, strict=True):
        if name and accepted and not known:
            unknown[name] = (unknown.get(name, (0, "", 0))[0] + 1, piece.peer, piece.at_us)
    return unknown


def _set_aside(
    pieces: Sequence[Piece],
    places: Sequence[int],
    names: Sequence[str | None],
    is_known: Sequence[bool],
    is_accepted: Sequence[bool],
    devices: Mapping[str, Device],
) -> pl.DataFrame:
    """Quarantine rows, in the order received, for everything that did not become readings of a registered device."""
    facts: dict[int, dict[str, str | None]] = {
        n: {"device_mn": None, "reason": piece.reason, "detail_zh": _skipped(piece)}
        for n, piece in enumerate(pieces)
        if piece.reason
    }
    for place, name, known, accepted in zip(places, names, is_known, is_accepted, strict=True):
        if not accepted:
            reason, detail = _refused(pieces[place], dialect_of(devices.get(name or "")))
            facts[place] = {"device_mn": name, "reason": reason, "detail_zh": detail}
        elif not known:
            detail = f"设备 {name} 未登记，数据包已留存；登记后可转为监测数据"
            facts[place] = {"device_mn": name, "reason": UNKNOWN, "detail_zh": detail}
    kept = sorted(facts)
    return quarantine_rows([pieces[n] for n in kept], [{"protocol": Hj212.name, **facts[n]} for n in kept])


def _refused(piece: Piece, dialect: Dialect) -> tuple[str, str]:
    """Code and sentences of why a frame was refused. Refusals are rare, so reading it once more is cheap."""
    decoded = decode_frame(piece.raw, dialect, datetime.fromtimestamp(piece.at_us / 1e6, UTC))
    return decoded.findings.refusal() or decoded.action, "；".join(decoded.messages)


def _skipped(piece: Piece) -> str:
    text = piece.raw[:24].decode("ascii", "backslashreplace")
    printable = "".join(c if c.isprintable() else "." for c in text)
    template = SKIPPED_ZH.get(piece.reason, "{size} 字节不属于任何数据包")
    return template.format(size=len(piece.raw), text=printable, limit=FRAME_LIMIT)
