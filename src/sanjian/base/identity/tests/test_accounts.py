"""What the database itself refuses about accounts, and what the command says to a mistake."""

import pytest
from django.db import IntegrityError

from sanjian.base.identity.commands import account_add
from sanjian.base.identity.models import Account, District

from .people import ID_NUMBERS

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def pudong() -> District:
    return District.objects.create(code="310115", name="浦东新区")


def test_an_enterprise_account_must_belong_to_an_object() -> None:
    with pytest.raises(IntegrityError, match="regulated_account_has_object"):
        Account.objects.create_user("x", password="p", display_name="某", role="enterprise")


def test_an_official_must_have_a_district() -> None:
    with pytest.raises(IntegrityError, match="official_account_has_district"):
        Account.objects.create_user("x", password="p", display_name="某", role="enforcer")


def test_the_command_makes_an_account_that_can_log_in(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SANJIAN_NEW_PASSWORD", "correct-horse-battery")
    account_add("zhang", name="张执", role="enforcer", district="310115", certificate="沪环执 1")
    assert Account.objects.get(username="zhang").check_password("correct-horse-battery")


def test_the_command_makes_no_two_administrators_of_one_person(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("SANJIAN_NEW_PASSWORD", "correct-horse-battery")
    monkeypatch.setenv("SANJIAN_NEW_ID_NUMBER", ID_NUMBERS[0])
    account_add("zhou", name="周维", role="operator", district="310115", certificate="")
    assert Account.objects.get(username="zhou").person_digest
    for number, said in ((ID_NUMBERS[0], "三个人"), ("110105194912310021", "不是有效")):
        monkeypatch.setenv("SANJIAN_NEW_ID_NUMBER", number)
        with pytest.raises(SystemExit):
            account_add("zheng", name="郑安", role="security", district="310115", certificate="")
        assert said in capsys.readouterr().err


@pytest.mark.parametrize(
    ("role", "district", "password", "said"),
    [
        ("king", "310115", "correct-horse-battery", "角色 king 不存在"),
        ("enforcer", "999999", "correct-horse-battery", "没有行政区划代码 999999"),
        ("enforcer", "310115", "123", "密码"),
    ],
)
def test_the_command_says_what_is_wrong(
    role: str,
    district: str,
    password: str,
    said: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setenv("SANJIAN_NEW_PASSWORD", password)
    with pytest.raises(SystemExit) as stop:
        account_add("zhang", name="张执", role=role, district=district, certificate="")
    assert stop.value.code == 2
    assert said in capsys.readouterr().err
