"""Fixtures of account pages: the cast of page tests with passwords, and quick hashes."""

import pytest
from pytest_django.fixtures import Settings

from sanjian.base.identity.tests.people import People, make_people

PASSWORD = "correct-horse-battery"


@pytest.fixture(autouse=True)
def _quick_hashes(settings: Settings) -> None:
    """The slowness of a password hash is not what these tests are about."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture(autouse=True)
def _own_home(own_lake: None) -> None:
    """A home folder of the test's own: the chain is held against the heads that lie there."""


@pytest.fixture
def people(db: None) -> People:
    """Administrators and an officer, each with PASSWORD."""
    made = make_people()
    for account in (made.operator, made.security, made.auditor, made.officer):
        account.set_password(PASSWORD)
        account.save()
    return made
