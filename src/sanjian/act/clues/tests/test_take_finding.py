"""A finding becomes a clue, or joins the one it belongs to."""

from datetime import timedelta

from sanjian.act.clues.models import Clue, ClueEvent
from sanjian.act.clues.services import take_finding, take_step
from sanjian.base.identity import audit
from sanjian.base.live.models import LiveEvent

from .cast import NOW


def settle(clue, cast, verdict, at):
    """Dismiss (false) or walk to a confirmed close."""
    if verdict.startswith("false"):
        take_step(clue, "dismiss", cast.supervisor, now=at, reason="量程设置错误", verdict=verdict)
        return
    take_step(clue, "dispatch", cast.supervisor, now=at, reason="核查")
    take_step(clue, "accept", cast.officer, now=at)
    take_step(clue, "check_in", cast.officer, now=at, by="inspection")
    take_step(clue, "finish_visit", cast.officer, now=at, by="inspection")
    take_step(clue, "close", cast.officer, now=at, reason="现场属实", verdict=verdict)


def test_a_finding_opens_a_clue_with_number_clock_department_and_audit(cast):
    clue = take_finding(cast.finding(severity=4, confidence=0.8), True, now=NOW)
    assert clue.clue_no == "XS-2026-000001"
    assert (clue.state, clue.department, clue.priority) == ("to_judge", "supervisor", 64)
    assert clue.due_at.astimezone(NOW.tzinfo).date() == (NOW + timedelta(days=1)).date()
    assert audit.verify() == (1, None)
    assert clue.inspection_object == cast.plant


def test_taking_the_same_finding_again_changes_nothing(cast):
    finding = cast.finding()
    clue = take_finding(finding, True, now=NOW)
    again = take_finding(finding, False, now=NOW + timedelta(minutes=1))
    assert again == clue
    assert ClueEvent.objects.count() == 1
    assert LiveEvent.objects.filter(kind="clue.opened").count() == 1


def test_findings_of_one_subject_and_cause_join_the_open_clue(cast):
    clue = cast.clue()
    for hours in range(1, 4):
        finding = cast.finding(started_at=NOW + timedelta(hours=hours))
        assert take_finding(finding, True, now=NOW + timedelta(hours=hours)) == clue
    assert clue.findings.count() == 4
    assert [e.act for e in clue.events.all()] == ["open", "join", "join", "join"]


def test_another_cause_is_another_clue(cast):
    assert cast.clue() != cast.clue(kind="frozen_value")
    assert Clue.objects.count() == 2


def test_a_more_severe_finding_raises_the_open_clue_and_shortens_its_clock(cast):
    clue = cast.clue(severity=2, confidence=0.5)
    due = clue.due_at
    joined = take_finding(cast.finding(severity=5, confidence=1.0), True, now=NOW)
    clue.refresh_from_db()
    assert joined == clue
    assert (clue.severity, clue.priority) == (5, 100)
    assert clue.due_at < due


def test_after_a_false_alarm_the_same_is_quiet_for_a_week_and_then_new(cast):
    clue = cast.clue()
    settle(clue, cast, "false_rule", NOW)
    soon = take_finding(cast.finding(started_at=NOW + timedelta(days=2)), True, now=NOW + timedelta(days=2))
    late = take_finding(cast.finding(started_at=NOW + timedelta(days=9)), True, now=NOW + timedelta(days=9))
    assert soon == clue
    assert late != clue


def test_a_false_alarm_does_not_hide_something_worse(cast):
    clue = cast.clue(severity=2)
    settle(clue, cast, "false_data", NOW)
    worse = cast.finding(severity=4, started_at=NOW + timedelta(hours=2))
    assert take_finding(worse, True, now=NOW + timedelta(hours=2)) != clue


def test_what_happens_again_after_a_confirmed_violation_is_a_new_clue(cast):
    clue = cast.clue()
    settle(clue, cast, "confirmed", NOW + timedelta(hours=3))
    same_episode = cast.finding(started_at=NOW + timedelta(hours=1))
    again = cast.finding(started_at=NOW + timedelta(hours=5))
    assert take_finding(same_episode, True, now=NOW + timedelta(hours=4)) == clue
    assert take_finding(again, True, now=NOW + timedelta(hours=6)) != clue


def test_numbers_start_anew_each_year(cast):
    cast.clue()
    next_year = take_finding(cast.finding(kind="frozen_value"), True, now=NOW + timedelta(days=60))
    assert next_year.clue_no == "XS-2027-000001"
