"""Where the parts of one cut frame lie: length field, data segment, CRC text, tail.

The framer and the decoder must agree on this for every crooked frame, so both ask here, and what is found depends on
the bytes of the frame alone.
"""

import re
from typing import NamedTuple

HEAD = b"##"
TAIL = b"\r\n"
LENGTH_OF = {b"%04d" % number: number for number in range(10_000)}
"""The four digits of a regular length field; anything else is read the slow way."""

_LENGTH_RUN = re.compile(rb"##([ 0-9]*)")
_CROOKED_LENGTH = re.compile(rb"##([^#=\r\n]{0,8}?)(?=(?:QN|ST|CN|PW|MN|Flag)=)")
_TAIL_RUN = re.compile(rb"[\r\n]*\Z")
_HEX4 = re.compile(rb"[0-9A-Fa-f]{4}\Z")
SEGMENT_LIMIT = 1024
"""Longest data segment of a conforming frame, bytes (HJ 212-2017, 6.3.1)."""


class Layout(NamedTuple):
    """Offsets into a raw frame, and what is crooked about it.

    `start`..`end` is the data segment; `crc_text` is empty when the frame ends before its CRC. `declared` is None when
    the length field holds no number. `findings` are codes of `messages`.
    """

    start: int
    end: int
    crc_text: bytes
    declared: int | None
    length_text: bytes
    tail: bytes
    findings: tuple[str, ...]


def length_field(raw: bytes, at: int = 0) -> tuple[int, bytes]:
    """First byte of the data segment and the text of the length field, for a head at `at`.

    The field is the run of digits and blanks behind `##`; where it holds no digit, it reaches to the first header
    field that can be recognised within 8 bytes.
    """
    run = _LENGTH_RUN.match(raw, at)
    if run is None:
        return at, b""
    if run[1].strip():
        return run.end(), run[1]
    crooked = _CROOKED_LENGTH.match(raw, at)
    return (crooked.end(), crooked[1]) if crooked else (min(at + 6, len(raw)), raw[at + 2 : at + 6])


def declared_length(text: bytes) -> int | None:
    """The number a length field states, blanks around it forgiven; None when it states none."""
    digits = text.replace(b" ", b"")
    return int(digits) if digits.isdigit() and len(digits) <= 6 else None


def locate(raw: bytes) -> Layout:
    """Find the parts of a raw frame, from `##` to its tail; never fails.

    Bytes without a head are taken as one headless segment, so that what is legible can still be shown.
    """
    declared = LENGTH_OF.get(raw[2:6])
    is_regular = declared is not None and raw[:2] == HEAD and len(raw) == declared + 12 and raw[-2:] == TAIL
    # A digit or blank behind the four digits would belong to the length field: that is for the careful way to say.
    if declared is not None and is_regular and raw[6] not in b"0123456789 ":
        end = declared + 6
        closed = () if raw[end - 2 : end] == b"&&" else ("closing_missing",)
        long = ("over_long",) if declared > SEGMENT_LIMIT else ()
        return Layout(6, end, raw[end : end + 4], declared, raw[2:6], TAIL, closed + long)
    return _locate_crooked(raw)


def _locate_crooked(raw: bytes) -> Layout:
    if raw[:2] != HEAD:
        return _without_head(raw)
    findings: list[str] = []
    start, text = length_field(raw)
    declared = declared_length(text)
    if declared is None:
        findings.append("length_not_number")
    elif len(text) != 4 or not text.isdigit():
        findings.append("length_format")
    tail = _tail_of(raw)
    end = len(raw) - len(tail) - 4
    if declared is not None and _leads_to_end(raw, start + declared):
        end = start + declared
        tail = raw[end + 4 :]
    crc_text = raw[end : end + 4]
    if end < start or not (_HEX4.match(crc_text) or raw[end - 2 : end] == b"&&" or end == start + (declared or 0)):
        return Layout(start, len(raw), b"", declared, text, b"", (*findings, "truncated"))
    if tail != TAIL:
        findings.append("tail_missing" if not tail else "tail_nonstandard" if len(tail) == 1 else "tail_doubled")
    if declared is not None and declared != end - start:
        findings.append("length_mismatch")
    if raw[end - 2 : end] != b"&&":
        findings.append("closing_missing")
        if "length_mismatch" in findings:
            # Neither the length nor `&&` shows where the segment ends; a CRC of 8 bits alone is no proof of it.
            findings.append("end_unproven")
    if end - start > SEGMENT_LIMIT:
        findings.append("over_long")
    return Layout(start, end, crc_text, declared, text, tail, tuple(findings))


def _leads_to_end(raw: bytes, end: int) -> bool:
    """Whether a segment that ends here leaves four characters, none of them a line end, and then only the tail."""
    text = raw[end : end + 4]
    return len(text) == 4 and text == text.strip(TAIL) and not raw[end + 4 :].strip(TAIL)


def _tail_of(raw: bytes) -> bytes:
    run = _TAIL_RUN.search(raw)
    return run[0] if run else b""


def _without_head(raw: bytes) -> Layout:
    tail = _tail_of(raw)
    end = len(raw) - len(tail) - 4
    if end >= 2 and raw[end - 2 : end] == b"&&" and _HEX4.match(raw[end : end + 4]):
        return Layout(0, end, raw[end : end + 4], None, b"", tail, ("no_head",))
    return Layout(0, len(raw), b"", None, b"", b"", ("no_head",))
