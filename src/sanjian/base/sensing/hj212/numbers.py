"""Decimal texts to floats for a whole batch, equal to Python's `float` to the last bit.

A decimal of at most 15 digits, 8 of them before the point, is an integer below 2^53 divided by a power of ten below
10^22, and such a quotient is correctly rounded. Eight digits are read in one 64-bit word. Everything else (exponents,
longer texts, words) goes one by one through the judgement of `readings`.
"""

import numpy as np
from numpy.typing import NDArray

from .names import Words, word_view
from .tokens import Bools, Ints, Tokens

Floats = NDArray[np.float64]

_ZEROS = np.uint64(0x3030303030303030)
_KEEP = np.array([0] + [((1 << (8 * size)) - 1) << (64 - 8 * size) for size in range(1, 9)], dtype=np.uint64)
_POINT = np.array([0xFF << (56 - 8 * after) for after in range(8)] + [0], dtype=np.uint64)
"""The byte of the point, by the number of digits behind it; none at place 8."""
_POWERS = np.array([10.0**power for power in range(17)])
_NO_POINT = 99


def read_decimals(tokens: Tokens, items: Ints) -> tuple[Floats, Bools]:
    """Values of the given items as floats, and which of them are such short decimals; the others are NaN."""
    words = word_view(tokens.joined)
    start, size = tokens.value_start[items], tokens.value_size[items]
    is_negative = tokens.buffer[start] == 45
    last_word = words[start + size - 8]
    after = _digits_after_point(last_word)
    has_point = after < size
    behind = _KEEP[np.where(has_point, after, 8)]
    digits = (last_word & behind) | ((last_word & ~behind & ~_POINT[np.where(has_point, after, 8)]) << np.uint64(8))
    after[~has_point] = 0
    count = size - has_point - is_negative
    whole, good = eight_digits(digits, np.minimum(count, 8))
    good &= (size <= 8) & (count > after)
    number = whole / _POWERS[np.minimum(after, 16)]
    long = np.flatnonzero(size > 8)
    if long.size:
        number[long], good[long] = _long_decimals(words, start[long], size[long], is_negative[long])
    np.negative(number, out=number, where=is_negative)
    number[~good] = np.nan
    return number, good


def _long_decimals(words: Words, start: Ints, size: Ints, is_negative: Bools) -> tuple[Floats, Bools]:
    """Magnitudes of texts longer than eight bytes: at most 8 digits before the point and 15 in all."""
    end = start + size
    last_word = words[end - 8]
    after = _digits_after_point(last_word)
    far = np.flatnonzero(after == _NO_POINT)
    after[far] = _digits_after_point(words[end[far] - 16]) + 8
    has_point = after < size
    after[~has_point] = 0
    before = size - after - has_point - is_negative
    whole, good = eight_digits(words[end - after - has_point - 8], before)
    part, is_part = eight_digits(last_word, np.minimum(after, 8))
    far = np.flatnonzero(after > 8)
    upper, is_upper = eight_digits(words[end[far] - 16], after[far] - 8)
    part[far] += upper * 1e8
    is_part[far] &= is_upper
    good &= is_part & (before >= 1) & (before <= 8) & (before + after <= 15)
    scale = _POWERS[np.minimum(after, 16)]
    return (whole * scale + part) / scale, good


def _digits_after_point(word: Words) -> Ints:
    """Bytes behind the last point within eight bytes, 99 when there is none."""
    differs = word ^ np.uint64(0x2E2E2E2E2E2E2E2E)
    low = np.uint64(0x7F7F7F7F7F7F7F7F)
    zero = ~(((differs & low) + low) | differs | low)
    position = np.frexp(zero.astype(np.float64))[1]
    return np.where(zero == 0, _NO_POINT, 8 - ((position + 7) >> 3)).astype(np.int64)


def eight_digits(word: Words, count: Ints) -> tuple[Floats, Bools]:
    """The number in the last `count` (0..8) bytes of a word, and whether they are all digits."""
    keep = _KEEP[np.clip(count, 0, 8)]
    digits = ((word & keep) | (_ZEROS & ~keep)) - _ZEROS
    high = np.uint64(0x8080808080808080)
    good = ((digits | (digits + np.uint64(0x7676767676767676))) & high) == 0
    digits = (digits * np.uint64(10)) + (digits >> np.uint64(8))
    digits &= np.uint64(0x00FF00FF00FF00FF)
    digits = (digits * np.uint64(100)) + (digits >> np.uint64(16))
    digits &= np.uint64(0x0000FFFF0000FFFF)
    digits = ((digits * np.uint64(10000)) + (digits >> np.uint64(32))) & np.uint64(0xFFFFFFFF)
    return digits.astype(np.float64), np.asarray(good, dtype=np.bool_)
