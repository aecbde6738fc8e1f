"""What to do with a head whose stated length does not lead to a plain frame end.

The bytes behind the head are walked from left to right and the first proof wins, so that the decision depends on the
stream alone and not on how it arrives:

1. the stated length leads to an end: `&&` + 4 hex digits + a line end or the next head, or any end whose CRC fits;
2. before that, a text end (`hhhh` + line end, or `&&hhhh##`) whose CRC fits the bytes since the head: wrong length;
3. before that, a whole frame inside the claimed span whose CRC fits: the outer head belongs to a stub.

Only when the stated length has failed do weaker signs count: a text end with a wrong CRC ends a damaged frame, and a
plausible inner head ends a stub.

The work for one head is bounded: after 64 signs without a proof its claim counts as failed, so that a flood of heads
or hex digits cannot hold a core.
"""

import re
from enum import Enum
from typing import NamedTuple

from .crc import crc16, crc16_modbus
from .layout import LENGTH_OF, TAIL, declared_length, length_field

_HEX4 = re.compile(rb"[0-9A-Fa-f]{4}")
_EVENT = re.compile(rb"#{2,}|[0-9A-Fa-f]{4}(?=[\r\n])|(?<=&&)[0-9A-Fa-f]{4}(?=##)")
_EVENT_AT_END = re.compile(rb"#{2,}|[0-9A-Fa-f]{4}(?=[\r\n])|(?<=&&)[0-9A-Fa-f]{4}(?=##|\Z)")
_INNER_HEAD = re.compile(rb"##[ 0-9]{0,6}(?:QN|ST|CN|PW|MN|Flag)=")
_LETTER, _HASHES = re.compile(rb"[A-Za-z]"), re.compile(rb"#+")
_LONGEST_LENGTH_FIELD, _HEAD_REACH = 8, 19
_INNER_REACH = 13
"""Bytes needed to tell whether an inner `##` begins a plausible frame."""


_SIGNS_LOOKED_AT = 64
"""Chosen: more than any frame seen holds; each costs one CRC over what has come of the frame."""


class Verdict(Enum):
    """What a head turned out to be; EXHAUSTED when too many signs were looked at without a proof."""

    FRAME = "frame"
    SKIP = "skip"
    WAIT = "wait"
    EXHAUSTED = "exhausted"


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
        run = _HASHES.match(buffer, at)
        return Settled(Verdict.SKIP, run.end() - 2 if run else at + 1, "extra_head")
    start, text = length_field(buffer, at)
    declared = declared_length(text)
    begins = _INNER_HEAD.match(b"##" + buffer[start : start + 5]) if declared is None else _LETTER.match(buffer, start)
    if not begins or len(text) > _LONGEST_LENGTH_FIELD:
        # What is missing may still come, until there is room for the longest length field and the first name.
        return _WAIT if size - at < _HEAD_REACH and not is_last else Settled(Verdict.SKIP, at + 2, "no_length")
    by_length = _end_by_length(buffer, start, declared, is_last)
    claimed = start + (declared or 0) + 4
    event = _first_event(buffer, start, min(claimed, size), False, is_last)
    if event.verdict is Verdict.WAIT and not event.awaits_tail and by_length.verdict is not Verdict.SKIP:
        event = by_length
    elif event.verdict in (Verdict.WAIT, Verdict.EXHAUSTED) and not event.awaits_tail:
        event = _first_event(buffer, start, min(at + frame_limit, size), True, is_last)
    if event.verdict in (Verdict.FRAME, Verdict.SKIP):
        return event
    if size - at >= frame_limit or event.verdict is Verdict.EXHAUSTED:
        return Settled(Verdict.SKIP, at + 2, "no_end")
    return Settled(Verdict.SKIP, size, "truncated") if is_last else event


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
    is_closed = buffer[end - 2 : end] == b"&&"
    if (is_closed and has_end) or ((is_closed or has_end) and crc_fits(buffer[start:end], text)):
        return _with_tail(buffer, end + 4, is_last)
    if len(follows) < 2 and not is_last:
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


def _first_event(buffer: bytes, start: int, until: int, has_failed: bool, is_last: bool) -> Settled:
    """Walk the text ends and inner heads up to `until`; WAIT when none decides.

    Of two proofs the one that ends first wins, whichever begins first: that is the one a slower stream would give.
    """
    pattern = _EVENT_AT_END if is_last else _EVENT
    position, stub, signs = start, -1, 0
    while match := pattern.search(buffer, position, min(until + 2, len(buffer))):
        found, position = match.start(), match.start() + 1
        signs += 1
        if signs > _SIGNS_LOOKED_AT:
            return Settled(Verdict.EXHAUSTED)
        if match[0].startswith(b"##"):
            found, position = match.end() - 2, match.end()
            verdict, end = _inner_head(buffer, found, until, has_failed, is_last)
            if verdict is Verdict.WAIT:
                return _WAIT
            if verdict is Verdict.SKIP:
                stub, until = found, end - 1  # the frame inside is whole before the line end that a text end needs
            if has_failed and stub >= 0:
                break
        elif found + 4 <= until:
            fits = crc_fits(buffer[start:found], match[0])
            if fits or has_failed:
                return _with_tail(buffer, found + 4, is_last)
    return Settled(Verdict.SKIP, stub, "stub") if stub >= 0 else _WAIT


def _inner_head(buffer: bytes, at: int, until: int, has_failed: bool, is_last: bool) -> tuple[Verdict, int]:
    """SKIP: a frame begins here, ending at the offset given, and the outer head is a stub. FRAME: no, go on."""
    if not _INNER_HEAD.match(buffer, at):
        is_cut_off = len(buffer) - at < _INNER_REACH and not is_last
        return (Verdict.WAIT if has_failed and is_cut_off else Verdict.FRAME), until
    if has_failed:
        return Verdict.SKIP, until
    length = LENGTH_OF.get(buffer[at + 2 : at + 6])
    if length is None:
        return Verdict.FRAME, until
    end = at + 10 + length
    if end > until or buffer[end - 6 : end - 4] != b"&&":
        return Verdict.FRAME, until
    fits = crc_fits(buffer[at + 6 : end - 4], buffer[end - 4 : end])
    return (Verdict.SKIP, end) if fits else (Verdict.FRAME, until)
