"""The cast, and the library as it is installed."""

import pytest

from sanjian.base.registry.models import InspectionItem
from sanjian.base.registry.services import load_code_lists
from sanjian.base.registry.tests.cast import Cast, make_cast


@pytest.fixture
def cast(db) -> Cast:
    cast = make_cast()
    load_code_lists()
    return cast


@pytest.fixture
def item(cast) -> InspectionItem:
    return InspectionItem.objects.get(code="gas-outlet")
