"""Every screen says what it claims to find, in words that the truth knows."""

import sanjian.watch.sources.screens  # noqa: F401 -- registers them
from sanjian.base.screening.contract import all_screens
from sanjian.city.dust.cheats import CAUSES
from sanjian.city.parts import parts
from sanjian.city.score.expected import EXPECTED, together
from sanjian.city.sources import cheats, honest

CAUSES_ACTED_OUT = {*cheats.GAS, *cheats.WATER, *honest.VIOLATIONS, *CAUSES}


def test_every_screen_is_declared_and_no_other() -> None:
    own = {screen.name for screen in all_screens() if screen.run.__module__.startswith("sanjian.watch.")}
    assert set(EXPECTED) == own


def test_declared_causes_are_acted_out_and_none_is_innocent() -> None:
    named = set().union(*(one.causes for one in EXPECTED.values()))
    assert named <= CAUSES_ACTED_OUT
    assert not named & set(honest.LOOK_ALIKES)


def test_a_screen_claims_only_what_one_of_its_kinds_may_point_at() -> None:
    for one in EXPECTED.values():
        assert one.claims <= frozenset().union(*one.kinds.values())
        assert one.parts <= {part.name for part in parts() if part.devices}


def test_clues_claim_what_the_screens_claim_between_them() -> None:
    assert together(set(EXPECTED)).claims == {"treatment_failure", "frozen_analyser", "offline"}
