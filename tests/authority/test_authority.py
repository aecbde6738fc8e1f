"""Every address x method x role x {own, another district's}: what opens is what the table says, no more and no less."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from django.db import transaction
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver
from django.utils import timezone

from sanjian.base.config import config
from sanjian.base.identity.models import Account, District
from sanjian.base.registry.models import LegalBasis
from sanjian.base.sensing.models import UnknownDevice

from .places import PEOPLE, STRANGER, Place, furnish, make_people, make_place
from .registers import register
from .rows import Row
from .table import TABLE

METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")
LET_IN, REFUSED, ASKED_TO_LOG_IN = "let in", "refused", "asked to log in"


def declared(patterns: list[URLPattern | URLResolver], namespace: str = "") -> Iterator[str]:
    """The full names of all addresses."""
    for entry in patterns:
        if isinstance(entry, URLPattern):
            yield f"{namespace}{entry.name or entry.pattern}"
        else:
            inner = f"{namespace}{entry.namespace}:" if entry.namespace else namespace
            yield from declared(entry.url_patterns, inner)


def test_every_address_has_a_row_and_a_name_of_its_own() -> None:
    names = sorted(declared(get_resolver().url_patterns))
    assert names == sorted(TABLE)


@pytest.fixture
def places(db: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[Place, Place]]:
    """The first and the next district, with a lake of their own."""
    monkeypatch.setenv("SANJIAN_HOME", str(tmp_path))
    config.cache_clear()
    here = District.objects.create(code="310115", name="浦东新区")
    there = District.objects.create(code="310116", name="金山区")
    yield make_place(here, 0), make_place(there, 1)
    monkeypatch.undo()
    config.cache_clear()


@pytest.fixture
def people(places: tuple[Place, Place]) -> dict[str, Account]:
    """A person of every role. The enforcer goes on the visits of the first district, the supervisor keeps its
    registries; in the next district others do.
    """
    now, (own, other) = timezone.now(), places
    people = make_people(own, District.objects.create(code="310000", name="上海市", is_city=True))
    officer, keeper = (
        Account.objects.create_user(f"next_{role}", display_name="外区", role=role, district=other.district)
        for role in ("enforcer", "supervisor")
    )
    UnknownDevice.objects.create(
        device_mn="UNKNOWN1", protocol="hj212", peer="p", first_seen_at=now, last_seen_at=now, frames=1
    )
    LegalBasis.objects.create(code="law", instrument="法", article="第一条", text="…", valid_from=date(2020, 1, 1))
    for place, goes, keeps in ((own, people["enforcer"], people["supervisor"]), (other, officer, keeper)):
        furnish(place, goes, now)
        register(place, keeps, now)
        place.ids["account"] = goes.pk
    return people


@pytest.mark.parametrize("who", PEOPLE)
def test_a_person_opens_what_the_table_says_and_nothing_else(
    who: str, people: dict[str, Account], places: tuple[Place, Place]
) -> None:
    client = Client()
    if who != STRANGER:
        client.force_login(people[who])
    surprises = [line for name, row in TABLE.items() for line in surprises_of(client, who, name, row, places)]
    assert not surprises, "\n".join(surprises)


def surprises_of(client: Client, who: str, name: str, row: Row, places: tuple[Place, Place]) -> Iterator[str]:
    """Where an address behaves otherwise than its row says, in words."""
    for method in METHODS:
        access = row.methods.get(method)
        cases = [("own", access.own if access else set(), places[0])]
        if access and access.other is not None:
            cases.append(("other", access.other, places[1]))
        for whose, let_in, place in cases:
            got = outcome(client, method, row.address.format(**place.ids))
            wanted = LET_IN if who in let_in else REFUSED
            if got != wanted and not (who == STRANGER and got == ASKED_TO_LOG_IN and wanted == REFUSED):
                yield f"{method} {name} ({whose}): {got}, the table says {wanted}"


def outcome(client: Client, method: str, address: str) -> str:
    """What became of a request; whatever it changed is taken back."""
    cookies = client.cookies.copy()
    with transaction.atomic():
        answer = client.generic(method, address)
        transaction.set_rollback(True)
    client.cookies = cookies
    if answer.status_code in {403, 404, 405}:
        return REFUSED
    if answer.status_code in {301, 302} and answer["Location"].startswith("/login/?next="):
        return ASKED_TO_LOG_IN
    assert answer.status_code < 429, f"{method} {address}: {answer.status_code}"
    return LET_IN
