"""Times of a batch: what `times` reads one by one, from digits in 64-bit words."""

import numpy as np

from .names import word_view
from .numbers import eight_digits
from .tokens import Bools, Ints, Tokens

NO_TIME = int(np.iinfo(np.int64).min)
_CHINA_US = 8 * 3_600_000_000


def read_times(tokens: Tokens, items: Ints, width: int) -> Ints:
    """Microseconds in UTC of the values of items, by `width` digits (14 or 17); NO_TIME where the text is no time."""
    start, words = tokens.value_start[items], word_view(tokens.joined)
    eight = np.full(items.size, 8)
    date, good = eight_digits(words[start], eight)
    clock, is_clock = eight_digits(words[start + 6], eight)
    _, is_rest = eight_digits(words[start + width - 8], eight)
    good &= is_clock & is_rest & (tokens.value_size[items] == width)
    year, month, day = _pairs(np.where(good, date, 19700101).astype(np.int64))
    hour, minute, second = _pairs(np.where(good, clock, 0).astype(np.int64))
    hour -= hour // 100 * 100  # the word of the clock begins with the day
    good &= (year >= 1900) & (hour <= 23) & (minute <= 59) & (second <= 59)
    days, is_date = _days_since_1970(year, month, day)
    seconds = days * 86_400 + hour * 3600 + minute * 60 + second
    return np.where(good & is_date, seconds * 1_000_000 - _CHINA_US, NO_TIME)


def _pairs(number: Ints) -> tuple[Ints, Ints, Ints]:
    """The last two decimal digits of a number, the two before, and the rest, in reading order."""
    upper, middle = number // 10_000, number // 100
    return upper, middle - upper * 100, number - middle * 100


_MONTH_LENGTHS = np.array([0, 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31, *[0] * 87])
_DAYS_BEFORE_MONTH = np.concatenate(([0, 0], np.cumsum(_MONTH_LENGTHS)[1:-1]))


def _days_since_1970(year: Ints, month: Ints, day: Ints) -> tuple[Ints, Bools]:
    """Days of Gregorian dates, and which of them exist; months and days have up to two digits."""
    is_leap = (year & 3 == 0) & ((year // 100 * 100 != year) | (year // 400 * 400 == year))
    length = _MONTH_LENGTHS[month] + (is_leap & (month == 2))
    before = year - 1
    days = before * 365 + before // 4 - before // 100 + before // 400 - 719_162
    days += _DAYS_BEFORE_MONTH[month] + (is_leap & (month > 2)) + day - 1
    return days, np.asarray((day >= 1) & (day <= length), dtype=np.bool_)
