"""What must be there before a visit may be finished, and how far from the object it was checked in."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from enum import StrEnum
from math import asin, cos, radians, sin, sqrt

from .codes import _


class Result(StrEnum):
    """The four results of a visit on the spot (§6 step 10)."""

    CLEAN = "clean"
    CORRECTED = "corrected"
    ORDER = "order"
    CASE = "case"


RESULT_NAMES = {
    Result.CLEAN: _("未发现问题"),
    Result.CORRECTED: _("当场改正"),
    Result.ORDER: _("责令改正"),
    Result.CASE: _("立案线索"),
}


class Reply(StrEnum):
    """Answers to a question of the checklist. A value speaks for order (YES), against it (NO), or neither (VALUE)."""

    YES = "yes"
    NO = "no"
    NOT_APPLICABLE = "na"
    TEXT = "text"
    VALUE = "val"


REPLY_NAMES = {
    Reply.YES: _("符合"),
    Reply.NO: _("不符合"),
    Reply.NOT_APPLICABLE: _("不适用"),
    Reply.TEXT: _("文字记录"),
    Reply.VALUE: _("已填写"),
}


@dataclass(frozen=True, slots=True)
class QuestionFacts:
    """One question of the checklist as far as finishing depends on it."""

    id: int
    text: str
    evidence_required: bool


def gaps(
    questions: Iterable[QuestionFacts],
    answers: dict[int, str],
    photographed: Collection[int],
    *,
    record_text: str,
    result: str,
) -> list[tuple[str, dict[str, str]]]:
    """What is still missing, as (Chinese template, facts); empty when the visit may be finished.

    Args:
        questions: those that are asked, given the answers; what is hidden neither lacks an answer nor has one.
        answers: question id -> reply given.
        photographed: ids of questions that have a photo. "不适用" needs none.
    """
    found: list[tuple[str, dict[str, str]]] = []
    for question in questions:
        reply = answers.get(question.id)
        if reply is None:
            found.append((_("还没有回答：%(question)s"), {"question": question.text}))
        elif question.evidence_required and reply != Reply.NOT_APPLICABLE and question.id not in photographed:
            found.append((_("须附照片：%(question)s"), {"question": question.text}))
    if not record_text.strip():
        found.append((_("现场检查笔录还是空的"), {}))
    if result not in set(Result):
        found.append((_("请选择检查结果"), {}))
    elif result == Result.CLEAN and Reply.NO in answers.values():
        found.append((_("有“不符合”的回答，结果不能是“未发现问题”"), {}))
    return found


EARTH_RADIUS_M = 6_371_000


def distance_m(lat1: float, lon1: float, lat2: float, lon2: float) -> float:
    """Great-circle distance in metres between two WGS-84 positions in degrees."""
    a, b, c, d = map(radians, (lat1, lon1, lat2, lon2))
    h = sin((c - a) / 2) ** 2 + cos(a) * cos(c) * sin((d - b) / 2) ** 2
    return 2 * EARTH_RADIUS_M * asin(sqrt(min(1.0, h)))
