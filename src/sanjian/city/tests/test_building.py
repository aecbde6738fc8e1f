"""The same plan gives the same city, byte for byte; its codes hold and everything hangs together."""

from pathlib import Path

import polars as pl
import pytest

from sanjian.base.registry.identifiers.credit_code import credit_code_fault
from sanjian.base.registry.identifiers.source_code import source_code_fault
from sanjian.city import geography
from sanjian.city.building import build
from sanjian.city.fleets.vin import fault
from sanjian.city.folder import City
from sanjian.city.objects.tables import kinds
from sanjian.city.plan import ARTICLE, Plan

SMALL = Plan(0.01, 1)


@pytest.fixture(scope="module")
def city(tmp_path_factory: pytest.TempPathFactory) -> City:
    folder = tmp_path_factory.mktemp("small") / "city"
    build(SMALL, folder)
    return City.open(folder)


def test_the_same_plan_is_the_same_city_and_another_seed_another(city: City, tmp_path: Path) -> None:
    again, other = build(SMALL, tmp_path / "again"), build(Plan(0.01, 2), tmp_path / "other")
    assert again == city.about
    assert other["hash"] != again["hash"]
    for path in (tmp_path / "again" / "tables").iterdir():
        assert path.read_bytes() == (city.root / "tables" / path.name).read_bytes()


def test_at_full_scale_it_is_the_city_of_the_article() -> None:
    whole = Plan(1, 1)
    assert sum(kind.count for kind in kinds(whole)) == ARTICLE["objects"]
    assert all(whole.count(what) == number for what, number in ARTICLE.items())


def test_every_code_holds_and_none_comes_twice(city: City) -> None:
    objects, trucks = city.table("objects"), city.table("trucks")
    assert not [code for code in objects["credit_code"] if credit_code_fault(code)]
    assert not [number for number in city.table("permits")["permit_no"] if source_code_fault(number)]
    assert not [vin for vin in [*trucks["vin"], *city.table("waste_vehicles")["vin"]] if fault(vin)]
    for table, column in (("objects", "credit_code"), ("objects", "name"), ("trucks", "vin"), ("trucks", "plate")):
        assert city.table(table)[column].is_unique().all()
    devices = pl.concat([city.table(t)["device_mn"] for t in ("points", "dust_stations", "ambient_stations")])
    assert devices.is_unique().all()
    assert set(devices.str.len_chars()) == {24}


def test_everything_lies_in_its_district(city: City) -> None:
    for (district,), rows in city.table("objects").group_by("district"):
        assert geography.contains(str(district), rows.select("longitude", "latitude").to_numpy()).all()


def test_every_point_leads_back_to_what_makes_its_emission(city: City) -> None:
    tree = {(r["object_no"], r["code"]): r["flows_to"] for r in city.table("facilities").to_dicts()}
    into = {(number, target): code for (number, code), target in tree.items()}
    for point in city.table("points").to_dicts():
        treatment = into[point["object_no"], point["outlet_code"]]
        assert into[point["object_no"], treatment].startswith("MF")
    limited = set(city.table("limits")["device_mn"])
    assert limited == set(city.table("points")["device_mn"])


def test_a_folder_appears_whole_or_not_at_all(city: City, tmp_path: Path) -> None:
    with pytest.raises(FileExistsError):
        build(SMALL, city.root)
    with pytest.raises(FileNotFoundError):
        City.open(tmp_path)
    assert (city.root / "truth").stat().st_mode & 0o077 == 0
