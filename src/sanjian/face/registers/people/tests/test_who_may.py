"""Who may open which page of people: readers of the territory, keepers to write; for others it does not exist."""

import pytest
from django.test import Client
from django.urls import reverse

from .cast import Registers, make_registers

READ = {"supervisor", "city", "next", "enforcer", "monitor", "auditor"}
HERE = READ - {"next"}
KEEP = {"supervisor", "city", "next"}
KEEP_HERE = {"supervisor", "city"}
EVERYBODY = READ | {"enterprise", "operator", "security"}


@pytest.fixture
def r(db) -> Registers:
    return make_registers()


def addresses(r: Registers) -> dict[str, tuple[str, set[str]]]:
    officer, body = [r.bodies.officer.pk], [r.bodies.here.pk]
    return {
        reverse("people"): ("get", READ),
        reverse("people_csv"): ("get", READ),
        reverse("bodies"): ("get", READ),
        reverse("body", args=body): ("get", HERE),
        reverse("officer", args=officer): ("get", HERE),
        reverse("officer_new"): ("get", KEEP),
        reverse("body_new"): ("get", KEEP),
        reverse("body_edit", args=body): ("get", KEEP_HERE),
        reverse("body_claim", args=body): ("post", KEEP_HERE),
        reverse("officer_edit", args=officer): ("get", KEEP_HERE),
        reverse("officer_reveal", args=officer): ("post", KEEP_HERE),
        reverse("certificate_new", args=officer): ("get", KEEP_HERE),
        reverse("certificate", args=[r.certificate.pk]): ("get", KEEP_HERE),
        reverse("interest_new", args=officer): ("get", KEEP_HERE),
        reverse("interest_end", args=[r.interest.pk]): ("get", KEEP_HERE),
        reverse("absence_new", args=officer): ("get", KEEP_HERE),
    }


@pytest.mark.parametrize("who", sorted(EVERYBODY))
def test_each_page_exists_for_whom_it_should_and_for_nobody_else(r, who):
    client = Client()
    client.force_login(r.person[who])
    for address, (method, may) in addresses(r).items():
        status = getattr(client, method)(address).status_code
        assert status != 404 if who in may else status == 404, (address, who, status)


def test_a_stranger_is_sent_to_the_log_in(r, client):
    for address, (method, _may) in addresses(r).items():
        assert getattr(client, method)(address).status_code == 302, address
