"""Which version of a provision counts: the day of the conduct selects it, and the lighter one may be chosen when the
law changed before the decision.

Source: 行政处罚法 2021 第三十七条（从旧兼从轻）; 生态环境法典 第一千二百四十二条（2026-08-15 施行，十部法律同时废止）.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class Provision:
    """One provision in one version. `valid_to` is its last day, None without end."""

    code: str
    valid_from: date
    valid_to: date | None = None
    replaced_by: str | None = None

    def holds_on(self, day: date) -> bool:
        """Whether it is in force on a day."""
        return self.valid_from <= day and (self.valid_to is None or day <= self.valid_to)


Provisions = Mapping[str, Provision]


def on_day(code: str, day: date, known: Provisions) -> list[str]:
    """Codes of the provisions that say on a day what `code` says in its own time.

    The provision itself when it is in force; else those reached along "replaced by", forwards for a later day and
    backwards for an earlier one. One new provision often replaces several old ones: then all that were in force come
    back and a person picks. Empty when nothing was in force.
    """
    start = known.get(code)
    if start is None:
        return []
    if start.holds_on(day):
        return [code]
    step = _next if day > start.valid_from else _former
    seen, reached, found = {code}, [code], []
    while reached:
        reached = sorted({c for here in reached for c in step(here, known)} - seen)
        seen.update(reached)
        found += [c for c in reached if known[c].holds_on(day)]
        reached = [c for c in reached if not known[c].holds_on(day)]
    return found


def _next(code: str, known: Provisions) -> list[str]:
    replacement = known[code].replaced_by
    return [replacement] if replacement is not None and replacement in known else []


def _former(code: str, known: Provisions) -> list[str]:
    return [p.code for p in known.values() if p.replaced_by == code]


@dataclass(frozen=True, slots=True)
class Choice:
    """The provisions of the day of conduct and those of the day of decision; a person takes the lighter."""

    then: tuple[str, ...]
    now: tuple[str, ...]

    @property
    def must_be_made(self) -> bool:
        """Whether the law changed in between, so that a person has to compare."""
        return self.then != self.now


def choice(code: str, conduct_on: date, decided_on: date, known: Provisions) -> Choice:
    """What may be cited for conduct on one day that is decided on another.

    Both sides are offered whenever they differ; which is lighter is a person's judgement of the case, not ours.
    """
    return Choice(tuple(on_day(code, conduct_on, known)), tuple(on_day(code, decided_on, known)))
