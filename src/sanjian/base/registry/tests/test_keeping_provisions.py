"""Provisions are added, succeeded, corrected and verified; every step says who, when and on what ground."""

from datetime import UTC, date, datetime

import pytest

from sanjian.base.identity.models import AuditEntry
from sanjian.base.registry import citations
from sanjian.base.registry.models import LegalBasis
from sanjian.base.registry.services import legal_bases, load_code_lists
from sanjian.base.registry.services.errors import InvalidValues
from sanjian.base.registry.services.items import ItemError, NotTheirs, Overtaken

from .cast import Cast, make_cast

NOW = datetime(2026, 11, 24, 2, tzinfo=UTC)
ARTICLE = {"code": "law-2027-3", "instrument": "某法", "article": "第三条", "text": "应当如此。",
           "valid_from": date(2027, 1, 1), "valid_to": None}  # fmt: skip
STANDING = "eec-2026-51-inspection"


@pytest.fixture
def cast(db) -> Cast:
    cast = make_cast()
    load_code_lists()
    return cast


@pytest.fixture
def boss(cast):
    return cast.person["supervisor"]


def add(boss, replaces=None, **changes) -> LegalBasis:
    return legal_bases.add_basis(ARTICLE | changes, actor=boss, at=NOW, reason="修法", replaces=replaces)


def test_a_successor_ends_the_former_the_day_before_and_conduct_finds_its_own_version(boss):
    former = LegalBasis.objects.get(code=STANDING)
    new = add(boss, former)
    former.refresh_from_db()
    assert (former.valid_to, former.replaced_by, new.is_verified) == (date(2026, 12, 31), new, False)
    assert citations.basis_on(new, date(2026, 12, 31)) == former
    assert citations.basis_on(former, date(2027, 1, 1)) == new
    assert any(x.citation.basis_code == STANDING for x in citations.lapsed(date(2027, 1, 1)))
    assert not any(x.citation.basis_code == STANDING for x in citations.lapsed(date(2026, 12, 31)))


def test_two_provisions_may_lead_to_one_and_none_leads_to_two(boss):
    new = add(boss)
    olds = [LegalBasis.objects.get(code=code) for code in (STANDING, "eec-2026-52-seizure")]
    for old in olds:
        legal_bases.succeed(old, new, actor=boss, at=NOW, reason="")
    with pytest.raises(Overtaken):
        legal_bases.succeed(olds[0], add(boss, code="other"), actor=boss, at=NOW, reason="")
    with pytest.raises(ItemError):
        legal_bases.succeed(new, olds[0], actor=boss, at=NOW, reason="")
    assert LegalBasis.objects.filter(replaced_by=new).count() == 2


def test_a_former_that_ended_earlier_keeps_its_day(boss):
    old = add(boss, code="old", valid_from=date(2020, 1, 1), valid_to=date(2025, 6, 30))
    legal_bases.succeed(old, add(boss), actor=boss, at=NOW, reason="")
    assert old.valid_to == date(2025, 6, 30)


def test_a_refused_successor_leaves_nothing_behind(boss):
    with pytest.raises(ItemError):
        add(boss, LegalBasis.objects.get(code=STANDING), valid_from=date(2020, 1, 1))
    assert not LegalBasis.objects.filter(code=ARTICLE["code"]).exists()
    assert not AuditEntry.objects.filter(act="legal_basis.add").exists()


def test_verification_has_a_person_a_time_and_a_source_and_ends_with_a_correction(boss):
    basis = add(boss)
    assert legal_bases.verification_of(basis) is None
    with pytest.raises(ItemError):
        legal_bases.verify(basis, True, actor=boss, at=NOW, source=" ", seen=legal_bases.mark_of(basis))
    legal_bases.verify(basis, True, actor=boss, at=NOW, source="公报 2026 年第 3 期", seen=legal_bases.mark_of(basis))
    told = legal_bases.verification_of(basis)
    assert told is not None
    assert (told.actor, told.at, told.reason) == (boss, NOW, "公报 2026 年第 3 期")
    seen = legal_bases.mark_of(basis)
    with pytest.raises(ItemError):
        legal_bases.correct_basis(basis, {"text": "另一句。"}, actor=boss, at=NOW, reason="", seen=seen)
    basis = legal_bases.correct_basis(basis, {"text": "另一句。"}, actor=boss, at=NOW, reason="录入有误", seen=seen)
    assert (basis.text, basis.is_verified, legal_bases.verification_of(basis)) == ("另一句。", False, None)


def test_nobody_verifies_or_corrects_what_changed_since_they_read_it(boss):
    basis = add(boss)
    seen = legal_bases.mark_of(basis)
    legal_bases.correct_basis(basis, {"article": "第四条"}, actor=boss, at=NOW, reason="录入有误", seen=seen)
    with pytest.raises(Overtaken):
        legal_bases.correct_basis(basis, {"article": "第五条"}, actor=boss, at=NOW, reason="x", seen=seen)
    with pytest.raises(Overtaken):
        legal_bases.verify(basis, True, actor=boss, at=NOW, source="公报", seen=seen)
    assert LegalBasis.objects.get(pk=basis.pk).article == "第四条"


def test_versions_never_overlap(boss):
    new = add(boss, LegalBasis.objects.get(code=STANDING))
    former = LegalBasis.objects.get(code=STANDING)
    for basis, values in ((former, {"valid_to": None}), (former, {"valid_to": date(2027, 1, 1)}),
                          (new, {"valid_from": date(2026, 12, 31)})):  # fmt: skip
        seen = legal_bases.mark_of(basis)
        with pytest.raises(ItemError):
            legal_bases.correct_basis(basis, values, actor=boss, at=NOW, reason="x", seen=seen)
    assert LegalBasis.objects.get(code=STANDING).valid_to == date(2026, 12, 31)


def test_a_taken_code_and_days_in_the_wrong_order_are_said_by_field(boss):
    with pytest.raises(InvalidValues) as refused:
        add(boss, code=STANDING)
    assert "code" in refused.value.errors
    with pytest.raises(InvalidValues):
        add(boss, valid_to=date(2026, 1, 1))


def test_only_supervisors_of_the_whole_city_keep_provisions(cast, boss):
    basis = add(boss)
    for name, person in cast.person.items():
        if name == "supervisor":
            continue
        with pytest.raises(NotTheirs):
            legal_bases.verify(basis, True, actor=person, at=NOW, source="x", seen=legal_bases.mark_of(basis))
