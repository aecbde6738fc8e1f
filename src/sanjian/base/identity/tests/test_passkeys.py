"""A passkey proves who it is once for each challenge; copied, replayed or another person's keys prove nothing."""

import copy

import pytest
from django.contrib.sessions.backends.db import SessionStore
from pytest_django.fixtures import Settings

from sanjian.base.config import config
from sanjian.base.identity import passkeys
from sanjian.base.identity.models import AuditEntry, Passkey

from .people import NOW, People
from .soft_key import SoftKey

SITE, HOST = "https://sanjian.example", "sanjian.example"


@pytest.fixture(autouse=True)
def _site(monkeypatch: pytest.MonkeyPatch, settings: Settings):
    """The platform under a name, as in production."""
    monkeypatch.setenv("SANJIAN_PUBLIC_URL", SITE)
    config.cache_clear()
    yield
    monkeypatch.undo()
    config.cache_clear()


@pytest.fixture
def session(db: None) -> SessionStore:
    return SessionStore()


@pytest.fixture
def key(people: People, session: SessionStore) -> SoftKey:
    """A registered passkey of the officer."""
    made = SoftKey(SITE, HOST)
    answer = made.register(passkeys.registration_options(people.officer, session))
    passkeys.register(people.officer, session, answer, name="手机", at=NOW)
    return made


def test_a_passkey_logs_its_owner_in(people: People, key: SoftKey, session: SessionStore) -> None:
    answer = key.log_in(passkeys.log_in_options(None, session))
    assert passkeys.check(session, answer, account=None, at=NOW) == people.officer
    row = Passkey.objects.get()
    assert (row.name, row.sign_count, row.last_used_at) == ("手机", 1, NOW)
    assert AuditEntry.objects.filter(act="factor.add").exists()


def test_an_answer_serves_once(people: People, key: SoftKey, session: SessionStore) -> None:
    answer = key.log_in(passkeys.log_in_options(None, session))
    passkeys.check(session, answer, account=None, at=NOW)
    with pytest.raises(passkeys.PasskeyRefused):
        passkeys.check(session, answer, account=None, at=NOW)
    passkeys.log_in_options(None, session)
    with pytest.raises(passkeys.PasskeyRefused):
        passkeys.check(session, answer, account=None, at=NOW)


def test_a_copied_key_is_noticed_by_its_counter(people: People, key: SoftKey, session: SessionStore) -> None:
    twin = copy.copy(key)
    passkeys.check(session, key.log_in(passkeys.log_in_options(None, session)), account=None, at=NOW)
    answer = twin.log_in(passkeys.log_in_options(None, session))
    with pytest.raises(passkeys.PasskeyRefused):
        passkeys.check(session, answer, account=None, at=NOW)


def test_another_persons_key_is_no_second_factor(people: People, key: SoftKey, session: SessionStore) -> None:
    answer = key.log_in(passkeys.log_in_options(None, session))
    with pytest.raises(passkeys.PasskeyRefused):
        passkeys.check(session, answer, account=people.auditor, at=NOW)


@pytest.mark.parametrize(("origin", "host"), [("https://sanjian.evil", HOST), (SITE, "sanjian.evil")])
def test_an_imitation_site_gets_nothing(
    people: People, key: SoftKey, session: SessionStore, origin: str, host: str
) -> None:
    false = SoftKey(origin, host, credential=key.credential, key=key.key)
    answer = false.log_in(passkeys.log_in_options(None, session))
    with pytest.raises(passkeys.PasskeyRefused):
        passkeys.check(session, answer, account=None, at=NOW)


def test_a_wrong_signature_and_nonsense_are_refused(people: People, key: SoftKey, session: SessionStore) -> None:
    stranger = SoftKey(SITE, HOST, credential=key.credential)
    for answer in (stranger.log_in(passkeys.log_in_options(None, session)), "", "[]", '{"id": 1}'):
        with pytest.raises(passkeys.PasskeyRefused):
            passkeys.check(session, answer, account=None, at=NOW)
        passkeys.log_in_options(None, session)


def test_a_removed_key_is_forgotten(people: People, key: SoftKey, session: SessionStore) -> None:
    assert not passkeys.remove(people.auditor, Passkey.objects.get().pk, NOW)
    assert passkeys.remove(people.officer, Passkey.objects.get().pk, NOW)
    answer = key.log_in(passkeys.log_in_options(None, session))
    with pytest.raises(passkeys.PasskeyRefused):
        passkeys.check(session, answer, account=None, at=NOW)
