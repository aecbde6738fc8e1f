"""The command line: quick to help, clear when something is wrong, and each process says so when it cannot start."""

import socket
import subprocess
import sys

import pytest

from .stack import Stack


@pytest.fixture
def stack(tmp_path_factory: pytest.TempPathFactory) -> Stack:
    return Stack(tmp_path_factory.mktemp("home"))


def test_help_does_not_load_the_platform() -> None:
    """Imports decide how long the first letter takes; seconds of a shared machine would not."""
    loaded = subprocess.run(
        [sys.executable, "-X", "importtime", "-m", "sanjian.cli", "--help"], text=True, capture_output=True, check=True
    )
    assert "三监联动" in loaded.stdout
    for heavy in ("django", "polars", "pyarrow", "deltalake", "numpy"):
        assert f"| {heavy}\n" not in loaded.stderr


@pytest.mark.parametrize("name", ["web", "gateway"])
def test_an_occupied_port_is_said_and_nothing_is_started(stack: Stack, name: str) -> None:
    assert stack.command("init").returncode == 0
    with socket.socket() as other:
        other.bind(("127.0.0.1", stack.web_port if name == "web" else stack.hj212_port))
        other.listen()
        done = stack.command(name)
    assert done.returncode == 2
    assert "占用" in done.stderr


def test_up_ends_when_a_port_is_occupied(stack: Stack) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", stack.web_port))
        other.listen()
        done = stack.command("up")
    assert done.returncode == 2
    assert f"端口 {stack.web_port} 已被占用" in done.stderr


def test_an_unknown_bench_names_those_that_exist(stack: Stack) -> None:
    done = stack.command("bench", "nonsense")
    assert done.returncode == 2
    assert "hj212-decode" in done.stderr


def test_a_wrong_setting_is_named(stack: Stack, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SANJIAN_FLUSH_MS", "soon")
    done = stack.command("init")
    assert done.returncode != 0
    assert "flush_ms 应为整数" in done.stderr
