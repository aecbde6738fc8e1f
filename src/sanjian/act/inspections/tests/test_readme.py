"""The printed state table is the one that runs."""

from pathlib import Path

from sanjian.act.inspections.rules import codes


def test_the_readme_prints_the_present_state_table():
    readme = Path(codes.__file__).parents[1] / "README.md"
    assert codes.as_markdown() in readme.read_text(encoding="utf-8")


def test_a_step_is_named_once_per_status_and_every_live_code_has_a_way_out():
    pairs = [(s.act, s.source) for s in codes.STEPS]
    assert len(pairs) == len(set(pairs))
    assert all(any(s.source == status for s in codes.STEPS) for status in codes.LIVE)
