import socket
from pathlib import Path

import pytest

from sanjian.base.registry.tests.fixtures import own_lake  # noqa: F401 - pytest finds it here

from .as_process import copy_of, prepare


@pytest.fixture(scope="session")
def prepared_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Migrated once for all tests of this run."""
    home = tmp_path_factory.mktemp("prepared") / "home"
    prepare(home)
    return home


@pytest.fixture
def home(prepared_home: Path, tmp_path: Path) -> Path:
    """A home of the test's own."""
    return copy_of(prepared_home, tmp_path)


@pytest.fixture
def port() -> int:
    """A port that is free now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
