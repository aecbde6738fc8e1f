"""A checklist of every kind: what is asked follows from what was answered, and what the platform knows is offered."""

from datetime import date, timedelta

import pytest
from django.core import signing
from django.urls import reverse
from django.utils import timezone

from sanjian.act.clues.tests.cast import NOW
from sanjian.act.inspections import checklists
from sanjian.act.inspections.exports import pack_files
from sanjian.act.inspections.models import Answer, Inspection
from sanjian.act.inspections.services import visits
from sanjian.act.inspections.services.errors import VisitError
from sanjian.base.identity.models import AuditEntry
from sanjian.base.registry.models import Permit, Question

KINDS = [
    {"code": "hours", "text": "停运时长", "kind": "number", "unit": "h", "low": 0, "high": 24,
     "shown_when": {"question": "running", "is": "no"}},
    {"code": "why", "text": "停运超过一天的原因", "kind": "text", "shown_when": {"question": "hours", "above": 24}},
    {"code": "process", "text": "治理工艺", "kind": "choice",
     "options": [{"value": "rto", "label": "蓄热燃烧"}, {"value": "none", "label": "没有治理", "is_fault": True}]},
    {"code": "units", "text": "停运单元", "kind": "choices", "options": ["甲单元", "乙单元"]},
    {"code": "valid-to", "text": "许可证有效期至", "kind": "date", "filled_from": "permit.valid_to"},
]  # fmt: skip


@pytest.fixture
def asked(cast) -> dict[str, Question]:
    """The item's questions by code, one of every kind behind the two of the cast."""
    for order, given in enumerate(KINDS, 3):
        Question.objects.create(item=cast.item, order=order, **given)
    return {q.code: q for q in cast.item.questions.all()}


@pytest.fixture
def visit(asked, code, cast) -> Inspection:
    return visits.check_in(code, cast.officer, now=NOW)


@pytest.fixture
def give(visit, asked, cast):
    """Answer a question by its code."""

    def answer(name: str, **given) -> Answer:
        return visits.answer(visit, asked[name], cast.officer, now=NOW, **given)

    return answer


def codes(visit) -> list[str]:
    return [row.question.code for row in checklists.checklist(visit)]


def test_an_answer_makes_questions_appear_and_another_hides_them_again(visit, give):
    assert codes(visit) == ["running", "line", "process", "units", "valid-to"]
    give("running", reply="no")
    give("hours", value=30.5)
    assert codes(visit) == ["running", "line", "hours", "why", "process", "units", "valid-to"]
    give("running", reply="yes")
    assert codes(visit) == ["running", "line", "process", "units", "valid-to"]
    assert [a.question.code for a in checklists.set_aside(visit)] == ["hours"]


def test_a_hidden_answer_neither_counts_nor_lacks(visit, give, asked):
    give("running", reply="no")
    give("hours", value=30)  # out of range: a shortcoming
    give("running", reply="yes")
    missing = visits.open_points(visit, record_text="x", result="clean")
    assert "有“不符合”的回答，结果不能是“未发现问题”" not in missing
    assert "还没有回答：停运超过一天的原因" not in missing
    assert "还没有回答：治理工艺" in missing
    with pytest.raises(VisitError, match="不需要填写"):
        give("hours", value=1)


def test_a_value_out_of_range_or_a_bad_choice_speaks_against_order(visit, give):
    give("running", reply="no")
    replies = [
        give("hours", value=24).reply,
        give("hours", value=24.5).reply,
        give("process", value="rto").reply,
        give("process", value="none").reply,
        give("units", value=["甲单元"]).reply,
    ]
    assert replies == ["yes", "no", "yes", "no", "val"]
    assert "有“不符合”的回答，结果不能是“未发现问题”" in visits.open_points(visit, record_text="x", result="clean")


@pytest.mark.parametrize(
    ("name", "given"),
    [
        ("process", {"value": "wood"}), ("units", {"value": ["丙单元"]}), ("units", {"value": []}),
        ("valid-to", {"value": "2026-02-30"}), ("process", {}), ("process", {"reply": "yes"}), ("running", {}),
        ("running", {"reply": "val"}), ("process", {"reply": "na"}), ("running", {"reply": "text"}),
    ],
)  # fmt: skip
def test_an_answer_that_does_not_fit_is_refused_and_nothing_is_kept(visit, give, name, given):
    with pytest.raises(VisitError):
        give(name, **given)
    assert not Answer.objects.exists()


def test_what_does_not_apply_is_said_with_a_reason(visit, give):
    kept = give("valid-to", reply="na", note="登记管理，无许可证")
    assert (kept.reply, kept.value, kept.given) == ("na", None, "na")


def test_an_overridden_suggestion_keeps_both(visit, give, asked, cast, clue):
    permit = Permit.objects.create(
        inspection_object=cast.plant, permit_no="9" * 22, valid_from=date(2025, 1, 1), valid_to=date(2026, 12, 31)
    )
    offered = checklists.suggestion(visit, asked["valid-to"], NOW)
    assert (offered["value"], offered["record_id"]) == ("2026-12-31", str(permit.pk))
    assert not give("valid-to", value="2026-12-31", suggested=offered).is_overridden
    kept = give("valid-to", value="2026-11-30", suggested=offered)
    assert kept.is_overridden
    assert (kept.value, kept.suggested["value"]) == ("2026-11-30", "2026-12-31")
    last = AuditEntry.objects.filter(act="visit.answer").order_by("-seq")[0]
    assert (last.details["value"], last.details["suggested"]["origin"]) == ("2026-11-30", "排污许可证 " + "9" * 22)
    file = next(content for path, content in pack_files(clue).items() if path.endswith("code.json")).decode()
    assert "2026-11-30" in file
    assert "2026-12-31" in file


def test_a_suggestion_cannot_be_made_up_by_the_browser(visit, asked):
    question = asked["valid-to"]
    assert checklists.unseal(visit, question, checklists.seal(visit, question, {"value": "x"})) == {"value": "x"}
    assert checklists.unseal(visit, question, signing.dumps({"value": "y"}, salt="elsewhere")) is None
    assert checklists.unseal(visit, asked["units"], checklists.seal(visit, question, {"value": "x"})) is None
    assert checklists.unseal(visit, question, "") is None


def test_a_visit_keeps_the_questions_that_stood_when_its_code_was_issued(visit, asked, code):
    Question.objects.filter(pk=asked["line"].pk).update(retired_at=NOW + timedelta(minutes=1))
    Question.objects.create(item=code.items.get(), code="later", text="后来加的", added_at=NOW + timedelta(minutes=1))
    assert codes(visit) == ["running", "line", "process", "units", "valid-to"]


@pytest.fixture
def on_phone(client, cast, asked, visit):
    """The officer's browser, on a visit of the clock that the pages use."""
    client.force_login(cast.officer)

    def send(name: str, **given):
        return client.post(reverse("inspections:question", args=[visit.code.code_id, asked[name].pk]), given)

    send.get = lambda name: client.get(reverse("inspections:question", args=[visit.code.code_id, asked[name].pk]))
    send.to = lambda name: reverse("inspections:question", args=[visit.code.code_id, asked[name].pk])
    return send


def test_each_answer_leads_to_the_question_that_it_calls_for(on_phone, visit):
    assert on_phone("running", reply="yes", go="next")["Location"] == on_phone.to("line")
    on_phone("running", reply="no", go="next")
    assert on_phone("line", reply="yes", go="next")["Location"] == on_phone.to("hours")
    assert on_phone("hours", value="12.5", go="next")["Location"] == on_phone.to("process")
    assert on_phone("hours", value="30", go="next")["Location"] == on_phone.to("why")
    assert on_phone("why", value="等待备件", go="next")["Location"] == on_phone.to("process")
    assert on_phone("process", value="none", go="next")["Location"] == on_phone.to("units")
    assert on_phone("units", value=["甲单元", "乙单元"], go="next")["Location"] == on_phone.to("valid-to")
    last = on_phone("valid-to", value="2026-11-30", go="next")
    assert last["Location"] == reverse("inspections:visit", args=[visit.code.code_id])
    values = dict(visit.answers.values_list("question__code", "value"))
    assert values == {
        "running": None, "line": None, "hours": 30.0, "why": "等待备件", "process": "none",
        "units": ["甲单元", "乙单元"], "valid-to": "2026-11-30",
    }  # fmt: skip
    on_phone("running", reply="yes", go="next")
    assert on_phone.get("hours").status_code == 302
    page = on_phone.get("process").content.decode()
    assert "checked" in page


def test_a_wrong_value_comes_back_in_its_place(on_phone):
    on_phone("running", reply="no", go="next")
    for name, given, words in (
        ("hours", {"value": "许多"}, "value"),
        ("hours", {}, "请回答这一题"),
        ("process", {"value": "wood"}, "value"),
        ("valid-to", {"is_na": "on"}, "请在说明中写明"),
    ):
        answer = on_phone(name, go="next", **given)
        assert (answer.status_code, words in answer.content.decode()) == (422, True), name


def test_the_phone_shows_where_an_offered_value_comes_from(on_phone, cast, visit):
    Permit.objects.create(
        inspection_object=cast.plant,
        permit_no="9" * 22,
        valid_from=date(2025, 1, 1),
        valid_to=timezone.localdate() + timedelta(days=30),
    )
    page = on_phone.get("valid-to")
    assert "来自 排污许可证 9999" in page.content.decode()
    sealed = page.context["sealed"]
    on_phone("valid-to", value="2026-11-30", suggested=sealed, go="next")
    kept = visit.answers.get()
    assert kept.is_overridden
    assert kept.suggested["source"] == "permit"
    assert "您填的是 2026-11-30" in on_phone.get("valid-to").content.decode()


def test_numbers_bring_up_the_number_keys_and_say_unit_and_range(on_phone):
    on_phone("running", reply="no", go="next")
    page = on_phone.get("hours").content.decode()
    assert 'inputmode="decimal"' in page
    assert "数值（h）" in page
    assert "正常范围 0–24 h" in page
