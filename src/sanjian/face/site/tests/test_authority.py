"""Who may open what: every address of the platform's own pages has a row here, and a new address without one fails."""

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

from sanjian.base.registry.tests.cast import MN, NEXT_MN, Cast, hold
from sanjian.base.sensing.models import UnknownDevice

CASE = {"monitor", "supervisor", "officer", "neighbour", "enterprise", "auditor"}
HERE = CASE - {"neighbour"}
KEEP = {"operator", "security", "auditor"}
ALL = CASE | KEEP

MATRIX: dict[str, tuple[str, set[str], int]] = {
    "today": ("/", ALL, 200),
    "search": ("/search/?q=x", ALL, 200),
    "board": ("/map/", CASE, 200),
    "board_points": ("/map/points.json", CASE, 200),
    "objects": ("/objects/", CASE, 200),
    "objects_csv": ("/objects/export.csv", CASE, 200),
    "object": ("/objects/{plant}/", HERE, 200),
    "sources": ("/sources/", CASE, 200),
    "sources_csv": ("/sources/export.csv", CASE, 200),
    "point": (f"/sources/{MN}/", HERE, 200),
    "point_curve": (f"/sources/{MN}/curve.json", HERE, 200),
    "point_csv": (f"/sources/{MN}/readings.csv", HERE, 200),
    "point_packets": (f"/sources/{MN}/packets/", HERE, 200),
    "packet": ("/packets/{held}/", KEEP, 200),
    "system": ("/system/", KEEP, 200),
    "system_verify": ("POST /system/verify/", KEEP, 302),
    "system_register": ("/system/devices/UNKNOWN1/", {"operator"}, 200),
}
"""Name -> (address, who may, what they get). Everybody else gets 404, a stranger the log-in page."""

OPEN = {"login", "logout", "set_language", "appearance", "healthz"}
ELSEWHERE = {"clues", "inspections", "code"}
"""Namespaces whose own tests hold their own matrix."""
STREAMS = {"live"}
"""Never ends: see cockpit/tests/test_live.py."""


def declared(patterns: list[URLPattern | URLResolver]) -> set[str]:
    """The names of all addresses."""
    names = set()
    for entry in patterns:
        if isinstance(entry, URLPattern):
            names.add(entry.name or str(entry.pattern))
        elif entry.namespace not in ELSEWHERE:
            names |= declared(entry.url_patterns)
    return names


def test_every_address_has_a_row() -> None:
    assert declared(get_resolver().url_patterns) - OPEN - STREAMS == set(MATRIX)


@pytest.fixture
def addresses(cast: Cast, own_lake: None) -> dict[str, str]:
    from django.utils import timezone

    now = timezone.now()
    UnknownDevice.objects.create(
        device_mn="UNKNOWN1", protocol="hj212", peer="p", first_seen_at=now, last_seen_at=now, frames=1
    )
    filled = {"plant": cast.plant.pk, "held": hold(b"##0001x", now, "UNKNOWN1")}
    return {name: address.format(**filled) for name, (address, _who, _status) in MATRIX.items()}


@pytest.mark.parametrize("name", sorted(ALL))
def test_a_role_opens_what_is_its_own_and_nothing_else(name: str, cast: Cast, addresses: dict[str, str]) -> None:
    client = Client()
    client.force_login(cast.person[name])
    got = {row: _status(client, address) for row, address in addresses.items()}
    assert got == {row: status if name in who else 404 for row, (_address, who, status) in MATRIX.items()}


def test_a_stranger_is_asked_to_log_in(addresses: dict[str, str]) -> None:
    for address in [*addresses.values(), "/live/"]:
        assert _status(Client(), address) == 302


def test_the_neighbour_sees_the_neighbour_s_own_point(cast: Cast, own_lake: None) -> None:
    client = Client()
    client.force_login(cast.person["neighbour"])
    assert client.get(f"/sources/{NEXT_MN}/").status_code == 200
    shown = [f["properties"]["mn"] for f in client.get("/map/points.json").json()["features"]]
    assert shown == [NEXT_MN]


def _status(client: Client, address: str) -> int:
    method, _, path = address.rpartition(" ")
    return client.generic(method or "GET", path).status_code
