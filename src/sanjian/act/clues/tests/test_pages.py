"""What each person finds on the pages of clues, and what they must not."""

import pytest
from django.urls import reverse
from django.utils import timezone

from sanjian.act.clues.models import Clue, ClueEvent
from sanjian.act.clues.services import take_finding, take_step

INSIDERS = ["supervisor", "monitor", "officer", "second_officer", "city_supervisor", "auditor"]
OUTSIDERS = ["next_district_officer", "enterprise", "stranger", "operator"]


@pytest.fixture
def clue(cast) -> Clue:
    return take_finding(cast.finding(), True, now=timezone.now())


def fill(client, clue: Clue, act: str, **given):
    """The hidden fields of a step's form as the page renders them, with what a person enters."""
    page = client.get(clue.get_absolute_url())
    form = next(f for f in page.context["forms"] if f.step.act == act)
    return {name: form.initial[name] for name in ("seen", "request_key")} | given


def post(client, clue: Clue, act: str, data: dict):
    return client.post(reverse("clues:act", args=[clue.clue_no, act]), data)


@pytest.mark.parametrize("who", INSIDERS)
def test_people_of_the_district_and_the_city_see_the_clue(client, cast, clue, who):
    client.force_login(getattr(cast, who))
    assert client.get(clue.get_absolute_url()).status_code == 200
    assert clue.clue_no in client.get(reverse("clues:list")).content.decode()
    assert client.get(reverse("clues:pack", args=[clue.clue_no])).status_code == 200


@pytest.mark.parametrize("who", OUTSIDERS)
def test_others_cannot_tell_that_it_exists(client, cast, clue, who):
    client.force_login(getattr(cast, who))
    unknown = client.get(reverse("clues:clue", args=["XS-2099-000001"]))
    for address in (clue.get_absolute_url(), reverse("clues:pack", args=[clue.clue_no])):
        answer = client.get(address)
        assert answer.status_code == unknown.status_code == 404
    assert clue.clue_no not in client.get(reverse("clues:list"), {"state": "all"}).content.decode()
    assert post(client, clue, "dispatch", {"reason": "x"}).status_code == 404


def test_nobody_sees_anything_without_logging_in(client, clue):
    for address in (reverse("clues:list"), reverse("clues:export"), clue.get_absolute_url()):
        assert client.get(address).status_code == 302


def test_supervision_dispatches_from_the_page(client, cast, clue):
    client.force_login(cast.supervisor)
    answer = post(client, clue, "dispatch", fill(client, clue, "dispatch", reason="数据真实"))
    assert answer.status_code == 302
    clue.refresh_from_db()
    assert clue.state == "dispatched"


def test_submitting_twice_from_the_page_is_one_step_and_no_error(client, cast, clue):
    client.force_login(cast.supervisor)
    data = fill(client, clue, "dispatch", reason="数据真实")
    for _n in range(2):
        answer = client.post(reverse("clues:act", args=[clue.clue_no, "dispatch"]), data, follow=True)
        assert [m.level_tag for m in answer.context["messages"]] == ["success"]
    assert ClueEvent.objects.filter(act="dispatch").count() == 1


def test_a_form_from_before_somebody_else_acted_changes_nothing(client, cast, clue):
    client.force_login(cast.supervisor)
    data = fill(client, clue, "dispatch", reason="数据真实")
    take_step(clue, "ask", cast.city_supervisor, now=timezone.now(), reason="请说明")
    answer = client.post(reverse("clues:act", args=[clue.clue_no, "dispatch"]), data, follow=True)
    assert "其他人刚刚处理了这条线索" in answer.content.decode()
    clue.refresh_from_db()
    assert clue.state == "to_explain"


def test_a_form_without_reason_comes_back_with_its_error_in_place(client, cast, clue):
    client.force_login(cast.supervisor)
    answer = post(client, clue, "dismiss", fill(client, clue, "dismiss", reason="", verdict=""))
    assert answer.status_code == 422
    assert "请填写排除理由" in answer.content.decode()
    assert "请选择结论" in answer.content.decode()


def test_steps_of_inspections_cannot_be_posted_by_hand(client, cast, clue):
    client.force_login(cast.officer)
    for act in ("check_in", "finish_visit", "issue_code", "fly"):
        assert post(client, clue, act, {"reason": "x"}).status_code == 404


def test_the_enterprise_answers_when_asked_and_is_not_told_of_a_coming_visit(client, cast, clue):
    now = timezone.now()
    take_step(clue, "ask", cast.supervisor, now=now, reason="请说明 9 时数据")
    client.force_login(cast.enterprise)
    assert "请说明 9 时数据" in client.get(clue.get_absolute_url()).content.decode()
    assert post(client, clue, "explain", fill(client, clue, "explain", reason="正在校准")).status_code == 302
    clue.refresh_from_db()
    take_step(clue, "dispatch", cast.supervisor, now=now, reason="说明不成立，突击检查")
    page = client.get(clue.get_absolute_url()).content.decode()
    assert "正在校准" in page
    for secret in ("突击检查", "已派发", "派发执法检查", "监管甲", "证据包"):
        assert secret not in page
    listed = client.get(reverse("clues:list"), {"state": "dispatched"}).content.decode()
    assert "已派发" not in listed
    assert client.get(reverse("clues:export")).status_code == 404
    client.force_login(cast.stranger)
    assert client.get(clue.get_absolute_url()).status_code == 404


@pytest.mark.parametrize(
    ("query", "shown"),
    [
        ({}, True),
        ({"state": "to_judge"}, True),
        ({"state": "closed"}, False),
        ({"severity": "3"}, True),
        ({"severity": "4"}, False),
        ({"overdue": "1"}, False),
        ({"mine": "1"}, True),
        ({"q": "演示水务"}, True),
        ({"q": "没有这样的"}, False),
        ({"district": "310112"}, False),
        ({"state": "nonsense", "severity": "x", "page": "99"}, True),
    ],
)
def test_the_address_is_the_filter_for_page_and_export_alike(client, cast, clue, query, shown):
    client.force_login(cast.supervisor)
    page = client.get(reverse("clues:list"), query)
    export = b"".join(client.get(reverse("clues:export"), query).streaming_content).decode()
    assert page.status_code == 200
    assert (clue.clue_no in page.content.decode()) is shown
    assert (clue.clue_no in export) is shown


def test_a_list_of_many_takes_as_many_queries_as_a_list_of_one(client, cast, clue, django_assert_max_num_queries):
    for n in range(20):
        cast.clue(kind=f"kind{n}")
    client.force_login(cast.city_supervisor)
    with django_assert_max_num_queries(12):
        client.get(reverse("clues:list"), {"state": "all"})
    for _n in range(10):
        take_finding(cast.finding(started_at=timezone.now()), True, now=timezone.now())
    with django_assert_max_num_queries(16):
        client.get(clue.get_absolute_url())


def test_a_title_with_markup_stays_text(client, cast):
    evil = take_finding(cast.finding(summary_zh="<script>alert(1)</script>"), True, now=timezone.now())
    client.force_login(cast.supervisor)
    for address in (evil.get_absolute_url(), reverse("clues:list")):
        assert "<script>alert" not in client.get(address).content.decode()


def test_verifying_a_finding_whose_frozen_input_is_gone_says_so(client, cast, clue):
    client.force_login(cast.supervisor)
    finding = clue.findings.get()
    address = reverse("clues:verify", args=[clue.clue_no, finding.fingerprint])
    assert "无法复算" in client.post(address, follow=True).content.decode()
    client.force_login(cast.next_district_officer)
    assert client.post(address).status_code == 404
