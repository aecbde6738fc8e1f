"""The state table holds for every sequence of acts that anyone could try."""

from datetime import timedelta

import pytest
from django.db import transaction
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from sanjian.act.clues import rules
from sanjian.act.clues.models import Clue, ClueEvent
from sanjian.act.clues.rules import STEPS, State, Verdict
from sanjian.act.clues.services import ClueError, take_step
from sanjian.base.identity import audit
from sanjian.base.identity.models import AuditEntry

from .cast import NOW, make_cast

ACTS = sorted({s.act for s in STEPS})


def test_every_open_state_has_a_clock_a_department_and_a_way_out():
    for state in rules.OPEN:
        assert rules.WORKDAYS[state]
        assert rules.DEPARTMENTS[state]
        assert any(s.source == state and s.target != state for s in STEPS)
    for state in rules.FINAL:
        assert state not in rules.WORKDAYS


def test_a_step_is_named_once_per_state():
    pairs = [(s.act, s.source) for s in STEPS]
    assert len(pairs) == len(set(pairs))


def test_every_step_into_a_final_state_needs_a_verdict_and_a_reason():
    for step in STEPS:
        if step.target in rules.FINAL:
            assert set(step.requires) == {"reason", "verdict"}


class ClueMachine(RuleBasedStateMachine):
    """Anyone tries anything; what the table does not allow must change nothing."""

    def __init__(self):
        """Each example has a transaction of its own, rolled back at its end."""
        super().__init__()
        self.transaction = transaction.atomic()
        self.transaction.__enter__()

    @initialize()
    def begin(self):
        self.cast = make_cast()
        self.clue = self.cast.clue()
        self.now = NOW
        self.state = State.TO_JUDGE

    @rule(
        act=st.sampled_from([*ACTS, "fly"]),
        who=st.sampled_from(["supervisor", "officer", "enterprise", "monitor", "auditor"]),
        reason=st.sampled_from(["", "  ", "有理由"]),
        verdict=st.sampled_from(["", *Verdict]),
        by=st.sampled_from(["person", "inspection"]),
        minutes=st.sampled_from([0, 5, 45]),
    )
    def try_step(self, act, who, reason, verdict, by, minutes):
        self.now += timedelta(minutes=minutes)
        actor = getattr(self.cast, who)
        step = rules.step(act, self.state)
        allowed = (
            step is not None
            and actor.role in step.roles
            and step.by == by
            and not rules.missing(step, reason=reason, verdict=verdict)
            and not rules.is_late_to_undo(step, self.clue.state_entered_at, self.now)
        )
        audited = AuditEntry.objects.count()
        given = {"now": self.now, "reason": reason, "verdict": verdict, "by": by}
        if allowed:
            take_step(self.clue, act, actor, **given)
            assert AuditEntry.objects.count() == audited + 1
            self.state = step.target
        else:
            with pytest.raises(ClueError):
                take_step(self.clue, act, actor, **given)
            assert AuditEntry.objects.count() == audited

    @invariant()
    def stored_state_is_what_the_table_says(self):
        if not hasattr(self, "clue"):
            return
        stored = Clue.objects.get(id=self.clue.id)
        assert stored.state == self.state
        assert (stored.due_at is None) == (self.state in rules.FINAL)
        assert bool(stored.verdict) == (self.state in rules.FINAL)
        assert stored.department == rules.DEPARTMENTS.get(self.state, "")

    @invariant()
    def timeline_is_a_path_through_the_table(self):
        if not hasattr(self, "clue"):
            return
        at = ""
        for event in ClueEvent.objects.filter(clue=self.clue):
            assert event.from_state == at
            assert event.act == "open" or rules.step(event.act, State(event.from_state)).target == event.to_state
            at = event.to_state
        assert at == self.state

    def teardown(self):
        broken = audit.verify()[1]
        transaction.set_rollback(True)
        self.transaction.__exit__(None, None, None)
        assert broken is None


def test_no_sequence_of_acts_leaves_the_table(db):
    run_state_machine_as_test(
        ClueMachine,
        settings=settings(
            max_examples=15, stateful_step_count=15, deadline=None, suppress_health_check=list(HealthCheck)
        ),
    )


@pytest.mark.parametrize("severity", [1, 2, 3, 4, 5])
def test_more_severe_is_never_slower(severity):
    for days in rules.WORKDAYS.values():
        assert severity == 1 or days[severity - 1] <= days[severity - 2]
