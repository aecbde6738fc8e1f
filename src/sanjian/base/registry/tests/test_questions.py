"""Which questions are asked, which answers fit, and which lists of questions can be saved."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sanjian.base.registry.rules.questions import QuestionRule, faults, is_normal, list_faults, visible

RUNNING = QuestionRule("running")
HOURS = QuestionRule("hours", "number", low=0, high=24, shown_when={"question": "running", "is": "no"})
WHY = QuestionRule("why", "text", shown_when={"question": "hours", "above": 24})
KIND = QuestionRule("kind", "choices", options=("a", {"value": "b", "label": "乙", "is_fault": True}))
BOTH = QuestionRule(
    "both", shown_when={"all": [{"question": "running", "is": "no"}, {"any": [{"question": "kind", "in": ["b"]}]}]}
)
LIST = [RUNNING, HOURS, WHY, KIND, BOTH]


def codes(answers):
    return [q.code for q in visible(LIST, answers)]


def test_a_question_appears_when_its_condition_holds():
    assert codes({}) == ["running", "kind"]
    assert codes({"running": "no"}) == ["running", "hours", "kind"]
    assert codes({"running": "no", "hours": 30}) == ["running", "hours", "why", "kind"]
    assert codes({"running": "no", "kind": ["a", "b"]}) == ["running", "hours", "kind", "both"]


def test_an_answer_of_a_hidden_question_counts_for_nothing():
    assert codes({"running": "yes", "hours": 30}) == ["running", "kind"]


def test_not_applicable_is_neither_above_nor_below():
    assert "why" not in codes({"running": "no", "hours": "na"})


@given(
    st.dictionaries(st.sampled_from([q.code for q in LIST]), st.sampled_from(["yes", "no", "na", 5, 30, ["a"], ["b"]]))
)
def test_asking_again_with_what_is_shown_asks_the_same(answers):
    """Only answers of shown questions decide: leaving the others out changes nothing."""
    shown = codes(answers)
    assert codes({code: value for code, value in answers.items() if code in shown}) == shown


@pytest.mark.parametrize(
    ("question", "good", "bad"),
    [
        (RUNNING, ["yes", "no", "na", "text"], [None, "", "maybe", 1]),
        (HOURS, [0, 23.5, -1, "na"], ["12", True, float("nan"), float("inf"), None]),
        (KIND, [["a"], ["a", "b"], "na"], [[], ["c"], "a"]),
        (QuestionRule("c", "choice", options=("a", "b")), ["a", "na"], ["c", ["a"]]),
        (QuestionRule("d", "date"), ["2026-08-15"], ["2026-02-30", "20260815", 5]),
        (QuestionRule("t", "text"), ["字", "字" * 2000], ["字" * 2001, "", 5]),
    ],
)
def test_answers_fit_their_kind(question, good, bad):
    assert all(faults(question, answer) == [] for answer in good)
    assert all(faults(question, answer) for answer in bad)


def test_what_is_normal_speaks_for_order_and_the_rest_against_it():
    assert [is_normal(HOURS, value) for value in (0, 24, 24.1, -0.1, "na")] == [True, True, False, False, None]
    assert [is_normal(KIND, value) for value in (["a"], ["a", "b"])] == [True, False]
    assert [is_normal(RUNNING, value) for value in ("yes", "no", "text", "na")] == [True, False, None, None]
    assert is_normal(QuestionRule("n", "number"), 5) is None


def test_a_good_list_has_no_faults():
    assert list_faults(LIST) == []


@pytest.mark.parametrize(
    ("questions", "words"),
    [
        ([HOURS, RUNNING], "排在后面"),
        ([QuestionRule("a", shown_when={"question": "x", "is": "no"})], "不存在"),
        ([QuestionRule("a", shown_when={"question": "a", "is": "no"})], "引用了自己"),
        ([RUNNING, RUNNING], "用了两次"),
        ([RUNNING, QuestionRule("b", shown_when={"question": "running", "above": 3})], "类型不合"),
        ([RUNNING, QuestionRule("b", shown_when={"question": "running", "is": "perhaps"})], "没有“%(value)s”这个回答"),
        ([RUNNING, QuestionRule("b", shown_when={"question": "running"})], "读不懂"),
        ([RUNNING, QuestionRule("b", shown_when={"all": []})], "读不懂"),
        ([RUNNING, QuestionRule("b", shown_when={"any": [{}]})], "读不懂"),
        ([RUNNING, QuestionRule("b", shown_when={"question": "running", "is": "no", "in": ["yes"]})], "读不懂"),
        ([QuestionRule("c", "choice", options=("a",))], "至少要有两个"),
        ([QuestionRule("c", "choice", options=("a", "na"))], "不能是 na"),
        ([QuestionRule("n", "number", low=3, high=1)], "下限高于上限"),
        ([QuestionRule("n", "colour")], "不认识"),
    ],
)
def test_a_list_that_cannot_be_walked_is_refused_with_its_reason(questions, words):
    assert [message for message, _facts in list_faults(questions) if words in message]


def test_two_questions_that_wait_for_each_other_cannot_be_saved():
    """A circle always has one reference that points forwards."""
    first = QuestionRule("a", shown_when={"question": "b", "is": "no"})
    second = QuestionRule("b", shown_when={"question": "a", "is": "no"})
    assert list_faults([first, second])
    assert list_faults([second, first])
