"""All frames of a batch taken apart at once: one buffer, arrays of offsets.

Only frames whose outer form is right and whose text is plain take part (`is_regular`): right length, CRC and tail, one
`CP=&&...&&`, printable ASCII without blanks, `/`, `#`, `{`, and `=` alternating with `;` or `,`. Whatever fails any test
here is left to the reference decoder.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from .crc import crc16_batch
from .layout import SEGMENT_LIMIT

Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]
Bytes = NDArray[np.uint8]

PAD = b"0" * 32
"""Before and behind the frames, so that words may be loaded across their borders."""

EQUALS, SEMICOLON, COMMA, AMPERSAND, STRANGE = 1, 2, 3, 4, 5


def _classes() -> bytes:
    table = bytearray([STRANGE]) * 256
    for byte in range(0x21, 0x7F):
        table[byte] = 0
    for byte, kind in ((b"=", EQUALS), (b";", SEMICOLON), (b",", COMMA), (b"&", AMPERSAND)):
        table[byte[0]] = kind
    for byte in b"#/{":
        table[byte] = STRANGE
    return bytes(table)


_CLASSES = _classes()
_DIGIT = np.full(256, 1_000_000, dtype=np.int64)
_DIGIT[48:58] = np.arange(10)
_HEX = np.full(256, 1_000_000, dtype=np.int64)
_HEX[48:58] = np.arange(10)
_HEX[65:71] = _HEX[97:103] = np.arange(10, 16)


@dataclass(slots=True)
class Tokens:
    """Items `name=value` of the regular frames of a batch, in wire order.

    `starts`, `sizes` and `is_regular` have one entry a frame of the batch; the rest one entry an item. `comma_before`
    tells which items follow a comma.
    """

    joined: bytes
    buffer: Bytes
    starts: Ints
    sizes: Ints
    is_regular: Bools
    frame: Ints
    name_start: Ints
    name_size: Ints
    value_start: Ints
    value_size: Ints
    comma_before: Bools


def tokenise(raws: Sequence[bytes]) -> Tokens:
    """Take the regular frames of a batch apart; raw frames may be anything."""
    joined = b"".join((PAD, *raws, PAD))
    buffer = np.frombuffer(joined, dtype=np.uint8)
    sizes = np.fromiter(map(len, raws), dtype=np.int64, count=len(raws))
    ends = np.cumsum(sizes) + len(PAD)
    starts = ends - sizes
    is_regular = _outer_form(buffer, starts, ends, sizes)
    kinds_all = np.frombuffer(joined.translate(_CLASSES), dtype=np.uint8)
    places = np.flatnonzero(kinds_all)
    kinds = kinds_all[places]
    first, last = np.searchsorted(places, starts), np.searchsorted(places, ends)
    dropped = np.zeros(places.size, dtype=np.bool_)
    kept = _inner_form(places, kinds, first, last, is_regular, dropped)
    is_regular &= kept % 2 == 0
    owner = np.repeat(np.arange(len(raws)), last - first)
    keep = is_regular[owner]
    keep &= ~dropped
    return _items(joined, buffer, starts, sizes, is_regular, places[keep], kinds[keep], owner[keep])


def _outer_form(buffer: Bytes, starts: Ints, ends: Ints, sizes: Ints) -> Bools:
    """Head, four digits that state the length, closing `&&`, a CRC that fits, CR LF."""
    declared = (
        _DIGIT[buffer[starts + 2]] * 1000 + _DIGIT[buffer[starts + 3]] * 100
        + _DIGIT[buffer[starts + 4]] * 10 + _DIGIT[buffer[starts + 5]]
    )  # fmt: skip
    sent = (
        _HEX[buffer[ends - 6]] * 4096 + _HEX[buffer[ends - 5]] * 256 + _HEX[buffer[ends - 4]] * 16 + _HEX[buffer[ends - 3]]
    )
    good = (sizes >= 30) & (declared == sizes - 12) & (declared <= SEGMENT_LIMIT)
    for at, sign in ((starts, 35), (starts + 1, 35), (ends - 8, 38), (ends - 7, 38), (ends - 2, 13), (ends - 1, 10)):
        good &= buffer[at] == sign
    computed = crc16_batch(buffer, starts + 6, np.maximum(sizes - 12, 0))
    return np.asarray(good & (sent == computed), dtype=np.bool_)


def _inner_form(places: Ints, kinds: Bytes, first: Ints, last: Ints, is_regular: Bools, dropped: Bools) -> Ints:
    """Check the signs inside each frame and mark those that divide nothing; return how many remain in each.

    Of `##` .. `CP=&&` .. `&&` CRC CR LF only one `&` of each pair stays, as the divider it acts as; behind `;&&` or
    in an empty area not even that.
    """
    is_regular &= last - first >= 9
    strange = np.concatenate(([0], np.cumsum(kinds == STRANGE)))
    is_regular &= strange[last] - strange[first] == 4
    pairs = np.flatnonzero(kinds == AMPERSAND)
    before = np.searchsorted(pairs, first)
    is_regular &= np.searchsorted(pairs, last) - before == 4
    ok = np.flatnonzero(is_regular)
    opening, begin, end = pairs[before[ok]], first[ok], last[ok]
    good = (places[opening + 1] == places[opening] + 1) & (kinds[opening - 1] == EQUALS)
    good &= (places[opening - 1] == places[opening] - 1) & (kinds[end - 3] == AMPERSAND) & (kinds[end - 4] == AMPERSAND)
    is_regular[ok] = good
    no_divider = (places[end - 5] == places[end - 4] - 1) & (kinds[end - 5] != EQUALS)
    for at in (begin, begin + 1, end - 1, end - 2, end - 3, opening, (end - 4)[no_divider]):
        dropped[at] = True
    kept = last - first - 6
    kept[ok] -= no_divider
    return np.asarray(kept, dtype=np.int64)


def _items(
    joined: bytes, buffer: Bytes, starts: Ints, sizes: Ints, is_regular: Bools, places: Ints, kinds: Bytes, owner: Ints
) -> Tokens:
    equals, dividers, frame = places[0::2], places[1::2], owner[0::2]
    wrong = (kinds[0::2] != EQUALS) | (kinds[1::2] == EQUALS)
    is_first = np.empty(frame.size, dtype=np.bool_)
    is_first[:1] = True
    is_first[1:] = frame[1:] != frame[:-1]
    name_start = np.empty_like(equals)
    name_start[1:] = dividers[:-1] + 1
    name_start[is_first] = starts[frame[is_first]] + 6
    comma_before = np.zeros(frame.size, dtype=np.bool_)
    comma_before[1:] = kinds[1::2][:-1] == COMMA
    comma_before &= ~is_first
    name_size = equals - name_start
    wrong |= name_size <= 0
    is_regular[frame[wrong]] = False
    return Tokens(
        joined, buffer, starts, sizes, is_regular, frame, name_start, name_size, equals + 1, dividers - equals - 1,
        comma_before,
    )  # fmt: skip
