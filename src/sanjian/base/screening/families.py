"""Finding the screens that exist, without a database: every package `sanjian.watch.<family>.screens` registers its
own.
"""

import importlib
import importlib.util
import pkgutil

from .contract import Screen, all_screens


def load() -> None:
    """Import the screens of every family. Base knows no family by name; it looks where families live."""
    watch = importlib.import_module("sanjian.watch")
    for family in pkgutil.iter_modules(watch.__path__, "sanjian.watch."):
        name = f"{family.name}.screens"
        if family.ispkg and importlib.util.find_spec(name):
            importlib.import_module(name)


def chosen(name: str) -> list[Screen]:
    """The screen of this name, or all screens of the family of this name.

    Raises:
        KeyError: neither exists; the message names those that do.
    """
    load()
    found = [s for s in all_screens() if name in (s.name, s.family)]
    if not found:
        known = sorted({s.family for s in all_screens()}) + [s.name for s in all_screens()]
        raise KeyError(f"没有名为 {name!r} 的筛查规则或规则族；现有：{'、'.join(known)}")
    return found
