"""What comes before anything else: a handed-over password is changed, a required factor set up, a working day ends."""

from datetime import timedelta

import pyotp
import pytest
from django.test import Client
from django.utils import timezone

from sanjian.base.identity import sessions
from sanjian.base.identity.models import OneTimeSecret
from sanjian.base.identity.tests.people import People

from .browsing import PASSWORD, as_person, give_password

NEW = "another-horse-battery"


@pytest.mark.parametrize("path", ["/", "/account/", "/account/authenticator/", "/search/?q=x"])
def test_a_handed_over_password_is_changed_first(people: People, path: str) -> None:
    people.officer.must_change_password = True
    people.officer.save()
    client = as_person(people.officer)
    assert client.get(path).headers["Location"] == "/account/password/"
    assert client.get(path, headers={"HX-Request": "true"}).headers["HX-Redirect"] == "/account/password/"
    given = {"present": PASSWORD, "new": NEW, "again": NEW}
    assert client.post("/account/password/", given).headers["Location"] == "/"
    assert client.get("/account/").status_code == 200


def test_an_administrator_sets_up_a_second_factor_before_anything_else(people: People) -> None:
    client = Client()
    give_password(client, "operator")
    assert client.get("/accounts/").headers["Location"] == "/account/authenticator/"
    assert client.get("/account/authenticator/").status_code == 200
    assert client.post("/account/authenticator/", {"code": "1"}).status_code == 422
    code = pyotp.TOTP(OneTimeSecret.objects.get().secret).at(timezone.now())
    done = client.post("/account/authenticator/", {"code": code})
    assert "恢复码" in done.content.decode()
    assert client.get("/accounts/").status_code == 200
    again = Client()
    assert give_password(again, "operator").headers["Location"] == "/login/second/"


def test_a_log_in_ends_after_a_working_day(people: People) -> None:
    client = as_person(people.officer)
    session = client.session
    session[sessions.BEGAN] = (timezone.now() - sessions.ABSOLUTE - timedelta(seconds=1)).timestamp()
    session.save()
    assert client.get("/account/").headers["Location"] == "/login/"
    assert client.get("/account/").headers["Location"].startswith("/login/?next=")


def test_a_sensitive_act_asks_again_after_ten_minutes(people: People) -> None:
    client = as_person(people.officer)
    session = client.session
    session[sessions.PROVED] = (timezone.now() - sessions.FRESH).timestamp()
    session.save()
    asked = client.get("/account/authenticator/")
    assert asked.headers["Location"] == "/account/confirm/?next=%2Faccount%2Fauthenticator%2F"
    sent = client.post("/account/recovery-codes/", headers={"referer": "http://testserver/account/"})
    assert sent.headers["Location"] == "/account/confirm/?next=%2Faccount%2F"
    assert client.post("/account/confirm/", {"proof": "wrong", "next": "/account/"}).status_code == 422
    assert client.post("/account/confirm/", {"proof": PASSWORD, "next": "/account/"}).headers["Location"] == "/account/"
    assert client.get("/account/authenticator/").status_code == 200


def test_wrong_answers_to_the_question_close_the_name(people: People) -> None:
    client = as_person(people.officer)
    statuses = [client.post("/account/confirm/", {"proof": "wrong"}).status_code for _ in range(6)]
    assert statuses == [422, 422, 422, 422, 429, 429]
    assert client.post("/account/confirm/", {"proof": PASSWORD}).status_code == 429
