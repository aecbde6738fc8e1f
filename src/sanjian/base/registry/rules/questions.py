"""Questions of a checklist: which are shown, whether an answer fits, and whether it is within what is normal.

Answers are plain values by question code: "yes" / "no" / "text" for yes-no questions, a number, an option's code, a
list of options' codes, a text, or a day as YYYY-MM-DD. "na" (不适用) answers any kind. A condition looks only at
questions before its own and only at those that are shown themselves: what is hidden has no answer, whatever was once
entered.

    {"question": "running", "is": "no"}      {"question": "level", "in": ["high", "full"]}
    {"question": "flow", "above": 50}        {"all": [...]}, {"any": [...]}
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from .scope import Fault, _

NOT_APPLICABLE = "na"
YES_NO = ("yes", "no", NOT_APPLICABLE, "text")
KINDS = ("yes_no", "number", "choice", "choices", "text", "date")
MOST_TEXT = 2000
"""Ours: longer texts belong into the record."""


@dataclass(frozen=True, slots=True)
class QuestionRule:
    """One question as far as rules depend on it.

    Args:
        options: of choices; each with `value`, `label` and perhaps `is_fault` (choosing it is a shortcoming).
        low, high: what is normal for a number, both included; None without bound.
    """

    code: str
    kind: str = "yes_no"
    text: str = ""
    unit: str = ""
    options: tuple[Mapping[str, Any], ...] = ()
    low: float | None = None
    high: float | None = None
    shown_when: Mapping[str, Any] | None = None


def option(given: object) -> dict[str, Any]:
    """An option as stored, in full: a bare text is its own code and label."""
    if isinstance(given, Mapping):
        value = str(given.get("value", ""))
        return {"value": value, "label": str(given.get("label") or value), "is_fault": bool(given.get("is_fault"))}
    return {"value": str(given), "label": str(given), "is_fault": False}


def visible(questions: Sequence[QuestionRule], answers: Mapping[str, Any]) -> list[QuestionRule]:
    """The questions to be asked, in order, given what was answered so far."""
    shown: list[QuestionRule] = []
    counted: dict[str, Any] = {}
    for question in questions:
        if not question.shown_when or _holds(question.shown_when, counted):
            shown.append(question)
            if question.code in answers:
                counted[question.code] = answers[question.code]
    return shown


def _holds(condition: Mapping[str, Any], answers: Mapping[str, Any]) -> bool:
    if "all" in condition:
        return all(_holds(part, answers) for part in condition["all"])
    if "any" in condition:
        return any(_holds(part, answers) for part in condition["any"])
    if condition.get("question") not in answers:
        return False
    given = answers[condition["question"]]
    values = given if isinstance(given, list) else [given]
    if "is" in condition:
        return condition["is"] in values
    if "in" in condition:
        return any(value in condition["in"] for value in values)
    number = given if isinstance(given, int | float) and not isinstance(given, bool) else None
    if number is None:
        return False
    if "above" in condition:
        return bool(number > condition["above"])
    return bool(number < condition["below"])


def faults(question: QuestionRule, answer: Any) -> list[Fault]:
    """Why an answer cannot be taken; empty when it can. An unusual number can be taken: see `is_normal`."""
    if answer is None or answer == "" or answer == []:
        return [(_("请回答这一题"), {})]
    if answer == NOT_APPLICABLE:
        return []
    codes = {option(o)["value"] for o in question.options}
    match question.kind:
        case "yes_no" if not isinstance(answer, str) or answer not in YES_NO:
            return [(_("请选择一个回答"), {})]
        case "number" if not _is_number(answer):
            return [(_("请填写数值"), {})]
        case "choice" if not isinstance(answer, str) or answer not in codes:
            return [(_("请从选项中选择"), {})]
        case "choices" if not isinstance(answer, list) or not codes.issuperset(map(str, answer)):
            return [(_("请从选项中选择"), {})]
        case "date" if _day(answer) is None:
            return [(_("请填写日期，如 2026-08-15"), {})]
        case "text" if not isinstance(answer, str) or len(answer) > MOST_TEXT:
            return [(_("文字不能超过 %(most)s 字"), {"most": MOST_TEXT})]
    return []


def is_normal(question: QuestionRule, answer: Any) -> bool | None:
    """Whether an answer speaks for order (True) or for a shortcoming (False); None when it says neither."""
    if answer == NOT_APPLICABLE:
        return None
    if question.kind == "yes_no":
        return {"yes": True, "no": False}.get(answer)
    if question.kind == "number" and (question.low is not None or question.high is not None):
        return (question.low is None or answer >= question.low) and (question.high is None or answer <= question.high)
    if question.kind in {"choice", "choices"}:
        bad = {o["value"] for o in map(option, question.options) if o["is_fault"]}
        chosen = answer if isinstance(answer, list) else [answer]
        return bad.isdisjoint(chosen) if bad else None
    return None


def list_faults(questions: Sequence[QuestionRule]) -> list[Fault]:
    """What is wrong with a whole list of questions before it is saved: unknown, later or circular references, codes
    used twice, choices without options, bounds in the wrong order.
    """
    found: list[Fault] = []
    codes = [q.code for q in questions]
    before: dict[str, QuestionRule] = {}
    for question in questions:
        name = {"code": question.code}
        if question.code in before:
            found.append((_("编码“%(code)s”用了两次"), name))
        found += _shape_faults(question)
        found += _condition_faults(question.shown_when or {}, question.code, codes, before)
        before.setdefault(question.code, question)
    return found


def _shape_faults(question: QuestionRule) -> list[Fault]:
    name = {"code": question.code}
    if question.kind not in KINDS:
        return [(_("问题“%(code)s”的类型不认识"), name)]
    values = [option(o)["value"] for o in question.options]
    found: list[Fault] = []
    if question.kind in {"choice", "choices"} and (len(values) < 2 or "" in values or len(set(values)) < len(values)):
        found.append((_("问题“%(code)s”至少要有两个不同的选项"), name))
    if NOT_APPLICABLE in values:
        found.append((_("问题“%(code)s”的选项编码不能是 na，每题都可以答不适用"), name))
    if question.low is not None and question.high is not None and question.low > question.high:
        found.append((_("问题“%(code)s”的正常下限高于上限"), name))
    return found


def _condition_faults(
    condition: object, code: str, codes: Sequence[str], before: Mapping[str, QuestionRule]
) -> list[Fault]:
    """Because conditions look only backwards, no circle of them can be saved."""
    if condition == {}:
        return []
    name = {"code": code}
    if not isinstance(condition, Mapping):
        return [(_("问题“%(code)s”的出现条件读不懂"), name)]
    for joint in ("all", "any"):
        if joint in condition:
            parts = condition[joint]
            if len(condition) != 1 or not isinstance(parts, list) or not parts:
                return [(_("问题“%(code)s”的出现条件读不懂"), name)]
            return [
                fault
                for part in parts
                for fault in (_condition_faults(part, code, codes, before) or _empty(part, code))
            ]
    asked = condition.get("question")
    tests = set(condition) - {"question"}
    if not isinstance(asked, str) or len(tests) != 1 or not tests <= {"is", "in", "above", "below"}:
        return [(_("问题“%(code)s”的出现条件读不懂"), name)]
    facts = {"code": code, "asked": asked}
    if asked == code:
        return [(_("问题“%(code)s”的出现条件引用了自己"), name)]
    if asked not in codes:
        return [(_("问题“%(code)s”的出现条件引用了不存在的“%(asked)s”"), facts)]
    if asked not in before:
        return [(_("问题“%(code)s”的出现条件引用了排在后面的“%(asked)s”，请把被引用的移到前面"), facts)]
    return _test_faults(condition, tests.pop(), before[asked], facts)


def _empty(part: object, code: str) -> list[Fault]:
    return [(_("问题“%(code)s”的出现条件读不懂"), {"code": code})] if part == {} else []


def _test_faults(condition: Mapping[str, Any], test: str, asked: QuestionRule, facts: dict[str, Any]) -> list[Fault]:
    value = condition[test]
    if test in {"above", "below"}:
        fits = asked.kind == "number" and _is_number(value)
    elif test == "in":
        fits = isinstance(value, list) and bool(value)
    else:
        fits = isinstance(value, str | int | float)
    if not fits:
        return [(_("问题“%(code)s”对“%(asked)s”的条件与它的类型不合"), facts)]
    if asked.kind in {"yes_no", "choice", "choices"}:
        known = (
            set(YES_NO) if asked.kind == "yes_no" else {option(o)["value"] for o in asked.options} | {NOT_APPLICABLE}
        )
        wanted = value if isinstance(value, list) else [value]
        return [
            (_("问题“%(code)s”的出现条件里，“%(asked)s”没有“%(value)s”这个回答"), {**facts, "value": v})
            for v in wanted
            if v not in known
        ]
    return []


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and abs(value) < 1e15  # NaN compares as False


def _day(value: object) -> date | None:
    try:
        return date.fromisoformat(str(value)) if len(str(value)) == 10 else None
    except ValueError:
        return None
