"""What a column of a file is, and how a line of titles is understood."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

from sanjian.base.identity.personal import masked_number

from . import cells
from .cells import Parser, plain


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a register.

    Attributes:
        weight: how much it counts in the completeness report; 0 leaves it out.
        choices: labels for the drop-down of the template.
        is_code: written as text in the template, because spreadsheets spoil codes.
        is_personal: encrypted from the moment it is read, masked on every page by `mask`.
        can_clear: whether a cell may empty what is registered.
    """

    field: str
    head: str
    parse: Parser
    aliases: tuple[str, ...] = ()
    is_required: bool = False
    weight: int = 1
    choices: tuple[str, ...] = ()
    is_code: bool = False
    is_personal: bool = False
    mask: Callable[[str], str] = masked_number
    can_clear: bool = True
    sample: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class Spec:
    """The columns of one register. `key` are the fields any one of which says which record a line speaks of."""

    register: str
    columns: tuple[Column, ...]
    key: tuple[str, ...]
    check: Callable[[dict[str, Any]], list[list[str]]] = field(default=lambda _values: [])

    def column(self, name: str) -> Column:
        """A column by its field."""
        return next(c for c in self.columns if c.field == name)

    def heads(self, head: Iterable[str]) -> list[Column | None]:
        """Which column each title of a file means; None for a title that no column has."""
        known = {_title(name): c for c in self.columns for name in (c.field, c.head, *c.aliases)}
        return [known.get(_title(title)) for title in head]


def _title(title: str) -> str:
    return plain(title).lower().translate(str.maketrans("", "", " _-*＊:：()（）"))


def one_of(choices: list[tuple[Any, Any]]) -> dict[str, Any]:
    """How a column reads one of a model's choices."""
    labels = {str(key): str(label) for key, label in choices}
    return {"parse": cells.choice(labels), "choices": tuple(labels.values())}


def some_of(choices: list[tuple[Any, Any]]) -> dict[str, Any]:
    """How a column reads several of a model's choices."""
    labels = {str(key): str(label) for key, label in choices}
    return {"parse": cells.several(labels), "note": "可填多个，用顿号分开：" + "、".join(labels.values())}
