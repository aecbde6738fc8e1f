"""The checklist of one visit as it stands: which questions are asked, given the answers so far, and what they lack.

A question whose condition no longer holds leaves the list, and its answer no longer counts; it is kept, because the
condition may hold again. Conditions look only at questions of the same item.
"""

from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import Any

from django.core import signing

from sanjian.base.registry import answers as automatic
from sanjian.base.registry.models import Question
from sanjian.base.registry.rules import questions

from .models import Answer, Inspection
from .queries import questions_of
from .rules.visits import Reply


@dataclass(frozen=True, slots=True)
class Row:
    """One question that is asked, with what was given to it."""

    question: Question
    answer: Answer | None
    has_photo: bool

    @property
    def is_waiting(self) -> bool:
        """Whether an answer or a required photo is missing."""
        if self.answer is None:
            return True
        lacks_photo = self.question.evidence_required and not self.has_photo
        return lacks_photo and self.answer.reply != Reply.NOT_APPLICABLE


def checklist(visit: Inspection) -> list[Row]:
    """The questions that are asked now, in order."""
    given = {a.question_id: a for a in visit.answers.all()}
    photographed = {p.question_id for p in visit.photos.all()}
    rows = []
    for _item, group in groupby(questions_of(visit.code), key=lambda q: q.item_id):
        asked = {q.code: q for q in group}
        answered = {code: given[q.pk].given for code, q in asked.items() if q.pk in given}
        shown = questions.visible([q.rule for q in asked.values()], answered)
        rows += [Row(q, given.get(q.pk), q.pk in photographed) for q in (asked[rule.code] for rule in shown)]
    return rows


def set_aside(visit: Inspection) -> list[Answer]:
    """Answers that do not count because an earlier answer has hidden their question."""
    counted = {row.question.pk for row in checklist(visit)}
    return [a for a in visit.answers.all() if a.question_id not in counted]


def suggestion(visit: Inspection, question: Question, now: datetime) -> dict[str, Any] | None:
    """What the platform would answer, with its origin; None when it knows nothing that fits the question."""
    if not question.filled_from:
        return None
    found = automatic.suggest(question.filled_from, visit.code.inspection_object, now)
    if found is None or questions.faults(question.rule, found.value):
        return None
    return found.as_json()


def seal(visit: Inspection, question: Question, offered: dict[str, Any] | None) -> str:
    """What was offered, signed: the form brings it back, so that what the officer saw is kept and cannot be made up."""
    return signing.dumps(offered, salt=_salt(visit, question)) if offered else ""


def unseal(visit: Inspection, question: Question, text: str) -> dict[str, Any] | None:
    """What was offered when the form was made; None when there was nothing, or it was tampered with."""
    try:
        offered: dict[str, Any] | None = signing.loads(text, salt=_salt(visit, question)) if text else None
    except signing.BadSignature:
        return None
    return offered


def _salt(visit: Inspection, question: Question) -> str:
    return f"inspections.suggestion:{visit.pk}:{question.pk}"
