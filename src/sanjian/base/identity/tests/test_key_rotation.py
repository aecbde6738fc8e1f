"""A new secret key: old values still open, are written anew, and then need the old key no more."""

import pytest
from django.db import connection
from django.test import Client
from pytest_django.fixtures import Settings

from sanjian.base.identity import personal, rotation
from sanjian.base.identity.models import Account, AuditEntry
from sanjian.base.registry.models import Body, Officer

from .people import ID_NUMBERS, People

NEW_KEY = "a-new-secret-key-for-this-test-only"


def raw(account: Account) -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT id_number FROM identity_account WHERE id = %s", [account.pk])
        return str(cursor.fetchone()[0])


def test_values_outlive_their_key(people: People, settings: Settings) -> None:
    old_key, sealed = settings.SECRET_KEY, raw(people.operator)
    assert ID_NUMBERS[0] not in sealed
    settings.SECRET_KEY = NEW_KEY
    with pytest.raises(personal.Unreadable):
        Account.objects.get(pk=people.operator.pk)
    settings.SECRET_KEY_FALLBACKS = [old_key]
    assert Account.objects.get(pk=people.operator.pk).id_number == ID_NUMBERS[0]
    assert rotation.stale_values() == 4
    assert rotation.reencrypt_all()["identity.account.id_number"] == 4
    assert rotation.stale_values() == 0
    settings.SECRET_KEY_FALLBACKS = []
    found = Account.objects.get(pk=people.operator.pk)
    assert found.id_number == ID_NUMBERS[0]
    assert found.person_digest == personal.digest(ID_NUMBERS[0], "person")
    assert raw(found) != sealed
    assert AuditEntry.objects.get(act="personal.reencrypt").details["identity.account.id_number"] == 4


def test_a_value_moved_to_another_column_does_not_open() -> None:
    sealed = personal.encrypt("13812345678", "a.phone")
    assert personal.decrypt(sealed, "a.phone") == "13812345678"
    with pytest.raises(personal.Unreadable):
        personal.decrypt(sealed, "a.id_number")
    with pytest.raises(personal.Unreadable):
        personal.decrypt("enc1:%%%", "a.phone")
    assert personal.encrypt("", "a") == personal.decrypt("", "a") == ""


@pytest.mark.parametrize(
    ("name", "shown"), [("张三", "张*"), ("欧阳小明", "欧**明"), ("张", "张"), ("", "")],
)  # fmt: skip
def test_names_are_masked(name: str, shown: str) -> None:
    assert personal.masked_name(name) == shown


@pytest.mark.parametrize(("number", "shown"), [("13812345678", "138****5678"), ("1234567", "*******"), ("", "")])
def test_numbers_are_masked(number: str, shown: str) -> None:
    assert personal.masked_number(number) == shown


def test_with_a_new_key_everybody_logs_in_anew(people: People, settings: Settings) -> None:
    client = Client()
    client.force_login(people.officer)
    assert client.get("/").status_code == 200
    settings.SECRET_KEY_FALLBACKS, settings.SECRET_KEY = [settings.SECRET_KEY], NEW_KEY
    assert client.get("/")["Location"].startswith("/login/")


def test_an_officers_id_number_stays_his_alone(people: People, settings: Settings) -> None:
    body = Body.objects.create(code="b", name="执法大队", department="enforcement", territory=people.here)
    officer = Officer.objects.create(
        body=body, staff_no="1", name="李四", id_number=ID_NUMBERS[3],
        id_digest=personal.digest(ID_NUMBERS[3], "officer id number"),
    )  # fmt: skip
    settings.SECRET_KEY_FALLBACKS, settings.SECRET_KEY = [settings.SECRET_KEY], NEW_KEY
    rotation.reencrypt_all()
    officer.refresh_from_db()
    assert officer.id_digest == personal.digest(ID_NUMBERS[3], "officer id number")


def test_what_is_sealed_outside_of_columns_is_renewed_too(people: People, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rotation, "_elsewhere", {})
    rotation.also("test.files", lambda: 7)
    assert rotation.reencrypt_all()["test.files"] == 7
    assert AuditEntry.objects.get(act="personal.reencrypt").details["test.files"] == 7
