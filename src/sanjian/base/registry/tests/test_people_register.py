"""Institutions and people: written within one's territory, audited, personal data closed."""

from datetime import date, timedelta

import pytest
from django.db import connection

from sanjian.base.identity import audit
from sanjian.base.identity.models import AuditEntry
from sanjian.base.registry.models import Body, Interest, Officer, Power
from sanjian.base.registry.queries import people as queries
from sanjian.base.registry.rules.certificates import exclusions
from sanjian.base.registry.services import people
from sanjian.base.registry.services.errors import Clash, InvalidValues, NotAllowed, NothingChanged

from .bodies import NOW, TODAY, Bodies, make_bodies


@pytest.fixture
def b(db) -> Bodies:
    return make_bodies()


def test_a_person_is_kept_by_supervisors_of_the_territory_and_nobody_else(b):
    people.save_officer(b.officer, {"post": "队长"}, actor=b.supervisor, at=NOW)
    people.save_officer(b.officer, {"post": "副队长"}, actor=b.city_supervisor, at=NOW)
    for actor in (b.next_supervisor, b.enforcer, b.auditor, b.enterprise):
        with pytest.raises(NotAllowed):
            people.save_officer(b.officer, {"post": "x"}, actor=actor, at=NOW)
    with pytest.raises(NotAllowed):  # nor is anybody moved into a body that is not one's own
        people.save_officer(b.officer, {"body": b.there}, actor=b.supervisor, at=NOW)


def test_a_change_says_what_changed_and_never_a_personal_number(b):
    people.save_officer(b.officer, {"post": "队长", "phone": "13900000000"}, actor=b.supervisor, at=NOW)
    entry = AuditEntry.objects.get(act="officer.change")
    assert entry.details["changed"] == {"post": ["", "队长"], "phone": "***"}
    assert audit.verify()[1] is None
    with pytest.raises(NothingChanged):
        people.save_officer(b.officer, {"post": "队长"}, actor=b.supervisor, at=NOW)


def test_numbers_lie_encrypted_and_one_person_is_registered_once(b):
    with connection.cursor() as cursor:
        cursor.execute("SELECT id_number, phone FROM registry_officer")
        stored = cursor.fetchone()
    assert not any("3101" in text or "1381" in text for text in stored)
    twin = {"body": b.there, "staff_no": "P2", "name": "乙", "id_number": "310115199001011234"}
    with pytest.raises(InvalidValues) as refused:
        people.save_officer(Officer(), twin, actor=None, at=NOW)
    assert "id_number" in refused.value.errors


def test_opening_a_number_needs_a_purpose_and_is_recorded(b):
    with pytest.raises(InvalidValues):
        people.reveal(b.officer, "phone", actor=b.supervisor, purpose=" ", at=NOW)
    with pytest.raises(InvalidValues):
        people.reveal(b.officer, "name", actor=b.supervisor, purpose="x", at=NOW)
    with pytest.raises(NotAllowed):
        people.reveal(b.officer, "phone", actor=b.next_supervisor, purpose="x", at=NOW)
    assert people.reveal(b.officer, "phone", actor=b.supervisor, purpose="夜间应急联系", at=NOW) == "13812345678"
    entry = audit.readers_of("officer", b.officer.pk).get()
    assert (entry.reason, entry.actor, entry.details) == ("夜间应急联系", b.supervisor, {"field": "phone"})


def test_who_sees_a_person(b):
    visible = [a for a in (b.supervisor, b.city_supervisor, b.next_supervisor, b.enforcer, b.auditor, b.enterprise)
               if Officer.objects.visible_to(a).exists()]  # fmt: skip
    assert visible == [b.supervisor, b.city_supervisor, b.enforcer, b.auditor]
    assert not Body.objects.visible_to(b.enterprise).exists()


def test_a_claim_holds_on_its_days_and_is_made_once(b):
    claim = people.claim_item(b.here, b.item, valid_from=date(2026, 1, 1), actor=b.supervisor, at=NOW)
    with pytest.raises(Clash):
        people.claim_item(b.here, b.item, valid_from=date(2026, 5, 1), actor=b.supervisor, at=NOW)
    ended = people.end_claim(claim, last_day=date(2026, 6, 30), actor=b.supervisor, at=NOW, reason="划转")
    assert Power.objects.as_of(date(2026, 6, 30)).get() == ended
    assert not Power.objects.as_of(date(2026, 7, 1)).exists()
    assert Power.objects.as_of(date(2026, 7, 1), NOW - timedelta(seconds=1)).count() == 0
    people.claim_item(b.here, b.item, valid_from=date(2026, 7, 1), actor=b.supervisor, at=NOW)
    with pytest.raises(Clash):
        people.claim_item(b.here, b.item, valid_from=date(2020, 1, 1), actor=b.supervisor, at=NOW)
    people.claim_item(
        b.here, b.item, valid_from=date(2020, 1, 1), valid_to=date(2025, 12, 31), actor=b.supervisor, at=NOW
    )
    matrix = queries.claim_rows(b.here, TODAY)
    assert [(item, power.valid_from, len(all_)) for item, power, all_ in matrix] == [(b.item, date(2026, 7, 1), 3)]


def test_a_claim_is_ended_once_however_many_try(b):
    claim = people.claim_item(b.here, b.item, valid_from=date(2026, 1, 1), actor=b.supervisor, at=NOW)
    same = Power.objects.get(pk=claim.pk)
    people.end_claim(claim, last_day=date(2026, 6, 30), actor=b.supervisor, at=NOW, reason="划转")
    with pytest.raises(Clash):
        people.end_claim(same, last_day=date(2026, 7, 30), actor=b.supervisor, at=NOW, reason="划转")


def test_a_declared_interest_is_known_to_the_own_bodys_supervisors_and_excludes(b):
    for actor in (b.next_supervisor, b.enforcer, b.auditor):
        with pytest.raises(NotAllowed):
            people.declare_interest(
                b.officer, b.plant, kind="relative", valid_from=date(2026, 1, 1), actor=actor, at=NOW
            )
    declared = people.declare_interest(
        b.officer, b.plant, kind="relative", note="其妻在该厂", valid_from=date(2026, 1, 1), actor=b.supervisor, at=NOW
    )
    assert [people.supervises(a, b.here) for a in (b.supervisor, b.city_supervisor, b.next_supervisor)] == [
        True, True, False,
    ]  # fmt: skip
    facts = queries.officer_facts(queries.with_papers(Officer.objects).get(pk=b.officer.pk))
    assert exclusions(facts, b.plant.pk, b.plant.district_id, TODAY)
    people.end_interest(declared, last_day=date(2026, 10, 31), actor=b.supervisor, at=NOW, reason="已离职")
    assert Interest.objects.count() == 2
    facts = queries.officer_facts(queries.with_papers(Officer.objects).get(pk=b.officer.pk))
    assert not exclusions(facts, b.plant.pk, b.plant.district_id, TODAY)


def test_an_interest_follows_an_object_into_the_one_it_was_merged_into(b):
    from sanjian.base.registry.models import InspectionObject

    people.declare_interest(b.officer, b.plant, kind="self", valid_from=TODAY, actor=b.supervisor, at=NOW)
    survivor = InspectionObject.objects.create(name="合并后", district=b.plant.district)
    InspectionObject.objects.filter(pk=b.plant.pk).update(survivor=survivor)
    facts = queries.officer_facts(queries.with_papers(Officer.objects).get(pk=b.officer.pk))
    assert exclusions(facts, survivor.pk, survivor.district_id, TODAY)


def test_days_away_are_noted_and_taken_back(b):
    with pytest.raises(InvalidValues):
        people.add_absence(b.officer, first_day=TODAY, last_day=TODAY - timedelta(days=1), reason="休假",
                           actor=b.supervisor, at=NOW)  # fmt: skip
    away = people.add_absence(b.officer, first_day=TODAY, last_day=TODAY, reason="休假", actor=b.supervisor, at=NOW)
    people.remove_absence(away, actor=b.supervisor, at=NOW)
    assert list(AuditEntry.objects.filter(record_kind="absence").values_list("act", flat=True)) == [
        "absence.add", "absence.remove",
    ]  # fmt: skip


def test_a_body_is_never_its_own_superior_and_an_entrusted_one_names_its_principal(b):
    with pytest.raises(InvalidValues):
        people.save_body(b.city, {"parent": b.here}, actor=b.city_supervisor, at=NOW)
    with pytest.raises(InvalidValues) as refused:
        people.save_body(b.there, {"kind": "entrusted"}, actor=b.city_supervisor, at=NOW)
    assert "entrusted_by" in refused.value.errors
    people.save_body(b.there, {"kind": "entrusted", "entrusted_by": b.city}, actor=b.city_supervisor, at=NOW)
    rows = queries.body_rows(b.city_supervisor, TODAY)
    assert [(depth, body.name) for depth, body in queries.as_tree(rows)] == [(0, "市局"), (1, "闵行局"), (1, "浦东局")]
    assert {body.name: (body.people, body.claims) for body in rows}["浦东局"] == (1, 0)
