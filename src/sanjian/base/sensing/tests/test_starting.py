"""What an operator reads when the gateway cannot start."""

import socket
import subprocess
import sys
from pathlib import Path

import pytest

from sanjian.base.sensing.gateway.server import PortTaken, listen
from sanjian.base.sensing.gateway_commands import limits_from

from .as_process import environment


def test_an_occupied_port_is_said_so_and_ends_with_status_2(home: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        ended = subprocess.run(
            [sys.executable, "-m", "sanjian.cli", "gateway"],
            env=environment(home, port), capture_output=True, text=True, timeout=60, check=False,
        )  # fmt: skip
    assert ended.returncode == 2
    assert f"端口 {port} 已被其他程序占用" in ended.stderr
    assert "Traceback" not in ended.stderr


def test_a_host_that_is_none_is_said_so() -> None:
    with pytest.raises(PortTaken, match="监听地址"):
        listen("no-such-host.invalid", 0)


def test_limits_come_from_the_environment() -> None:
    limits = limits_from({"SANJIAN_GATEWAY_PER_ADDRESS": "8000", "SANJIAN_GATEWAY_HALF_FRAME_S": "2.5"})
    assert (limits.per_address, limits.half_frame_s) == (8000, 2.5)


def test_a_limit_that_is_no_number_is_said_so(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit, match="2"):
        limits_from({"SANJIAN_GATEWAY_PER_ADDRESS": "many"})
    assert "SANJIAN_GATEWAY_PER_ADDRESS 应为数字" in capsys.readouterr().err
