"""All frames of a batch taken apart at once: one buffer, arrays of offsets.

Only frames with a CRC that fits and plain text take part (`is_regular`): one `CP=&&...&&`, printable ASCII without
`/`, `#`, `{`, and `=` alternating with `;` or `,`. Crooked outer forms (length field, tail) are looked up one by one
and their text still read here. Whatever fails any test is left to the reference decoder.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from .crc import LOW_BYTES, crc16_batch, crc16_modbus
from .layout import SEGMENT_LIMIT, locate
from .messages import BIT

Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]
Bytes = NDArray[np.uint8]

PAD = b"0" * 32
"""Before and behind the frames, so that words may be loaded across their borders."""

_EQUALS, _COMMA, _AMPERSAND, _BLANK = b"=,& "
_READABLE = frozenset(
    {"length_format", "length_mismatch", "over_long", "tail_missing", "tail_nonstandard", "tail_doubled"}
)
"""Crooked outer forms that still leave a readable segment ending in `&&`."""

_PLAIN = bytes(byte for byte in range(0x20, 0x7F) if byte not in b"=;,&#/{")
_SIGNS = bytes(byte not in _PLAIN for byte in range(256))
_STRANGE = np.array([byte not in _PLAIN and byte not in b"=;,&" for byte in range(256)])
_EXTENDS_LENGTH = np.zeros(256, dtype=np.bool_)
_EXTENDS_LENGTH[list(b"0123456789 ")] = True
_LOW_BYTE = np.zeros(256, dtype=np.bool_)
_LOW_BYTE[list(LOW_BYTES)] = True
_DIGIT = np.full(256, 1_000_000, dtype=np.int64)
_DIGIT[48:58] = np.arange(10)
_HEX = np.full(256, 1_000_000, dtype=np.int64)
_HEX[48:58] = np.arange(10)
_HEX[65:71] = _HEX[97:103] = np.arange(10, 16)


@dataclass(slots=True)
class Tokens:
    """Items `name=value` of the regular frames of a batch, in wire order, blanks around them taken off.

    `starts`, `sizes` (of whole frames), `is_regular` and `mask` (findings about the outer form) have one entry a frame
    of the batch; the rest one entry an item. `comma_before` tells which items follow a comma.
    """

    joined: bytes
    buffer: Bytes
    starts: Ints
    sizes: Ints
    is_regular: Bools
    mask: Ints
    frame: Ints
    name_start: Ints
    name_size: Ints
    value_start: Ints
    value_size: Ints
    comma_before: Bools

    def value(self, item: int) -> bytes:
        """The value text of one item."""
        start = int(self.value_start[item])
        return self.joined[start : start + int(self.value_size[item])]


def tokenise(raws: Sequence[bytes]) -> Tokens:
    """Take the regular frames of a batch apart; raw frames may be anything."""
    joined = b"".join((PAD, *raws, PAD))
    buffer = np.frombuffer(joined, dtype=np.uint8)
    sizes = np.fromiter(map(len, raws), dtype=np.int64, count=len(raws))
    ends = np.cumsum(sizes) + len(PAD)
    starts = ends - sizes
    begin, end, mask, is_regular = _segments(raws, buffer, starts, ends, sizes)
    places = np.flatnonzero(np.frombuffer(joined.translate(_SIGNS), dtype=np.bool_))
    signs = buffer[places]
    first, last = np.searchsorted(places, begin), np.searchsorted(places, end)
    strange = places[_STRANGE[signs]]
    is_regular &= np.searchsorted(strange, begin) == np.searchsorted(strange, end)
    dropped = np.zeros(places.size, dtype=np.bool_)
    kept = _inner_form(places, signs, first, last, is_regular, dropped)
    is_regular &= kept % 2 == 0
    keep = _within(first, last, is_regular, places.size)
    keep &= ~dropped
    chosen = np.flatnonzero(keep)
    frame = np.repeat(np.flatnonzero(is_regular), kept[is_regular] // 2)
    tokens = _items(places, signs, chosen, frame, begin, is_regular)
    whole = Tokens(joined, buffer, starts, sizes, is_regular, mask, frame, *tokens)
    if b" " in joined:
        _trim_blanks(whole)
    return whole


def _segments(
    raws: Sequence[bytes], buffer: Bytes, starts: Ints, ends: Ints, sizes: Ints
) -> tuple[Ints, Ints, Ints, Bools]:
    """Begin and end of each data segment, findings about the outer form, and whether the CRC fits."""
    tail, mask = _tails(buffer, ends)
    begin, end = starts + 6, ends - 4 - tail
    digits, text = _DIGIT[buffer[starts[:, None] + np.arange(2, 6)]], _HEX[buffer[end[:, None] + np.arange(4)]]
    declared, sent = digits @ np.array([1000, 100, 10, 1]), text @ np.array([4096, 256, 16, 1])
    good = (sizes >= 30) & (declared == end - begin) & (declared <= SEGMENT_LIMIT)
    good &= ~_EXTENDS_LENGTH[buffer[begin]]
    for at, sign in ((starts, 35), (starts + 1, 35), (end - 2, 38), (end - 1, 38)):
        good &= buffer[at] == sign
    for row in np.flatnonzero(~good).tolist():
        layout = locate(raws[row])
        is_readable = _READABLE.issuperset(layout.findings) and layout.end - layout.start >= 18
        good[row] = is_readable and layout.crc_text.isalnum()
        if good[row]:
            begin[row], end[row] = starts[row] + layout.start, starts[row] + layout.end
            sent[row] = _HEX[list(layout.crc_text)] @ np.array([4096, 256, 16, 1])
            mask[row] = sum(BIT[code] for code in layout.findings)
        else:
            end[row] = begin[row] = starts[row]
    wrong = good & (crc16_batch(buffer, begin, end - begin) != sent)
    good &= ~wrong
    # A CRC whose low byte the standard's rule can give is damage far more often than MODBUS: the reference tells.
    for row in np.flatnonzero(wrong & ~_LOW_BYTE[sent & 0xFF]).tolist():
        is_modbus = crc16_modbus(buffer[begin[row] : end[row]].tobytes()) == sent[row]
        good[row] = is_modbus
        mask[row] |= BIT["crc_modbus"] if is_modbus else 0
    return begin, end, mask, good


def _tails(buffer: Bytes, ends: Ints) -> tuple[Ints, Ints]:
    """Bytes of each frame's line end (CR LF, either alone, or none) and the finding about it."""
    last, before = buffer[ends - 1], buffer[ends - 2]
    is_end = (last == 10) | (last == 13)
    tail = np.where((last == 10) & (before == 13), 2, is_end)
    mask = (tail == 1) * BIT["tail_nonstandard"] | (tail == 0) * BIT["tail_missing"]
    return tail.astype(np.int64), mask.astype(np.int64)


def _inner_form(places: Ints, signs: Bytes, first: Ints, last: Ints, is_regular: Bools, dropped: Bools) -> Ints:
    """Check the signs inside each segment and mark those that divide nothing; return how many remain in each.

    Of `CP=&&` and the closing `&&` only one `&` of each pair stays, as the divider it acts as; behind `;&&` or in an
    empty area not even that.
    """
    is_regular &= last - first >= 7
    pairs = np.flatnonzero(signs == _AMPERSAND)
    before = np.searchsorted(pairs, first)
    is_regular &= np.searchsorted(pairs, last) - before == 4
    ok = np.flatnonzero(is_regular)
    opening, end = pairs[before[ok]], last[ok]
    good = (places[opening + 1] == places[opening] + 1) & (signs[opening - 1] == _EQUALS)
    good &= (places[opening - 1] == places[opening] - 1) & (signs[end - 1] == _AMPERSAND)
    good &= (signs[end - 2] == _AMPERSAND) & (places[end - 1] == places[end - 2] + 1)
    is_regular[ok] = good
    no_divider = (places[end - 3] == places[end - 2] - 1) & (signs[end - 3] != _EQUALS)
    for at in (opening, end - 1, (end - 2)[no_divider]):
        dropped[at] = True
    kept = last - first - 2
    kept[ok] -= no_divider
    return np.asarray(kept, dtype=np.int64)


def _within(first: Ints, last: Ints, is_regular: Bools, count: int) -> Bools:
    """Which signs lie in a segment of a regular frame."""
    bounds = np.column_stack((first, last)).reshape(-1)
    lengths = np.diff(bounds, prepend=0, append=count)
    inside = np.zeros(lengths.size, dtype=np.bool_)
    inside[1::2] = is_regular
    return np.repeat(inside, lengths)


def _items(
    places: Ints, signs: Bytes, chosen: Ints, frame: Ints, begin: Ints, is_regular: Bools
) -> tuple[Ints, Ints, Ints, Ints, Bools]:
    """Names and values between the chosen signs; frames whose signs do not alternate are taken out."""
    first, second = chosen[0::2], chosen[1::2]
    equals, dividers, divider_signs = places[first], places[second], signs[second]
    wrong = (signs[first] != _EQUALS) | (divider_signs == _EQUALS)
    is_first = np.ones(frame.size, dtype=np.bool_)
    is_first[1:] = frame[1:] != frame[:-1]
    name_start = np.empty_like(equals)
    name_start[1:] = dividers[:-1] + 1
    name_start[is_first] = begin[frame[is_first]]
    comma_before = np.zeros(frame.size, dtype=np.bool_)
    comma_before[1:] = divider_signs[:-1] == _COMMA
    comma_before &= ~is_first
    name_size = equals - name_start
    wrong |= name_size <= 0
    is_regular[frame[wrong]] = False
    return name_start, name_size, equals + 1, dividers - equals - 1, comma_before


def _trim_blanks(tokens: Tokens) -> None:
    """Take blanks off around names and values of the frames that have any; `CP =` is no opening and goes out."""
    blanks = np.flatnonzero(tokens.buffer == _BLANK)
    ends = tokens.starts + tokens.sizes
    has_blank = np.searchsorted(blanks, tokens.starts) != np.searchsorted(blanks, ends)
    items = np.flatnonzero(has_blank[tokens.frame])
    is_opening = tokens.buffer[tokens.value_start[items]] == _AMPERSAND
    spaced = tokens.buffer[tokens.value_start[items] - 2] == _BLANK
    tokens.is_regular[tokens.frame[items[is_opening & spaced]]] = False
    for start, size in ((tokens.name_start, tokens.name_size), (tokens.value_start, tokens.value_size)):
        rest = items
        while rest.size:
            rest = rest[(size[rest] > 0) & (tokens.buffer[start[rest]] == _BLANK)]
            start[rest] += 1
            size[rest] -= 1
        rest = items
        while rest.size:
            rest = rest[(size[rest] > 0) & (tokens.buffer[start[rest] + size[rest] - 1] == _BLANK)]
            size[rest] -= 1
    tokens.is_regular[tokens.frame[items[tokens.name_size[items] == 0]]] = False
