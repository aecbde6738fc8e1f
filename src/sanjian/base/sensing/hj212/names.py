"""Names of items as small numbers: each distinct name is read once, by the same rules as the reference decoder.

A name is recognised by its bytes, loaded as three 64-bit words, never by a hash alone: the hash only finds the slot.
The table is bounded and starts afresh when it is full, so a flood of invented names costs time, not memory.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from .tokens import Bools, Bytes, Ints, Tokens

Words = NDArray[np.uint64]

HEADER_NAMES = ("QN", "ST", "CN", "PW", "MN", "Flag", "PNUM", "PNO", "RF", "CP", "DataTime")
"""Role of a name is its place here; PLAIN_NAME any other name without `-`, FACTOR a code with a field."""
ROLE = {name: place for place, name in enumerate(HEADER_NAMES)}
PLAIN_NAME, FACTOR, TOO_ODD = range(len(HEADER_NAMES), len(HEADER_NAMES) + 3)

FIELDS = ("Rtd", "Min", "Avg", "Max", "Cou", "ZsRtd", "ZsMin", "ZsAvg", "ZsMax", "Data", "Flag")
FIELD = {name: place for place, name in enumerate(FIELDS)}
OTHER_FIELD = len(FIELDS)

_LIMIT = 16_384
_LONGEST = 24
_MASKS = [
    np.array([(1 << (8 * min(max(size - 8 * word, 0), 8))) - 1 for size in range(_LONGEST + 2)], dtype=np.uint64)
    for word in range(3)
]
"""Which bytes of a name's first, second and third word belong to it, by its size; 25 stands for anything longer."""
_MIX = (np.uint64(0x9E3779B97F4A7C15), np.uint64(0xC2B2AE3D27D4EB4F), np.uint64(0x165667B19E3779F9))


@dataclass(slots=True)
class Named:
    """For each item its role, and for factors `code` (place in `codes`) and `field`; TOO_ODD is no readable name."""

    role: NDArray[np.int8]
    field: NDArray[np.int8]
    code: NDArray[np.int32]
    codes: list[str]


class NameTable:
    """The names met so far."""

    def __init__(self) -> None:
        self._clear()

    def _clear(self) -> None:
        self._slots = np.full(65_536, -1, dtype=np.int32)
        self._words = np.zeros((3, _LIMIT), dtype=np.uint64)
        self._role = np.zeros(_LIMIT, dtype=np.int8)
        self._field = np.zeros(_LIMIT, dtype=np.int8)
        self._code = np.zeros(_LIMIT, dtype=np.int32)
        self._code_numbers: dict[str, int] = {}
        self._count = 0

    def read(self, tokens: Tokens) -> Named:
        """Number the names of a batch; names longer than 24 bytes, or without a free slot, are TOO_ODD."""
        if self._count > _LIMIT // 2:
            self._clear()
        words = _load(tokens)
        mixed = _mixed(words)
        known = self._find(words, _first_slot(mixed))
        missing = np.flatnonzero(known < 0)
        if missing.size:
            rest = (words[0][missing], words[1][missing], words[2][missing])
            first, second = _first_slot(mixed[missing]), _second_slot(mixed[missing])
            self._learn(rest, first, second, tokens, missing)
            again = self._find(rest, first)
            known[missing] = np.where(again < 0, self._find(rest, second), again)
        role, field, code = self._role[known], self._field[known], self._code[known]
        role[(known < 0) | (tokens.name_size > _LONGEST)] = TOO_ODD
        return Named(role, field, code, list(self._code_numbers))

    def _find(self, words: tuple[Words, Words, Words], slots: Ints) -> Ints:
        found = self._slots[slots].astype(np.int64)
        good = found >= 0
        for place, word in enumerate(words):
            good &= self._words[place][found] == word
        found[~good] = -1
        return found

    def _learn(self, words: tuple[Words, Words, Words], first: Ints, second: Ints, tokens: Tokens, items: Ints) -> None:
        seen: set[bytes] = set()
        for place, item in enumerate(items):
            start, size = int(tokens.name_start[item]), int(tokens.name_size[item])
            name = tokens.joined[start : start + size]
            if name in seen or size > _LONGEST or self._count >= _LIMIT:
                continue
            seen.add(name)
            if self._find(tuple(word[place : place + 1] for word in words), second[place : place + 1])[0] >= 0:  # type: ignore[arg-type]
                continue
            slot = next((int(slots[place]) for slots in (first, second) if self._slots[slots[place]] < 0), None)
            if slot is None:
                continue
            number, self._count = self._count, self._count + 1
            self._slots[slot] = number
            self._words[:, number] = [word[place] for word in words]
            self._role[number], self._code[number], self._field[number] = self._meaning(name.decode("ascii"))

    def _meaning(self, name: str) -> tuple[int, int, int]:
        code, dash, field = name.partition("-")
        if not dash:
            return ROLE.get(name, PLAIN_NAME), 0, 0
        if not code:
            return TOO_ODD, 0, 0
        number = self._code_numbers.setdefault(code, len(self._code_numbers))
        return FACTOR, number, FIELD.get(field, OTHER_FIELD)


def _load(tokens: Tokens) -> tuple[Words, Words, Words]:
    words = word_view(tokens.joined)
    start, size = tokens.name_start, tokens.name_size
    size = np.minimum(size, _LONGEST + 1)
    one, two = words[start] & _MASKS[0][size], words[start + 8] & _MASKS[1][size]
    three = np.zeros_like(one)
    long = np.flatnonzero(size > 16)
    three[long] = words[start[long] + 16] & _MASKS[2][size[long]]
    return one, two, three


def word_view(joined: bytes) -> Words:
    """Eight bytes from every offset of a buffer, little-endian, without copying."""
    return np.ndarray(shape=(len(joined) - 7,), dtype="<u8", buffer=joined, strides=(1,))


def _mixed(words: tuple[Words, Words, Words]) -> Words:
    mixed = words[0] * _MIX[0]
    mixed += words[1] * _MIX[1]
    mixed += words[2] * _MIX[2]
    mixed ^= mixed >> np.uint64(29)
    mixed *= _MIX[1]
    return mixed


def _first_slot(mixed: Words) -> Ints:
    return (mixed >> np.uint64(48)).view(np.int64)


def _second_slot(mixed: Words) -> Ints:
    return ((mixed >> np.uint64(24)) & np.uint64(0xFFFF)).view(np.int64)


__all__ = ["FACTOR", "FIELD", "FIELDS", "OTHER_FIELD", "PLAIN_NAME", "ROLE", "Bools", "Bytes", "NameTable", "Named"]
