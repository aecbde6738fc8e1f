"""How often each rule was right: from closed clues, and from findings in shadow that somebody judged."""

from collections import Counter
from dataclasses import dataclass

from sanjian.base.identity.models import Account
from sanjian.base.screening.contract import Screen, all_screens
from sanjian.base.screening.models import FindingRecord, ShadowVerdict
from sanjian.base.screening.modes import mode_of
from sanjian.base.screening.scores import Rate, share

from .models import ClueFinding
from .rules import FINAL, TRUE_VERDICTS


@dataclass(frozen=True, slots=True)
class KindRow:
    """One kind of finding of a rule: how many judged ones were right, by clues and in shadow."""

    kind: str
    rate: Rate
    from_clues: int
    from_shadow: int


@dataclass(frozen=True, slots=True)
class RuleRow:
    """One rule.

    Args:
        kinds: kinds that have been judged, the most frequent first.
        waiting: findings in shadow that nobody has judged.
    """

    screen: Screen
    mode: str
    rate: Rate
    kinds: tuple[KindRow, ...]
    waiting: int


def rules(viewer: Account) -> list[RuleRow]:
    """Every rule with its precision, in a fixed number of queries for the counts."""
    right, judged, clues = _counts()
    shadow = FindingRecord.objects.shadow(viewer).filter(withdrawn_at=None, shadow_verdict=None)
    waiting = Counter(shadow.values_list("screen", flat=True))
    return [_row(screen, right, judged, clues, waiting[screen.name]) for screen in all_screens()]


Counts = Counter[tuple[str, str]]


def _counts() -> tuple[Counts, Counts, Counts]:
    """Right ones, judged ones, and of these judged as clues, by screen and kind. A clue counts once for each rule."""
    right: Counts = Counter()
    judged: Counts = Counter()
    links = ClueFinding.objects.filter(clue__state__in=sorted(FINAL)).values_list(
        "finding__screen", "finding__kind", "clue_id", "clue__verdict"
    )
    for screen, kind, _clue, verdict in set(links):
        judged[screen, kind] += 1
        right[screen, kind] += verdict in TRUE_VERDICTS
    clues = judged.copy()
    verdicts = ShadowVerdict.objects.exclude(verdict=ShadowVerdict.Verdict.UNCLEAR)
    for screen, kind, verdict in verdicts.values_list("finding__screen", "finding__kind", "verdict"):
        judged[screen, kind] += 1
        right[screen, kind] += verdict == ShadowVerdict.Verdict.TRUE
    return right, judged, clues


def _row(screen: Screen, right: Counts, judged: Counts, clues: Counts, waiting: int) -> RuleRow:
    own = [key for key, _n in judged.most_common() if key[0] == screen.name]
    kinds = tuple(KindRow(key[1], share(right[key], judged[key]), clues[key], judged[key] - clues[key]) for key in own)
    whole = share(sum(right[k] for k in own), sum(judged[k] for k in own))
    return RuleRow(screen, mode_of(screen.name), whole, kinds, waiting)
