"""Changing the library by its pages: only city supervisors, errors in place, versions that can be read."""

import pytest
from django.urls import reverse

from sanjian.base.identity.models import Account, Role
from sanjian.base.registry.models import InspectionItem, LegalBasis, ObjectRole

OLD = "epl-2014-24-inspection"


@pytest.fixture
def boss(client, cast):
    client.force_login(cast.person["supervisor"])
    return client


def entered(item=None, **changes) -> dict:
    given = {
        "name": "废气排放口检查", "domain": "大气", "standard": "达标排放", "method": "both", "yearly_cap": "2",
        "valid_from": "2026-01-01", "reason": "年度修订", "roles": ["discharger"], "industry": "26，27",
        "power_basis": LegalBasis.objects.get(code="eec-2026-51-inspection").pk,
    }  # fmt: skip
    if item:
        given["seen_version"] = item.version
    return given | changes


def question(n: int, **given) -> dict:
    row = {"code": f"q{n}", "text": f"问题{n}", "kind": "yes_no", "severity": 2, "ORDER": n} | given
    return {f"q-{n}-{name}": value for name, value in row.items()}


def sheet(*rows: dict, item, **more) -> dict:
    head = {"q-TOTAL_FORMS": len(rows), "q-INITIAL_FORMS": 0, "seen_version": item.version, "reason": "修订"}
    return {key: value for part in (head, *rows, more) for key, value in part.items()}


def test_for_all_but_city_supervisors_the_pages_do_not_exist(client, cast, item):
    district = Account.objects.create(
        username="d", display_name="区监管", role=Role.SUPERVISOR, district_id=cast.plant.district_id
    )
    gets = [reverse("item_new"), reverse("item_scope_count")]
    gets += [reverse(name, args=[item.code]) for name in ("item_edit", "item_questions")]
    posts = [reverse(name, args=[item.code]) for name in ("item_edit", "item_questions", "item_publish", "item_switch")]
    for person in (district, *(p for name, p in cast.person.items() if name != "supervisor")):
        client.force_login(person)
        assert {client.get(page).status_code for page in gets} == {404}
        assert {client.post(page).status_code for page in posts} == {404}
    item.refresh_from_db()
    assert item.version == 1


def test_an_edit_makes_a_version_that_shows_what_changed(boss, item):
    address = reverse("item_edit", args=[item.code])
    assert "废气排放口及治理设施检查" in boss.get(address).content.decode()
    assert boss.post(address, entered(item)).status_code == 302
    item.refresh_from_db()
    assert (item.version, item.scope) == (2, {"roles": ["discharger"], "industry": ["26", "27"]})
    page = boss.get(reverse("item_version", args=[item.code, 2])).content.decode()
    for words in ("达标排放", "治理设施与生产同步运行", "已改", "年度修订", "现行版本", "排污单位"):
        assert words in page
    assert "过去的版本" in boss.get(reverse("item_version", args=[item.code, 1])).content.decode()


def test_errors_come_back_in_place(boss, item):
    address = reverse("item_edit", args=[item.code])
    for changes, words in (
        ({"name": ""}, "name"),
        ({"reason": ""}, "请写明修改的理由"),
        ({"industry": "C26"}, "2 至 4 位数字"),
        ({"seen_version": 7}, "刚被别人改成了新版本"),
        ({"valid_to": "2025-01-01"}, "早于启用日期"),
    ):
        answer = boss.post(address, entered(item, **changes))
        assert (answer.status_code, words in answer.content.decode()) == (422, True), words
    item.refresh_from_db()
    assert item.version == 1


def test_the_scope_is_counted_before_anything_is_saved(boss, cast, item):
    for plant in (cast.plant, cast.next_plant):
        ObjectRole.objects.create(inspection_object=plant, role="discharger", valid_from=item.valid_from)
    address = reverse("item_edit", args=[item.code])
    preview = boss.post(address, entered(item, industry="", preview="1"))
    assert (preview.status_code, "<strong>2</strong>" in preview.content.decode()) == (200, True)
    item.refresh_from_db()
    assert item.version == 1
    part = boss.get(reverse("item_scope_count"), {"roles": "discharger", "districts": "310115"}).content.decode()
    assert "<strong>1</strong>" in part
    assert "2 至 4 位数字" in boss.get(reverse("item_scope_count"), {"industry": "x"}).content.decode()


def test_a_new_item_walks_from_draft_to_published(boss):
    assert boss.post(reverse("item_new"), entered(code="legal")).status_code == 422
    assert boss.post(reverse("item_new"), entered(code="gas-outlet")).status_code == 422
    answer = boss.post(reverse("item_new"), entered(code="new-one"))
    assert answer["Location"] == reverse("item_questions", args=["new-one"])
    item = InspectionItem.objects.get(code="new-one")
    rows = [question(1), question(0, shown_when="q1 = no", kind="choice", options="a = 甲\nb = 乙 [不合格]", ORDER=2)]
    saved = boss.post(answer["Location"], sheet(*sorted(rows, key=str), item=item) | {"q-0-code": "why"})
    assert saved.status_code == 302, saved.content.decode()
    why = item.questions.current().get(code="why")
    assert [q.code for q in item.questions.current()] == ["q1", "why"]
    assert why.shown_when == {"question": "q1", "is": "no"}
    assert [o["is_fault"] for o in why.full_options] == [False, True]
    boss.post(reverse("item_publish", args=["new-one"]), {"publish": "yes", "reason": "认领完成"})
    item.refresh_from_db()
    assert item.is_published


def test_the_editor_gives_back_what_it_shows(boss, item):
    """Saving the sheet as it came changes nothing, whatever kinds and conditions it holds."""
    for one in InspectionItem.objects.all():
        page = boss.get(reverse("item_questions", args=[one.code]))
        form = page.context["rows"]
        given = {"q-TOTAL_FORMS": form.total_form_count(), "q-INITIAL_FORMS": form.initial_form_count()}
        for row in form:
            for field in row:
                value = field.value()
                if value is not None and value is not False:
                    given[field.html_name] = value
        given |= {"seen_version": 1, "reason": "x"}
        assert boss.post(reverse("item_questions", args=[one.code]), given).status_code == 302, one.code
        one.refresh_from_db()
        assert one.version == 1, one.code


def test_faults_of_the_list_are_named_and_nothing_is_lost(boss, item):
    address = reverse("item_questions", args=[item.code])
    answer = boss.post(address, sheet(question(0, shown_when="q1 = no"), question(1), item=item))
    page = answer.content.decode()
    assert (answer.status_code, "排在后面" in page, 'value="q1 = no"' in page) == (422, True, True)
    unread = boss.post(address, sheet(question(0, shown_when="whenever"), item=item))
    assert (unread.status_code, "请写成 running = no" in unread.content.decode()) == (422, True)


def test_struck_out_questions_are_retired(boss, item):
    address = reverse("item_questions", args=[item.code])
    assert boss.post(address, sheet(question(0), question(1, DELETE="on"), item=item)).status_code == 302
    assert [q.code for q in item.questions.current()] == ["q0"]
    assert item.questions.count() > 1


def test_one_click_switches_to_the_replacement_and_only_to_that(boss, item):
    InspectionItem.objects.filter(pk=item.pk).update(power_basis=LegalBasis.objects.get(code=OLD))
    page = boss.get(reverse("citations")).content.decode()
    assert "改引这一条" in page
    assert "改引这一条" not in boss.get(reverse("citations"), {"on": "2026-08-14"}).content.decode()
    address = reverse("item_switch", args=[item.code])
    boss.post(address, {"part": "power_basis", "to": "eec-2026-1088-false-data"})
    item.refresh_from_db()
    assert item.power_basis.code == OLD
    assert boss.post(address, {"part": "name", "to": "x"}).status_code == 404
    given = {"part": "power_basis", "to": "eec-2026-51-inspection", "next": reverse("citations")}
    assert boss.post(address, given)["Location"] == reverse("citations")
    item.refresh_from_db()
    assert (item.power_basis.code, item.version) == ("eec-2026-51-inspection", 2)
    away = boss.post(address, {"part": "power_basis", "to": "x", "next": "https://elsewhere.example/"})
    assert away["Location"] == reverse("item", args=[item.code])


def test_taking_an_item_back_needs_a_reason(boss, item):
    address = reverse("item_publish", args=[item.code])
    boss.post(address, {"publish": "no", "reason": " "})
    item.refresh_from_db()
    assert item.is_published
    boss.post(address, {"publish": "no", "reason": "重复"})
    item.refresh_from_db()
    assert not item.is_published
