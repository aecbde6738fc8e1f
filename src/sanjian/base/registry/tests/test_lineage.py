"""Two records that are one become one; taking it back leaves every table as it was; the id leads on for ever."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.apps import apps

from sanjian.base.identity.models import Account, AuditEntry, AuditHead
from sanjian.base.registry.models import InspectionObject, Lineage, Relation
from sanjian.base.registry.queries.finding import find
from sanjian.base.registry.queries.objects import object_rows
from sanjian.base.registry.queries.relations import relation_graph
from sanjian.base.registry.services import contacts, lineage, objects, outlets
from sanjian.base.registry.services.errors import ChangedMeanwhile, Clash, InvalidValues, NotAllowed, StillNeeded
from sanjian.base.registry.words import rebuild_words

from .cast import Cast, add_finding, make_cast

pytestmark = pytest.mark.django_db
AT = datetime(2026, 11, 23, 4, tzinfo=UTC)
LATER = AT + timedelta(hours=1)
SINCE = date(2026, 1, 1)


@pytest.fixture
def cast() -> Cast:
    cast = make_cast()
    add_finding(cast.next_point)
    told: dict[str, Any] = {"actor": None, "at": AT}
    objects.set_role(cast.next_plant, "discharger", valid_from=SINCE, **told)
    objects.relate(cast.next_plant, cast.plant, Relation.Kind.GROUP, valid_from=SINCE, **told)
    contacts.add_contact(cast.next_plant, duty="环保", name="张三", phone="13800000000", **told)
    facility = {"code": "DA001", "name": "排口", "valid_from": SINCE}
    cast.next_point.outlet = outlets.add_facility(cast.next_plant, facility, **told)
    cast.next_point.save()
    rebuild_words()
    return cast


def _tables() -> dict[str, list[dict[str, Any]]]:
    left_out = {Lineage, AuditEntry, AuditHead}
    kept = {}
    for model in apps.get_models():
        if model not in left_out:
            rows = model._base_manager.order_by("pk").values()
            kept[model._meta.label] = [{k: v for k, v in row.items() if k != "changed_at"} for row in rows]
    return kept


def test_merge_then_undo_leaves_every_table_as_it_was(cast: Cast) -> None:
    before = _tables()
    told = {"actor": cast.person["supervisor"], "reason": "同一企业"}
    Account.objects.filter(username="enterprise").update(inspection_object_id=cast.next_plant.pk)
    moved_account = _tables()
    done = lineage.merge(cast.plant, cast.next_plant, at=AT, **told)
    assert _tables() != moved_account
    lineage.undo(done, at=LATER, **told)
    assert _tables() == moved_account
    assert before.keys() == moved_account.keys()
    with pytest.raises(ChangedMeanwhile):
        lineage.undo(done, at=LATER, **told)


def test_everything_moves_and_the_id_leads_to_the_survivor(cast: Cast) -> None:
    supervisor = cast.person["supervisor"]
    lineage.merge(cast.plant, cast.next_plant, actor=supervisor, at=AT, reason="同一企业")
    assert lineage.resolve(cast.next_plant.pk) == cast.plant.pk
    assert lineage.resolve(10**9) is None
    assert {p.device_mn for p in cast.plant.points.all()} == {cast.point.device_mn, cast.next_point.device_mn}
    assert cast.plant.findings.count() == 1
    assert [h.object_id for h in find(supervisor, "乙厂")] == [cast.plant.pk]
    assert [t.pk for t in object_rows(supervisor, {})] == [cast.plant.pk]
    assert AuditEntry.objects.filter(act="object.merge").count() == 1


def test_what_cannot_be_merged_is_refused_before_anything_moves(cast: Cast) -> None:
    supervisor = cast.person["supervisor"]
    outlets.add_facility(cast.plant, {"code": "DA001", "name": "x", "valid_from": SINCE}, actor=None, at=AT)
    before = _tables()
    with pytest.raises(Clash, match="DA001"):
        lineage.merge(cast.plant, cast.next_plant, actor=supervisor, at=AT, reason="同一企业")
    with pytest.raises(InvalidValues):
        lineage.merge(cast.plant, cast.next_plant, actor=supervisor, at=AT, reason=" ")
    with pytest.raises(InvalidValues):
        lineage.merge(cast.plant, cast.plant, actor=supervisor, at=AT, reason="x")
    with pytest.raises(NotAllowed):
        lineage.merge(cast.plant, cast.next_plant, actor=cast.person["neighbour"], at=AT, reason="x")
    assert _tables() == before


def test_a_part_becomes_an_object_of_its_own_and_comes_back(cast: Cast) -> None:
    told: dict[str, Any] = {"actor": cast.person["supervisor"], "at": AT, "reason": "分立"}
    values = {"name": "丙厂", "district_id": "310116"}
    with pytest.raises(StillNeeded):
        lineage.split(cast.next_plant, values, valid_from=SINCE, points=[cast.next_point], **told)
    parts = {"points": [cast.next_point], "facilities": [cast.next_point.outlet]}
    done = lineage.split(cast.next_plant, values, valid_from=SINCE, **parts, **told)
    assert [p.pk for p in done.other.points.all()] == [cast.next_point.pk]
    lineage.undo(done, **{**told, "at": LATER})
    assert lineage.resolve(done.other_id) == cast.next_plant.pk
    assert [p.pk for p in cast.next_plant.points.all()] == [cast.next_point.pk]


def test_the_graph_shows_only_what_the_viewer_may_see(cast: Cast) -> None:
    thing = InspectionObject.objects.select_related("district").get(pk=cast.plant.pk)
    whole = relation_graph(cast.person["supervisor"], thing)
    assert [n.name for n in whole.nodes] == ["甲厂", "乙厂"]
    assert [(e.subject, e.target) for e in whole.edges] == [(cast.next_plant.pk, cast.plant.pk)]
    assert len(relation_graph(cast.person["officer"], thing).nodes) == 1


def test_opening_a_contact_is_recorded(cast: Cast) -> None:
    contact = cast.next_plant.contacts.get()
    with pytest.raises(NotAllowed):
        contacts.reveal_contact(contact, actor=cast.person["officer"], at=AT, purpose="联系")
    with pytest.raises(InvalidValues):
        contacts.reveal_contact(contact, actor=cast.person["neighbour"], at=AT, purpose="")
    shown = contacts.reveal_contact(contact, actor=cast.person["neighbour"], at=AT, purpose="联系整改")
    assert shown == ("张三", "13800000000")
    assert AuditEntry.objects.filter(act="read", reason="联系整改").count() == 1
