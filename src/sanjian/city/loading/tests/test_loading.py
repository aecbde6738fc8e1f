"""A built city stands in the registries with its history, and loading it again changes nothing."""

from datetime import date
from pathlib import Path

import pytest

from sanjian.base.identity import audit
from sanjian.base.identity.models import Account
from sanjian.base.registry.models import (
    Calibration,
    Certificate,
    Facility,
    InspectionItem,
    InspectionObject,
    Instrument,
    Limit,
    MonitoringPoint,
    ObjectRole,
    ObjectVersion,
    Officer,
    Permit,
)
from sanjian.base.registry.queries.finding import find
from sanjian.city.building import build
from sanjian.city.folder import City
from sanjian.city.loading import load
from sanjian.city.plan import Plan

OPENED = date(2026, 11, 24)
LOADED = (InspectionObject, ObjectVersion, ObjectRole, Permit, Facility, MonitoringPoint, Limit, Officer, Certificate,
          Instrument, Calibration, Account)  # fmt: skip


@pytest.mark.django_db
def test_the_city_stands_in_the_registries_and_twice_is_once(tmp_path: Path) -> None:
    about = build(Plan(0.005, 1), tmp_path / "city")
    city = City.open(tmp_path / "city")
    load(city, OPENED)
    counts = [model.objects.count() for model in LOADED]
    assert counts[0] == about["objects"]
    assert MonitoringPoint.objects.count() == sum(
        city.table(name).height for name in ("points", "dust_stations", "ambient_stations")
    )
    assert MonitoringPoint.objects.exclude(outlet=None).count() == city.table("points").height
    assert (
        InspectionItem.objects.filter(code__startswith="sim-", is_published=False).count() == city.table("items").height
    )
    assert audit.verify()[1] is None
    device = city.table("points")["device_mn"][0]
    assert find(Account.objects.get(username="li"), device, 5)
    load(City.open(tmp_path / "city"), date(2027, 1, 1))
    assert [model.objects.count() for model in LOADED] == counts
    assert City.open(tmp_path / "city").opened_on == OPENED
