"""Codes are issued through the gate, once, and say why not."""

from datetime import date, timedelta

import pytest

from sanjian.act.clues.services import StepNotAllowed
from sanjian.act.clues.tests.cast import NOW, make_item
from sanjian.act.inspections.models import InspectionCode
from sanjian.act.inspections.rules.codes import Kind
from sanjian.act.inspections.services import codes
from sanjian.act.inspections.services.codes import issue_code
from sanjian.act.inspections.services.errors import CodeError
from sanjian.base.identity import audit
from sanjian.base.registry.models import LegalBasis

from .registered import claim_all


def rules_of(code: InspectionCode) -> list[str]:
    return [refusal["rule"] for refusal in code.refusals]


def test_an_issued_code_is_long_random_and_signed(cast, apply_for):
    first, second = (
        issue_code(
            apply_for(window_from=NOW + timedelta(days=d), window_to=NOW + timedelta(days=d, hours=8)),
            cast.officer,
            now=NOW,
        )
        for d in (0, 1)
    )
    assert first.status == second.status == "issued"
    assert len(first.code_id) == 26
    assert first.code_id != second.code_id
    assert first.token.startswith("SJ1.")
    assert list(first.officers.values_list("name", "certificate_no")) == [("执法甲", "沪A0001"), ("执法乙", "沪A0002")]
    assert audit.verify()[1] is None


def test_a_code_for_an_item_whose_basis_expired_on_the_visit_day_is_refused_with_the_rule(cast, apply_for):
    old = LegalBasis.objects.create(
        code="old",
        instrument="水污染防治法",
        article="第三十条",
        text="-",
        valid_from=date(2018, 1, 1),
        valid_to=date(2026, 8, 14),
    )
    item = make_item("old-item", duty_basis=old)
    claim_all()
    code = issue_code(apply_for(items=[item]), cast.officer, now=NOW)
    assert code.status == "refused"
    assert rules_of(code) == ["basis_in_force"]
    assert code.token == ""


def test_an_unpublished_item_is_refused(cast, apply_for):
    draft = make_item("draft", is_published=False)
    claim_all()
    code = issue_code(apply_for(items=[draft]), cast.officer, now=NOW)
    assert rules_of(code) == ["items_published"]


def test_one_officer_is_refused(cast, apply_for):
    assert rules_of(issue_code(apply_for(officers=[cast.officer]), cast.officer, now=NOW)) == ["two_officers"]


def test_an_officer_of_the_next_district_is_refused(cast, apply_for):
    officers = [cast.officer, cast.next_district_officer]
    assert rules_of(issue_code(apply_for(officers=officers), cast.officer, now=NOW)) == ["officers_in_territory"]


def test_planned_visit_cap_plus_one_is_refused_and_triggered_is_allowed(cast, apply_for, clue):
    for day in range(3):
        window = {"window_from": NOW + timedelta(days=day), "window_to": NOW + timedelta(days=day, hours=2)}
        code = issue_code(apply_for(**window), cast.officer, now=NOW)
        assert code.visit_no_in_year == day + 1
    assert code.status == "refused"
    assert rules_of(code) == ["yearly_cap"]
    window = {"window_from": NOW + timedelta(days=3), "window_to": NOW + timedelta(days=3, hours=2)}
    triggered = issue_code(apply_for(kind=Kind.TRIGGERED, clue=clue, **window), cast.officer, now=NOW)
    assert triggered.status == "issued"
    assert triggered.visit_no_in_year == 2


def test_a_triggered_code_needs_a_clue_that_supervision_dispatched(cast, apply_for):
    undispatched = cast.clue()
    code = issue_code(apply_for(kind=Kind.TRIGGERED, clue=undispatched), cast.officer, now=NOW)
    assert rules_of(code) == ["plan_or_trigger"]


def test_a_dispatched_clue_that_nobody_accepted_gets_no_code(cast, apply_for, clue):
    from sanjian.act.clues.models import Clue

    Clue.objects.filter(id=clue.id).update(state="dispatched")
    clue.refresh_from_db()
    with pytest.raises(StepNotAllowed):
        issue_code(apply_for(kind=Kind.TRIGGERED, clue=clue), cast.officer, now=NOW)
    assert not InspectionCode.objects.exists()


def test_an_overlapping_code_for_the_same_object_is_refused_as_a_merge(cast, apply_for):
    issue_code(apply_for(), cast.officer, now=NOW)
    assert rules_of(issue_code(apply_for(), cast.officer, now=NOW)) == ["one_code_at_a_time"]


def test_submitting_the_same_application_twice_is_one_code(cast, apply_for):
    first = issue_code(apply_for(), cast.officer, now=NOW, request_key="k")
    assert issue_code(apply_for(), cast.officer, now=NOW, request_key="k") == first
    assert InspectionCode.objects.count() == 1


@pytest.mark.parametrize("who", ["supervisor", "enterprise", "operator", "auditor"])
def test_only_enforcement_may_apply(cast, apply_for, who):
    with pytest.raises(CodeError):
        issue_code(apply_for(), getattr(cast, who), now=NOW)


def test_an_officer_of_the_next_district_may_not_apply_for_this_object(cast, apply_for):
    with pytest.raises(CodeError):
        issue_code(apply_for(), cast.next_district_officer, now=NOW)


def test_a_cancelled_code_needs_a_reason_and_is_final(cast, apply_for):
    code = issue_code(apply_for(), cast.officer, now=NOW)
    with pytest.raises(CodeError):
        codes.cancel_code(code, cast.officer, reason=" ", now=NOW)
    codes.cancel_code(code, cast.officer, reason="改期", now=NOW)
    with pytest.raises(CodeError):
        codes.cancel_code(code, cast.officer, reason="再取消", now=NOW)
    assert issue_code(apply_for(), cast.officer, now=NOW).status == "issued"


def test_an_unused_code_expires_with_its_window(cast, apply_for):
    code = issue_code(apply_for(), cast.officer, now=NOW)
    assert codes.expire_codes(NOW + timedelta(hours=8)) == 0
    assert codes.expire_codes(NOW + timedelta(hours=8, seconds=1)) == 1
    code.refresh_from_db()
    assert code.status == "expired"


def test_an_emergency_goes_first_and_is_approved_by_someone_else_within_a_day(cast, apply_for):
    code = issue_code(apply_for(kind=Kind.EMERGENCY, plan_no="", reason="污水外溢"), cast.officer, now=NOW)
    assert code.status == "issued"
    assert not codes.is_irregular(code, NOW + timedelta(hours=24))
    assert codes.is_irregular(code, NOW + timedelta(hours=25))
    with pytest.raises(CodeError):
        codes.approve_late(code, cast.officer, now=NOW)
    with pytest.raises(CodeError):
        codes.approve_late(code, cast.supervisor, now=NOW + timedelta(hours=25))
    codes.approve_late(code, cast.supervisor, now=NOW + timedelta(hours=2))
    assert code.approver == cast.supervisor
    assert not codes.is_irregular(code, NOW + timedelta(hours=25))
    with pytest.raises(CodeError):
        codes.approve_late(code, cast.supervisor, now=NOW + timedelta(hours=3))
