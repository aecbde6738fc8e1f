"""The fast way: all regular frames of a batch read together, column by column.

Every test here either reproduces a finding of the reference decoder as a bit, or takes the frame out (`is_regular`
becomes false) so that the reference decoder reads it. When in doubt, out.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from threading import Lock
from typing import Any

import numpy as np

from .clocks import NO_TIME, read_times
from .dialect import PLAIN
from .distinct import distinct
from .factors import SYSTEM_CODES, is_known_command
from .header import read_flag
from .messages import BIT
from .names import FACTOR, PLAIN_NAME, ROLE, TOO_ODD, Named, NameTable, word_view
from .readings import KIND_OF_COMMAND
from .times import EARLIEST, IMPOSSIBLE_AHEAD, read_data_time
from .tokens import Bools, Ints, Tokens, tokenise

KINDS = tuple(KIND_OF_COMMAND.values())

_UPPER_HEX = np.zeros(256, dtype=np.bool_)
_UPPER_HEX[list(b"0123456789ABCDEF")] = True

_names, _lock = NameTable(), Lock()


def _us(span: timedelta) -> int:
    return span // timedelta(microseconds=1)


_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_EARLIEST_US = _us(EARLIEST - _EPOCH)


@dataclass(slots=True)
class Heads:
    """Headers of the frames of a batch; meaningful where `is_regular`.

    `item` holds, by role, the item of each frame that carries that header field, -1 where it was not sent. `kind` is
    the place in `KINDS`, -1 for frames without readings. `combination` is the place in `combinations` of the frame's
    (CN, ST, Flag). Times are microseconds in UTC. `mask` is the frame's findings.
    """

    tokens: Tokens
    named: Named
    is_regular: Bools
    item: Ints
    mask: Ints
    kind: Ints
    data_time_us: Ints
    ack: Bools
    split: Bools
    is_backfill: Bools
    part_total: Ints
    part_number: Ints
    combination: Ints
    combinations: list[tuple[str, str, str | None]]


def read_heads(raws: Sequence[bytes], received_us: Ints) -> Heads:
    """Take a batch apart and judge its headers and data times."""
    tokens = tokenise(raws)
    with _lock:
        named = _names.read(tokens)
    count = len(raws)
    item = _place_fields(tokens, named, count)
    heads = Heads(tokens, named, tokens.is_regular, item, tokens.mask, **_blank(count))
    if not tokens.frame.size:
        heads.is_regular[:] = False
        return heads
    _judge_exchange(heads)
    _judge_parts(heads)
    _judge_times(heads, received_us)
    return heads


def _blank(count: int) -> dict[str, Any]:
    numbers = {name: np.full(count, -1) for name in ("kind", "part_total", "part_number")}
    flags = {name: np.zeros(count, dtype=np.bool_) for name in ("ack", "split", "is_backfill")}
    places = {"data_time_us": np.full(count, NO_TIME), "combination": np.zeros(count, dtype=np.int64)}
    return {**numbers, **flags, **places, "combinations": []}


def _place_fields(tokens: Tokens, named: Named, count: int) -> Ints:
    """Where each header field of each frame stands; frames with doubled or misplaced fields are taken out."""
    regular, frame, role = tokens.is_regular, tokens.frame, named.role
    item = np.full((len(ROLE), count), -1)
    special = np.flatnonzero(role < PLAIN_NAME)
    item[role[special], frame[special]] = special
    is_last = item[role[special], frame[special]] == special
    regular[frame[special[~is_last]]] = False
    regular[frame[role == TOO_ODD]] = False
    opening = item[ROLE["CP"]]
    regular &= opening >= 0
    in_header = np.arange(frame.size) < opening[frame]
    wrong = in_header & ((role == FACTOR) | (role == ROLE["DataTime"]) | tokens.comma_before)
    wrong[special] |= ~in_header[special] & (role[special] < ROLE["CP"])
    regular[frame[wrong]] = False
    _take_out_doubled(tokens, named)
    _note_commas(tokens, named)
    return item


def _take_out_doubled(tokens: Tokens, named: Named) -> None:
    plain = np.flatnonzero(named.role == PLAIN_NAME)
    if plain.size:
        names = [
            tokens.joined[start : start + size]
            for start, size in zip(tokens.name_start[plain].tolist(), tokens.name_size[plain].tolist(), strict=True)
        ]
        seen: set[tuple[int, bytes]] = set()
        for owner, name in zip(tokens.frame[plain].tolist(), names, strict=True):
            if (owner, name) in seen:
                tokens.is_regular[owner] = False
            seen.add((owner, name))


def _note_commas(tokens: Tokens, named: Named) -> None:
    """A comma next to an item that is no factor is left to the reference; `comma_before` keeps the other ones."""
    after = np.flatnonzero(tokens.comma_before)
    odd = (named.role[after] != FACTOR) | (named.role[after - 1] != FACTOR)
    tokens.is_regular[tokens.frame[after[odd]]] = False


def _judge_exchange(heads: Heads) -> None:
    """ST, CN, PW, MN, Flag: few distinct combinations, each judged once."""
    tokens, item, regular = heads.tokens, heads.item, heads.is_regular
    regular &= (_sizes(heads, "ST") == 2) & (_sizes(heads, "CN") == 4)
    regular &= (_sizes(heads, "PW") > 0) & (_sizes(heads, "MN") > 0)
    flag_size = _sizes(heads, "Flag")
    regular &= (flag_size <= 3) & (flag_size != 0)
    rows = np.flatnonzero(regular)
    command = _packed(heads, rows, "CN", 4)
    regular[rows] &= (command & 0xF0F0F0F0) == 0x30303030
    command &= 0x0F0F0F0F
    digits = (command | command >> 4) & 0x00FF00FF
    key = ((digits | digits >> 8) & 0xFFFF) << 40  # four digits in 16 bits, so that all three fields fit
    key |= _packed(heads, rows, "ST", 2) << 24 | _packed(heads, rows, "Flag", 3)
    keys, place = distinct(key)
    table = np.array([_judge_combination(one) for one in keys], dtype=np.int64).reshape(-1, 6)[place]
    regular[rows] &= table[:, 0] == 1
    heads.mask[rows] |= table[:, 1]
    heads.ack[rows], heads.split[rows] = table[:, 2] == 1, table[:, 3] == 1
    heads.kind[rows] = table[:, 4]
    no_qn = heads.ack & (item[ROLE["QN"]] < 0)
    heads.mask[no_qn] |= BIT["qn_missing"]
    doubtful = rows[(table[:, 5] == 1) & regular[rows]]
    heads.mask[doubtful[~_are_epc(heads, doubtful)]] |= BIT["version_doubtful"]
    heads.combination[rows] = place
    heads.combinations = [_texts_of(one) for one in keys]
    sent = np.flatnonzero(item[ROLE["RF"]] >= 0)
    is_one = tokens.buffer[tokens.value_start[item[ROLE["RF"], sent]]] == 49
    heads.is_backfill[sent] = is_one & (tokens.value_size[item[ROLE["RF"], sent]] == 1)
    heads.mask[sent[~heads.is_backfill[sent]]] |= BIT["rf_undefined"]


def _sizes(heads: Heads, name: str) -> Ints:
    """Bytes of a header field's value in each frame, -1 where it was not sent."""
    item = heads.item[ROLE[name]]
    return np.where(item >= 0, heads.tokens.value_size[item], -1)


def _are_epc(heads: Heads, rows: Ints) -> Bools:
    """Whether MNs are the 24 hexadecimal digits of the standard; see `header.EPC`."""
    tokens, place = heads.tokens, heads.item[ROLE["MN"], rows]
    inside = tokens.buffer[tokens.value_start[place][:, None] + np.arange(24)]
    return np.asarray(_UPPER_HEX[inside].all(axis=1) & (tokens.value_size[place] == 24), dtype=np.bool_)


@lru_cache(maxsize=4096)
def _texts_of(key: int) -> tuple[str, str, str | None]:
    """CN, ST and Flag of a combination; Flag None where it was not sent."""
    raw = key.to_bytes(8, "little")
    flag = raw[:3].rstrip(b"\0").decode("ascii")
    return f"{raw[5] & 15}{raw[5] >> 4}{raw[6] & 15}{raw[6] >> 4}", raw[3:5].decode("ascii"), flag or None


def _packed(heads: Heads, rows: Ints, name: str, width: int) -> Ints:
    """The bytes of a field of up to `width` bytes as one number, the first byte lowest; 0 where it was not sent."""
    tokens, place = heads.tokens, heads.item[ROLE[name], rows]
    size = np.where(place >= 0, np.minimum(tokens.value_size[place], width), 0)
    mask = (np.uint64(1) << (size.astype(np.uint64) << np.uint64(3))) - np.uint64(1)
    packed: Ints = (word_view(tokens.joined)[tokens.value_start[place]] & mask).astype(np.int64)
    return packed


@lru_cache(maxsize=4096)
def _judge_combination(key: int) -> tuple[int, int, int, int, int, int]:
    """(regular, findings, ack, split, kind, whether the MN decides if the edition is doubtful)."""
    command, system, flag_text = _texts_of(key)
    flag = read_flag(flag_text)
    if not flag.is_valid or not command.isdigit():
        return 0, 0, 0, 0, -1, 0
    mask = 0 if system in SYSTEM_CODES else BIT["st_unknown"]
    mask |= 0 if is_known_command(command) else BIT["cn_unknown"]
    mask |= BIT["version_unknown"] if flag.version == "unknown" else 0
    kind = KIND_OF_COMMAND.get(command)
    place = KINDS.index(kind) if kind else -1
    return 1, mask, flag.ack, flag.split, place, flag.version == "2025" and command.startswith("2")


def _judge_parts(heads: Heads) -> None:
    """PNUM and PNO: both or neither, up to four digits, 1 <= PNO <= PNUM."""
    item = heads.item
    has_parts = (item[ROLE["PNUM"]] >= 0) | (item[ROLE["PNO"]] >= 0)
    heads.mask[heads.split & ~has_parts] |= BIT["split_without_parts"]
    rows = np.flatnonzero(has_parts)
    total, number = _small_number(heads, rows, "PNUM"), _small_number(heads, rows, "PNO")
    heads.part_total[rows], heads.part_number[rows] = total, number
    heads.is_regular[rows] &= (number >= 1) & (number <= total)
    heads.mask[rows[(item[ROLE["Flag"], rows] >= 0) & ~heads.split[rows]]] |= BIT["parts_without_split"]


def _small_number(heads: Heads, rows: Ints, name: str) -> Ints:
    """Values of 1 to 4 digits; -1 for anything else."""
    tokens, place = heads.tokens, heads.item[ROLE[name], rows]
    start, size = tokens.value_start[place], tokens.value_size[place]
    number, good = np.zeros(rows.size, dtype=np.int64), (place >= 0) & (size >= 1) & (size <= 4)
    for at in range(4):
        digit = tokens.buffer[start + at].astype(np.int64) - 48
        is_inside = at < size
        good &= ~is_inside | ((digit >= 0) & (digit <= 9))
        number = np.where(is_inside, number * 10 + digit, number)
    return np.where(good, number, -1)


def _judge_times(heads: Heads, received_us: Ints) -> None:
    """QN and DataTime: real times in the standard's digits, and the clock's plausibility."""
    tokens, regular = heads.tokens, heads.is_regular
    factor = heads.named.role == FACTOR
    has_factor = np.zeros(regular.size, dtype=np.bool_)
    has_factor[tokens.frame[factor]] = True
    heads.kind[~has_factor] = -1
    qn_us = np.full(regular.size, NO_TIME)
    rows = np.flatnonzero(regular & (heads.item[ROLE["QN"]] >= 0))
    qn_us[rows] = read_times(tokens, heads.item[ROLE["QN"], rows], 17)
    regular[rows] &= qn_us[rows] != NO_TIME
    _file_times(heads, qn_us)
    rows = np.flatnonzero(regular & (heads.kind >= 0))
    at, clock, own = heads.data_time_us[rows], received_us[rows], qn_us[rows]
    impossible = (at < _EARLIEST_US) | (at > clock + _us(IMPOSSIBLE_AHEAD))
    regular[rows[impossible]] = False
    limit = at - _us(PLAIN.ahead)
    ahead = (limit > clock) | ((own != NO_TIME) & (limit > own))
    old = (at < clock - _us(PLAIN.behind)) & ~heads.is_backfill[rows] & ~ahead
    heads.mask[rows] |= ahead * BIT["data_time_ahead"] | old * BIT["data_time_old"]


def _file_times(heads: Heads, qn_us: Ints) -> None:
    """The time each data frame is filed under: its DataTime, or its QN where none was sent."""
    rows = np.flatnonzero(heads.is_regular & (heads.kind >= 0))
    is_sent = heads.item[ROLE["DataTime"], rows] >= 0
    sent, absent = rows[is_sent], rows[~is_sent]
    heads.data_time_us[sent] = read_times(heads.tokens, heads.item[ROLE["DataTime"], sent], 14)
    for row in sent[heads.tokens.value_size[heads.item[ROLE["DataTime"], sent]] != 14].tolist():
        at, _ = read_data_time(heads.tokens.value(heads.item[ROLE["DataTime"], row]).decode("ascii"))
        heads.data_time_us[row] = NO_TIME if at is None else _us(at - _EPOCH)
        heads.mask[row] |= BIT["data_time_format"]
    heads.data_time_us[absent] = qn_us[absent]
    heads.mask[absent] |= BIT["data_time_missing"]
    heads.is_regular[rows[heads.data_time_us[rows] == NO_TIME]] = False


__all__ = ["KINDS", "NO_TIME", "Heads", "read_heads"]
