"""Three administrators who cannot be one person, and the life of an account between them."""

import pytest
from django.db import IntegrityError, transaction

from sanjian.base.identity import accounts, personal
from sanjian.base.identity.accounts import AccountRefused, Grant
from sanjian.base.identity.models import Account, AuditEntry, Role
from sanjian.base.registry.models import Body

from .people import ID_NUMBERS, NOW, People

FREE_ID = "320102197601010019"


def made(people: People, name: str = "new", id_number: str = "") -> Account:
    return accounts.create(name, "新人", id_number=id_number, actor=people.operator, at=NOW)[0]


def granted(people: People, account: Account, role: str, district: str | None = None) -> None:
    accounts.grant(account, Grant(role, district), actor=people.security, reason="任命", at=NOW)


def test_an_account_lives_through_its_administrators(people: People) -> None:
    account, password = accounts.create("new", "新人", actor=people.operator, at=NOW)
    assert not account.is_active
    assert account.role == ""
    assert account.must_change_password
    assert account.check_password(password)
    with pytest.raises(AccountRefused, match="还没有授权"):
        accounts.activate(account, actor=people.security, reason="到岗", at=NOW)
    granted(people, account, Role.ENFORCER, "310115")
    accounts.activate(account, actor=people.security, reason="到岗", at=NOW)
    with pytest.raises(AccountRefused, match="已是这个状态"):
        accounts.activate(account, actor=people.security, reason="到岗", at=NOW)
    assert accounts.reset_password(account, actor=people.security, reason="忘记", at=NOW) != password
    accounts.close(account, actor=people.security, reason="离岗", at=NOW)
    account.refresh_from_db()
    assert not account.is_active
    acts = AuditEntry.objects.filter(record_kind="account", record_id=str(account.pk)).values_list("act", flat=True)
    assert list(acts) == [
        "account.create", "account.grant", "account.activate", "account.reset_password", "account.close",
    ]  # fmt: skip


@pytest.mark.parametrize("act", sorted(accounts.ACTS))
@pytest.mark.parametrize("role", Role.values)
def test_each_act_belongs_to_one_administrator(act: str, role: str) -> None:
    assert accounts.may(Account(role=role), act) == (role == accounts.ACTS[act])
    assert role != Role.AUDITOR or not accounts.may(Account(role=role), act)


def test_the_wrong_administrator_is_refused_and_it_is_recorded(people: People) -> None:
    with pytest.raises(AccountRefused):
        accounts.create("x", "某", actor=people.security, at=NOW)
    for actor in (people.operator, people.auditor, people.officer):
        with pytest.raises(AccountRefused):
            accounts.close(people.security, actor=actor, reason="", at=NOW)
    assert AuditEntry.objects.filter(act="account.refuse").count() == 4


def test_nobody_changes_their_own_account(people: People) -> None:
    with pytest.raises(AccountRefused, match="不能改自己的账号"):
        accounts.grant(people.security, Grant(Role.AUDITOR), actor=people.security, reason="", at=NOW)
    with pytest.raises(AccountRefused, match="不能改自己的账号"):
        accounts.describe(people.operator, display_name="x", id_number=None, actor=people.operator, at=NOW)


def test_an_administrator_never_becomes_another_one(people: People) -> None:
    for role in (Role.SECURITY, Role.AUDITOR, Role.ENFORCER):
        with pytest.raises(AccountRefused, match="不得互换"):
            granted(people, people.operator, role, "310115")


def test_one_person_holds_one_administrator_s_account(people: People) -> None:
    second = made(people, id_number=ID_NUMBERS[0].lower())
    for role in (Role.SECURITY, Role.AUDITOR, Role.OPERATOR):
        with pytest.raises(AccountRefused, match="同一人"):
            granted(people, second, role)
    with pytest.raises(AccountRefused, match="不得兼任"):
        granted(people, second, Role.ENFORCER, "310115")
    with pytest.raises(AccountRefused, match="同一人"):
        granted(people, made(people, "officer2", ID_NUMBERS[3]), Role.AUDITOR)


def test_an_administrator_is_known_by_their_id_number(people: People) -> None:
    with pytest.raises(AccountRefused, match="必须实名"):
        granted(people, made(people), Role.AUDITOR)
    with pytest.raises(AccountRefused, match="身份证号不能改"):
        accounts.describe(people.auditor, display_name="x", id_number=FREE_ID, actor=people.operator, at=NOW)
    free = made(people, "free", FREE_ID)
    granted(people, free, Role.AUDITOR)
    assert free.is_administrator


def test_the_database_refuses_a_second_administrator_s_account_too(people: People) -> None:
    digest = personal.digest(ID_NUMBERS[0], "person")
    with pytest.raises(IntegrityError), transaction.atomic():
        Account.objects.create(username="x", display_name="x", role=Role.AUDITOR, person_digest=digest)


def test_the_last_of_its_kind_stays_open(people: People) -> None:
    with pytest.raises(AccountRefused, match="最后一个"):
        accounts.close(people.auditor, actor=people.security, reason="", at=NOW)


def test_a_body_lies_in_the_official_s_district(people: People) -> None:
    body = Body.objects.create(code="b", name="金山队", department="enforcement", territory=people.there)
    account = made(people)
    with pytest.raises(AccountRefused, match="机构不在所选辖区内"):
        accounts.grant(account, Grant(Role.ENFORCER, "310115", body), actor=people.security, reason="", at=NOW)
    accounts.grant(account, Grant(Role.ENFORCER, "310116", body), actor=people.security, reason="", at=NOW)
    assert account.body == body


@pytest.mark.parametrize(
    ("wanted", "field"),
    [(Grant("king"), "role"), (Grant(Role.MONITOR), "district"), (Grant(Role.CARRIER), "inspection_object")],
)
def test_a_role_needs_its_scope(people: People, wanted: Grant, field: str) -> None:
    with pytest.raises(AccountRefused) as refused:
        accounts.grant(made(people), wanted, actor=people.security, reason="", at=NOW)
    assert refused.value.field == field


def test_a_single_sign_on_person_belongs_to_one_account(people: People) -> None:
    accounts.bind_sso(people.officer, "u-1", actor=people.security, reason="", at=NOW)
    with pytest.raises(AccountRefused, match="另一个账号"):
        accounts.bind_sso(people.operator, "u-1", actor=people.security, reason="", at=NOW)
    accounts.bind_sso(people.officer, "", actor=people.security, reason="", at=NOW)
    assert Account.objects.get(pk=people.officer.pk).sso_subject is None
