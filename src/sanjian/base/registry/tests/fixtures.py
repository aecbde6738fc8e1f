"""Fixtures for tests of every floor: the cast, and a lake of the test's own. A `conftest.py` imports what it needs."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from sanjian.base.config import config

from .cast import Cast, make_cast


@pytest.fixture
def cast(db: None) -> Cast:
    """People, plants and points in the database."""
    return make_cast()


@pytest.fixture
def own_lake(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """An empty lake."""
    monkeypatch.setenv("SANJIAN_HOME", str(tmp_path))
    config.cache_clear()
    yield
    monkeypatch.undo()
    config.cache_clear()
