"""Registry facts as frames: what a family documents, and where the frames come from.

A family declares the frames that its screens read (so that `screen describe` can print them and the file mode can check
them) and, where a database exists, provides a function that builds them from the registry.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import polars as pl

from sanjian.base.lake import Column

from .contract import OPEN, Frames, Screen

Provider = Callable[[Sequence[str], Sequence[str] | None], Frames]
"""(names of frames, device codes or None for all) -> frames."""


@dataclass(frozen=True, slots=True)
class FactFrame:
    """One registry frame.

    Args:
        name: as in `Screen.facts`.
        about_zh: one sentence.
        columns: in order; `note` is Chinese, it is printed for people.
        required: the columns that a file must bring; the others are filled with null.
        is_from_rows: a rule that is not given it comes to it from the rows themselves.
    """

    name: str
    about_zh: str
    columns: tuple[Column, ...]
    required: tuple[str, ...] = ()
    is_from_rows: bool = False

    @property
    def schema(self) -> dict[str, pl.DataType]:
        """Column name to Polars type."""
        return {c.name: c.dtype for c in self.columns}

    def empty(self) -> pl.DataFrame:
        """A frame of no rows."""
        return pl.DataFrame(schema=self.schema)


_OPEN = FactFrame(
    "open",
    "本规则此前发现、尚未结束的异常（由平台提供，文件方式无需给出）",
    tuple(Column(name, dtype) for name, dtype in OPEN.items()),
    is_from_rows=True,
)
_frames: dict[tuple[str, str], FactFrame] = {}
_providers: dict[str, Provider] = {}


def declare(family: str, *frames: FactFrame) -> None:
    """Make the fact frames of a family known."""
    for frame in frames:
        _frames[family, frame.name] = frame


def frame(family: str, name: str) -> FactFrame:
    """What a family says about one of its frames. Raises KeyError when it never declared it."""
    return _OPEN if name == _OPEN.name else _frames[family, name]


def provide(family: str, provider: Provider) -> None:
    """Name the function that builds a family's frames from the database."""
    _providers[family] = provider


def load(screen: Screen, subjects: Sequence[str] | None) -> dict[str, pl.DataFrame]:
    """The facts that a screen needs, for some subjects or (None) for all; without a provider they are empty."""
    names = [n for n in screen.facts if n != _OPEN.name]
    built: Frames = {}
    if names and screen.family in _providers:
        built = _providers[screen.family](names, subjects)
    return {n: built[n] if n in built else frame(screen.family, n).empty() for n in names}
