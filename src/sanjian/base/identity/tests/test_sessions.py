"""Twelve hours at most, three at a time, and one's own can be ended."""

from datetime import timedelta

from django.contrib.sessions.backends.db import SessionStore
from django.utils import timezone

from sanjian.base.identity import sessions
from sanjian.base.identity.models import Account, AccountSession, AuditEntry

from .people import NOW, People


def log_in(account: Account, at: object) -> SessionStore:
    store = SessionStore()
    sessions.begin(store, account, how="password", ip="10.0.0.1", device="Chrome · Windows", at=at)  # type: ignore[arg-type]
    return store


def test_the_oldest_beyond_three_ends(people: People) -> None:
    now = timezone.now()
    stores = [log_in(people.officer, now + timedelta(seconds=n)) for n in range(4)]
    log_in(people.auditor, now)
    assert not SessionStore().exists(stores[0].session_key or "")
    assert [s.session_key for s in sessions.living(people.officer, now)] == [
        s.session_key for s in reversed(stores[1:])
    ]
    assert AuditEntry.objects.get(act="session.end").details == {"sessions": 1}


def test_a_log_in_ends_after_twelve_hours_used_or_not(people: People) -> None:
    session = SessionStore()
    session[sessions.BEGAN] = NOW.timestamp()
    assert not sessions.is_over(session, NOW + sessions.ABSOLUTE - timedelta(seconds=1))
    assert sessions.is_over(session, NOW + sessions.ABSOLUTE)
    assert not sessions.is_over(SessionStore(), NOW)


def test_who_one_is_stays_fresh_for_ten_minutes(people: People) -> None:
    session = SessionStore()
    assert not sessions.is_fresh(session, NOW)
    sessions.prove(session, NOW)
    assert sessions.is_fresh(session, NOW + sessions.FRESH - timedelta(seconds=1))
    assert not sessions.is_fresh(session, NOW + sessions.FRESH)
    assert not sessions.is_fresh(session, NOW - timedelta(seconds=1))


def test_one_s_own_can_be_ended_and_nobody_else_s(people: People) -> None:
    now = timezone.now()
    mine, other = log_in(people.officer, now), log_in(people.auditor, now)
    row = AccountSession.objects.get(session_key=mine.session_key)
    assert sessions.end_one(people.auditor, row.pk, at=now) == 0
    assert sessions.end_one(people.officer, row.pk, at=now) == 1
    assert sessions.end_others(people.auditor, keep=other.session_key, actor=people.auditor, reason="", at=now) == 0
    assert SessionStore().exists(other.session_key or "")


def test_what_has_ended_is_forgotten(people: People) -> None:
    now = timezone.now()
    log_in(people.officer, now)
    assert sessions.forget_ended(now) == 0
    assert sessions.forget_ended(now + timedelta(days=30)) == 1
    assert not AccountSession.objects.exists()


def test_the_last_use_follows_from_the_end_that_each_request_moves(people: People) -> None:
    now = timezone.now()
    log_in(people.officer, now)
    used = sessions.last_used(list(sessions.living(people.officer, now)), timedelta(minutes=30))
    assert abs(next(iter(used.values())) - now) < timedelta(minutes=5)
