"""Command-line entries of the lake."""

from rich.console import Console
from rich.table import Table

from sanjian.base.config import config

from .lake import Lake
from .streams import all_streams


def lake_list() -> None:
    """Print every stream with its rows, files and version."""
    lake = Lake(config().lake_root)
    table = Table("数据流", "说明", "行数", "文件", "大小 MB", "版本")
    for stream in all_streams():
        state = lake.table(stream).state()
        size = f"{state.size_bytes / 1e6:.1f}"
        table.add_row(stream.name, stream.about_zh, f"{state.rows:,}", str(state.files), size, str(state.version))
    Console().print(table)


def lake_compact() -> None:
    """Merge the small files of every stream."""
    lake = Lake(config().lake_root)
    for stream in all_streams():
        print(f"{stream.name}：合并 {lake.compact(stream, min_files=2)} 个文件")
