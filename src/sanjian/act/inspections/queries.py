"""Reads of codes and visits, narrowed to what the viewer may see."""

import hmac
from datetime import datetime

from django.db.models import Avg, Count, Prefetch, QuerySet

from sanjian.act.clues.models import Clue
from sanjian.base.config import config
from sanjian.base.evidence import signing
from sanjian.base.identity.models import Account, Role
from sanjian.base.registry.models import InspectionItem, InspectionObject, Question

from .models import Inspection, InspectionCode, InspectionCodeQuerySet, Rating, Reexamination
from .rules.codes import LIVE, VISITED, Status

RATINGS_SHOWN_FROM = 5
"""Ours: averages of fewer ratings would tell who gave them."""


def codes_of(viewer: Account) -> InspectionCodeQuerySet:
    """Codes that the viewer may see, with what a list row shows."""
    return InspectionCode.objects.visible_to(viewer).select_related("inspection_object", "clue", "inspection")


def code_page(viewer: Account, code_id: str) -> InspectionCode | None:
    """One code with everything on its page; None when the viewer may not know of it."""
    return _whole(codes_of(viewer)).filter(code_id=code_id).first()


def my_codes(viewer: Account) -> InspectionCodeQuerySet:
    """Live codes on which this person goes."""
    return codes_of(viewer).filter(officers__account=viewer, status__in=sorted(LIVE)).order_by("window_from")


def recent_codes(viewer: Account) -> InspectionCodeQuerySet:
    """Codes of the viewer's scope, newest first, without what the gate refused."""
    return codes_of(viewer).exclude(status__in=[Status.DRAFT, Status.REFUSED])


def codes_of_clue(clue: Clue) -> QuerySet[InspectionCode]:
    """Codes issued for a clue, newest first; whoever may see the clue may see them."""
    issued = InspectionCode.objects.filter(clue=clue).exclude(status__in=[Status.DRAFT, Status.REFUSED])
    return issued.select_related("inspection", "inspection_object").prefetch_related("officers", "inspection__photos")


def visit_page(viewer: Account, code_id: str) -> Inspection | None:
    """The visit of a code that the viewer may see, with answers and photos."""
    visible = InspectionCode.objects.visible_to(viewer)
    visits = Inspection.objects.filter(code__in=visible, code__code_id=code_id)
    return (
        visits.select_related("code__inspection_object", "code__clue", "checked_in_by")
        .prefetch_related("answers__question", "photos__question", "photos__file", "code__officers")
        .first()
    )


def to_reexamine(viewer: Account) -> QuerySet[Reexamination]:
    """Visits in the viewer's scope that wait for a second look, the longest waiting first."""
    visible = InspectionCode.objects.visible_to(viewer)
    waiting = Reexamination.objects.filter(settled_at=None, inspection__code__in=visible)
    return waiting.select_related("inspection__code__inspection_object").order_by("asked_at")


def questions_of(code: InspectionCode) -> QuerySet[Question]:
    """The checklist of a code as it stood when the code was issued, in order, hidden questions included."""
    asked = Question.objects.asked_at(code.issued_at or code.created_at)
    return asked.filter(item__in=code.items.all()).select_related("item").order_by("item__code", "order", "id")


def officers_for(district_id: str) -> QuerySet[Account]:
    """Enforcement officers who may go to an object of this district."""
    officers = Account.objects.filter(role=Role.ENFORCER, is_active=True)
    return (officers.filter(district_id=district_id) | officers.filter(district__is_city=True)).order_by("display_name")


def visits_gone_on(account_id: int, year: int) -> int:
    """How many visits of a year an officer went on. For the officer's own page: nobody is ranked by it."""
    gone = InspectionCode.objects.filter(officers__account=account_id, status__in=sorted(VISITED))
    return gone.filter(window_from__year=year).count()


def objects_for(viewer: Account) -> QuerySet[InspectionObject]:
    """Objects for which this person may ask for a code."""
    return InspectionObject.objects.visible_to(viewer)


def items() -> QuerySet[InspectionItem]:
    """The item library with its provisions, unpublished ones included so that the gate can say why not."""
    return InspectionItem.objects.select_related("power_basis", "duty_basis", "penalty_basis")


def public_url(code: InspectionCode) -> str:
    """What the QR code holds: an opaque id and a short seal, no personal data."""
    return f"{config().public_url.rstrip('/')}/code/{code.code_id}?s={seal(code.code_id)}"


def seal(code_id: str) -> str:
    """The short seal of a code id."""
    return signing.short_seal("inspection code", code_id, signing.signing_key())


def public_code(code_id: str, given_seal: str) -> InspectionCode | None:
    """The code behind a QR, None for a wrong id or a wrong seal alike.

    Both are always computed and looked up, so that the time taken does not tell which of the two was wrong.
    """
    is_sealed = hmac.compare_digest(seal(code_id).encode(), given_seal.encode())
    code = _whole(InspectionCode.objects.select_related("inspection_object", "inspection")).filter(
        code_id=code_id, issued_at__isnull=False
    )
    found = code.first()
    return found if is_sealed else None


def rating_summary(district_id: str, since: datetime) -> tuple[int, float] | None:
    """Number and mean of a district's ratings since a day; None while there are too few to hide who gave them."""
    ratings = Rating.objects.filter(district_id=district_id, rated_on__gte=since.date())
    row = ratings.aggregate(n=Count("id"), mean=Avg("score"))
    return (row["n"], row["mean"]) if row["n"] >= RATINGS_SHOWN_FROM else None


def _whole(codes: QuerySet[InspectionCode]) -> QuerySet[InspectionCode]:
    return codes.prefetch_related("officers", Prefetch("items", items()))
