"""Files that `sanjian replay` can send: recorded frames, or a data set that becomes frames."""

import json
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import polars as pl

from .hj212.decode import decode_frame
from .hj212.framing import Framer
from .importers import DATA_SETS, NotADataSet, Sendable, frames_of, recognise

TABLES = (".parquet", ".csv", ".csv.gz")


class Unreadable(ValueError):
    """A file that cannot be replayed; the message says why and what can, in Chinese."""


def frames_in(
    path: Path, *, now: datetime, start: datetime | None = None, device_mn: str = ""
) -> tuple[str, list[Sendable]]:
    """What a file is, for a person, and its frames in order.

    Args:
        path: vectors (jsonl with `frame`), a text or binary log with frames in it, a table of a known data set, or
            a folder that holds one.
        now, start, device_mn: for data sets, see `importers.frames_of`.

    Raises:
        Unreadable: it is none of these.
    """
    path = _file_in(path)
    try:
        if path.name.endswith(TABLES):
            data = recognise((table := _read_table(path)).columns)
            return data.about_zh, list(frames_of(data, table, now=now, start=start, device_mn=device_mn))
        content = path.read_bytes()
    except (OSError, pl.exceptions.PolarsError, NotADataSet) as error:
        raise Unreadable(f"{path}：{error}") from error
    if path.suffix == ".jsonl":
        frames = list(_vectors(path, content))
        return "数据包样本", frames
    frames = list(_log(content))
    if not frames:
        raise Unreadable(f"{path}：文件中没有找到 HJ 212 数据包（以 ## 开头）")
    return "数据包记录", frames


def _file_in(path: Path) -> Path:
    if not path.exists():
        raise Unreadable(f"{path}：文件不存在")
    if not path.is_dir():
        return path
    for data in DATA_SETS:
        for ending in TABLES:
            for found in (path / f"{data.name}{ending}", path / f"{data.name.removesuffix('_cems')}{ending}"):
                if found.is_file():
                    return found
    raise Unreadable(f"{path}：文件夹中没有可用的数据集（{'、'.join(d.name for d in DATA_SETS)}）")


def _read_table(path: Path) -> pl.DataFrame:
    if path.suffix == ".parquet":
        return pl.read_parquet(path)
    return pl.read_csv(path, infer_schema_length=None)


def _vectors(path: Path, content: bytes) -> Iterator[Sendable]:
    for number, line in enumerate(content.splitlines(), start=1):
        if not line.strip():
            continue
        try:
            row = json.loads(line)
            raw = row["frame"].encode(row.get("encoding", "utf-8"))
        except (ValueError, KeyError, TypeError, AttributeError, LookupError) as error:
            raise Unreadable(f"{path} 第 {number} 行：应为含 frame 字段的 JSON 对象（{error}）") from error
        yield Sendable(raw, None)


def _log(content: bytes) -> Iterator[Sendable]:
    """Frames wherever they stand in a log, due at their own QN."""
    framer = Framer()
    for cut in (*framer.feed(content), *framer.flush()):
        if cut.is_frame:
            yield Sendable(cut.raw, decode_frame(cut).qn_at)
