"""The printed state table is the one that runs."""

from pathlib import Path

from sanjian.act.clues import rules


def test_the_readme_prints_the_present_state_table():
    assert rules.as_markdown() in (Path(rules.__file__).parent / "README.md").read_text(encoding="utf-8")
