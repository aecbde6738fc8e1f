"""Accounts are made by one administrator, empowered by another, watched by the third; each sees only their own acts."""

import pytest
from django.test import Client

from sanjian.base.identity import lock_out
from sanjian.base.identity.models import Account, AuditEntry, LockOut
from sanjian.base.identity.tests.people import ID_NUMBERS, NOW, People

from .browsing import PASSWORD, as_person, give_password


@pytest.fixture
def made(people: People) -> Account:
    as_person(people.operator).post("/accounts/new/", {"username": "zhang", "display_name": "张执"})
    return Account.objects.get(username="zhang")


def test_an_account_from_nothing_to_the_first_log_in(people: People) -> None:
    operator, security = as_person(people.operator), as_person(people.security)
    page = operator.post("/accounts/new/", {"username": "zhang", "display_name": "张执", "id_number": ""})
    password = page.context["password"]
    account = Account.objects.get(username="zhang")
    assert give_password(Client(), "zhang", password).status_code == 422
    given = {"role": "enforcer", "district": "310115", "reason": "任命 12 号"}
    assert security.post(f"/accounts/{account.pk}/grant/", given).status_code == 302
    assert security.post(f"/accounts/{account.pk}/activate/", {"reason": "到岗"}).status_code == 302
    client = Client()
    assert give_password(client, "zhang", password).status_code == 302
    assert client.get("/").headers["Location"] == "/account/password/"


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"username": "enforcer", "display_name": "某"}, "已存在"),
        ({"username": "张", "display_name": "某"}, "只能用字母"),
        ({"username": "ok", "display_name": ""}, "请填写"),
        ({"username": "ok", "display_name": "某", "id_number": "110105194912310021"}, "不是有效的"),
    ],
)
def test_a_bad_form_comes_back_with_its_error(people: People, given: dict[str, str], said: str) -> None:
    page = as_person(people.operator).post("/accounts/new/", given)
    assert page.status_code == 422
    assert said in page.content.decode()


def test_each_administrator_has_only_their_own_acts(people: People, made: Account) -> None:
    acts = {"describe", "grant", "bind_sso", "activate", "close", "reset_password", "reset_factors"}
    own = {"operator": {"describe"}, "security": acts - {"describe"}, "auditor": set()}
    for name, theirs in own.items():
        client = as_person(getattr(people, name))
        shown = client.get(f"/accounts/{made.pk}/").context["forms"]
        assert set(shown) == theirs - {"close"}
        for act in acts - theirs:
            assert client.post(f"/accounts/{made.pk}/{act}/", {"reason": "x"}).status_code == 404
    assert as_person(people.security).post(f"/accounts/{made.pk}/delete/", {"reason": "x"}).status_code == 404


def test_one_s_own_account_offers_nothing_and_refuses(people: People) -> None:
    client = as_person(people.security)
    assert client.get(f"/accounts/{people.security.pk}/").context["forms"] == {}
    page = client.post(f"/accounts/{people.security.pk}/close/", {"reason": "x"})
    assert page.status_code == 422
    assert AuditEntry.objects.filter(act="account.refuse").count() == 1


def test_a_refused_grant_says_why_at_its_field(people: People, made: Account) -> None:
    client = as_person(people.security)
    given = {"role": "auditor", "reason": "任命"}
    page = client.post(f"/accounts/{made.pk}/grant/", given)
    assert page.status_code == 422
    assert "必须实名" in page.content.decode()
    as_person(people.operator).post(
        f"/accounts/{made.pk}/describe/", {"display_name": "张执", "id_number": ID_NUMBERS[0]}
    )
    page = client.post(f"/accounts/{made.pk}/grant/", given)
    assert "同一人" in page.content.decode()
    made.refresh_from_db()
    assert made.role == ""


def test_an_id_number_is_masked_on_pages(people: People) -> None:
    page = as_person(people.auditor).get(f"/accounts/{people.operator.pk}/").content.decode()
    assert ID_NUMBERS[0] not in page
    assert "110***********002X" in page


def test_an_enterprise_account_is_bound_by_the_object_s_code(people: People, made: Account) -> None:
    page = as_person(people.security).post(
        f"/accounts/{made.pk}/grant/", {"role": "enterprise", "inspection_object": "9131", "reason": "x"}
    )
    assert "没有这个统一社会信用代码" in page.content.decode()


def test_the_list_is_filtered_by_its_address(people: People, made: Account) -> None:
    client = as_person(people.auditor)
    shown = {q: {a.username for a in client.get(f"/accounts/?{q}").context["page"]} for q in (
        "q=zha", "state=new", "role=operator", "state=active&role=auditor", "q=nobody",
    )}  # fmt: skip
    assert shown == {
        "q=zha": {"zhang"}, "state=new": {"zhang"}, "role=operator": {"operator"},
        "state=active&role=auditor": {"auditor"}, "q=nobody": set(),
    }  # fmt: skip
    assert "没有符合条件的账号" in client.get("/accounts/?q=nobody").content.decode()


def test_a_reset_password_is_shown_once_and_ends_the_sessions(people: People) -> None:
    theirs = Client()
    give_password(theirs, "enforcer")
    page = as_person(people.security).post(f"/accounts/{people.officer.pk}/reset_password/", {"reason": "忘记"})
    people.officer.refresh_from_db()
    assert people.officer.check_password(page.context["password"])
    assert theirs.get("/account/").status_code == 302
    assert give_password(Client(), "enforcer", PASSWORD).status_code == 422


def test_a_closed_name_is_opened_by_the_security_administrator_with_a_reason(people: People) -> None:
    for _ in range(5):
        lock_out.failed("enforcer", why=lock_out.WRONG_PASSWORD, ip=None, at=NOW)
    row = LockOut.objects.get()
    LockOut.objects.update(locked_until="2999-01-01T00:00:00Z")
    address = f"/accounts/lock-outs/{row.pk}/unlock/"
    assert "锁定至" in as_person(people.auditor).get("/accounts/lock-outs/").content.decode()
    assert as_person(people.auditor).post(address, {"reason": "x"}).status_code == 404
    as_person(people.security).post(address, {"reason": ""})
    assert LockOut.objects.exists()
    as_person(people.security).post(address, {"reason": "本人来电核实"})
    assert not LockOut.objects.exists()


def test_nobody_else_knows_of_these_pages(people: People) -> None:
    client = as_person(people.officer)
    for path in ("/accounts/", "/accounts/new/", f"/accounts/{people.officer.pk}/", "/accounts/lock-outs/", "/audit/"):
        assert client.get(path).status_code == 404
    assert as_person(people.operator).get("/accounts/lock-outs/").status_code == 404
    assert as_person(people.security).get("/accounts/new/").status_code == 404
