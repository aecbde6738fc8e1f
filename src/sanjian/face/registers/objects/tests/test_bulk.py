"""Changing many at once: what was looked at is what is done, each history tells it, and it can be taken back."""

from collections.abc import Callable

import pytest
from django.test import Client

from sanjian.base.identity.models import AuditEntry
from sanjian.base.registry.models import InspectionObject, ObjectRole, ObjectVersion
from sanjian.base.registry.services.objects import register_object
from sanjian.base.registry.tests.cast import Cast

from .conftest import FIRST_AT, START

KEY = {"change": "supervision:set:key", "valid_from": "2026-09-01", "reason": "年度名录"}


def looked_at(client: Client, given: dict[str, object]) -> dict[str, object]:
    """The form of the preview, as the browser would send it on."""
    context = client.post("/objects/bulk/", given | {"step": "preview"}).context
    return given | {"step": "apply", "digest": context["digest"]}


@pytest.fixture
def sister(cast: Cast) -> InspectionObject:
    """Another object with a history."""
    values = {"name": "戊厂", "district_id": "310115"}
    return register_object(values, actor=cast.person["supervisor"], at=FIRST_AT, valid_from=START)


def test_chosen_rows_are_changed_and_taken_back(
    sister: InspectionObject, plant: InspectionObject, keeper: Client
) -> None:
    before = dict(InspectionObject.objects.values_list("pk", "supervision"))
    given = KEY | {"id": [sister.pk, plant.pk]}
    preview = keeper.post("/objects/bulk/", given | {"step": "preview"})
    assert (preview.context["will"], preview.context["same"]) == (2, 0)
    assert dict(InspectionObject.objects.values_list("pk", "supervision")) == before
    assert keeper.post("/objects/bulk/", looked_at(keeper, given)).headers["Location"] == "/objects/bulk/"
    assert InspectionObject.objects.filter(supervision="key").count() == 2
    assert ObjectVersion.objects.current().filter(inspection_object=plant, reason="年度名录").exists()
    assert "已修改 2 家" in keeper.get("/objects/bulk/").content.decode()
    assert "刚才的批量修改，可撤销" in keeper.get("/objects/").content.decode()
    assert AuditEntry.objects.filter(act="object.write_many", reason="年度名录").count() == 1
    said = keeper.post("/objects/bulk/", {"step": "undo", "reason": "弄错了"}, follow=True).content.decode()
    assert "已撤销 2 家的修改" in said
    assert dict(InspectionObject.objects.values_list("pk", "supervision")) == before
    assert "刚才的批量修改" not in keeper.get("/objects/").content.decode()
    assert "没有可以撤销" in keeper.post("/objects/bulk/", {"step": "undo"}, follow=True).content.decode()


def test_all_that_the_filters_find_are_changed_and_no_other(
    cast: Cast, plant: InspectionObject, keeper: Client
) -> None:
    given = {"change": "role:add:landlord", "valid_from": "2026-09-01", "reason": "普查", "all": "1",
             "query": "district=310115"}  # fmt: skip
    keeper.post("/objects/bulk/", looked_at(keeper, given))
    held = set(ObjectRole.objects.current().filter(role="landlord").values_list("inspection_object", flat=True))
    assert held == {cast.plant.pk, plant.pk}
    again = keeper.post("/objects/bulk/", given | {"step": "preview"})
    assert (again.context["will"], again.context["same"]) == (0, 2)
    keeper.post("/objects/bulk/", looked_at(keeper, given | {"change": "role:take:discharger"}))
    assert not ObjectRole.objects.current().filter(role="discharger", valid_to=None).exists()
    keeper.post("/objects/bulk/", {"step": "undo"})
    assert ObjectRole.objects.current().filter(role="discharger", valid_to=None).exists()


def test_a_set_that_changed_since_is_shown_again_not_done(cast: Cast, keeper: Client) -> None:
    given = KEY | {"all": "1", "query": ""}
    sent = looked_at(keeper, given)
    InspectionObject.objects.create(name="刚来的", district=cast.plant.district)
    answer = keeper.post("/objects/bulk/", sent)
    assert answer.status_code == 200
    assert "请重新核对" in answer.content.decode()
    assert not InspectionObject.objects.filter(supervision="key").exists()


def test_nothing_chosen_or_a_wrong_form_changes_nothing(cast: Cast, keeper: Client) -> None:
    assert "请先勾选" in keeper.post("/objects/bulk/", {"step": "choose"}, follow=True).content.decode()
    wrong = keeper.post("/objects/bulk/", KEY | {"id": [cast.plant.pk], "step": "apply", "change": "name:set:x"})
    assert wrong.status_code == 422
    assert not InspectionObject.objects.filter(supervision="key").exists()


def test_objects_of_another_district_are_not_among_them(
    cast: Cast, plant: InspectionObject, as_: Callable[[str], Client]
) -> None:
    supervisor = cast.person["supervisor"]
    supervisor.district = cast.next_plant.district
    supervisor.save()
    keeper = as_("supervisor")
    given = KEY | {"id": [cast.plant.pk, cast.next_plant.pk]}
    assert keeper.post("/objects/bulk/", given | {"step": "preview"}).context["will"] == 1
    assert as_("officer").post("/objects/bulk/", given | {"step": "preview"}).status_code == 404
