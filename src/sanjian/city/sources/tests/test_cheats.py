"""Each cheat does what its cause says, in its interval and nowhere else; the innocent only look like something."""

import numpy as np
import polars as pl
import pytest

from sanjian.city.clock import DAY
from sanjian.city.minutes import MAINTENANCE, STOPPED, Minutes
from sanjian.city.plan import Plan
from sanjian.city.sources import cheats, honest
from sanjian.city.sources.events import events
from sanjian.city.sources.processes import PROCESSES
from sanjian.city.truth.ledger import CHEAT, Event

PLAN, SINCE, UNTIL = Plan(0.01, 1), 5 * DAY + 600, 5 * DAY + 900
AT = slice(600, 900)
GAS = {"device_mn": "C1", "process": "coal_boiler", "medium": "gas"}
WATER = {"device_mn": "W1", "process": "chemical_water", "medium": "water"}


def act(cause: str, size: float, row: dict[str, str] = GAS, factor: str = "") -> tuple[Minutes, Minutes]:
    """The day as it is and as it is sent."""
    event = Event(1, "sources", row["device_mn"], 1, CHEAT, cause, SINCE, UNTIL, size, factor)
    true = honest.minutes(PLAN, row, 5)
    return true, cheats.act_out(PLAN, row, 5, true, [event])


@pytest.mark.parametrize("cause", [*cheats.GAS, *honest.HAPPENINGS])
def test_nothing_changes_outside_of_the_interval(cause: str) -> None:
    size = {"replay": 3.0, "treatment_failure": 4.0}.get(cause, 0.5)
    true, sent = act(cause, size)
    early = 600 - cheats.FELT_BEFORE_MIN
    for code, series in true.values.items():
        assert np.array_equal(series[:early], sent.values[code][:early])
        assert np.array_equal(series[900:], sent.values[code][900:])
    assert (true.flags[900:] == sent.flags[900:]).all()
    assert not sent.is_silent[900:].any()


def test_dilution_lowers_all_gases_by_one_factor_and_raises_oxygen() -> None:
    true, sent = act("dilution", 0.4)
    honest.fail(true, AT, cheats.HIDDEN)
    for code in ("a21026", "a21002", "a34013"):
        assert np.allclose(sent.values[code][AT] / true.values[code][AT], 0.6)
    assert (sent.values["a19001"][AT] > true.values["a19001"][AT]).all()


def test_a_clamp_keeps_every_value_under_the_limit_that_is_broken_behind_it() -> None:
    true, sent = act("clamp", 0.95)
    honest.fail(true, AT, cheats.HIDDEN)
    assert (true.values["a21002"][AT] > 100).any()
    assert sent.values["a21002"][AT].max() <= 95


def test_a_slope_touches_one_factor_only() -> None:
    true, sent = act("edited_slope", 0.5, factor="a21002")
    honest.fail(true, AT, cheats.HIDDEN)
    assert np.allclose(sent.values["a21002"][AT], 0.5 * true.values["a21002"][AT])
    assert np.array_equal(sent.values["a21026"], true.values["a21026"])


def test_a_frozen_signal_is_constant() -> None:
    _true, sent = act("frozen_analyser", 0.5, factor="a21026")
    assert set(sent.values["a21026"][AT]) == {25.0}


def test_who_pulls_the_plug_or_marks_maintenance_does_so_while_the_limit_is_broken() -> None:
    for cause, hidden in (("offline", lambda m: m.is_silent[AT].all()), ("false_maintenance", _marked)):
        _true, sent = act(cause, 5.0)
        assert hidden(sent)
        assert sent.values["a21002"][AT].mean() > 100


def _marked(found: Minutes) -> bool:
    return bool((found.flags[AT] == MAINTENANCE).all())


def test_a_swapped_sample_is_clean_and_hardly_moves() -> None:
    true, sent = act("swapped_sample", 0.1, WATER)
    swapped = sent.values["w01018"][AT]
    assert swapped.mean() < 0.3 * true.values["w01018"][AT].mean()
    assert swapped.std() / swapped.mean() < 0.02


def test_a_replay_sends_the_minutes_of_days_ago() -> None:
    _true, sent = act("replay", 3.0)
    assert np.array_equal(sent.values["a21002"][AT], honest.minutes(PLAN, GAS, 2).values["a21002"][AT])


def test_a_shutdown_looks_like_one_in_every_factor() -> None:
    _true, sent = act("shutdown", 0.0)
    assert sent.values["a00000"][AT].max() == 0
    assert sent.values["a19001"][AT].min() > 20
    assert (sent.flags[AT] == STOPPED).all()


def test_events_come_at_the_rates_that_are_stated() -> None:
    names = list(PROCESSES)
    rows = [(f"P{n:05d}", n, PROCESSES[names[n % 9]].medium, names[n % 9]) for n in range(4000)]
    points = pl.DataFrame(rows, schema=["device_mn", "object_no", "medium", "process"], orient="row")
    found = events(PLAN, {"points": points})
    share = sum(event.nature == CHEAT for event in found) / len(rows)
    assert 0.05 < share < 0.07
    assert found == events(PLAN, {"points": points})
    assert {event.cause for event in found} == {*cheats.GAS, *cheats.WATER, *honest.VIOLATIONS, *honest.LOOK_ALIKES}
