"""A file sent to a gateway arrives whole, and what cannot be sent is said in words."""

import asyncio
import json
import socket
from datetime import UTC, datetime
from pathlib import Path

import polars as pl
import pytest

from sanjian.base.sensing.importers import DATA_SETS, Sendable
from sanjian.base.sensing.recordings import Unreadable, frames_in
from sanjian.base.sensing.replay import send
from sanjian.base.sensing.replay_commands import replay
from sanjian.base.sensing.streams import FRAMES, QUARANTINE, READINGS

from .in_process import MN, broken, known, report, running
from .test_data_sets_as_frames import turbine

NOW = datetime.now(UTC)


def figures(capsys: pytest.CaptureFixture[str]) -> dict[str, float]:
    """The JSON line of standard output, on which the gateway's log appears too in these tests."""
    return json.loads(next(line for line in capsys.readouterr().out.splitlines() if line.startswith("{")))


def test_a_data_set_arrives_reading_by_reading(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    table = turbine(100)
    folder = tmp_path / "gas_turbine_cems"
    folder.mkdir()
    table.write_parquet(folder / "gas_turbine.parquet")
    with running(tmp_path, devices=known(DATA_SETS[0].device_mn)) as gateway:
        replay(folder, to=f"127.0.0.1:{gateway.port}", as_json=True)
        got = gateway.lake.scan(READINGS).filter(factor_code="a21002").sort("data_time_at").collect()
    assert got["value"].to_list() == pytest.approx(table["nox"].to_list(), abs=0.0005)
    assert got["kind"].unique().to_list() == ["hour"]
    last = figures(capsys)
    assert (last["frames"], last["sent"], last["acked"], last["unanswered"]) == (100, 100, 100, 0)


def test_recorded_vectors_are_all_kept(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Sound and broken ones alike: what is not read lies in quarantine."""
    frames = [report(n) for n in range(5)] + [broken(report(9))]
    path = tmp_path / "v.jsonl"
    path.write_text("\n".join(json.dumps({"frame": f.decode()}) for f in frames))
    with running(tmp_path) as gateway:
        replay(path, to=f"127.0.0.1:{gateway.port}", as_json=True)
    assert figures(capsys)["acked"] == 5
    assert gateway.lake.scan(FRAMES).collect().height == 6
    assert gateway.lake.scan(QUARANTINE).collect()["reason"].to_list() == ["crc_wrong"]


def test_frames_are_found_in_a_log(tmp_path: Path) -> None:
    path = tmp_path / "rx.log"
    path.write_bytes(b"2026-03-12 10:00 RX: " + report(0) + b"\r\n2026-03-12 10:01 RX: " + report(1) + b"end")
    about, frames = frames_in(path, now=NOW)
    assert about == "数据包记录"
    assert [f.raw for f in frames] == [report(0), report(1)]


def test_a_frame_without_answer_is_resent_three_times_and_then_counted(tmp_path: Path) -> None:
    """HJ 212-2017, table 1: three resends after a time-out."""
    with running(tmp_path, devices={}) as gateway:
        summary = asyncio.run(send([Sendable(report(), None)], "127.0.0.1", gateway.port, answer_s=0.05))
    assert (summary.wanted, summary.unanswered, summary.resent) == (1, 1, 3)


def test_speed_keeps_the_distances_between_frames(tmp_path: Path) -> None:
    """Two hourly rows at 36,000 times real time are a tenth of a second apart."""
    path = tmp_path / "t.parquet"
    turbine(2).write_parquet(path)
    _about, frames = frames_in(path, now=NOW, device_mn=MN)
    with running(tmp_path) as gateway:
        summary = asyncio.run(send(frames, "127.0.0.1", gateway.port, speed=36_000))
    assert summary.acked == 2
    assert 0.1 <= summary.seconds < 10


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("none.csv", None, "文件不存在"),
        ("t.csv", "a,b\n1,2\n", "不认识这个数据集"),
        ("t.parquet", "not parquet", "t.parquet"),
        ("v.jsonl", '{"frame": 5}\n', "第 1 行：应为含 frame 字段的 JSON 对象"),
        ("v.jsonl", "nonsense\n", "第 1 行"),
        ("x.log", "nothing here", "没有找到 HJ 212 数据包"),
    ],
)
def test_a_wrong_file_is_said_so(tmp_path: Path, name: str, content: str | None, message: str) -> None:
    path = tmp_path / name
    if content is not None:
        path.write_text(content)
    with pytest.raises(Unreadable, match=message):
        frames_in(path, now=NOW)


def test_a_folder_without_a_data_set_says_which_it_could_have(tmp_path: Path) -> None:
    with pytest.raises(Unreadable, match="没有可用的数据集（gas_turbine_cems"):
        frames_in(tmp_path, now=NOW)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"to": "nowhere"}, "--to 应为 主机:端口"),
        ({"speed": "0"}, "--speed 应为正数或 max"),
        ({"start": "soon"}, "--start 应为时间"),
    ],
)
def test_wrong_options_are_said_so(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], options: dict[str, str], message: str
) -> None:
    path = tmp_path / "t.parquet"
    turbine(1).write_parquet(path)
    with pytest.raises(SystemExit, match="2"):
        replay(path, **options)
    assert message in capsys.readouterr().err


def test_a_gateway_that_is_not_there_is_said_so(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "t.parquet"
    turbine(1).write_parquet(path)
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
        with pytest.raises(SystemExit, match="2"):
            replay(path, to=f"127.0.0.1:{port}")
    assert f"连不上 127.0.0.1:{port}" in capsys.readouterr().err


def test_an_empty_table_sends_nothing(tmp_path: Path) -> None:
    path = tmp_path / "t.parquet"
    turbine(0).cast({"seq": pl.Int64}).write_parquet(path)
    assert frames_in(path, now=NOW)[1] == []
