"""Duties of capabilities: done when due, not before, and one that fails does not stop the others."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import DatabaseError

from sanjian.base.screening import duties

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def no_other_duties(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(duties, "_duties", {})


def test_a_duty_is_done_when_due_and_not_before() -> None:
    done: list[datetime] = []
    duties.every(timedelta(minutes=1), "count", lambda now: done.append(now) or 1)
    rounds = duties.Rounds()
    assert rounds.some(NOW) == 1
    assert rounds.some(NOW + timedelta(seconds=59)) == 0
    assert rounds.some(NOW + timedelta(seconds=60)) == 1
    assert done == [NOW, NOW + timedelta(seconds=60)]


def test_a_duty_that_fails_does_not_stop_the_others() -> None:
    def refused(now: datetime) -> int:
        raise DatabaseError("locked")

    duties.every(timedelta(minutes=1), "bad", refused)
    duties.every(timedelta(minutes=1), "good", lambda now: 2)
    assert duties.Rounds().some(NOW) == 2
