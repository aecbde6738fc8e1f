"""The cast of every import test."""

import pytest

from sanjian.base.registry.tests.cast import Cast

from .cast import import_cast


@pytest.fixture
def cast(db: None) -> Cast:
    """Two districts, their plants and people."""
    return import_cast()
