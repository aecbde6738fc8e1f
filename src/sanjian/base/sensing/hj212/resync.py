"""What to do with a head whose stated length does not lead to a plain frame end.

The bytes behind the head are walked from left to right and the first proof wins, so that the decision depends on the
stream alone and not on how it arrives:

1. the stated length leads to an end: `&&` + 4 hex digits + a line end or the next head, or any end whose CRC fits;
2. before that, a text end (`hhhh` + line end, or `&&hhhh##`) whose CRC fits the bytes since the head: wrong length;
3. before that, a whole frame inside the claimed span whose CRC fits: the outer head belongs to a stub.

Only when the stated length has failed do weaker signs count: a text end with a wrong CRC ends a damaged frame, and a
plausible inner head ends a stub.
"""

import re
from enum import Enum
from typing import NamedTuple

from .crc import crc16, crc16_modbus
from .layout import LENGTH_OF, TAIL, declared_length, length_field

_HEX4 = re.compile(rb"[0-9A-Fa-f]{4}")
_EVENT = re.compile(rb"##|[0-9A-Fa-f]{4}(?=[\r\n])|(?<=&&)[0-9A-Fa-f]{4}(?=##)")
_EVENT_AT_END = re.compile(rb"##|[0-9A-Fa-f]{4}(?=[\r\n])|(?<=&&)[0-9A-Fa-f]{4}(?=##|\Z)")
_INNER_HEAD = re.compile(rb"##[ 0-9]{0,6}(?:QN|ST|CN|PW|MN|Flag)=")
_INNER_REACH = 13
"""Bytes needed to tell whether an inner `##` begins a plausible frame."""


class Verdict(Enum):
    """What a head turned out to be."""

    FRAME = "frame"
    SKIP = "skip"
    WAIT = "wait"


class Settled(NamedTuple):
    """The decision on one head: `end` is where the frame, or the skipped piece, stops."""

    verdict: Verdict
    end: int = 0
    reason: str = ""
    awaits_tail: bool = False


_WAIT = Settled(Verdict.WAIT)


def crc_fits(segment: bytes, text: bytes) -> bool:
    """Whether four hex digits are the CRC of a segment, by the standard's rule or by MODBUS."""
    if not _HEX4.fullmatch(text):
        return False
    sent = int(text, 16)
    return crc16(segment) == sent or crc16_modbus(segment) == sent


def settle_head(buffer: bytes, at: int, frame_limit: int, is_last: bool) -> Settled:
    """Decide the head at `at` (where `buffer` holds `##`).

    Args:
        buffer: the stream so far.
        at: offset of the head.
        frame_limit: bytes behind the head after which the search gives up.
        is_last: no more bytes will come; never answers WAIT then.
    """
    size = len(buffer)
    if buffer.startswith(b"###", at):
        return Settled(Verdict.SKIP, at + 1, "extra_head")
    if size - at < 19 and not is_last and buffer.find(b"=", at + 2) < 0:
        return _WAIT  # the length field or the first name may still be incomplete
    start, text = length_field(buffer, at)
    declared = declared_length(text)
    if declared is None and not _INNER_HEAD.match(b"##" + buffer[start : start + 5]):
        return Settled(Verdict.SKIP, at + 2, "no_length") if size > at + 2 or is_last else _WAIT
    by_length = _end_by_length(buffer, start, declared, is_last)
    has_failed = by_length.verdict is Verdict.SKIP
    claimed = start + (declared or 0) + 4 if not has_failed else at + frame_limit
    event = _first_event(buffer, at, start, min(claimed, size), has_failed, is_last)
    if event.verdict is not Verdict.WAIT:
        return event
    if by_length.verdict is Verdict.FRAME:
        return by_length
    if size - at >= frame_limit:
        return Settled(Verdict.SKIP, at + 2, "no_end")
    if is_last:
        return Settled(Verdict.SKIP, size, "truncated")
    return by_length if by_length.verdict is Verdict.WAIT else _WAIT


def _end_by_length(buffer: bytes, start: int, declared: int | None, is_last: bool) -> Settled:
    """FRAME when the stated length leads to an end, SKIP when it cannot, WAIT when bytes are missing."""
    failed = Settled(Verdict.SKIP)
    if declared is None:
        return failed
    end = start + declared
    text = buffer[end : end + 4]
    if len(text) < 4:
        return failed if is_last else _WAIT
    follows = buffer[end + 4 : end + 6]
    has_end = follows[:1] in (b"\r", b"\n") or follows == b"##" or (not follows and is_last)
    if buffer[end - 2 : end] == b"&&" and has_end:
        return _with_tail(buffer, end + 4, is_last)
    if crc_fits(buffer[start:end], text):
        return _with_tail(buffer, end + 4, is_last)
    if buffer[end - 2 : end] == b"&&" and len(follows) < 2 and not is_last:
        return Settled(Verdict.WAIT, awaits_tail=True)
    return failed


def _with_tail(buffer: bytes, end: int, is_last: bool) -> Settled:
    """Take in the line end: CR LF, CR, LF or nothing; it is optional, but waited for."""
    if buffer.startswith(TAIL, end):
        return Settled(Verdict.FRAME, end + 2)
    follows = buffer[end : end + 2]
    if not is_last and follows in (b"", b"\r"):
        return Settled(Verdict.WAIT, awaits_tail=True)
    return Settled(Verdict.FRAME, end + (follows[:1] in (b"\r", b"\n")))


def _first_event(buffer: bytes, at: int, start: int, until: int, has_failed: bool, is_last: bool) -> Settled:
    """Walk the text ends and inner heads up to `until`; WAIT when none decides."""
    pattern = _EVENT_AT_END if is_last else _EVENT
    position, doubtful = start, -1
    while match := pattern.search(buffer, position, min(until + 2, len(buffer))):
        found, position = match.start(), match.start() + 1
        if match[0] == b"##":
            verdict = _inner_head(buffer, found, until, has_failed, is_last)
            if verdict is Verdict.WAIT:
                return _WAIT
            if verdict is Verdict.SKIP:
                return Settled(Verdict.SKIP, found, "stub" if found > at + 2 else "extra_head")
            continue
        if found + 4 > until:
            continue
        if crc_fits(buffer[start:found], match[0]):
            return _with_tail(buffer, found + 4, is_last)
        if has_failed and doubtful < 0:
            doubtful = found + 4
            break
    return _with_tail(buffer, doubtful, is_last) if doubtful >= 0 else _WAIT


def _inner_head(buffer: bytes, at: int, until: int, has_failed: bool, is_last: bool) -> Verdict:
    """SKIP: a frame begins here and the outer head is a stub. FRAME: no, go on. WAIT: cannot tell yet."""
    if not _INNER_HEAD.match(buffer, at):
        is_cut_off = len(buffer) - at < _INNER_REACH and not is_last
        return Verdict.WAIT if has_failed and is_cut_off else Verdict.FRAME
    if has_failed:
        return Verdict.SKIP
    length = LENGTH_OF.get(buffer[at + 2 : at + 6])
    if length is None:
        return Verdict.FRAME
    end = at + 6 + length
    if end + 4 > until or buffer[end - 2 : end] != b"&&" or not crc_fits(buffer[at + 6 : end], buffer[end : end + 4]):
        return Verdict.FRAME
    return Verdict.SKIP
