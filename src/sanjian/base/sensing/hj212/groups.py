"""The factors of the regular frames of a batch: items grouped by frame and code, numbers judged together.

The rules are those of `readings`; here each rule is one array operation, and texts that are no plain decimals go back
to `readings.judge_number` one by one.
"""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from .dialect import PLAIN
from .factors import find_factor
from .messages import BIT
from .names import FACTOR, FIELD, OTHER_FIELD, Named
from .numbers import Floats, read_decimals
from .readings import MARK_SYSTEM, SENTINELS, judge_number, stored_code
from .regular import KINDS, Heads
from .tokens import Bools, Ints, Tokens

Places = NDArray[np.int32]
"""Items by field and group; half the size of other numbers here, because it is the largest table."""

_RT = KINDS.index("rt")
_TABLE_LIMIT = 30_000_000
_SENTINELS = np.array(sorted(SENTINELS))
_INFINITY = float("inf")


@dataclass(slots=True)
class Groups:
    """One entry a reading, in wire order. `target` is the place in `codes`; columns are in the order of NUMBERS.

    `texts` holds the value text of those few readings whose value field was sent more than once, by entry.
    """

    frame: Ints
    target: Ints
    codes: list[str]
    source_item: Ints
    flag_item: Ints
    numbers: list[Floats]
    mask: Ints
    texts: dict[int, bytes]


NUMBERS = ("value", "min", "max", "total", "zs_value", "zs_min", "zs_max")


def read_groups(heads: Heads) -> Groups:
    """Group and judge the factors of all regular data frames; irregular ones are taken out of `heads.is_regular`."""
    tokens, named = heads.tokens, heads.named
    _note_mixed_commas(heads)
    items = np.flatnonzero((named.role == FACTOR) & (heads.kind >= 0)[tokens.frame] & heads.is_regular[tokens.frame])
    group, owner, code = _group(tokens, named, items, heads.is_regular)
    place: Places = np.full((OTHER_FIELD + 1, owner.size), -1, dtype=np.int32)
    place[named.field[items], group] = items
    repeats = _repeats(tokens, named.field[items], items, group, place, heads.is_regular)
    alive = heads.is_regular[owner]
    if not alive.all():
        number = np.cumsum(alive) - 1
        repeats = [one._replace(group=int(number[one.group])) for one in repeats if alive[one.group]]
        owner, code, place = owner[alive], code[alive], place[:, alive]
    targets = _targets(heads, named, owner, code)
    return _judge(heads, owner, place, targets, repeats)


class _Repeat(NamedTuple):
    """A field sent more than once in one group: all its texts, in order."""

    field: int
    group: int
    texts: tuple[bytes, ...]


def _repeats(
    tokens: Tokens, field: NDArray[np.int8], items: Ints, group: Ints, place: Places, is_regular: Bools
) -> list[_Repeat]:
    """Fields sent more than once; a doubled mark takes its frame out."""
    again = np.flatnonzero((place[field, group] != items) & (field != OTHER_FIELD))
    found: dict[tuple[int, int], list[bytes]] = {}
    for at in again.tolist():
        if field[at] == FIELD["Flag"]:
            is_regular[tokens.frame[items[at]]] = False
        else:
            found.setdefault((int(field[at]), int(group[at])), []).append(tokens.value(int(items[at])))
    return [
        _Repeat(one, number, (*texts, tokens.value(int(place[one, number])))) for (one, number), texts in found.items()
    ]


def _note_mixed_commas(heads: Heads) -> None:
    tokens, code = heads.tokens, heads.named.code
    after = np.flatnonzero(tokens.comma_before)
    mixed = after[code[after] != code[after - 1]]
    heads.mask[tokens.frame[mixed]] |= BIT["comma_between_factors"]


def _group(tokens: Tokens, named: Named, items: Ints, is_regular: Bools) -> tuple[Ints, Ints, Ints]:
    """Number of the group of each item, and frame and code of each group; a code met again joins its first group."""
    frame, code = tokens.frame[items], named.code[items]
    starts_run = np.ones(items.size, dtype=np.bool_)
    starts_run[1:] = (frame[1:] != frame[:-1]) | (code[1:] != code[:-1])
    run_frame, run_code = frame[starts_run], code[starts_run]
    present = np.unique(run_code) if run_code.size < 1000 else np.flatnonzero(np.bincount(run_code))
    narrow = np.zeros(int(present[-1]) + 1 if present.size else 1, dtype=np.int64)
    narrow[present] = np.arange(present.size)
    key = run_frame * max(present.size, 1) + narrow[run_code]
    runs = np.arange(key.size)
    if is_regular.size * present.size <= _TABLE_LIMIT:
        table = np.empty(is_regular.size * max(present.size, 1), dtype=np.int32)
        table[key[::-1]] = runs[::-1]
        first = table[key].astype(np.int64)
    else:
        _, where, inverse = np.unique(key, return_index=True, return_inverse=True)
        first = where[inverse]
    is_first = first == runs
    number = np.cumsum(is_first) - 1
    run_of_item = np.cumsum(starts_run) - 1
    return number[first][run_of_item], run_frame[is_first], run_code[is_first]


@dataclass(slots=True)
class _Targets:
    place: Ints
    codes: list[str]
    low: Floats
    high: Floats
    mask: Ints
    is_marked: Bools


def _targets(heads: Heads, named: Named, owner: Ints, code: Ints) -> _Targets:
    """What each group's code stands for under its system code, judged once a pair."""
    systems = sorted({system for _, system, _ in heads.combinations})
    system_place = np.array([systems.index(system) for _, system, _ in heads.combinations], dtype=np.int64)
    pair = code * len(systems) + system_place[heads.combination[owner]]
    present = np.flatnonzero(np.bincount(pair)) if pair.size else pair
    place = np.zeros(int(present[-1]) + 1 if present.size else 1, dtype=np.int64)
    place[present] = np.arange(present.size)
    codes, low, high, mask, is_marked = [], [], [], [], []
    for one in present.tolist():
        system_text = systems[one % len(systems)]
        target, finding = stored_code(named.codes[one // len(systems)], system_text, PLAIN)
        factor = find_factor(target)
        codes.append(target)
        low.append(factor.low if factor else 0.0)
        high.append(factor.high if factor else _INFINITY)
        mask.append(BIT[finding] if finding else 0)
        is_marked.append(system_text == MARK_SYSTEM)
    return _Targets(
        place[pair], codes, np.array(low), np.array(high), np.array(mask, dtype=np.int64), np.array(is_marked, np.bool_)
    )


def _judge(heads: Heads, owner: Ints, place: Places, targets: _Targets, repeats: list[_Repeat]) -> Groups:
    tokens = heads.tokens
    is_rt = heads.kind[owner] == _RT
    rtd, avg, data = place[FIELD["Rtd"]], place[FIELD["Avg"]], place[FIELD["Data"]]
    main, other = np.where(is_rt, rtd, avg), np.where(is_rt, avg, rtd)
    source = np.where(main >= 0, main, np.where(other >= 0, other, data))
    mask = targets.mask[targets.place] if targets.codes else np.zeros(owner.size, dtype=np.int64)
    mask = mask | ((main < 0) & (other >= 0)) * BIT["value_field_other"]
    from_rtd = np.where(is_rt, main >= 0, (main < 0) & (other >= 0))
    zs_value = np.where(from_rtd, place[FIELD["ZsRtd"]], place[FIELD["ZsAvg"]])
    columns = (
        source.copy(), place[FIELD["Min"]], place[FIELD["Max"]], place[FIELD["Cou"]], zs_value, place[FIELD["ZsMin"]],
        place[FIELD["ZsMax"]],
    )  # fmt: skip
    texts = _settle_repeats(columns, place, repeats, mask)
    numbers = _columns(tokens, columns, targets, mask)
    flag = place[FIELD["Flag"]]
    _judge_marks(tokens, flag, mask)
    return Groups(owner, targets.place, targets.codes, source, flag, numbers, mask, texts)


def _settle_repeats(columns: tuple[Places, ...], place: Places, repeats: list[_Repeat], mask: Ints) -> dict[int, bytes]:
    """Of two different numbers for one thing none becomes the value; both texts are kept."""
    texts: dict[int, bytes] = {}
    for field, group, sent in repeats:
        item = place[field, group]
        for number, column in enumerate(columns):
            if column[group] == item:
                if number == 0:
                    texts[group] = b",".join(sent)
                if len(set(sent)) > 1:
                    column[group] = -1
                    mask[group] |= BIT["duplicate_field"]
    return texts


def _columns(tokens: Tokens, columns: tuple[Places, ...], targets: _Targets, mask: Ints) -> list[Floats]:
    """Number columns, NaN where nothing usable was sent; findings are added to `mask`."""
    sent = [np.flatnonzero(column >= 0) for column in columns]
    rows = np.concatenate(sent)
    items = np.concatenate([column[some] for column, some in zip(columns, sent, strict=True)])
    target = targets.place[rows]
    high = targets.high[target]
    total = NUMBERS.index("total")
    before = sum(some.size for some in sent[:total])
    high[before : before + sent[total].size] = _INFINITY
    found, bits = _numbers(tokens, items, targets.low[target], high, targets.is_marked[target])
    marked = np.flatnonzero(bits)
    np.bitwise_or.at(mask, rows[marked], bits[marked])
    numbers, at = [], 0
    for some in sent:
        whole = np.full(mask.size, np.nan)
        whole[some] = found[at : at + some.size]
        numbers.append(whole)
        at += some.size
    return numbers


def _numbers(tokens: Tokens, items: Ints, low: Floats, high: Floats, is_marked: Bools) -> tuple[Floats, Ints]:
    """Numbers (NaN for none) and findings of items; `judge_number` decides whatever is not a plain good decimal."""
    number, good = read_decimals(tokens, items)
    bits = np.zeros(items.size, dtype=np.int64)
    good &= (number >= low) & (number <= high)
    for at in np.flatnonzero(~good).tolist():
        text = tokens.value(int(items[at])).decode("ascii")
        value, finding = judge_number(text, float(low[at]), float(high[at]))
        number[at] = np.nan if value is None else value
        if finding and not (finding == "value_not_number" and is_marked[at]):
            bits[at] = BIT[finding]
    negative = np.flatnonzero(good & (number < 0))
    if negative.size:
        sentinel = negative[np.isin(number[negative], _SENTINELS)]
        number[sentinel], bits[sentinel] = np.nan, BIT["value_sentinel"]
    return number, bits


_KNOWN_MARK = np.zeros(256, dtype=np.bool_)
_KNOWN_MARK[[ord(mark) for mark in PLAIN.marks]] = True


def _judge_marks(tokens: Tokens, flag: Ints, mask: Ints) -> None:
    sent = np.flatnonzero(flag >= 0)
    items = flag[sent]
    known = (tokens.value_size[items] == 1) & _KNOWN_MARK[tokens.buffer[tokens.value_start[items]]]
    for at in sent[~known].tolist():
        text = tokens.value(int(flag[at])).decode("ascii")
        mask[at] |= BIT["mark_lower_case" if text.upper() in PLAIN.marks else "mark_unknown"]
