"""Objects that may be one: found by the matching rules, decided by a person, remembered, and reversible."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from sanjian.base.identity import audit, personal
from sanjian.base.identity.models import Account, Role
from sanjian.base.registry.models import Contact, InspectionObject, Lineage, Match
from sanjian.base.registry.rules import matching
from sanjian.base.registry.services.errors import RegistryError
from sanjian.base.registry.services.lineage import merge
from sanjian.base.registry.services.lineage import undo as undo_merge

from .candidates import CANDIDATE_FIELDS, candidate

_AT_ONCE = 500
State = Match.State


class MatchError(Exception):
    """A decision that cannot be taken; the message says why."""


def visible_matches(viewer: Account) -> "QuerySet[Match]":
    """Pairs of which the viewer may see both objects. An open one of which one is merged already says nothing."""
    seen = InspectionObject.objects.visible_to(viewer)
    merged = Q(first__survivor__isnull=False) | Q(second__survivor__isnull=False)
    found = Match.objects.filter(first__in=seen, second__in=seen).exclude(merged, state=State.OPEN)
    return found.select_related("first__district", "second__district", "decided_by")


def find_duplicates(district: str | None = None) -> list[tuple[int, int, matching.Score]]:
    """The pairs of standing objects that may be one: (lower id, higher id, score).

    Args:
        district: compare only the objects of one district.
    """
    registered = InspectionObject.objects.standing()
    if district is not None:
        registered = registered.filter(district=district)
    phones = _phones(registered)
    found = [candidate(row, phones.get(row[0], frozenset())) for row in registered.values_list(*CANDIDATE_FIELDS)]
    return [(min(a.id, b.id), max(a.id, b.id), s) for a, b, s in matching.likely(found)]


def refresh(now: datetime, district: str | None = None, actor: Account | None = None) -> int:
    """Look for pairs again: new ones are added, open ones scored anew or dropped; what was decided stays.

    Returns:
        How many pairs are new.
    """
    pairs = {(a, b): s for a, b, s in find_duplicates(district)}
    known = {(m.first_id, m.second_id): m for m in _of(district)}
    fresh = [
        Match(first_id=a, second_id=b, score=s.total, reasons=[list(r) for r in s.reasons], found_at=now)
        for (a, b), s in pairs.items()
        if (a, b) not in known
    ]
    gone = [m.pk for pair, m in known.items() if m.state == State.OPEN and pair not in pairs]
    moved = []
    for pair, match in known.items():
        now_scored = pairs.get(pair)
        if match.state == State.OPEN and now_scored is not None and now_scored.total != match.score:
            match.score, match.reasons = now_scored.total, [list(r) for r in now_scored.reasons]
            moved.append(match)
    with transaction.atomic():
        Match.objects.bulk_create(fresh, batch_size=_AT_ONCE, ignore_conflicts=True)
        Match.objects.bulk_update(moved, ["score", "reasons"], batch_size=_AT_ONCE)
        for start in range(0, len(gone), _AT_ONCE):
            Match.objects.filter(pk__in=gone[start : start + _AT_ONCE], state=State.OPEN).delete()
        if fresh or gone or actor is not None:
            audit.record(
                "match.search", actor=actor, kind="match", record_id=district or "city", at=now,
                details={"new": len(fresh), "gone": len(gone)},
            )  # fmt: skip
    return len(fresh)


def decide(
    match: Match, *, is_same: bool, actor: Account, at: datetime, reason: str, survivor_id: int | None = None
) -> None:
    """A person says whether two objects are one. The same: they are merged. Different: never proposed again.

    Args:
        survivor_id: which of the two stays; None: the one registered first.

    Raises:
        MatchError: no reason, decided already, not the actor's, or the two cannot be merged (the message says why).
    """
    _ensure_theirs(match, actor)
    if not reason.strip():
        raise MatchError(_("请写明判断的理由"))
    with transaction.atomic():
        state = State.SAME if is_same else State.DIFFERENT
        mine = Match.objects.filter(pk=match.pk, state=State.OPEN)
        if not mine.update(state=state, decided_at=at, decided_by=actor, reason=reason.strip()[:200]):
            raise MatchError(_("这一对已由他人判断，请刷新页面"))
        if is_same:
            survivor, other = match.first, match.second
            if survivor_id == other.pk:
                survivor, other = other, survivor
            try:
                merge(survivor, other, actor=actor, at=at, reason=reason.strip())
            except RegistryError as error:
                raise MatchError(str(error)) from error
        audit.record(
            "match.decide", actor=actor, kind="match", record_id=match.pk, reason=reason.strip(), at=at,
            details={"pair": [match.first_id, match.second_id], "is_same": is_same, "score": match.score},
        )  # fmt: skip
    match.refresh_from_db()


def reopen(match: Match, *, actor: Account, at: datetime, reason: str) -> None:
    """Take a decision back; a merge is undone.

    Raises:
        MatchError: no reason, open already, not the actor's, or the merge cannot be undone any more.
    """
    _ensure_theirs(match, actor)
    if not reason.strip():
        raise MatchError(_("请写明撤回的理由"))
    with transaction.atomic():
        was = match.state
        mine = Match.objects.filter(pk=match.pk, state=was).exclude(state=State.OPEN)
        if not mine.update(state=State.OPEN, decided_at=None, decided_by=None, reason=""):
            raise MatchError(_("这一对还没有判断，请刷新页面"))
        if was == State.SAME:
            try:
                undo_merge(_merge_of(match), actor=actor, at=at, reason=reason.strip())
            except RegistryError as error:
                raise MatchError(str(error)) from error
        audit.record(
            "match.reopen", actor=actor, kind="match", record_id=match.pk, reason=reason.strip(), at=at,
            details={"was": was},
        )  # fmt: skip
    match.refresh_from_db()


def _merge_of(match: Match) -> Lineage:
    pair = (match.first_id, match.second_id)
    merges = Lineage.objects.filter(
        kind=Lineage.Kind.MERGE, undone_at=None, survivor__in=pair, other__in=pair
    )  # fmt: skip
    found = merges.order_by("-id").first()
    if found is None:
        raise MatchError(_("找不到这次合并，可能已在对象页面撤销"))
    return found


def _of(district: str | None) -> "Iterable[Match]":
    if district is None:
        return Match.objects.all()
    return Match.objects.filter(first__district=district, second__district=district)


def _ensure_theirs(match: Match, actor: Account) -> None:
    outside = Q(pk__in=(match.first_id, match.second_id))
    mine = InspectionObject.objects.visible_to(actor).filter(outside).count() == 2
    if actor.role != Role.SUPERVISOR or not actor.is_active or not mine:
        raise MatchError(_("这两个对象不都在您的辖区"))


def _phones(registered: "QuerySet[InspectionObject]") -> dict[int, frozenset[str]]:
    """Keyed digests of each object's telephones; the numbers themselves stay where they are."""
    found: dict[int, set[str]] = defaultdict(set)
    contacts = Contact.objects.filter(inspection_object__in=registered).exclude(phone="")
    for contact in contacts.only("inspection_object_id", "phone").iterator(2000):
        if contact.phone:
            found[contact.inspection_object_id].add(personal.digest(contact.phone, "contact phone"))
    return {pk: frozenset(digests) for pk, digests in found.items()}
