"""The page behind the QR: true codes say everything that matters, false ones say nothing at all."""

import re
from datetime import timedelta

import pytest
from django.core.cache import cache
from django.urls import reverse
from django.utils import timezone

from sanjian.act.inspections import queries
from sanjian.act.inspections.models import InspectionCode, Rating
from sanjian.act.inspections.public_pages import GUESSES
from sanjian.act.inspections.services import visits
from sanjian.act.inspections.services.codes import cancel_code, issue_code
from sanjian.act.inspections.services.photos import attach_photo
from sanjian.base.evidence import signing

from .pictures import jpeg


@pytest.fixture(autouse=True)
def _nobody_has_guessed_yet():
    cache.clear()


@pytest.fixture
def code(cast, apply_for) -> InspectionCode:
    """A planned code whose window is open by the clock that the page uses."""
    now = timezone.now()
    window = {"window_from": now - timedelta(minutes=1), "window_to": now + timedelta(hours=2)}
    return issue_code(apply_for(**window), cast.officer, now=now)


def address(code: InspectionCode) -> str:
    return queries.public_url(code).removeprefix("http://127.0.0.1:8000")


def visit(code, cast, delivered=True):
    now = timezone.now()
    found = visits.check_in(code, cast.officer, now=now)
    running, line = cast.item.questions.all()
    visits.answer(found, running, cast.officer, reply="yes", now=now)
    visits.answer(found, line, cast.officer, reply="yes", now=now)
    attach_photo(found, jpeg(), cast.officer, question=line, now=now)
    visits.finish(found, cast.officer, record_text="内部笔录", result="corrected", now=now)
    if delivered:
        visits.deliver(found.code, cast.officer, now=now)


def test_a_stranger_sees_task_items_basis_officers_window_count_and_rights(client, code):
    page = client.get(address(code))
    text = page.content.decode()
    assert page.status_code == 200
    expected = ("检查码有效", "演示水务有限公司", "自动监测设备检查", "设备正常运行", "第五十一条", "执法甲", "沪A0002")
    for words in (*expected, "1 次，上限 2 次", "JH-2026-0001", "申请回避", code.token, "服务器时间"):
        assert words in text
    assert page["Cache-Control"].startswith("max-age=0")


def test_the_qr_holds_an_opaque_id_and_a_seal_and_nothing_else(client, cast, code):
    url = queries.public_url(code)
    assert url == f"http://127.0.0.1:8000/code/{code.code_id}?s={queries.seal(code.code_id)}"
    client.force_login(cast.officer)
    picture = client.get(reverse("inspections:qr", args=[code.code_id]))
    assert picture["Content-Type"] == "image/svg+xml"
    assert picture.content.startswith(b"<svg")


def test_forged_codes_are_all_the_same_404(client, code):
    real, seal = code.code_id, queries.seal(code.code_id)
    altered = seal[:-1] + ("y" if seal.endswith("x") else "x")
    forged = [f"/code/{real}", f"/code/{real}?s=", f"/code/{real}?s={altered}", f"/code/{'A' * 26}?s={seal}"]
    forged += [f"/code/{real.lower()}?s={seal}", f"/code/x?s={queries.seal('x')}", f"/code/{real}?s=%00é"]
    answers = [client.get(link) for link in forged]
    assert {a.status_code for a in answers} == {404}
    assert len({re.sub(rb'"X-CSRFToken": "[^"]*"', b"", a.content) for a in answers}) == 1
    assert "不是有效的检查码" in answers[0].content.decode()


def test_a_refused_application_has_no_public_page(client, cast, apply_for):
    refused = issue_code(apply_for(officers=[cast.officer]), cast.officer, now=timezone.now())
    assert client.get(address(refused)).status_code == 404


def test_guessing_is_stopped_after_a_while_but_only_for_who_guesses(client, code):
    for _n in range(GUESSES):
        assert client.get("/code/AAAA?s=b").status_code == 404
    assert client.get("/code/AAAA?s=b").status_code == 429
    assert client.get(address(code), REMOTE_ADDR="10.0.0.9").status_code == 200


def test_expired_cancelled_and_early_codes_are_told_apart_from_valid_ones(client, cast, code, apply_for):
    InspectionCode.objects.filter(id=code.id).update(window_to=timezone.now() - timedelta(seconds=1))
    assert "检查码已过期" in client.get(address(code)).content.decode()
    now = timezone.now()
    later = {"window_from": now + timedelta(days=1), "window_to": now + timedelta(days=1, hours=2)}
    early = issue_code(apply_for(**later), cast.officer, now=now)
    assert "还没到检查时段" in client.get(address(early)).content.decode()
    cancel_code(early, cast.officer, reason="改期", now=now)
    assert "检查码已取消" in client.get(address(early)).content.decode()


def test_after_the_visit_the_result_is_shown_and_the_record_is_not(client, cast, code):
    visit(code, cast, delivered=False)
    text = client.get(address(code)).content.decode()
    assert "当场改正" in text
    assert "内部笔录" not in text
    assert "评价这次检查" not in text


def test_the_inspected_body_rates_once(client, cast, code):
    visit(code, cast)
    assert "评价这次检查" in client.get(address(code)).content.decode()
    rate = f"/code/{code.code_id}/rate?s={queries.seal(code.code_id)}"
    assert client.post(rate, {"comment": "x"}).status_code == 422
    assert client.post(rate, {"score": "5", "comment": "规范"}).status_code == 302
    assert client.post(rate, {"score": "1"}).status_code == 422
    assert Rating.objects.get().score == 5
    assert "已收到对这次检查的评价" in client.get(address(code)).content.decode()
    assert client.post(f"/code/{code.code_id}/rate?s=wrong", {"score": "1"}).status_code == 404


def test_the_key_and_the_clock_are_public(client):
    assert client.get("/code/key.pem").content.decode() == signing.public_key_pem(signing.signing_key())
    assert "now" in client.get("/code/time").json()
