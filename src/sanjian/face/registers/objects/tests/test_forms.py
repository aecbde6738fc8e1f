"""Keeping the register by forms: what is wrong comes back in place, who was slower decides again, nothing is lost."""

from collections.abc import Callable
from datetime import date

from django.test import Client
from django.utils import timezone

from sanjian.base.identity.models import AuditEntry
from sanjian.base.registry.models import Contact, Facility, InspectionObject, Limit, ObjectRole, Permit, Relation
from sanjian.base.registry.services import objects
from sanjian.base.registry.tests.cast import Cast, add_limit

NEW = {
    "name": "丁厂", "district_id": "310116", "credit_code": "91130200699229617X", "supervision": "general",
    "production": "operating", "datum": "wgs84", "roles": ["carrier"], "listings": ["key_gas"],
    "valid_from": "2026-02-01", "reason": "新建项目",
}  # fmt: skip


def filled(client: Client, address: str) -> dict[str, object]:
    """What a browser sends when nothing is touched."""
    form = client.get(address).context["form"]
    values = {name: form[name].value() for name in form.fields}
    return {name: value for name, value in values.items() if value is not None}


def test_an_object_is_registered_with_its_roles(keeper: Client, cast: Cast) -> None:
    answer = keeper.post("/objects/new/", NEW)
    thing = InspectionObject.objects.get(name="丁厂")
    assert answer.headers["Location"] == f"/objects/{thing.pk}/"
    assert ObjectRole.objects.get(inspection_object=thing).valid_from == date(2026, 2, 1)
    assert keeper.get(answer.headers["Location"]).status_code == 200


def test_what_is_wrong_comes_back_beside_its_field(keeper: Client, cast: Cast) -> None:
    answer = keeper.post("/objects/new/", NEW | {"credit_code": "911302006992296170"})
    assert answer.status_code == 422
    assert answer.context["form"].errors.get("credit_code")
    assert 'value="丁厂"' in answer.content.decode()
    taken = keeper.post("/objects/new/", NEW)
    assert taken.status_code == 302
    again = keeper.post("/objects/new/", NEW | {"name": "戊厂"})
    assert again.status_code == 422
    assert "已经登记" in again.content.decode()


def test_a_change_takes_effect_from_its_day_and_touches_nothing_else(plant: InspectionObject, keeper: Client) -> None:
    address = f"/objects/{plant.pk}/edit/"
    given = filled(keeper, address) | {"address": "新址 1 号", "valid_from": "2026-02-01", "reason": "搬迁"}
    assert keeper.post(address, given).status_code == 302
    plant.refresh_from_db()
    assert (plant.address, plant.name) == ("新址 1 号", "丙新厂")
    then = keeper.get(f"/objects/{plant.pk}/?on=2026-02-01").context["facts"]
    assert (then.address, then.name) == ("新址 1 号", "丙厂")  # today's name is not carried into February


def test_roles_change_with_the_same_form(plant: InspectionObject, keeper: Client) -> None:
    address = f"/objects/{plant.pk}/edit/"
    given = filled(keeper, address) | {"roles": ["discharger", "landlord"], "reason": "出租厂房"}
    assert keeper.post(address, given).status_code == 302
    assert set(keeper.get(f"/objects/{plant.pk}/").context["roles"]) == {"排污单位", "出租方"}


def test_nothing_changed_is_said(plant: InspectionObject, keeper: Client) -> None:
    address = f"/objects/{plant.pk}/edit/"
    answer = keeper.post(address, filled(keeper, address) | {"reason": "再看一遍"})
    assert answer.status_code == 422
    assert "没有任何变化" in answer.content.decode()


def test_who_was_slower_sees_both_values_and_decides_again(plant: InspectionObject, cast: Cast, keeper: Client) -> None:
    address = f"/objects/{plant.pk}/edit/"
    given = filled(keeper, address) | {"address": "我填的地址", "reason": "搬迁"}
    objects.change_object(
        plant, {"address": "别人填的地址"}, actor=cast.person["supervisor"], at=timezone.now(),
        valid_from=timezone.localdate(), reason="抢先",
    )  # fmt: skip
    answer = keeper.post(address, given)
    assert answer.status_code == 422
    assert ("地址", "我填的地址", "别人填的地址") in answer.context["conflicts"]
    again = given | {"seen": answer.context["form"]["seen"].value()}
    assert keeper.post(address, again).status_code == 302
    plant.refresh_from_db()
    assert plant.address == "我填的地址"


def test_the_legal_person_is_never_shown_in_clear_and_stays_when_left_empty(
    plant: InspectionObject, cast: Cast, keeper: Client
) -> None:
    objects.change_object(
        plant, {"legal_person": "欧阳小明"}, actor=cast.person["supervisor"], at=timezone.now(),
        valid_from=timezone.localdate(), reason="工商登记",
    )  # fmt: skip
    address = f"/objects/{plant.pk}/edit/"
    page = keeper.get(address).content.decode()
    assert "小明" not in page
    assert "不改就留空" in page
    given = filled(keeper, address)
    assert keeper.post(address, given | {"address": "新址 2 号", "reason": "搬迁"}).status_code == 302
    plant.refresh_from_db()
    assert (plant.legal_person, plant.address) == ("欧阳小明", "新址 2 号")
    again = filled(keeper, address) | {"legal_person": "王大明", "reason": "换人"}
    assert keeper.post(address, again).status_code == 302
    plant.refresh_from_db()
    assert plant.legal_person == "王大明"


def test_the_past_is_corrected_from_its_own_page(plant: InspectionObject, keeper: Client) -> None:
    address = f"/objects/{plant.pk}/edit/?on=2026-02-01"
    given = filled(keeper, address)
    assert (given["name"], str(given["valid_from"])) == ("丙厂", "2026-02-01")
    keeper.post(address, given | {"name": "丙旧厂", "reason": "当时的名称写错了"})
    assert keeper.get(f"/objects/{plant.pk}/?on=2026-02-01").context["facts"].name == "丙旧厂"
    assert InspectionObject.objects.get(pk=plant.pk).name == "丙新厂"


def test_a_permit_is_added_corrected_and_ended(plant: InspectionObject, keeper: Client) -> None:
    address = f"/objects/{plant.pk}/permits/new/"
    given = {
        "permit_no": "91350100M000100Y43001P", "kind": "permit", "valid_from": "2026-01-01", "valid_to": "2030-12-31",
        "reason": "核发",
    }  # fmt: skip
    assert keeper.post(address, given | {"permit_no": "x"}).status_code == 422
    assert keeper.post(address, given).headers["Location"] == f"/objects/{plant.pk}/#permits"
    permit = Permit.objects.get()
    own = f"/objects/{plant.pk}/permits/{permit.pk}/"
    assert keeper.post(own, filled(keeper, own) | {"issuer": "生态环境局", "reason": "补填"}).status_code == 302
    newest = Permit.objects.current().get()
    assert (newest.issuer, newest.valid_to) == ("生态环境局", date(2030, 12, 31))
    assert keeper.get(own).status_code == 404  # the row that was corrected is no longer there to correct
    end = f"/objects/{plant.pk}/permits/{newest.pk}/"
    assert keeper.post(end, {"step": "end", "last_day": "2026-10-31", "reason": ""}).status_code == 422
    assert keeper.post(end, {"step": "end", "last_day": "2026-10-31", "reason": "注销"}).status_code == 302
    assert Permit.objects.current().get().valid_to == date(2026, 10, 31)


def test_a_facility_flows_on_or_is_refused(furnished: InspectionObject, keeper: Client) -> None:
    outlet, tower = (Facility.objects.current().get(code=code) for code in ("DA001", "TA001"))
    address = f"/objects/{furnished.pk}/facilities/new/"
    given = {"code": "MF0002", "name": "离心机", "flows_to": tower.pk, "valid_from": "2026-05-01", "reason": "扩建"}
    assert keeper.post(address, given).status_code == 302
    own = f"/objects/{furnished.pk}/facilities/{outlet.pk}/"
    back = keeper.post(own, filled(keeper, own) | {"flows_to": tower.pk, "reason": "试试"})
    assert back.status_code == 422
    assert back.context["form"].errors.get("flows_to")
    still = keeper.post(
        f"/objects/{furnished.pk}/facilities/{tower.pk}/", {"step": "end", "last_day": "2026-10-31", "reason": "拆除"}
    )
    assert still.status_code == 422
    assert "MF0001" in still.content.decode()


def test_a_new_limit_ends_the_one_before_it(cast: Cast, keeper: Client, own_lake: None) -> None:
    old = add_limit(cast.point)
    given = {
        "point": cast.point.pk, "factor": "a21002", "period": "hour", "basis": "measured", "upper": "50",
        "source": "新证", "legal_basis": old.legal_basis_id, "valid_from": "2026-07-01", "reason": "换证",
    }  # fmt: skip
    assert keeper.post(f"/objects/{cast.plant.pk}/limits/new/", given).status_code == 302
    ends = Limit.objects.current().order_by("valid_from").values_list("upper", "valid_to")
    assert list(ends) == [(100, date(2026, 6, 30)), (50, None)]
    newest = Limit.objects.current().get(upper=50)
    own = f"/objects/{cast.plant.pk}/limits/{newest.pk}/"
    assert keeper.post(own, filled(keeper, own) | {"upper": "60", "reason": "看错了"}).status_code == 302
    assert Limit.objects.current().get(valid_to=None).upper == 60


def test_contacts_and_relations_are_kept(cast: Cast, plant: InspectionObject, keeper: Client) -> None:
    given = {"duty": "环保联系人", "name": "王小明", "phone": "13812345678"}
    assert keeper.post(f"/objects/{plant.pk}/contacts/new/", given | {"phone": "abc"}).status_code == 422
    keeper.post(f"/objects/{plant.pk}/contacts/new/", given)
    own = f"/objects/{plant.pk}/contacts/{Contact.objects.get().pk}/"
    assert "13812345678" not in keeper.get(own).content.decode()
    assert keeper.post(own, {"step": "end", "reason": " "}).status_code == 422
    assert Contact.objects.exists()
    keeper.post(own, {"step": "end", "reason": "已离职"})
    assert not Contact.objects.exists()
    assert AuditEntry.objects.filter(reason="已离职").count() == 1
    relation = {"kind": "group", "direction": "in", "valid_from": "2026-01-01", "reason": "工商登记"}
    address = f"/objects/{plant.pk}/relations/new/"
    assert keeper.post(address, relation | {"other": "没有"}).status_code == 422
    assert keeper.post(address, relation | {"other": cast.plant.credit_code}).status_code == 302
    stored = Relation.objects.get()
    assert (stored.subject, stored.target) == (cast.plant, plant)
    end = f"/objects/{plant.pk}/relations/{stored.pk}/end/"
    assert "请写明理由" in keeper.post(end, {"reason": " "}, follow=True).content.decode()
    assert Relation.objects.as_of(timezone.localdate()).exists()
    keeper.post(end, {"reason": "合同到期"})
    assert not Relation.objects.as_of(timezone.localdate()).exists()


def test_a_part_is_split_off_and_taken_back(furnished: InspectionObject, keeper: Client) -> None:
    address = f"/objects/{furnished.pk}/split/"
    permit = Permit.objects.get()
    given = filled(keeper, address) | {
        "name": "丙二厂", "credit_code": "", "permits": [permit.pk], "facilities": [], "points": [], "reason": "分立",
        "valid_from": "2026-09-01",
    }  # fmt: skip
    answer = keeper.post(address, given)
    assert answer.status_code == 302, answer.context["form"].errors
    made = InspectionObject.objects.get(name="丙二厂")
    assert answer.headers["Location"] == f"/objects/{made.pk}/"
    assert Permit.objects.get().inspection_object == made
    keeper.post(f"/objects/lineage/{made.lineage_of.get().pk}/undo/", {"reason": "不分了"})
    assert Permit.objects.get().inspection_object == furnished


def test_only_the_keepers_of_the_district_write(
    cast: Cast, furnished: InspectionObject, as_: Callable[[str], Client]
) -> None:
    before = AuditEntry.objects.count()
    supervisor = cast.person["supervisor"]
    supervisor.district = cast.next_plant.district
    supervisor.save()
    pages = ("edit/", "split/", "permits/new/", "facilities/new/", "limits/new/", "contacts/new/", "relations/new/")
    for name in ("officer", "supervisor", "enterprise", "auditor", "operator"):
        for path in pages:
            assert as_(name).get(f"/objects/{furnished.pk}/{path}").status_code == 404
    assert as_("supervisor").post("/objects/new/", NEW | {"district_id": "310115"}).status_code == 422
    assert AuditEntry.objects.count() == before
