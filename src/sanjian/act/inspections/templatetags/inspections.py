"""Words of inspections in templates: `{% load inspections %}`.

{% code_word code %}        the code's status with icon and word
{% kind_word code.kind %}   planned, triggered, emergency in words
{{ visit.result|result_word }} {{ answer.reply|reply_word }}
{{ answer|answer_words }} {{ offered|offered_words:question }}   an answer or an offered value in words, with unit
{{ refusal|refusal_sentence }}   a stored gate refusal as a sentence
"""

from collections.abc import Mapping
from typing import Any

from django import template
from django.utils import timezone
from django.utils.translation import gettext as _

from sanjian.base.registry.models import Question

from ..models import Answer, InspectionCode
from ..rules import codes, visits
from ..rules.codes import Status

register = template.Library()

_LOOKS = {
    Status.DRAFT: ("", "clock"),
    Status.REFUSED: ("alarm", "alarm"),
    Status.APPROVED: ("accent", "ok"),
    Status.ISSUED: ("accent", "inspect"),
    Status.IN_USE: ("notice", "place"),
    Status.INSPECTED: ("good", "ok"),
    Status.RESULT_SENT: ("good", "ok"),
    Status.RATED: ("good", "ok"),
    Status.UNRATED: ("good", "ok"),
    Status.CANCELLED: ("", "close"),
    Status.EXPIRED: ("", "clock"),
}


@register.inclusion_tag("inspections/_code_badge.html")
def code_word(code: InspectionCode) -> dict[str, str]:
    """The status as it is now: an unused code whose window is over counts as expired, marked or not."""
    status = Status.EXPIRED if code.is_expired(timezone.now()) else Status(code.status)
    tone, icon = _LOOKS[status]
    return {"tone": tone, "icon": icon, "word": _(codes.STATUS_NAMES[status])}


@register.simple_tag
def kind_word(kind: str) -> str:
    """Why a visit is made, in words."""
    return _(codes.KIND_NAMES[codes.Kind(kind)])


@register.filter
def result_word(result: str) -> str:
    """The result of a visit in words."""
    return _(visits.RESULT_NAMES[visits.Result(result)]) if result else "—"


@register.filter
def reply_word(reply: str) -> str:
    """A reply of the checklist in words."""
    return _(visits.REPLY_NAMES[visits.Reply(reply)]) if reply else "—"


@register.filter
def answer_words(answer: Answer) -> str:
    """What was answered, whatever its kind."""
    if answer.value is None:
        return reply_word(answer.reply)
    return _value_words(answer.value, answer.question)


@register.filter
def offered_words(offered: Mapping[str, Any], question: Question) -> str:
    """What the platform offers as an answer."""
    return _value_words(offered["value"], question)


def _value_words(value: Any, question: Question) -> str:
    if question.kind == Question.Kind.NUMBER:
        return f"{value:g} {question.unit}".rstrip()
    if question.kind in {Question.Kind.CHOICE, Question.Kind.CHOICES}:
        labels = {o["value"]: str(o["label"]) for o in question.full_options}
        return "、".join(labels.get(v, str(v)) for v in (value if isinstance(value, list) else [value]))
    return str(value)


@register.filter
def refusal_sentence(refusal: Mapping[str, Any]) -> str:
    """A stored refusal of the gate as a sentence in the reader's language."""
    facts = dict(refusal["facts"])
    if "why_template" in facts:  # a sentence within the sentence
        facts["why"] = _(facts["why_template"]) % facts
    sentence: str = _(refusal["message"]) % facts
    return sentence


@register.filter
def in_fours(code_id: str) -> str:
    """A code id in groups of four, for reading aloud."""
    return " ".join(code_id[n : n + 4] for n in range(0, len(code_id), 4))
