"""The cast for every test of clues."""

import pytest

from .cast import Cast, make_cast


@pytest.fixture
def cast(db) -> Cast:
    """People and a plant in the database."""
    return make_cast()
