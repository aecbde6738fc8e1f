"""`sanjian replay`: a plain function, mounted by the command line."""

import asyncio
import json
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import NoReturn

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from .hj212.times import CHINA
from .importers import Sendable
from .recordings import Unreadable, frames_in
from .replay import Summary, Unreachable, send

CANNOT = 2


def replay(
    file: Path, *, to: str = "127.0.0.1:9212", speed: str = "max", mn: str = "", start: str = "", as_json: bool = False
) -> None:
    """Send a file to a gateway and say what came of it.

    Args:
        to: host:port.
        speed: "max", or how many times faster than real time.
        mn: device code for data sets.
        start: local time of a data set's first row; by default its last row is the newest finished period.

    Raises:
        SystemExit: 2 on bad input or an unreachable gateway, 1 when frames stayed without answer.
    """
    host, port = _address(to)
    factor = _speed(speed)
    try:
        about, frames = frames_in(file, now=datetime.now(UTC), start=_start(start), device_mn=mn)
    except Unreadable as error:
        _refuse(str(error))
    console = Console(stderr=True)
    console.print(f"{file.name}：{about}，{len(frames)} 包 → {host}:{port}")
    try:
        summary = asyncio.run(_send(console, frames, host, port, factor))
    except Unreachable as error:
        _refuse(str(error))
    except KeyboardInterrupt:
        _refuse("已中断")
    figures = summary.as_dict()
    console.print(
        f"已发 {summary.sent} 包，要求应答 {summary.wanted} 包，已应答 {summary.acked} 包，"
        f"未应答 {summary.unanswered} 包，重发 {summary.resent} 次，用时 {summary.seconds:.1f} 秒"
    )
    if summary.unanswered:
        console.print("未应答的数据包可能来自未登记的设备，或被网关隔离：见“数据接入”页面")
    if as_json:
        sys.stdout.write(json.dumps(figures) + "\n")
    if summary.unanswered:
        sys.exit(1)


async def _send(console: Console, frames: list[Sendable], host: str, port: int, speed: float | None) -> Summary:
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=console, transient=True) as bar:
        task = bar.add_task("发送", total=len(frames))
        return await send(
            frames, host, port, speed=speed, progress=lambda summary: bar.update(task, completed=summary.sent)
        )


def _address(text: str) -> tuple[str, int]:
    host, _, port = text.rpartition(":")
    if not host or not port.isdigit() or not 0 < int(port) < 65536:
        _refuse(f"--to 应为 主机:端口，如 127.0.0.1:9212，实际是“{text}”")
    return host.strip("[]"), int(port)


def _speed(text: str) -> float | None:
    if text == "max":
        return None
    try:
        factor = float(text)
    except ValueError:
        factor = 0.0
    if not 0 < factor < float("inf"):
        _refuse(f"--speed 应为正数或 max，实际是“{text}”")
    return factor


def _start(text: str) -> datetime | None:
    if not text:
        return None
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        _refuse(f"--start 应为时间，如 2026-01-01T00:00，实际是“{text}”")
    return at if at.tzinfo else at.replace(tzinfo=CHINA)


def _refuse(message: str) -> NoReturn:
    sys.stderr.write(message + "\n")
    sys.exit(CANNOT)
