"""The day of the conduct selects the provision: the switch of 2026-08-15 is the case built in."""

import json
from datetime import UTC, date, datetime

import pytest
import typer

from sanjian.base.identity.models import AuditEntry
from sanjian.base.registry import citations
from sanjian.base.registry.citation_commands import citations as command
from sanjian.base.registry.models import InspectionItem, LegalBasis
from sanjian.base.registry.services import load_code_lists

LAST_OLD, FIRST_NEW = date(2026, 8, 14), date(2026, 8, 15)
OLD, NEW = "epl-2014-24-inspection", "eec-2026-51-inspection"


@pytest.fixture
def library(db) -> InspectionItem:
    """The items and provisions as they are installed."""
    load_code_lists()
    return InspectionItem.objects.get(code="gas-outlet")


def of(item: InspectionItem, on: date) -> dict[str, list[str]]:
    """The lapsed citations of one item: part -> codes to cite instead."""
    found = [x for x in citations.lapsed(on) if (x.citation.kind, x.citation.record_id) == ("items", item.code)]
    return {x.citation.part: sorted(b.code for b in x.instead) for x in found}


def test_on_the_last_day_the_old_citation_is_fine_and_the_new_one_not_yet(library):
    assert of(library, LAST_OLD) == {
        "duty_basis": ["air-law-2018-24-monitoring", "epl-2014-42-duty", "water-law-2017-23-monitoring"],
        "power_basis": [OLD],
        "penalty_basis": ["air-law-2018-99", "water-law-2017-83"],
    }
    InspectionItem.objects.filter(pk=library.pk).update(power_basis=LegalBasis.objects.get(code=OLD))
    assert "power_basis" not in of(library, LAST_OLD)


def test_on_the_first_day_the_new_citation_is_fine_and_the_old_one_has_lapsed(library):
    assert of(library, FIRST_NEW) == {}
    InspectionItem.objects.filter(pk=library.pk).update(power_basis=LegalBasis.objects.get(code=OLD))
    assert of(library, FIRST_NEW) == {"power_basis": [NEW]}


@pytest.mark.clause("行政处罚法 2021 第三十七条")
@pytest.mark.parametrize("cited", [OLD, NEW])
def test_conduct_before_and_decision_after_the_switch_offers_both(library, cited):
    basis = LegalBasis.objects.get(code=cited)
    choice = citations.lighter_choice(basis, date(2026, 8, 10), date(2026, 9, 1))
    assert ([b.code for b in choice.then], [b.code for b in choice.now], choice.must_be_made) == ([OLD], [NEW], True)
    same = citations.lighter_choice(basis, date(2026, 8, 20), date(2026, 9, 1))
    assert ([b.code for b in same.then], same.must_be_made) == ([NEW], False)


def test_a_provision_leads_both_ways_and_to_all_that_it_replaced(library):
    new = LegalBasis.objects.get(code="eec-2026-1107-over-standard")
    assert {b.code for b in citations.bases_on(new, LAST_OLD)} == {"air-law-2018-99", "water-law-2017-83"}
    assert citations.basis_on(new, LAST_OLD) is None  # two: a person picks
    assert citations.basis_on(LegalBasis.objects.get(code="air-law-2018-99"), FIRST_NEW) == new
    assert citations.basis_on(new, date(2010, 1, 1)) is None
    family = [b.code for b in citations.family_of(new)]
    assert set(family) == {"air-law-2018-99", "water-law-2017-83", new.code}
    assert family[-1] == new.code


def test_every_citer_is_heard_and_one_that_switches_by_itself_is_not_blamed(library):
    cited = [
        citations.Citation("screens", "a", "规则", "law", OLD, valid_to=LAST_OLD),
        citations.Citation("screens", "a", "规则", "law", NEW, valid_from=FIRST_NEW),
        citations.Citation("templates", "t", "模板", "law", OLD),
        citations.Citation("templates", "t", "模板", "law", "no-such-provision"),
    ]
    before = dict(citations._citers)
    try:
        citations.cite("test", lambda: cited)
        found = [x for x in citations.lapsed(FIRST_NEW) if x.citation.kind in {"screens", "templates"}]
    finally:
        citations._citers.clear()
        citations._citers.update(before)
    mine = [x for x in found if x.citation.record_id in {"a", "t"}]
    assert [(x.citation.record_id, x.citation.basis_code, [b.code for b in x.instead]) for x in mine] == [
        ("t", OLD, [NEW]), ("t", "no-such-provision", []),
    ]  # fmt: skip


def test_the_installed_library_cites_nothing_that_has_lapsed(library):
    assert [x.citation for x in citations.lapsed(date(2026, 11, 23)) if x.citation.kind == "items"] == []


def test_the_daily_look_is_told_once_until_it_changes(library):
    now = datetime(2026, 8, 15, 1, tzinfo=UTC)
    checks = AuditEntry.objects.filter(act="citations.check")
    assert citations.check(now, FIRST_NEW) == 0
    assert not checks.exists()
    InspectionItem.objects.filter(pk=library.pk).update(power_basis=LegalBasis.objects.get(code=OLD))
    for _day in range(2):
        assert citations.check(now, FIRST_NEW) == 1
    assert [entry.details["citations"] for entry in checks] == [[["items", "gas-outlet", OLD]]]
    InspectionItem.objects.filter(pk=library.pk).update(power_basis=LegalBasis.objects.get(code=NEW))
    assert citations.check(now, FIRST_NEW) == 0
    assert checks.all().count() == 2


def test_the_command_lists_what_has_lapsed_and_fails_then(library, capsys):
    command("2026-11-23", True)
    assert json.loads(capsys.readouterr().out) == {"on": "2026-11-23", "count": 0, "citations": []}
    InspectionItem.objects.filter(pk=library.pk).update(power_basis=LegalBasis.objects.get(code=OLD))
    with pytest.raises(typer.Exit):
        command("2026-11-23", True)
    (one,) = json.loads(capsys.readouterr().out)["citations"]
    assert (one["record_id"], one["basis_code"], one["instead"][0]["code"]) == ("gas-outlet", OLD, NEW)
    with pytest.raises(typer.Exit):
        command("2026-11-23", False)
    assert "《生态环境法典》第五十一条" in capsys.readouterr().out
    with pytest.raises(typer.BadParameter):
        command("yesterday", False)
