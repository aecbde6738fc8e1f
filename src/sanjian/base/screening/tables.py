"""Reading a table that a person brings: CSV (UTF-8 or GBK), Parquet or JSON, with errors that say where and what to do.

Times without a zone are times in China (Asia/Shanghai). Columns that nobody asked for are left out.
"""

import gzip
import io
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import polars as pl

from sanjian.base.lake import UTC_US, Column

LOCAL = "Asia/Shanghai"
SUFFIXES = (".csv", ".csv.gz", ".parquet", ".json", ".jsonl")
TIME_FORMATS = (
    "%Y-%m-%d %H:%M:%S%.f",
    "%Y-%m-%d %H:%M",
    "%Y-%m-%dT%H:%M:%S%.f",
    "%Y-%m-%dT%H:%M",
    "%Y/%m/%d %H:%M:%S",
    "%Y/%m/%d %H:%M",
    "%Y%m%d%H%M%S",
    "%Y-%m-%d",
    "%Y/%m/%d",
)
ZONED_FORMATS = ("%Y-%m-%dT%H:%M:%S%.f%#z", "%Y-%m-%d %H:%M:%S%.f%#z", "%Y-%m-%dT%H:%M%#z")
TYPES_ZH = {
    pl.String: "文本",
    pl.Float64: "数字",
    pl.Int64: "整数",
    pl.Int32: "整数",
    pl.Boolean: "是否",
    pl.Date: "日期",
}


class BadTable(ValueError):
    """A file that cannot be used as it is; the message says which file, column and line, and what is expected."""


def type_zh(dtype: Any) -> str:
    """What people call a column's type."""
    return "时间" if isinstance(dtype, pl.Datetime) else TYPES_ZH.get(dtype, str(dtype))


def read_table(
    path: Path, columns: Sequence[Column], required: Sequence[str], defaults: Mapping[str, str] | None = None
) -> pl.DataFrame:
    """Read a file into exactly these columns.

    Args:
        columns: names and types wanted, in order.
        required: the columns that must be there and filled.
        defaults: values of columns that the file does not have, or leaves empty.

    Raises:
        BadTable: see the message.
    """
    raw = _read(path)
    raw = raw.rename({c: c.strip().lstrip("\ufeff") for c in raw.columns})
    raw = raw.rename({c.also: c.name for c in columns if c.also in raw.columns and c.name not in raw.columns})
    absent = [c for c in required if c not in raw.columns]
    if absent:
        raise BadTable(
            f"{path.name} 缺少列 {'、'.join(absent)}；文件中的列是 {'、'.join(raw.columns) or '（无）'}。"
            f"用 sanjian screen describe 查看所需的列"
        )
    table = pl.DataFrame([_column(path, raw, c) for c in columns])
    for name, value in (defaults or {}).items():
        if name in table.columns:
            table = table.with_columns(pl.col(name).fill_null(value))
    for name in required:
        empty = table[name].is_null().arg_true()
        if empty.len():
            raise BadTable(f"{path.name} {_line(path, int(empty[0]))}的 {name} 是空的，此列每行都要填")
    return table


def _read(path: Path) -> pl.DataFrame:
    if not path.is_file():
        raise BadTable(f"没有文件 {path}")
    name = path.name.lower()
    if not name.endswith(SUFFIXES):
        raise BadTable(f"{path.name}：不支持这种文件，可用 {' '.join(SUFFIXES)}")
    content = path.read_bytes()
    if not content:
        raise BadTable(f"{path.name} 是空文件")
    if name.endswith(".parquet"):
        return _parquet(path, content)
    if name.endswith(".gz"):
        try:
            content = gzip.decompress(content)
        except (OSError, EOFError) as error:
            raise BadTable(f"{path.name} 不是完整的 gzip 文件") from error
    text = _text(path, content)
    return _json(path, text) if name.endswith((".json", ".jsonl")) else _csv(path, text)


def _parquet(path: Path, content: bytes) -> pl.DataFrame:
    if content[:4] != b"PAR1":
        raise BadTable(f"{path.name} 不是 Parquet 文件")
    try:
        return pl.read_parquet(io.BytesIO(content), hive_partitioning=False)
    except (pl.exceptions.PolarsError, OSError) as error:
        raise BadTable(f"{path.name} 不是完整的 Parquet 文件：{error}") from error


def _text(path: Path, content: bytes) -> str:
    if b"\x00" in content[:4096]:
        raise BadTable(f"{path.name} 是二进制文件，不是文本表格")
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise BadTable(f"{path.name} 的文字既不是 UTF-8 也不是 GBK 编码")


def _csv(path: Path, text: str) -> pl.DataFrame:
    try:
        return pl.read_csv(text.encode(), infer_schema=False, null_values=["", "NA", "NaN", "null", "—", "-"])
    except pl.exceptions.PolarsError as error:
        first = str(error).splitlines()[0]
        raise BadTable(f"{path.name} 不是规整的 CSV 表格（各行列数须与表头一致）：{first}") from error


def _json(path: Path, text: str) -> pl.DataFrame:
    try:
        rows = [json.loads(line) for line in text.splitlines() if line] if path.suffix == ".jsonl" else json.loads(text)
    except ValueError as error:
        raise BadTable(f"{path.name} 不是 JSON：{error}") from error
    if not isinstance(rows, list) or not all(isinstance(r, dict) for r in rows):
        raise BadTable(f"{path.name} 应是对象的数组，每个对象一行")
    names = list(dict.fromkeys(name for row in rows for name in row))
    texts = {n: [None if r.get(n) is None else _plain(r[n]) for r in rows] for n in names}
    return pl.DataFrame(texts, schema=dict.fromkeys(names, pl.String))


def _plain(value: Any) -> str:
    return ("true" if value else "false") if isinstance(value, bool) else str(value)


def _column(path: Path, raw: pl.DataFrame, column: Column) -> pl.Series:
    """One column of the wanted type; null where the file has none."""
    if column.name not in raw.columns:
        return pl.Series(column.name, [None] * raw.height, dtype=column.dtype)
    given = raw[column.name]
    if given.dtype == pl.String:
        given = given.str.strip_chars().replace("", None)
    made = _typed(given, column.dtype)
    bad = (made.is_null() & given.is_not_null()).arg_true()
    if bad.len():
        place = int(bad[0])
        hint = {"时间": "，应形如 2026-11-23 09:00", "日期": "，应形如 2026-11-23"}.get(type_zh(column.dtype), "")
        raise BadTable(
            f"{path.name} {_line(path, place)} {column.name} 的值“{given[place]}”不是{type_zh(column.dtype)}{hint}"
            + (f"（共 {bad.len()} 行如此）" if bad.len() > 1 else "")
        )
    return made.alias(column.name)


def _typed(given: pl.Series, dtype: Any) -> pl.Series:
    if isinstance(dtype, pl.Datetime):
        return _times(given)
    if dtype == pl.Date and given.dtype == pl.String:
        return _coalesced(
            given, [pl.col("given").str.to_date(f, strict=False) for f in ("%Y-%m-%d", "%Y/%m/%d", "%Y%m%d")]
        )
    if dtype == pl.Boolean and given.dtype == pl.String:
        return given.str.to_lowercase().replace_strict(_BOOLEANS, default=None, return_dtype=pl.Boolean)
    if dtype in (pl.Int64, pl.Int32) and given.dtype == pl.String:
        number = given.cast(pl.Float64, strict=False)
        return pl.select(pl.when(number == number.round()).then(number)).to_series().cast(dtype, strict=False)
    return given.cast(dtype, strict=False)


_BOOLEANS = {"true": True, "1": True, "yes": True, "是": True, "false": False, "0": False, "no": False, "否": False}


def _times(given: pl.Series) -> pl.Series:
    if isinstance(given.dtype, pl.Datetime):
        aware = (
            given
            if given.dtype.time_zone
            else given.dt.replace_time_zone(LOCAL, ambiguous="earliest", non_existent="null")
        )
        return aware.dt.convert_time_zone("UTC").cast(UTC_US)
    if given.dtype == pl.Date:
        return _times(given.cast(pl.Datetime("us")))
    if given.dtype != pl.String:
        return pl.Series([None] * given.len(), dtype=UTC_US)
    text = pl.col("given")
    naive = [text.str.to_datetime(f, strict=False, time_unit="us") for f in TIME_FORMATS]
    local = [
        e.dt.replace_time_zone(LOCAL, ambiguous="earliest", non_existent="null").dt.convert_time_zone("UTC")
        for e in naive
    ]
    zoned = [text.str.to_datetime(f, strict=False, time_unit="us", time_zone="UTC") for f in ZONED_FORMATS]
    return _coalesced(given, [*zoned, *local])


def _coalesced(given: pl.Series, ways: Sequence[pl.Expr]) -> pl.Series:
    """The first way of reading each value that works; the ways speak of the column "given"."""
    return given.alias("given").to_frame().select(pl.coalesce(ways)).to_series()


def _line(path: Path, place: int) -> str:
    """Where a row stands, counted as an editor or a person counts."""
    return f"第 {place + 2} 行" if ".csv" in path.name.lower() else f"第 {place + 1} 条"
