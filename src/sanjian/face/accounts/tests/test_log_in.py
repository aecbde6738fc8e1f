"""Password, then the second step where there is one; failures tell nothing and close the name after five."""

import pytest
from django.test import Client
from django.utils import timezone

from sanjian.base.identity import second_factor
from sanjian.base.identity.models import AccountSession, AuditEntry, LockOut
from sanjian.base.identity.tests.people import People

from .browsing import as_person, give_app, give_password


def is_in(client: Client) -> bool:
    return client.get("/account/").status_code == 200


def test_a_password_alone_lets_in_where_no_second_factor_is_set(people: People) -> None:
    client = Client()
    assert give_password(client, "enforcer", back="/account/").headers["Location"] == "/account/"
    assert is_in(client)
    row = AccountSession.objects.get()
    assert (row.how, row.device, row.ip_address) == ("password", "Chrome · Windows", "127.0.0.1")
    assert AuditEntry.objects.get(act="login").actor == people.officer


def test_the_way_back_never_leads_to_another_site(people: People) -> None:
    assert give_password(Client(), "enforcer", back="https://elsewhere.example/").headers["Location"] == "/"


def test_a_wrong_name_a_wrong_password_and_a_closed_account_look_the_same(people: People) -> None:
    people.officer.is_active = False
    people.officer.save()
    answers = [
        give_password(Client(), "enforcer"), give_password(Client(), "operator", "wrong"),
        give_password(Client(), "nobody"),
    ]  # fmt: skip
    assert {a.status_code for a in answers} == {422}
    assert all("账号或密码不对" in a.content.decode() for a in answers)


@pytest.mark.parametrize("name", ["enforcer", "nobody"])
def test_five_failures_close_the_name_even_for_the_right_password(people: People, name: str) -> None:
    for _ in range(4):
        assert give_password(Client(), name, "wrong").status_code == 422
    fifth = give_password(Client(), name, "wrong")
    assert fifth.status_code == 429
    assert "之后再试" in fifth.content.decode()
    client = Client()
    assert give_password(client, name).status_code == 429
    assert not is_in(client)


def test_success_forgets_the_failures(people: People) -> None:
    give_password(Client(), "enforcer", "wrong")
    give_password(Client(), "enforcer")
    assert not LockOut.objects.exists()


def test_the_second_step_stands_between_password_and_session(people: People) -> None:
    totp, client = give_app(people.officer), Client()
    assert give_password(client, "enforcer", back="/account/").headers["Location"] == "/login/second/"
    assert not is_in(client)
    page = client.get("/login/second/")
    assert "第二重验证" in page.content.decode()
    assert client.post("/login/second/", {"code": "12345"}).status_code == 422
    code = totp.at(timezone.now())
    assert client.post("/login/second/", {"code": code}).headers["Location"] == "/account/"
    assert is_in(client)
    assert AccountSession.objects.get().how == "one_time"
    again = Client()
    give_password(again, "enforcer")
    assert again.post("/login/second/", {"code": code}).status_code == 422


def test_wrong_codes_close_the_name_too(people: People) -> None:
    give_app(people.officer)
    client = Client()
    give_password(client, "enforcer")
    for _ in range(5):
        client.post("/login/second/", {"code": "x"})
    assert give_password(Client(), "enforcer").status_code == 429
    codes = second_factor.new_recovery_codes(people.officer, timezone.now())
    assert client.post("/login/second/", {"code": codes[0]}).status_code == 422


def test_a_recovery_code_stands_in_for_the_app_once(people: People) -> None:
    give_app(people.officer)
    codes = second_factor.new_recovery_codes(people.officer, timezone.now())
    for client, status in ((Client(), 302), (Client(), 422)):
        give_password(client, "enforcer")
        assert client.post("/login/second/", {"code": codes[0]}).status_code == status


def test_the_second_step_alone_is_nothing(people: People) -> None:
    assert Client().get("/login/second/").headers["Location"] == "/login/"
    assert Client().post("/login/second/", {"code": "123456"}).headers["Location"] == "/login/"


def test_logging_out_ends_the_session_and_is_recorded(people: People) -> None:
    client = Client()
    give_password(client, "enforcer")
    assert client.post("/logout/").headers["Location"] == "/login/"
    assert not is_in(client)
    assert not AccountSession.objects.exists()
    assert AuditEntry.objects.filter(act="logout").count() == 1
    assert Client().post("/logout/").status_code == 302


def test_a_person_who_is_in_needs_no_log_in_page(people: People) -> None:
    client = as_person(people.officer)
    assert client.get("/login/?next=/account/").headers["Location"] == "/account/"
    assert Client().get("/login/").status_code == 200
