"""The cast, and a clue that waits for its inspection."""

from datetime import timedelta

import pytest

from sanjian.act.clues.models import Clue
from sanjian.act.clues.services import take_step
from sanjian.act.clues.tests.cast import NOW, Cast, make_cast
from sanjian.act.inspections.models import InspectionCode
from sanjian.act.inspections.rules.codes import Kind
from sanjian.act.inspections.services.codes import issue_code
from sanjian.act.inspections.services.facts import Application

from .registered import register_officers


@pytest.fixture
def cast(db) -> Cast:
    """People and a plant in the database; the officers stand in the register with body, certificate and powers."""
    cast = make_cast()
    register_officers(cast)
    return cast


@pytest.fixture
def clue(cast: Cast) -> Clue:
    """A clue that was dispatched and accepted."""
    clue = cast.clue()
    take_step(clue, "dispatch", cast.supervisor, now=NOW, reason="数据真实，建议现场核查")
    take_step(clue, "accept", cast.officer, now=NOW)
    return clue


@pytest.fixture
def apply_for(cast: Cast):
    """An application that passes the gate, with some of it changed."""

    def make(**given) -> Application:
        facts = {
            "kind": Kind.PLANNED,
            "inspection_object": cast.plant,
            "items": [cast.item],
            "officers": [cast.officer, cast.second_officer],
            "window_from": NOW,
            "window_to": NOW + timedelta(hours=8),
            "plan_no": "JH-2026-0001",
            "reason": "核实超标预警",
        }
        return Application(**(facts | given))

    return make


@pytest.fixture
def code(cast: Cast, clue: Clue, apply_for) -> InspectionCode:
    """A triggered code for the clue, issued."""
    code = issue_code(apply_for(kind=Kind.TRIGGERED, plan_no="", clue=clue), cast.officer, now=NOW)
    assert code.status == "issued", code.refusals
    return code
