"""The inspected body's rating of a visit, kept so that it does not lead back to who gave it."""

from datetime import datetime

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from sanjian.act.clues.workdays import SHANGHAI
from sanjian.base.evidence import signing

from ..models import InspectionCode, Rating
from ..rules import codes
from .codes import move
from .errors import CodeError, RatingError


def rate(code: InspectionCode, *, score: int, comment: str, now: datetime) -> Rating:
    """Take a rating of 1 to 5, once per visit.

    What is stored names neither the code nor the enterprise; the pseudonym is a keyed hash, so that a second rating of
    the same visit is noticed. The officers see averages only, and only of five or more (`queries.rating_summary`).

    Raises:
        RatingError: not 1 to 5, too early, too late, or rated before.
    """
    if not 1 <= score <= 5:
        raise RatingError(_("请选择 1 到 5 分"))
    if code.delivered_at is None or now - code.delivered_at > codes.RATING_WINDOW:
        raise RatingError(_("现在不能评价：结果送达后 %(days)s 天内可评价") % {"days": codes.RATING_WINDOW.days})
    pseudonym = signing.short_seal("rating", code.code_id, signing.signing_key())
    try:
        with transaction.atomic():
            move(code, "rate", None, now)
            return Rating.objects.create(
                pseudonym=pseudonym,
                district_id=code.inspection_object.district_id,
                score=score,
                comment=comment.strip()[:2000],
                rated_on=now.astimezone(SHANGHAI).date(),
            )
    except (CodeError, IntegrityError) as error:
        raise RatingError(_("这次检查已经评价过，谢谢")) from error
