"""Fixtures of page tests: the cast, and a lake of the test's own."""

from sanjian.base.registry.tests.fixtures import cast, own_lake  # noqa: F401 - pytest finds them here
