"""What the guides name exists, and what can be set is in the guide."""

import re
from dataclasses import fields
from pathlib import Path

from typer.core import TyperGroup
from typer.main import get_command

from sanjian.base.config import Config
from sanjian.cli import app

ROOT = Path(__file__).parents[1]
GUIDES = {
    name: (ROOT / name).read_text(encoding="utf-8") for name in ("README.md", "docs/operate.md", "docs/develop.md")
}


def test_every_setting_is_in_the_operators_guide_and_no_other() -> None:
    told = set(re.findall(r"SANJIAN_[A-Z0-9_]+", GUIDES["docs/operate.md"]))
    told -= {"SANJIAN_CONFIG", "SANJIAN_GATEWAY_", "SANJIAN_GATEWAY_PER_ADDRESS"}
    assert told == {f"SANJIAN_{field.name.upper()}" for field in fields(Config)}


def test_every_command_that_a_guide_shows_exists() -> None:
    commands = get_command(app).commands  # type: ignore[attr-defined]
    groups = {name: set(c.commands) for name, c in commands.items() if isinstance(c, TyperGroup)}
    shown = [
        words for text in GUIDES.values() for words in re.findall(r"sanjian ([a-z][a-z-]*)(?: ([a-z][a-z-]*))?", text)
    ]
    assert len(shown) > 20
    known_first = [first for first, _second in shown if first in commands]
    assert set(known_first) >= {"audit", "registry", "rekey", "screen", "finding", "replay"}
    assert not [f"{first} {second}" for first, second in shown if first in groups and second not in groups[first]]


def test_every_file_that_a_guide_names_exists() -> None:
    named = {n for text in GUIDES.values() for n in re.findall(r"`((?:src|docs|tests|bench)/[\w/.-]+)`", text)}
    assert not [name for name in sorted(named) if not (ROOT / name).exists()]
