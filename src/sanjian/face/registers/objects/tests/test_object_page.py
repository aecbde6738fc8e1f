"""一企一档: one page gathers what is known, today or as of a day, for whoever may know it."""

from collections.abc import Callable
from datetime import date, timedelta

from django.test import Client
from django.utils import timezone

from sanjian.act.clues.services import take_finding
from sanjian.base.identity.models import AuditEntry
from sanjian.base.registry.models import Contact, InspectionObject, Lineage, Relation
from sanjian.base.registry.services import lineage, outlets, relations
from sanjian.base.registry.tests.cast import Cast, add_finding, add_limit, saw

from .conftest import FIRST_AT, LATER_AT


def test_one_page_gathers_what_every_capability_knows(cast: Cast, keeper: Client, own_lake: None) -> None:
    now = timezone.now()
    add_limit(cast.point)
    saw(cast.point, now, value=128)
    add_finding(cast.point, started_at=now - timedelta(hours=5))
    page = keeper.get(f"/objects/{cast.plant.pk}/")
    [(row, [value])] = page.context["points"]
    assert row.point == cast.point
    assert (value.value, value.limit.upper, value.is_over) == (128, 100, True)
    text = page.content.decode()
    for said in ("氮氧化物", "超过限值", "执行中的限值", "设施与排口", "排污许可", "联系人", "关系", "检查"):
        assert said in text


def test_the_tree_is_drawn_from_production_to_outlet(furnished: InspectionObject, keeper: Client) -> None:
    picture = keeper.get(f"/objects/{furnished.pk}/").context["picture"]
    assert [[node.code for node in chain] for chain in picture.chains] == [["MF0001", "TA001", "DA001"]]
    assert len(picture.arrows) == 2
    across = {box.node.code: box.x for box in picture.boxes}
    assert across["MF0001"] < across["TA001"] < across["DA001"]


def test_each_fact_says_where_it_comes_from(plant: InspectionObject, keeper: Client) -> None:
    lines = {line.name: line for line in keeper.get(f"/objects/{plant.pk}/").context["lines"]}
    assert lines["address"].origin is not None
    assert lines["address"].origin.valid_from == date(2026, 1, 1)
    assert lines["credit_code"].value == "91350100M000100Y43"


def test_a_day_in_the_address_shows_the_facts_of_that_day(furnished: InspectionObject, keeper: Client) -> None:
    page = keeper.get(f"/objects/{furnished.pk}/?on=2026-02-01")
    assert (page.context["facts"].name, page.context["roles"]) == ("丙厂", [])
    assert "截至 2026-02-01 的状态（按今日所知）" in page.content.decode()
    then = keeper.get(f"/objects/{furnished.pk}/?on=2026-06-02&known=2026-05-01T08:00")
    assert then.context["facts"].name == "丙厂"
    assert then.context["permits"] == []  # recorded in June
    before = keeper.get(f"/objects/{furnished.pk}/?on=2025-12-31")
    assert before.status_code == 200
    assert "这一天还没有这个对象的记录" in before.content.decode()


def test_a_permit_is_marked_sixty_days_before_it_ends(plant: InspectionObject, cast: Cast, keeper: Client) -> None:
    today, code = timezone.localdate(), "91350100M000100Y43"
    for n, left in enumerate((60, 61, 0, -1), 1):
        values = {
            "permit_no": f"{code}00{n}P",
            "valid_from": date(2020, 1, 1),
            "valid_to": today + timedelta(days=left),
        }
        outlets.add_permit(plant, values, actor=cast.person["supervisor"], at=timezone.now())
    rows = keeper.get(f"/objects/{plant.pk}/").context["permits"]
    standing = {row.permit.permit_no[20]: row.standing for row in rows}
    assert standing == {"1": "ending", "2": "good", "3": "ending", "4": "ended"}


def test_the_history_tells_both_times_and_what_was_corrected(
    plant: InspectionObject, cast: Cast, keeper: Client
) -> None:
    from sanjian.base.registry.services import objects

    objects.change_object(
        plant, {"address": "示例路 5 号"}, actor=cast.person["supervisor"], at=timezone.now(),
        valid_from=date(2026, 2, 1), reason="核对门牌",
    )  # fmt: skip
    page = keeper.get(f"/objects/{plant.pk}/history/")
    text = page.content.decode()
    assert "示例路 3 号 → <strong>示例路 5 号</strong>" in text
    assert "丙厂 → <strong>丙新厂</strong>" in text
    assert "后来被更正" in text
    assert "核对门牌" in text


def test_a_state_that_only_ended_is_not_told_as_a_correction(plant: InspectionObject, keeper: Client) -> None:
    page = keeper.get(f"/objects/{plant.pk}/history/")
    renamed, registered = page.context["steps"]
    assert (renamed.version.name, registered.version.name) == ("丙新厂", "丙厂")
    assert (registered.recorded_at, renamed.recorded_at) == (FIRST_AT, LATER_AT)
    assert registered.version.valid_to == date(2026, 5, 31)
    assert not renamed.is_corrected
    assert not registered.is_corrected


def test_relations_are_those_of_the_day(furnished: InspectionObject, cast: Cast, keeper: Client) -> None:
    relation = Relation.objects.get()
    relations.unrelate(
        relation, actor=cast.person["supervisor"], at=timezone.now(), last_day=date(2026, 9, 30), reason="合同到期"
    )
    address = f"/objects/{furnished.pk}/"
    assert keeper.get(address).context["relations"] == []
    [then] = keeper.get(f"{address}?on=2026-09-30").context["relations"]
    assert (then.other.name, then.is_out) == ("甲厂", False)
    assert len(keeper.get(f"{address}graph.json?on=2026-09-30").json()["edges"]) == 1
    assert keeper.get(f"{address}graph.json").json()["edges"] == []


def test_people_are_masked_and_opening_them_is_kept(
    furnished: InspectionObject, contact: Contact, as_: Callable[[str], Client]
) -> None:
    officer = as_("officer")
    page = officer.get(f"/objects/{furnished.pk}/").content.decode()
    assert "13812345678" not in page
    assert "138****5678" in page
    address = f"/objects/{furnished.pk}/contacts/{contact.pk}/reveal/"
    assert officer.get(address).status_code == 405
    assert "13812345678" not in officer.post(address, {"purpose": " "}, follow=True).content.decode()
    opened = officer.post(address, {"purpose": "预约到场检查"})
    assert "13812345678" in opened.content.decode()
    assert "no-store" in opened.headers["Cache-Control"]
    assert AuditEntry.objects.get(reason="预约到场检查").record_id == str(furnished.pk)
    assert "预约到场检查" in as_("auditor").get(f"/objects/{furnished.pk}/").content.decode()
    assert "谁看过" not in page
    assert as_("neighbour").post(address, {"purpose": "x"}).status_code == 404


def test_an_enterprise_sees_its_own_page_and_no_other(
    cast: Cast, furnished: InspectionObject, contact: Contact, as_: Callable[[str], Client], own_lake: None
) -> None:
    own = as_("enterprise")
    page = own.get(f"/objects/{cast.plant.pk}/")
    assert page.status_code == 200
    assert "谁看过" not in page.content.decode()
    for path in ("", "history/", "graph.json", "edit/"):
        assert own.get(f"/objects/{furnished.pk}/{path}").status_code == 404
    assert own.get(f"/objects/{cast.plant.pk}/edit/").status_code == 404
    assert own.get("/objects/new/").status_code == 404


def test_an_enterprise_hears_of_a_clue_only_when_it_is_asked(
    cast: Cast, as_: Callable[[str], Client], own_lake: None
) -> None:
    clue = take_finding(add_finding(cast.point, started_at=timezone.now() - timedelta(hours=5)))
    address = f"/objects/{cast.plant.pk}/"
    assert clue.clue_no in as_("officer").get(address).content.decode()
    own = as_("enterprise")
    page = own.get(address)
    assert clue.clue_no not in page.content.decode()
    assert [row.open_clues for row in own.get("/objects/").context["rows"]] == [0]
    assert "关系" not in page.content.decode()  # others' names are not its to see


def test_the_reason_of_a_change_is_for_officials(
    plant: InspectionObject, cast: Cast, as_: Callable[[str], Client]
) -> None:
    person = cast.person["enterprise"]
    person.inspection_object_id = plant.pk
    person.save()
    history = f"/objects/{plant.pk}/history/"
    assert "名称变更" in as_("officer").get(history).content.decode()
    told = as_("enterprise").get(history).content.decode()
    assert "名称变更" not in told
    assert "丙新厂" in told


def test_the_graph_holds_what_the_viewer_may_see(
    furnished: InspectionObject, cast: Cast, as_: Callable[[str], Client]
) -> None:
    data = as_("officer").get(f"/objects/{furnished.pk}/graph.json").json()
    assert {node["name"] for node in data["nodes"]} == {"丙新厂", "甲厂"}
    assert data["edges"] == [{"from": cast.plant.pk, "to": furnished.pk, "label": "出租给"}]
    assert len(as_("enterprise").get(f"/objects/{cast.plant.pk}/graph.json").json()["nodes"]) == 1


def test_a_merged_id_leads_to_the_survivor_and_the_merge_can_be_taken_back(
    plant: InspectionObject, cast: Cast, keeper: Client
) -> None:
    done = lineage.merge(cast.plant, plant, actor=cast.person["supervisor"], at=timezone.now(), reason="同一家")
    answer = keeper.get(f"/objects/{plant.pk}/?on=2026-03-01")
    assert answer.headers["Location"] == f"/objects/{cast.plant.pk}/?on=2026-03-01"
    assert keeper.get(f"/objects/{plant.pk}/edit/").status_code == 404
    assert keeper.post(f"/objects/lineage/{done.pk}/undo/", {"reason": ""}, follow=True).status_code == 200
    assert Lineage.objects.get().undone_at is None
    keeper.post(f"/objects/lineage/{done.pk}/undo/", {"reason": "弄错了"})
    assert Lineage.objects.get().undone_at is not None
    assert keeper.get(f"/objects/{plant.pk}/").status_code == 200
