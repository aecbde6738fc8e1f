"""The rows of the regular frames: offsets and arrays of `regular` and `groups` to the columns of `rows`."""

from collections.abc import Sequence

import numpy as np
import polars as pl

from .distinct import distinct
from .groups import NUMBERS, Groups, read_groups
from .messages import REMARKS, WARNS, joined
from .names import ROLE
from .regular import KINDS, Heads
from .rows import EXCHANGE_SCHEMA, READINGS_SCHEMA, UTC_US, Tables
from .slices import binary_column, number_column, pick, spread, text_column
from .tokens import PAD, Ints

_DAY_US = 86_400_000_000
_INT64 = (1 << 63) - 1
_WARNS, _VISIBLE = WARNS & _INT64, ~REMARKS & _INT64


def fast_tables(
    heads: Heads, hashes_of_all: pl.Series, peers: Sequence[str | None] | None, received_us: Ints
) -> Tables:
    """Rows of the frames that are regular once their factors have been read too."""
    groups = read_groups(heads)
    rows = np.flatnonzero(heads.is_regular)
    everything = heads.mask.copy()
    if groups.frame.size:
        first = np.flatnonzero(np.concatenate(([True], groups.frame[1:] != groups.frame[:-1])))
        everything[groups.frame[first]] |= np.bitwise_or.reduceat(groups.mask, first)
    names = {name: _field(heads, rows, name) for name in ("MN", "QN", "PW", "DataTime")}
    for at, name in enumerate(("CN", "ST", "Flag")):
        names[name] = spread(name, [texts[at] for texts in heads.combinations], heads.combination[rows])
    action = spread("action", ["accept", "accept-warn"], ((everything[rows] & _WARNS) != 0).astype(np.int64))
    hashes = pick(hashes_of_all, rows)
    index = pl.Series("index", rows)
    frames = pl.DataFrame(
        {
            "index": index,
            "protocol": spread("protocol", ["hj212"], np.zeros(rows.size, dtype=np.int64)),
            "peer": _peers(peers, rows),
            "device_mn": names["MN"],
            "command": names["CN"],
            "system_code": names["ST"],
            "qn": names["QN"],
            "received_at": _times(received_us[rows]),
            "action": action,
            "warnings": _joined(everything[rows] & _VISIBLE),
            "frame_sha256": hashes,
            "size_bytes": pl.Series(heads.tokens.sizes[rows].astype(np.int32)),
            "raw": pick(binary_column("raw", heads.tokens.joined, heads.tokens.starts, heads.tokens.sizes), rows),
            "day": _days(received_us[rows]),
        }
    )
    exchange = _exchange(heads, rows, names, action, index)
    return Tables(frames, _readings(heads, groups, rows, names, hashes, received_us), exchange)


def _peers(peers: Sequence[str | None] | None, rows: Ints) -> pl.Series:
    if peers is None:
        return spread("peer", [None], np.zeros(rows.size, dtype=np.int64))
    return pick(pl.Series(peers, dtype=pl.String), rows)


def _field(heads: Heads, rows: Ints, name: str) -> pl.Series:
    tokens, item = heads.tokens, heads.item[ROLE[name], rows]
    starts = np.where(item >= 0, tokens.value_start[item], -1)
    return text_column(name, tokens.joined, starts, tokens.value_size[item])


def _exchange(
    heads: Heads, rows: Ints, names: dict[str, pl.Series], action: pl.Series, index: pl.Series
) -> pl.DataFrame:
    total, number = heads.part_total[rows].astype(np.int32), heads.part_number[rows].astype(np.int32)
    columns = {
        "index": index,
        "command": names["CN"],
        "qn": names["QN"],
        "system_code": names["ST"],
        "device_mn": names["MN"],
        "password": names["PW"],
        "flag": names["Flag"],
        "part_total": number_column("part_total", total, total < 0),
        "part_number": number_column("part_number", number, number < 0),
        "data_time_raw": names["DataTime"],
        "is_split": pl.Series(heads.split[rows]),
        "wants_answer": pl.Series(heads.ack[rows] & (heads.item[ROLE["QN"], rows] >= 0)),
        "action": action,
    }
    return pl.DataFrame({name: columns[name] for name in ("index", *EXCHANGE_SCHEMA)})


def _readings(
    heads: Heads, groups: Groups, rows: Ints, names: dict[str, pl.Series], hashes: pl.Series, received_us: Ints
) -> pl.DataFrame:
    place_of_frame = np.zeros(heads.is_regular.size, dtype=np.uint32)
    place_of_frame[rows] = np.arange(rows.size)
    frame, place = groups.frame, pl.Series(place_of_frame[groups.frame])
    flag = groups.flag_item
    joined_texts, text_start, text_size = _texts(heads, groups)
    at = heads.data_time_us[frame]
    columns = {
        "device_mn": names["MN"][place],
        "factor_code": spread("factor_code", groups.codes, groups.target),
        "kind": spread("kind", KINDS, heads.kind[frame]),
        "data_time_at": _times(at),
        "data_time_raw": names["DataTime"][place],
        "value_text": text_column("value_text", joined_texts, text_start, text_size),
        "data_flag": _marks(heads, flag),
        "quality_flag": _joined(heads.mask[frame] & _VISIBLE | groups.mask),
        "system_code": names["ST"][place],
        "is_backfill": pl.Series(heads.is_backfill[frame]),
        "received_at": _times(received_us[frame]),
        "frame_sha256": hashes[place],
        "day": _days(at),
    }
    for name, numbers in zip(NUMBERS, groups.numbers, strict=True):
        columns[name] = number_column(name, numbers, np.isnan(numbers))
    return pl.DataFrame({name: columns[name] for name in READINGS_SCHEMA})


_LETTERS: list[str | None] = [chr(byte) for byte in range(128)]


def _marks(heads: Heads, flag: Ints) -> pl.Series:
    """Data marks as sent: single letters nearly always, which need no cutting."""
    tokens, is_sent = heads.tokens, flag >= 0
    start, size = tokens.value_start[flag], tokens.value_size[flag]
    if (size[is_sent] != 1).any():
        return text_column("data_flag", tokens.joined, np.where(is_sent, start, -1), size)
    return spread("data_flag", [*_LETTERS, None], np.where(is_sent, tokens.buffer[start], 128))


def _texts(heads: Heads, groups: Groups) -> tuple[bytes, Ints, Ints]:
    """Where the value texts lie; the few that are put together from several are added behind the buffer."""
    tokens, source = heads.tokens, groups.source_item
    start, size = np.where(source >= 0, tokens.value_start[source], -1), tokens.value_size[source]
    if not groups.texts:
        return tokens.joined, start, size
    end = len(tokens.joined)
    for group, text in groups.texts.items():
        start[group], size[group] = end, len(text)
        end += len(text)
    return b"".join((tokens.joined, *groups.texts.values(), PAD)), start, size


def _times(us: Ints) -> pl.Series:
    return pl.Series(us).cast(UTC_US)


def _days(us: Ints) -> pl.Series:
    return pl.Series((us // _DAY_US).astype(np.int32)).cast(pl.Date)


def _joined(masks: Ints) -> pl.Series:
    """The codes of each set of findings; nearly all sets are empty and the others few."""
    marked = np.flatnonzero(masks)
    places = np.zeros(masks.size, dtype=np.int64)
    found, place = distinct(masks[marked])
    places[marked] = place + 1
    return spread("", ["", *(joined(mask) for mask in found)], places)
