"""A password is not one of the last five, and changing it ends the other sessions."""

from datetime import timedelta

import pytest
from django.contrib.auth.password_validation import validate_password
from django.contrib.sessions.backends.db import SessionStore
from django.core.exceptions import ValidationError

from sanjian.base.identity import passwords, sessions
from sanjian.base.identity.models import FormerPassword

from .people import NOW, People


def test_the_last_five_do_not_come_back(people: People) -> None:
    for n in range(6):
        passwords.put(people.officer, f"long-enough-{n}", must_change=False, at=NOW + timedelta(days=n))
    assert FormerPassword.objects.count() == passwords.REMEMBERED
    for n in range(1, 6):
        with pytest.raises(ValidationError, match="用过"):
            validate_password(f"long-enough-{n}", people.officer)
    validate_password("long-enough-0", people.officer)


def test_an_initial_password_passes_the_rules_and_no_two_are_alike(people: People) -> None:
    made = {passwords.initial_password() for _ in range(50)}
    assert len(made) == 50
    for password in made:
        validate_password(password, people.officer)


def test_changing_it_ends_the_other_sessions(people: People) -> None:
    keys = []
    for n in range(2):
        store = SessionStore()
        sessions.begin(store, people.officer, how="password", ip=None, device="", at=NOW + timedelta(minutes=n))
        keys.append(store.session_key)
    people.officer.must_change_password = True
    assert passwords.change(people.officer, "a-new-one-2026", keep_session=keys[1], at=NOW) == 1
    assert not SessionStore().exists(keys[0] or "")
    assert SessionStore().exists(keys[1] or "")
    people.officer.refresh_from_db()
    assert not people.officer.must_change_password
