"""Sessions of people: half an hour idle (Django's cookie age), twelve hours at most, three at a time.

The rules are kept by Django's own session rows: ending a session deletes its row, so that a request needs no look at
another table. `AccountSession` says where and how the log-in was made, for the person's own list.
"""

from datetime import UTC, datetime, timedelta
from typing import Any

from django.contrib.sessions.backends.base import SessionBase
from django.contrib.sessions.models import Session
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from . import audit
from .models import Account, AccountSession

ABSOLUTE = timedelta(hours=12)
"""A log-in ends after a working day, used or not (our choice; enforcement.md section 14 asks for a limit)."""
MOST = 3
"""A desk, a phone, one more (our choice)."""
FRESH = timedelta(minutes=10)
"""How long after proving themselves a person may do sensitive things without being asked again (our choice)."""
BEGAN, PROVED = "began_at", "proved_at"


def stamp(request: Any, **_: Any) -> None:
    """Signal receiver of every log-in, whichever way it was made: the clocks of the session start."""
    prove(request.session, timezone.now())
    request.session[BEGAN] = request.session[PROVED]


def prove(session: SessionBase, now: datetime) -> None:
    """The person has just shown who they are."""
    session[PROVED] = now.timestamp()


def is_fresh(session: SessionBase, now: datetime) -> bool:
    """Whether the person showed who they are within FRESH."""
    return bool(0 <= now.timestamp() - session.get(PROVED, 0) < FRESH.total_seconds())


def is_over(session: SessionBase, now: datetime) -> bool:
    """Whether the log-in is older than ABSOLUTE. One without its stamp (made by a command) counts from now."""
    return bool(now.timestamp() - session.setdefault(BEGAN, now.timestamp()) >= ABSOLUTE.total_seconds())


def begin(session: SessionBase, account: Account, *, how: str, ip: str | None, device: str, at: datetime) -> int:
    """Write down a log-in just made and end the oldest beyond MOST. Returns how many were ended."""
    if not session.session_key:
        session.save()
    with transaction.atomic():
        AccountSession.objects.update_or_create(
            session_key=session.session_key,
            defaults={"account": account, "began_at": at, "how": how, "ip_address": ip, "device": device[:200]},
        )
        facts = {"how": how, "ip": ip or ""}
        audit.record("login", actor=account, kind="account", record_id=account.pk, at=at, details=facts)
        keep = list(living(account, at)[:MOST].values_list("session_key", flat=True))
        surplus = AccountSession.objects.filter(account=account).exclude(session_key__in=keep)
        return _end(surplus, account, account, "超过同时登录的上限", at)


def living(account: Account, now: datetime) -> QuerySet[AccountSession]:
    """The account's sessions that still stand, the newest first."""
    alive = Session.objects.filter(expire_date__gt=now).values("session_key")
    return AccountSession.objects.filter(account=account, began_at__gt=now - ABSOLUTE, session_key__in=alive).order_by(
        "-began_at", "-id"
    )


def last_used(sessions: list[AccountSession], idle: timedelta) -> dict[str, datetime]:
    """When each session last asked for a page: Django moves the end of a session forward with every request.

    Args:
        idle: how long a session lives without a request (SESSION_COOKIE_AGE).
    """
    ends = Session.objects.filter(session_key__in=[s.session_key for s in sessions])
    return {key: end - idle for key, end in ends.values_list("session_key", "expire_date")}


def end_others(account: Account, *, keep: str | None, actor: Account, reason: str, at: datetime) -> int:
    """End every session of an account but one. Returns how many."""
    rows = AccountSession.objects.filter(account=account)
    return _end(rows.exclude(session_key=keep) if keep else rows, account, actor, reason, at)


def end_one(account: Account, pk: int, *, at: datetime) -> int:
    """End one of one's own sessions; one that has ended already, or is another person's, changes nothing."""
    return _end(AccountSession.objects.filter(account=account, pk=pk), account, account, "本人结束", at)


def left(session_key: str | None, account: Account, at: datetime) -> None:
    """A person logged out."""
    with transaction.atomic():
        AccountSession.objects.filter(session_key=session_key).delete()
        audit.record("logout", actor=account, kind="account", record_id=account.pk, at=at)


def forget_ended(now: datetime) -> int:
    """Duty: forget log-ins whose session is gone, and sessions that have run out."""
    Session.objects.filter(expire_date__lt=now.astimezone(UTC)).delete()
    return AccountSession.objects.exclude(session_key__in=Session.objects.values("session_key")).delete()[0]


def _end(rows: QuerySet[AccountSession], account: Account, actor: Account, reason: str, at: datetime) -> int:
    with transaction.atomic():
        keys = list(rows.values_list("session_key", flat=True))
        if not keys:
            return 0
        Session.objects.filter(session_key__in=keys).delete()
        AccountSession.objects.filter(session_key__in=keys).delete()
        facts = {"sessions": len(keys)}
        audit.record(
            "session.end", actor=actor, kind="account", record_id=account.pk, reason=reason, at=at, details=facts
        )
    return len(keys)
