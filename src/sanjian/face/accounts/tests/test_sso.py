"""The city's single sign-on says who somebody is, and never gives anybody a right."""

from collections.abc import Iterator

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from django.test import Client
from pytest_django.fixtures import Settings

from sanjian.base.identity.models import Account, AuditEntry
from sanjian.base.identity.tests.people import People

from .browsing import give_app
from .provider import CLIENT, SECRET, Provider, running

CALLBACK = "/login/sso/callback/"


@pytest.fixture
def provider(settings: Settings, people: People) -> Iterator[Provider]:
    """Single sign-on is on, and the officer's account is bound to one of the provider's people."""
    Account.objects.filter(pk=people.officer.pk).update(sso_subject="city-0007")
    with running() as found:
        settings.AUTHENTICATION_BACKENDS = [
            *settings.AUTHENTICATION_BACKENDS, "sanjian.face.accounts.sso.CityBackend",
        ]  # fmt: skip
        settings.OIDC_OP_ISSUER = found.address
        settings.OIDC_OP_AUTHORIZATION_ENDPOINT = f"{found.address}/authorize"
        settings.OIDC_OP_TOKEN_ENDPOINT = f"{found.address}/token"
        settings.OIDC_OP_JWKS_ENDPOINT = f"{found.address}/keys"
        settings.OIDC_RP_CLIENT_ID, settings.OIDC_RP_CLIENT_SECRET = CLIENT, SECRET
        yield found


def log_in(client: Client, provider: Provider) -> str:
    """The whole way; where it ends."""
    start = client.get("/login/sso/?next=/clues/")
    return client.get(CALLBACK, provider.agree(start["Location"]))["Location"]


def is_in(client: Client) -> bool:
    return "_auth_user_id" in client.session


def test_a_bound_person_comes_in_and_goes_where_they_wanted(provider: Provider, people: People) -> None:
    client = Client()
    assert log_in(client, provider) == "/clues/"
    assert client.session["_auth_user_id"] == str(people.officer.pk)
    assert people.officer.sessions.get().how == "sso"


def test_an_account_with_a_second_factor_is_still_asked_for_it(provider: Provider, people: People) -> None:
    give_app(people.officer)
    client = Client()
    assert log_in(client, provider) == "/login/second/"
    assert not is_in(client)


def test_nobody_gets_an_account_by_logging_in(provider: Provider, people: People) -> None:
    before = Account.objects.count()
    provider.subject = "city-unknown"
    client = Client()
    assert log_in(client, provider) == "/login/"
    assert not is_in(client)
    assert Account.objects.count() == before
    assert AuditEntry.objects.filter(act__startswith="login").exists()


def test_a_closed_account_stays_closed(provider: Provider, people: People) -> None:
    Account.objects.filter(pk=people.officer.pk).update(is_active=False)
    client = Client()
    assert log_in(client, provider) == "/login/"
    assert not is_in(client)


@pytest.mark.parametrize(
    "claims",
    [{"iss": "https://evil.example"}, {"aud": "another"}, {"exp": 1}, {"nonce": "another"}, {"sub": None}],
    ids=["issuer", "audience", "time", "nonce", "subject"],
)
def test_a_token_that_is_not_for_this_log_in_is_refused(provider: Provider, people: People, claims: dict) -> None:
    provider.claims = claims
    client = Client()
    assert log_in(client, provider) == "/login/"
    assert not is_in(client)


def test_a_token_signed_by_somebody_else_is_refused(provider: Provider, people: People) -> None:
    provider.signs_with = rsa.generate_private_key(65537, 2048)
    client = Client()
    assert log_in(client, provider) == "/login/"
    assert not is_in(client)


def test_a_callback_that_nobody_asked_for_is_refused(provider: Provider, people: People) -> None:
    begun, other = Client(), Client()
    answer = provider.agree(begun.get("/login/sso/")["Location"])
    assert other.get(CALLBACK, answer)["Location"] == "/login/"
    assert not is_in(other)
    assert begun.get(CALLBACK, answer | {"state": "another"})["Location"] == "/login/"
    assert not is_in(begun)


def test_without_configuration_the_addresses_do_not_exist(people: People) -> None:
    assert Client().get("/login/sso/").status_code == 404
    assert Client().get(CALLBACK).status_code == 404
