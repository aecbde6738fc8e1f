"""The gate judges by what the registries say at the moment of asking, and the code keeps what they said."""

from datetime import date, timedelta

import pytest

from sanjian.act.clues.tests.cast import NOW, make_item
from sanjian.act.inspections.rules.codes import Kind
from sanjian.act.inspections.services.codes import issue_code
from sanjian.act.inspections.services.facts import visit_days
from sanjian.base.registry.models import Absence, Certificate, Interest, Listing, Officer, Power

from .registered import claim_all

TODAY = NOW.date()


@pytest.fixture
def rules_of(cast, apply_for):
    """The rules that refuse an application with some of it changed."""
    return lambda **given: [r["rule"] for r in issue_code(apply_for(**given), cast.officer, now=NOW).refusals]


def test_the_account_alone_is_not_enough_the_register_decides(cast, rules_of):
    assert cast.second_officer.certificate_no
    Officer.objects.filter(account=cast.second_officer).delete()
    assert rules_of() == ["officers_certified"]


def test_a_certificate_that_lapsed_yesterday_is_refused_and_the_newest_belief_counts(cast, rules_of):
    own = Certificate.objects.filter(officer__account=cast.second_officer)
    own.update(valid_to=TODAY - timedelta(days=1))
    assert rules_of() == ["officers_certified"]
    own.update(superseded_at=NOW, recorded_at=NOW)
    Certificate.objects.create(
        officer=own.get().officer, certificate_no="沪A9", territory=cast.plant.district, valid_from=date(2026, 1, 1)
    )
    assert rules_of() == []


def test_a_claim_that_ended_and_one_of_another_body_do_not_help(cast, rules_of):
    Power.objects.filter(body__territory=cast.plant.district).update(valid_to=TODAY - timedelta(days=1))
    assert rules_of() == ["body_has_power"]


def test_a_declared_interest_and_an_absence_keep_an_officer_away(cast, rules_of):
    officer = Officer.objects.get(account=cast.second_officer)
    Interest.objects.create(officer=officer, inspection_object=cast.plant, kind="relative", valid_from=TODAY)
    Absence.objects.create(officer=officer, first_day=TODAY, last_day=TODAY, reason="培训")
    assert rules_of() == ["no_interest", "officers_available"]


def test_a_protected_object_is_visited_for_a_clue_only(cast, clue, rules_of):
    Listing.objects.create(inspection_object=cast.plant, list_code="positive", valid_from=date(2026, 1, 1))
    assert rules_of() == ["undisturbed"]
    assert rules_of(kind=Kind.TRIGGERED, clue=clue, plan_no="") == []


def test_a_remote_item_is_checked_remotely_or_says_why_not(cast, apply_for, rules_of):
    item = make_item("remote", remote_sufficient=True)
    claim_all()
    assert rules_of(items=[item]) == ["remote_first"]
    code = issue_code(apply_for(items=[item], on_site_reason="须现场采样"), cast.officer, now=NOW)
    assert (code.status, code.on_site_reason) == ("issued", "须现场采样")


def test_an_item_applies_within_its_scope_only(rules_of):
    item = make_item("scoped", scope={"roles": ["laboratory"]})
    claim_all()
    assert rules_of(items=[item]) == ["item_applies"]


def test_the_code_keeps_name_body_and_certificate_as_registered(cast, apply_for):
    code = issue_code(apply_for(), cast.officer, now=NOW)
    Certificate.objects.filter(officer__account=cast.officer).update(certificate_no="later")
    assert list(code.officers.values_list("name", "certificate_no", "body_name")) == [
        ("执法甲", "沪A0001", "浦东新区生态环境局"), ("执法乙", "沪A0002", "浦东新区生态环境局"),
    ]  # fmt: skip


def test_the_days_of_a_window_are_all_its_local_days():
    assert visit_days(NOW, NOW + timedelta(hours=72)) == tuple(TODAY + timedelta(days=n) for n in range(4))
    assert visit_days(NOW, NOW - timedelta(days=1)) == (TODAY,)
    assert len(visit_days(NOW, NOW + timedelta(days=900))) == 8
