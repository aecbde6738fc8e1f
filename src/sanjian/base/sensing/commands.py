"""`sanjian decode`: what a frame says, or how a whole file of frames reads."""

import json
import re
import sys
from pathlib import Path
from typing import Any, NoReturn

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from .hj212.decode import decode_frame
from .hj212.errors import CodecError
from .hj212.explain import Explanation, explain
from .hj212.framing import Framer
from .hj212.vectors import check_vectors

_HEX = re.compile(r"(?:[0-9A-Fa-f]{2}[\s:]*){4,}")
_READ_BYTES = 1 << 20


def decode(protocol: str, source: str, as_json: bool) -> None:
    """Explain one frame, check a file of vectors, or count what is in a recording.

    Args:
        protocol: only `hj212`.
        source: a path (JSONL vectors, or any file of frames), hex digits, or a frame beginning with `##`.
        as_json: print one JSON line instead of tables.

    Raises:
        SystemExit: 2 when the source is none of these; 1 when vectors do not match.
    """
    if protocol != "hj212":
        _refuse(f"不支持的协议“{protocol}”，目前支持 hj212")
    try:
        if source.lstrip().startswith("##"):
            _show_frame(_frame_of_text(source.lstrip()), as_json)
            return
        path = Path(source)
        if _is_file(path):
            show = _show_vectors if path.suffix == ".jsonl" else _show_recording
            show(path, as_json)
            return
    except CodecError as error:
        _refuse(str(error))
    except OSError as error:
        _refuse(f"无法读取 {source}：{error.strerror}")
    if _HEX.fullmatch(source.strip()):
        _show_frame(bytes.fromhex(re.sub(r"[\s:]", "", source)), as_json)
        return
    _refuse(f"“{source[:60]}”不是文件，也不是十六进制或以 ## 开头的数据包")


def _is_file(path: Path) -> bool:
    try:
        return path.is_file()
    except (OSError, ValueError):  # a long hex text is no possible file name
        return False


def _frame_of_text(text: str) -> bytes:
    """A frame typed on a command line: `\\r\\n` may be written out, and the tail, which a shell eats, is put back."""
    text = text.replace("\\r", "\r").replace("\\n", "\n")
    return (text if text.endswith(("\r", "\n")) else text + "\r\n").encode("utf-8", errors="surrogateescape")


def _show_frame(raw: bytes, as_json: bool) -> None:
    found = explain(raw)
    if as_json:
        _print_json(_frame_facts(found))
        return
    table = Table(title=f"HJ 212 数据包：{found.decoded.action}")
    table.add_column("偏移", justify="right")
    for name in ("字段", "原文", "含义", "单位", "说明"):
        table.add_column(name, overflow="fold")
    for row in found.rows:
        table.add_row("" if row.offset is None else str(row.offset), *map(escape, row[1:]))
    console = Console()
    console.print(table)
    for text in found.messages:
        console.print(f"· {text}", markup=False)


def _frame_facts(found: Explanation) -> dict[str, Any]:
    one = found.decoded
    return {
        "action": one.action,
        "warnings": list(one.warnings),
        "remarks": list(one.remarks),
        "messages": list(found.messages),
        "header": one.header,
        "rows": [row._asdict() for row in found.rows],
    }


def _show_vectors(path: Path, as_json: bool) -> None:
    figures = check_vectors(path)
    if as_json:
        _print_json(figures)
    else:
        table = Table("编号", "应为", "实际", "差异", title=f"{figures['frames']} 帧，{figures['mismatches']} 处不符")
        for row in figures["why"]:
            table.add_row(row["id"], row["action"], row["got"], "\n".join(row["differences"]))
        Console().print(table)
    if figures["mismatches"]:
        raise SystemExit(1)


def _show_recording(path: Path, as_json: bool) -> None:
    """Counts by action and by reason of skipped bytes; each frame is taken to have come at its own QN."""
    framer, actions, skipped = Framer(), dict[str, int](), dict[str, int]()
    with path.open("rb") as file:
        while True:
            data = file.read(_READ_BYTES)
            for cut in framer.feed(data) if data else framer.flush():
                if cut.is_frame:
                    action = decode_frame(cut).action
                    actions[action] = actions.get(action, 0) + 1
                elif cut.reason != "blank":
                    skipped[cut.reason] = skipped.get(cut.reason, 0) + len(cut.raw)
            if not data:
                break
    frames = sum(actions.values())
    if not frames:
        _refuse(f"{path} 中没有 HJ 212 数据包")
    if as_json:
        _print_json({"frames": frames, "actions": actions, "skipped_bytes": skipped})
        return
    table = Table("处理", "帧数", title=f"{path.name}：{frames} 帧")
    for action, count in sorted(actions.items(), key=lambda item: -item[1]):
        table.add_row(action, str(count))
    for reason, size in skipped.items():
        table.add_row(f"跳过（{reason}）", f"{size} 字节")
    Console().print(table)


def _print_json(facts: dict[str, Any]) -> None:
    print(json.dumps(facts, ensure_ascii=False, default=str))


def _refuse(message: str) -> NoReturn:
    print(message, file=sys.stderr)
    raise SystemExit(2)
