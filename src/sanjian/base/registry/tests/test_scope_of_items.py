"""Which objects an item applies to: the rule and the query always agree, and a mistake never widens it."""

import random
from datetime import date, timedelta

import pytest
from django.utils import timezone

from sanjian.base.identity.models import Account, District, Role
from sanjian.base.registry.item_queries import facts_of, objects_in_scope
from sanjian.base.registry.models import InspectionObject, Listing, ObjectRole, ObjectVersion
from sanjian.base.registry.rules.scope import Facts, applies, faults

ROLES, LISTS = ["discharger", "laboratory", "carrier"], ["key_water", "key_gas"]
CLASSES, SUPERVISION = ["key", "simplified", ""], ["key", "general", "simple"]
INDUSTRIES, DISTRICTS = ["2614", "2710", "2600", ""], ["310115", "310116"]
CHOICES = {
    "roles": ROLES, "lists": LISTS, "permit_class": CLASSES[:2], "supervision": SUPERVISION,
    "industry": ["26", "2614", "27"], "districts": DISTRICTS,
}  # fmt: skip


def some(dice: random.Random, values: list[str]) -> list[str]:
    return dice.sample(values, dice.randint(1, len(values)))


@pytest.fixture
def things(db) -> list[InspectionObject]:
    """Sixty objects drawn by a seed, with roles and lists that begin and end."""
    for code in DISTRICTS:
        District.objects.create(code=code, name=code)
    dice, today = random.Random(7), timezone.localdate()  # noqa: S311  # the same draw every time
    made = []
    for n in range(60):
        facts = {
            "name": f"第 {n} 家", "district_id": dice.choice(DISTRICTS), "permit_class": dice.choice(CLASSES),
            "supervision": dice.choice(SUPERVISION), "industry_code": dice.choice(INDUSTRIES),
        }  # fmt: skip
        thing = InspectionObject.objects.create(**facts)
        past = {**facts, "industry_code": dice.choice(INDUSTRIES), "permit_class": dice.choice(CLASSES)}
        ends = today - timedelta(days=10)
        if dice.random() < 0.8:
            ObjectVersion.objects.create(inspection_object=thing, valid_from=date(2025, 1, 1), valid_to=ends, **past)
        for model, name, values in ((ObjectRole, "role", ROLES), (Listing, "list_code", LISTS)):
            for value in dice.sample(values, dice.randint(0, len(values))):
                start = today - timedelta(days=dice.choice([0, 5, 400]))
                end = dice.choice([None, today, start + timedelta(days=3)])
                model.objects.create(
                    inspection_object=thing, valid_from=start, valid_to=end if end is None or end >= start else None,
                    **{name: value},
                )  # fmt: skip
        made.append(thing)
    return made


def test_the_query_says_what_the_rule_says(things):
    """Over random objects, random scopes, and three days of which one is past."""
    city = District.objects.create(code="310000", name="市", is_city=True)
    viewer = Account.objects.create(username="c", display_name="c", role=Role.SUPERVISOR, district=city)
    dice, today = random.Random(11), timezone.localdate()  # noqa: S311  # the same draw every time
    for on in (today, today + timedelta(days=1), today - timedelta(days=30)):
        facts = {thing.pk: facts_of(thing, on) for thing in things}
        for _turn in range(40):
            keys = dice.sample(sorted(CHOICES), dice.randint(0, 4))
            scope = {key: some(dice, CHOICES[key]) for key in keys}
            expected = {pk for pk, fact in facts.items() if applies(scope, fact)}
            assert set(objects_in_scope(viewer, scope, on).values_list("pk", flat=True)) == expected, scope


def test_objects_outside_the_viewers_scope_are_not_counted(things):
    officer = Account.objects.create(username="o", display_name="o", role=Role.ENFORCER, district_id="310115")
    stranger = Account.objects.create(username="s", display_name="s", role=Role.OPERATOR)
    today = timezone.localdate()
    assert {t.district_id for t in objects_in_scope(officer, {}, today)} == {"310115"}
    assert not objects_in_scope(stranger, {}, today).exists()


def test_an_object_that_was_merged_away_is_not_inspected(things):
    InspectionObject.objects.filter(pk=things[0].pk).update(survivor=things[1].pk)
    officer = Account.objects.create(
        username="o", display_name="o", role=Role.ENFORCER, district_id=things[0].district_id
    )
    assert things[0] not in objects_in_scope(officer, {}, timezone.localdate())


@pytest.mark.parametrize(
    "scope", [{"roles": []}, {"rolls": ["discharger"]}, {"industry": [""]}, {"roles": "discharger"}]
)
def test_a_mistake_in_a_scope_narrows_and_never_widens(scope, things):
    facts = Facts(frozenset(ROLES), frozenset(LISTS), "key", "key", "2614", "310115")
    officer = Account.objects.create(username="o", display_name="o", role=Role.ENFORCER, district_id="310115")
    assert not applies(scope, facts)
    assert not objects_in_scope(officer, scope, timezone.localdate()).exists()
    assert faults(scope)


def test_faults_name_what_is_wrong():
    known = {"roles": ROLES}
    assert faults({}, known) == []
    assert faults({"roles": ["discharger"], "industry": ["26", "2614"]}, known) == []
    assert [facts for _message, facts in faults({"roles": ["pirate"], "industry": ["C26"], "x": ["y"]}, known)] == [
        {"key": "roles", "value": "pirate"}, {"value": "C26"}, {"key": "x"},
    ]  # fmt: skip
    assert faults(["not a scope"])
