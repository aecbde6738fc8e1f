"""The visit itself: arriving, answering the checklist, finishing, delivering the result."""

from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from sanjian.act.clues import services as clues
from sanjian.base.identity import audit
from sanjian.base.identity.models import Account
from sanjian.base.registry.models import Question
from sanjian.base.registry.rules import questions

from ..checklists import checklist
from ..models import Answer, Inspection, InspectionCode
from ..queries import questions_of
from ..rules import visits
from ..rules.codes import Status
from .codes import move
from .errors import CodeError, VisitError


def check_in(
    code: InspectionCode,
    actor: Account,
    *,
    now: datetime,
    latitude: float | None = None,
    longitude: float | None = None,
    accuracy_m: float | None = None,
) -> Inspection:
    """Arrive: the code goes into use and the visit record begins. A second check-in gives the first one back.

    Args:
        now: the server's time, which is the one that counts.
        latitude, longitude: WGS-84 as the device says; None when it could not or would not, which is recorded.
        accuracy_m: radius that the device claims.

    Raises:
        CodeError: not one of this code's officers, outside the window, or the code may not be used.
    """
    if not code.officers.filter(account=actor).exists():
        raise CodeError(_("您不是这个检查码的检查人员"))
    if done := Inspection.objects.filter(code=code).first():
        return done
    if code.is_expired(now):
        raise CodeError(_("检查码已过期，请重新申请"))
    if now < code.window_from:
        raise CodeError(_("还没到检查时段"))
    if latitude is None or longitude is None:
        latitude = longitude = accuracy_m = None
    place = code.inspection_object
    with transaction.atomic():
        move(code, "check_in", actor, now)
        inspection = Inspection.objects.create(
            code=code,
            checked_in_at=now,
            checked_in_by=actor,
            latitude=latitude,
            longitude=longitude,
            accuracy_m=accuracy_m,
            distance_m=None
            if latitude is None or longitude is None or place.latitude is None or place.longitude is None
            else visits.distance_m(latitude, longitude, place.latitude, place.longitude),
        )
        if code.clue:
            clues.take_step(code.clue, "check_in", actor, now=now, reason=code.code_id, by="inspection")
    return inspection


def answer(
    inspection: Inspection,
    question: Question,
    actor: Account,
    *,
    reply: str = "",
    note: str = "",
    value: Any = None,
    suggested: dict[str, Any] | None = None,
    now: datetime,
) -> Answer:
    """Answer one question; answering again replaces the answer, and the audit chain keeps both.

    Args:
        reply: of a yes-no question; "na" for any other that does not apply or cannot be known, with a note.
        value: of every other question, as `registry.rules.questions` describes it.
        suggested: what the platform offered and where from, kept beside the answer whether it was followed or not.

    Raises:
        VisitError: the visit is finished, the question is not asked in this visit, or the answer does not fit it.
    """
    require_open(inspection, actor)
    if not any(q.pk == question.pk for q in questions_of(inspection.code)):
        raise VisitError(_("这个问题不属于本次检查的事项"))
    if not any(row.question.pk == question.pk for row in checklist(inspection)):
        raise VisitError(_("按前面的回答，这一题不需要填写"))
    reply, value = _fitting(question, reply, value, note.strip())
    with transaction.atomic():
        given, _created = Answer.objects.update_or_create(
            inspection=inspection,
            question=question,
            defaults={
                "reply": reply,
                "value": value,
                "suggested": suggested,
                "note": note.strip(),
                "answered_at": now,
                "answered_by": actor,
            },
        )
        facts = {"question": question.code, "reply": str(reply), "value": value, "suggested": suggested}
        audit.record(
            "visit.answer",
            actor=actor,
            kind="code",
            record_id=inspection.code.code_id,
            reason=note.strip(),
            at=now,
            details={name: fact for name, fact in facts.items() if fact is not None},
        )
    return given


def _fitting(question: Question, reply: str, value: Any, note: str) -> tuple[str, Any]:
    """Reply and value as they are kept, or the reason why the answer does not fit the question."""
    is_reply = question.kind == Question.Kind.YES_NO or reply == visits.Reply.NOT_APPLICABLE
    if found := questions.faults(question.rule, reply if is_reply else value):
        message, facts = found[0]
        raise VisitError(_(message) % facts)
    if reply == visits.Reply.TEXT and not note:
        raise VisitError(_("请写明文字记录"))
    if question.kind == Question.Kind.YES_NO:
        return reply, None
    if is_reply:
        if not note:
            raise VisitError(_("请在说明中写明为什么不适用或无法取得"))
        return reply, None
    normal = questions.is_normal(question.rule, value)
    return {True: visits.Reply.YES, False: visits.Reply.NO, None: visits.Reply.VALUE}[normal], value


def finish(inspection: Inspection, actor: Account, *, record_text: str, result: str, now: datetime) -> None:
    """Sign the record: the visit ends, the code is used up, the clue waits for its feedback. Twice is once.

    Raises:
        VisitError: something is missing; `gaps` lists it in words.
    """
    if inspection.finished_at and inspection.finished_by_id == actor.id:
        return
    require_open(inspection, actor)
    if missing := open_points(inspection, record_text=record_text, result=result):
        raise VisitError(_("还不能完成检查"), missing)
    code = inspection.code
    with transaction.atomic():
        move(code, "finish", actor, now, reason=record_text.strip(), details={"result": str(result)})
        changed = {"record_text": record_text.strip(), "result": result, "finished_at": now, "finished_by": actor}
        Inspection.objects.filter(id=inspection.id).update(**changed)
        if code.clue:
            label = _(visits.RESULT_NAMES[visits.Result(result)])
            clues.take_step(code.clue, "finish_visit", actor, now=now, reason=label, by="inspection")
    inspection.refresh_from_db()


def deliver(code: InspectionCode, actor: Account, *, now: datetime) -> None:
    """Say that the result was given to the inspected body; from now on it may rate the visit. Twice is once.

    Raises:
        CodeError: there is no result yet, or the person was not there.
    """
    if not code.officers.filter(account=actor).exists():
        raise CodeError(_("您不是这个检查码的检查人员"))
    if code.status in {Status.RESULT_SENT, Status.RATED, Status.UNRATED}:
        return
    with transaction.atomic():
        move(code, "deliver", actor, now)
        code.delivered_at = now
        code.save(update_fields=["delivered_at"])


def open_points(inspection: Inspection, *, record_text: str, result: str) -> list[str]:
    """What is still missing before the visit may be finished, in words."""
    rows = checklist(Inspection.objects.get(pk=inspection.pk))
    asked = [visits.QuestionFacts(r.question.pk, r.question.text, r.question.evidence_required) for r in rows]
    answers = {r.question.pk: r.answer.reply for r in rows if r.answer}
    photographed = {r.question.pk for r in rows if r.has_photo}
    found = visits.gaps(asked, answers, photographed, record_text=record_text, result=result)
    return [_(message) % facts for message, facts in found]


def require_open(inspection: Inspection, actor: Account) -> None:
    """Only the officers of the code write, and only until the record is signed.

    Raises:
        VisitError: otherwise.
    """
    if inspection.finished_at:
        raise VisitError(_("检查已完成，笔录不能再改；如有出入请在线索中补充记录"))
    if not inspection.code.officers.filter(account=actor).exists():
        raise VisitError(_("您不是这次检查的检查人员"))
