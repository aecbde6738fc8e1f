"""Which provisions the screens cite, for the citations report.

A screen names them with the days of conduct for which it uses them, in parameters that are a tuple of dated laws.
"""

from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from typing import Any

from sanjian.base.registry.citations import Citation

from .contract import all_screens
from .families import load


def screen_citations() -> Iterator[Citation]:
    """The citations of every screen, with the defaults of its parameters."""
    load()
    for screen in all_screens():
        for part, law in _laws(screen.parameters):
            yield Citation("screens", screen.name, screen.name, part, law.code, law.valid_from, law.valid_to)


def _laws(parameters: Any) -> Iterator[tuple[str, Any]]:
    """Parameters that look like dated laws: base knows no family, so it goes by their shape."""
    for field in fields(parameters) if is_dataclass(parameters) else ():
        values = getattr(parameters, field.name)
        for value in values if isinstance(values, tuple) else ():
            if all(hasattr(value, name) for name in ("code", "valid_from", "valid_to")):
                yield field.name, value
