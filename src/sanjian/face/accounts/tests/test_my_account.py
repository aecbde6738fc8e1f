"""My account: password, sessions, factors; nobody reaches another person's."""

import pytest
from django.test import Client
from django.utils import timezone

from sanjian.base.identity import second_factor
from sanjian.base.identity.models import AccountSession, OneTimeSecret, RecoveryCode
from sanjian.base.identity.tests.people import People

from .browsing import PASSWORD, as_person, give_app, give_password


def test_the_page_shows_where_one_is_logged_in_and_ends_the_others(people: People) -> None:
    here, there = Client(), Client()
    give_password(here, "enforcer")
    give_password(there, "enforcer")
    page = here.get("/account/").content.decode()
    assert page.count("Chrome · Windows") == 2
    assert "本机" in page
    assert here.post("/account/sessions/end/").status_code == 302
    assert here.get("/account/").status_code == 200
    assert there.get("/account/").status_code == 302


def test_one_other_session_can_be_ended_but_not_a_stranger_s(people: People) -> None:
    mine, stranger = Client(), Client()
    give_password(mine, "enforcer")
    give_password(stranger, "auditor")
    row = AccountSession.objects.get(account=people.auditor)
    mine.post("/account/sessions/end/", {"session": row.pk})
    assert AccountSession.objects.filter(pk=row.pk).exists()


def test_a_new_password_keeps_this_session_in_the_list_and_ends_the_others(people: People) -> None:
    here, there = Client(), Client()
    give_password(here, "enforcer")
    give_password(there, "enforcer")
    given = {"present": PASSWORD, "new": "another-horse-battery", "again": "another-horse-battery"}
    assert here.post("/account/password/", given).status_code == 302
    assert here.get("/account/").content.decode().count("Chrome · Windows") == 1
    assert there.get("/account/").status_code == 302


@pytest.mark.parametrize(
    ("present", "new", "again", "said"),
    [
        ("wrong", "another-horse-battery", "another-horse-battery", "现在的密码不对"),
        (PASSWORD, "another-horse-battery", "other", "两次输入的新密码不一样"),
        (PASSWORD, "short", "short", "10"),
        (PASSWORD, PASSWORD, PASSWORD, "用过"),
    ],
)
def test_a_bad_password_form_comes_back_with_its_errors(
    people: People, present: str, new: str, again: str, said: str
) -> None:
    given = {"present": present, "new": new, "again": again}
    page = as_person(people.officer).post("/account/password/", given)
    assert page.status_code == 422
    assert said in page.content.decode()


def test_the_secret_is_shown_until_it_is_confirmed_and_never_again(people: People) -> None:
    client = as_person(people.officer)
    page = client.get("/account/authenticator/").content.decode()
    secret = OneTimeSecret.objects.get().secret
    assert secret[:4] in page
    assert "data:image/svg+xml" in page
    OneTimeSecret.objects.update(confirmed_at=timezone.now())
    assert client.get("/account/authenticator/").headers["Location"] == "/account/"


def test_recovery_codes_are_made_anew_and_shown_once(people: People) -> None:
    give_app(people.officer)
    page = as_person(people.officer).post("/account/recovery-codes/").content.decode()
    assert page.count("<li>") >= second_factor.RECOVERY_CODES
    assert RecoveryCode.objects.count() == second_factor.RECOVERY_CODES


def test_the_last_required_factor_stays(people: People) -> None:
    give_app(people.operator)
    give_app(people.officer)
    as_person(people.operator).post("/account/authenticator/remove/")
    as_person(people.officer).post("/account/authenticator/remove/")
    assert [s.account for s in OneTimeSecret.objects.all()] == [people.operator]
