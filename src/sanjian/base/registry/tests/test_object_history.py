"""Objects through the services: history, known_at, optimistic locking, scope, bulk writes and taking them back."""

from datetime import UTC, date, datetime, timedelta

import pytest

from sanjian.base.identity.models import Account, AuditEntry, District, Role
from sanjian.base.registry.identifiers import credit_code
from sanjian.base.registry.models import InspectionObject, ObjectRole, ObjectVersion
from sanjian.base.registry.queries.finding import find
from sanjian.base.registry.queries.objects import ObjectPages, object_at, object_rows
from sanjian.base.registry.queries.origins import field_origins
from sanjian.base.registry.services import objects
from sanjian.base.registry.services.errors import ChangedMeanwhile, Clash, InvalidValues, NotAllowed, NothingChanged
from sanjian.base.registry.services.presence import bring_into_present

pytestmark = pytest.mark.django_db
AT = datetime(2026, 11, 20, 4, tzinfo=UTC)
LATER = AT + timedelta(days=1)
FACTS = {
    "name": "上海示例精细化工有限公司", "credit_code": credit_code("91", "310115", "20000001"), "district_id": "310115",
    "address": "浦东新区示例路 1 号", "grade": "B", "latitude": 31.2, "longitude": 121.5,
}  # fmt: skip


@pytest.fixture
def keeper() -> Account:
    city = District.objects.create(code="310000", name="上海市", is_city=True)
    District.objects.create(code="310115", name="浦东新区")
    District.objects.create(code="310116", name="金山区")
    return Account.objects.create(username="k", display_name="管", role=Role.SUPERVISOR, district=city)


@pytest.fixture
def plant(keeper: Account) -> InspectionObject:
    return objects.register_object(FACTS, actor=keeper, at=AT, valid_from=date(2025, 1, 1), roles={"discharger"})


def test_a_change_holds_from_its_day_and_the_past_stays_known(keeper: Account, plant: InspectionObject) -> None:
    objects.change_object(plant, {"grade": "D"}, actor=keeper, at=LATER, valid_from=date(2026, 3, 1), reason="核查")
    plant.refresh_from_db()
    assert plant.grade == "D"
    assert object_at(keeper, plant.pk, date(2026, 2, 28)).grade == "B"
    assert object_at(keeper, plant.pk, date(2026, 3, 1)).grade == "D"
    assert object_at(keeper, plant.pk, date(2026, 3, 1), known_at=AT).grade == "B"
    assert object_at(keeper, plant.pk, date(2024, 12, 31)) is None
    assert field_origins(plant)["grade"].valid_from == date(2026, 3, 1)
    assert field_origins(plant)["name"].recorded_at == AT


def test_a_change_for_tomorrow_waits_for_its_day(keeper: Account, plant: InspectionObject) -> None:
    day = date(2026, 12, 1)
    objects.change_object(plant, {"name": "新名"}, actor=keeper, at=LATER, valid_from=day, reason="更名")
    plant.refresh_from_db()
    assert plant.name == FACTS["name"]
    assert bring_into_present(LATER) == 0
    assert bring_into_present(datetime(2026, 12, 1, 4, tzinfo=UTC)) == 1
    plant.refresh_from_db()
    assert plant.name == "新名"
    assert [h.object_id for h in find(keeper, "精细化工")] == [plant.pk]


def test_what_cannot_be_written_is_refused(keeper: Account, plant: InspectionObject) -> None:
    told = {"actor": keeper, "at": LATER, "valid_from": date(2026, 3, 1), "reason": "x"}
    with pytest.raises(NothingChanged):
        objects.change_object(plant, FACTS, **told)
    with pytest.raises(ChangedMeanwhile):
        objects.change_object(plant, {"grade": "A"}, seen_at=AT - timedelta(days=1), **told)
    with pytest.raises(InvalidValues) as wrong:
        objects.change_object(plant, {"credit_code": "91350100M000100Y44", "industry_code": "26"}, **told)
    assert wrong.value.errors.keys() == {"credit_code", "industry_code"}
    with pytest.raises(Clash):
        objects.register_object(FACTS, actor=keeper, at=LATER, valid_from=date(2026, 1, 1))
    keeper.district = District.objects.get(code="310116")
    with pytest.raises(NotAllowed):
        objects.change_object(plant, {"grade": "A"}, **told)
    keeper.role = Role.ENFORCER
    with pytest.raises(NotAllowed):
        objects.set_role(plant, "carrier", actor=keeper, at=LATER, valid_from=date(2026, 1, 1))


def test_a_position_of_a_map_application_is_converted_once(keeper: Account) -> None:
    told = {**FACTS, "datum": "gcj02"}
    plant = objects.register_object(told, actor=keeper, at=AT, valid_from=date(2025, 1, 1))
    assert 0.001 < abs(plant.longitude - 121.5) < 0.01
    form = {**told, "latitude": plant.latitude, "longitude": plant.longitude, "grade": "A"}
    changed = objects.change_object(plant, form, actor=keeper, at=LATER, valid_from=date(2026, 1, 1), reason="x")
    assert (changed.latitude, changed.longitude) == (plant.latitude, plant.longitude)


def test_a_batch_is_one_audit_entry_and_can_be_taken_back(keeper: Account, plant: InspectionObject) -> None:
    new = {**FACTS, "credit_code": credit_code("91", "310116", "20000002"), "district_id": "310116", "name": "乙厂"}
    writes = [
        objects.ObjectWrite(plant.pk, {"grade": "A"}, date(2026, 1, 1), frozenset({"carrier"})),
        objects.ObjectWrite(None, new, date(2026, 1, 1), frozenset({"laboratory"}), frozenset({"key_gas"})),
    ]
    entries = AuditEntry.objects.count()
    done = objects.write_objects(writes, actor=keeper, at=LATER, reason="导入")
    assert (done.created, done.changed, AuditEntry.objects.count()) == (1, 1, entries + 1)
    assert object_rows(keeper, {"role": "carrier"}).count() == 1
    assert object_rows(keeper, {"role": "discharger"}, on=date(2025, 6, 1)).count() == 1
    assert len(find(keeper, "yc")) == 1
    undone = objects.undo_writes(
        done.ids, written_at=LATER, data_source=None, actor=keeper, at=LATER + timedelta(hours=1), reason="撤销"
    )
    assert (undone.restored, undone.removed, undone.refused) == (1, 1, {})
    plant.refresh_from_db()
    assert plant.grade == "B"
    assert object_at(keeper, plant.pk, date(2026, 2, 1)).grade == "B"
    assert object_at(keeper, plant.pk, date(2026, 2, 1), known_at=LATER).grade == "A"
    held = ObjectRole.objects.as_of(date(2026, 2, 1)).filter(inspection_object=plant)
    assert list(held.values_list("role", flat=True)) == ["discharger"]


def test_a_batch_that_others_built_on_is_not_taken_back(keeper: Account, plant: InspectionObject) -> None:
    objects.change_object(plant, {"grade": "C"}, actor=keeper, at=LATER, valid_from=date(2026, 1, 1), reason="x")
    undone = objects.undo_writes([plant.pk], written_at=AT, data_source=None, actor=keeper, at=LATER, reason="x")
    assert list(undone.refused) == [plant.pk]


def test_search_finds_names_codes_addresses_and_initials(keeper: Account, plant: InspectionObject) -> None:
    for text in ("精细", "上海示例", FACTS["credit_code"][:8], "示例路", "jxhg", "ＪＸＨＧ", "精细 浦东"):
        assert [h.object_id for h in find(keeper, text)] == [plant.pk], text
    assert find(keeper, "没有这家") == []
    keeper.district = District.objects.get(code="310116")
    assert find(keeper, "精细") == []
    assert list(object_rows(keeper, {}, on=date(2026, 1, 1))) == []


def test_pages_have_the_rows_in_their_order(keeper: Account, plant: InspectionObject) -> None:
    objects.change_object(plant, {"name": "甲"}, actor=keeper, at=LATER, valid_from=date(2026, 1, 1), reason="x")
    page = ObjectPages(object_rows(keeper, {"q": "精细"}), 50).get_page("9")
    assert [thing.name for thing in page] == ["甲"]
    assert ObjectVersion.objects.current().count() == 2


def test_an_import_makes_a_role_for_some_days_open_without_a_second_row(
    keeper: Account, plant: InspectionObject
) -> None:
    objects.set_role(
        plant, "carrier", actor=keeper, at=AT, valid_from=date(2025, 1, 1), valid_to=date(2026, 6, 30)
    )  # fmt: skip
    write = objects.ObjectWrite(plant.pk, {}, date(2026, 1, 1), frozenset({"carrier", "discharger"}))
    objects.write_objects([write], actor=keeper, at=LATER, reason="导入")
    for day in (date(2025, 6, 1), date(2025, 12, 31), date(2026, 1, 1), date(2026, 6, 30), date(2026, 7, 1)):
        held = ObjectRole.objects.as_of(day).filter(inspection_object=plant).order_by("role")
        assert list(held.values_list("role", flat=True)) == ["carrier", "discharger"]
