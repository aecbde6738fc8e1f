"""The cast, registered as people register it: with history, roles, a permit, facilities, a contact and a relation."""

from collections.abc import Callable
from datetime import UTC, date, datetime

import pytest
from django.test import Client

from sanjian.base.registry.models import Contact, InspectionObject
from sanjian.base.registry.services import contacts, objects, outlets
from sanjian.base.registry.tests.cast import Cast
from sanjian.base.registry.words import rebuild_words

START, SPRING = date(2026, 1, 1), date(2026, 3, 1)
FIRST_AT = datetime(2026, 1, 5, 1, 0, tzinfo=UTC)
LATER_AT = datetime(2026, 6, 1, 1, 0, tzinfo=UTC)


@pytest.fixture
def as_(cast: Cast) -> Callable[[str], Client]:
    """A browser of one of the cast."""

    def client(name: str) -> Client:
        browser = Client()
        browser.force_login(cast.person[name])
        return browser

    return client


@pytest.fixture
def keeper(as_: Callable[[str], Client]) -> Client:
    """The supervisor's browser."""
    return as_("supervisor")


@pytest.fixture
def plant(cast: Cast) -> InspectionObject:
    """丙厂 of Pudong: registered in January, renamed from June; a discharger since March."""
    actor = cast.person["supervisor"]
    thing = objects.register_object(
        {"name": "丙厂", "district_id": "310115", "address": "示例路 3 号", "industry_code": "2614",
         "industry_name": "有机化学原料制造", "latitude": 31.1, "longitude": 121.5,
         "credit_code": "91350100M000100Y43"},
        actor=actor, at=FIRST_AT, valid_from=START, reason="首次登记",
    )  # fmt: skip
    objects.set_role(thing, "discharger", actor=actor, at=FIRST_AT, valid_from=SPRING)
    objects.change_object(
        thing, {"name": "丙新厂"}, actor=actor, at=LATER_AT, valid_from=date(2026, 6, 1), reason="名称变更"
    )
    rebuild_words()
    thing.refresh_from_db()
    return thing


@pytest.fixture
def furnished(cast: Cast, plant: InspectionObject) -> InspectionObject:
    """丙厂 with a permit, a tree of three facilities, a contact, and 甲厂 as its landlord."""
    who = {"actor": cast.person["supervisor"], "at": LATER_AT}
    outlets.add_permit(
        plant, {"permit_no": "91350100M000100Y43001P", "valid_from": START, "valid_to": date(2030, 12, 31)}, **who
    )
    outlet = outlets.add_facility(plant, {"code": "DA001", "name": "1# 排气筒", "valid_from": START}, **who)
    tower = outlets.add_facility(
        plant, {"code": "TA001", "name": "碱洗塔", "flows_to": outlet, "valid_from": START}, **who
    )
    outlets.add_facility(plant, {"code": "MF0001", "name": "反应釜", "flows_to": tower, "valid_from": START}, **who)
    contacts.add_contact(plant, duty="环保联系人", name="王小明", phone="13812345678", **who)
    objects.relate(cast.plant, plant, "landlord", valid_from=START, **who)
    return plant


@pytest.fixture
def contact(furnished: InspectionObject) -> Contact:
    """The contact of 丙厂."""
    return Contact.objects.get(inspection_object=furnished)
