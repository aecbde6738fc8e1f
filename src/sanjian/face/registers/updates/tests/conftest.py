"""The cast, logged in one by one."""

from collections.abc import Callable

import pytest
from django.test import Client

from sanjian.base.registry.tests.cast import Cast
from sanjian.base.registry.updates.tests.cast import import_cast


@pytest.fixture
def cast(db: None) -> Cast:
    """Two districts, their plants and people, and a supervisor of each district."""
    return import_cast()


@pytest.fixture
def page_of(cast: Cast) -> Callable[[str], Client]:
    """A browser in which a person of the cast is logged in."""

    def browser(name: str) -> Client:
        client = Client()
        client.force_login(cast.person[name], backend="django.contrib.auth.backends.ModelBackend")
        return client

    return browser
