"""Tests of the base know no capability: whoever subscribed to findings is left out."""

import pytest

from sanjian.base.screening import services


@pytest.fixture(autouse=True)
def nobody_subscribed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(services, "_subscribers", [])
