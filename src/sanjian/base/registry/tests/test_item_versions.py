"""A published item never changes without a new version beside the old one, and only its keepers change it."""

from datetime import UTC, datetime, timedelta

import pytest

from sanjian.base.identity import audit
from sanjian.base.identity.models import AuditEntry
from sanjian.base.registry.models import InspectionItem, ItemVersion, LegalBasis, Question
from sanjian.base.registry.services import items, load_code_lists
from sanjian.base.registry.services.items import ItemError, NotTheirs, Overtaken

from .cast import Cast, make_cast

NOW = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)


@pytest.fixture
def cast(db) -> Cast:
    cast = make_cast()
    load_code_lists()
    return cast


@pytest.fixture
def item(cast) -> InspectionItem:
    return InspectionItem.objects.get(code="gas-outlet")


def change(cast, item, changes, **more):
    given = {"actor": cast.person["supervisor"], "at": NOW, "reason": "年度修订", "seen_version": item.version}
    return items.change_item(item, changes, **(given | more))


def rows(item) -> list[dict]:
    names = [name for name in items.QUESTION_FIELDS if name != "order"]
    return [{name: getattr(q, name) for name in names} for q in item.questions.current()]


def save(cast, item, wanted, **more):
    given = {"actor": cast.person["supervisor"], "at": NOW, "reason": "修订问题", "seen_version": item.version}
    return items.save_questions(item, wanted, **(given | more))


def test_a_change_makes_a_version_and_keeps_what_was_said_before(cast, item):
    said = item.standard
    change(cast, item, {"standard": "新的标准", "yearly_cap": 1})
    assert (item.version, item.standard, item.yearly_cap) == (2, "新的标准", 1)
    first, second = ItemVersion.objects.filter(item=item).order_by("version")
    assert (first.content["standard"], second.content["standard"]) == (said, "新的标准")
    assert len(first.content["questions"]) == len(rows(item))
    assert (second.reason, second.actor) == ("年度修订", cast.person["supervisor"])
    assert items.version_at(item, NOW - timedelta(days=1)) == first
    assert items.version_at(item, NOW) == second
    assert AuditEntry.objects.get(act="item.change").details == {"version": 2, "fields": ["standard", "yearly_cap"]}
    assert audit.verify()[1] is None


def test_what_does_not_change_makes_no_version(cast, item):
    change(cast, item, {"standard": item.standard}, reason="")
    save(cast, item, rows(item), reason="")
    assert item.version == 1
    assert not ItemVersion.objects.exists()


def test_two_editors_cannot_overwrite_each_other(cast, item):
    other = InspectionItem.objects.get(pk=item.pk)
    change(cast, item, {"yearly_cap": 1})
    with pytest.raises(Overtaken):
        change(cast, other, {"yearly_cap": 9}, seen_version=1)
    with pytest.raises(Overtaken):
        save(cast, other, rows(other)[:-1], seen_version=1)
    item.refresh_from_db()
    assert (item.yearly_cap, item.version, ItemVersion.objects.count()) == (1, 2, 2)


@pytest.mark.parametrize("who", ["officer", "monitor", "auditor", "operator", "enterprise", "neighbour"])
def test_only_a_supervisor_of_the_whole_city_changes_the_library(cast, item, who):
    with pytest.raises(NotTheirs):
        change(cast, item, {"yearly_cap": 1}, actor=cast.person[who])
    with pytest.raises(NotTheirs):
        save(cast, item, [], actor=cast.person[who])
    with pytest.raises(NotTheirs):
        items.add_item({"code": "x", "name": "x"}, actor=cast.person[who], at=NOW)


def test_a_change_needs_its_reason_and_a_scope_that_can_be_read(cast, item):
    with pytest.raises(ItemError, match="理由"):
        change(cast, item, {"yearly_cap": 1}, reason=" ")
    with pytest.raises(ItemError) as error:
        change(cast, item, {"scope": {"roles": ["pirate"]}})
    assert error.value.problems == ["条件“roles”中没有“pirate”"]


def test_a_changed_question_is_retired_and_the_answered_one_stays(cast, item):
    wanted = rows(item)
    wanted[0]["text"] = "治理设施是否同步运行（含启停）"
    removed = wanted.pop()
    save(cast, item, wanted)
    old = Question.objects.filter(item=item, retired_at=NOW)
    assert {q.code for q in old} == {wanted[0]["code"], removed["code"]}
    assert item.questions.current()[0].text == "治理设施是否同步运行（含启停）"
    before = item.questions.asked_at(NOW - timedelta(seconds=1))
    assert len(before) == len(wanted) + 1
    assert list(item.questions.asked_at(NOW)) == list(item.questions.current())
    assert len(ItemVersion.objects.get(item=item, version=1).content["questions"]) == len(wanted) + 1


def test_order_is_part_of_the_list(cast, item):
    wanted = list(reversed([row for row in rows(item) if not row["shown_when"]]))
    save(cast, item, wanted)
    assert [q.code for q in item.questions.current()] == [row["code"] for row in wanted]


def test_a_list_with_faults_is_not_saved_and_every_fault_is_named(cast, item):
    wanted = [
        {"code": "a", "text": "甲", "kind": "choice", "options": ["x"]},
        {"code": "b", "text": "乙", "filled_from": "weather.today", "shown_when": {"question": "c", "is": 1}},
    ]
    with pytest.raises(ItemError) as error:
        save(cast, item, wanted)
    assert error.value.problems == [
        "问题“a”至少要有两个不同的选项",
        "问题“b”的出现条件引用了不存在的“c”",
        "问题“b”的自动填写来源“weather.today”不存在",
    ]
    assert item.version == 1


def test_a_new_item_is_a_draft_until_it_can_be_used(cast):
    boss = cast.person["supervisor"]
    item = items.add_item({"code": "new-item", "name": "新事项", "standard": "…"}, actor=boss, at=NOW)
    assert not item.is_published
    with pytest.raises(ItemError, match="没有检查问题"):
        items.set_published(item, True, actor=boss, at=NOW, reason="认领")
    save(cast, item, [{"code": "a", "text": "甲", "kind": "yes_no"}])
    with pytest.raises(ItemError, match="检查权"):
        items.set_published(item, True, actor=boss, at=NOW, reason="认领")
    power = LegalBasis.objects.get(code="eec-2026-51-inspection")
    change(cast, item, {"power_basis": power})
    assert item.version == 1  # a draft may still be rewritten
    for _twice in range(2):
        items.set_published(item, True, actor=boss, at=NOW, reason="认领")
    assert AuditEntry.objects.filter(act="item.publish").count() == 1
    with pytest.raises(ItemError, match="已被使用"):
        items.add_item({"code": "new-item", "name": "又一个"}, actor=boss, at=NOW)


def test_switching_to_the_replacement_is_a_version_like_any_other(cast, item):
    old = LegalBasis.objects.get(code="epl-2014-24-inspection")
    change(cast, item, {"power_basis": old})
    items.switch_basis(item, "power_basis", actor=cast.person["supervisor"], at=NOW, to=old.replaced_by)
    assert (item.power_basis, item.version) == (old.replaced_by, 3)
    assert [v.content["power_basis"] for v in item.versions.order_by("version")] == [
        "eec-2026-51-inspection", "epl-2014-24-inspection", "eec-2026-51-inspection",
    ]  # fmt: skip
