"""The officer's pages walk a clue from code to close; others find nothing there."""

import hashlib
import re
from datetime import datetime, timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone

from sanjian.act.clues.services import take_finding, take_step
from sanjian.act.inspections.models import Inspection, InspectionCode
from sanjian.base.identity import audit

from .pictures import jpeg


@pytest.fixture
def clue(cast):
    """A clue that was dispatched and accepted just now, by the clock that the pages use."""
    now = timezone.now()
    clue = take_finding(cast.finding(started_at=now - timedelta(hours=1)), True, now=now)
    take_step(clue, "dispatch", cast.supervisor, now=now, reason="核查")
    take_step(clue, "accept", cast.officer, now=now)
    return clue


def application(cast, **changes) -> dict:
    now = timezone.localtime()
    given = {
        "kind": "triggered",
        "items": [cast.item.pk],
        "officers": [cast.officer.pk, cast.second_officer.pk],
        "window_from": (now - timedelta(minutes=5)).strftime("%Y-%m-%dT%H:%M"),
        "window_to": (now + timedelta(hours=4)).strftime("%Y-%m-%dT%H:%M"),
        "mode": "on_site",
        "reason": "核实预警",
        "request_key": "key-1",
    }
    return given | changes


@pytest.fixture
def code(client, cast, clue) -> InspectionCode:
    client.force_login(cast.officer)
    answer = client.post(f"{reverse('inspections:issue')}?clue={clue.clue_no}", application(cast))
    assert answer.status_code == 302, answer.content.decode()
    return InspectionCode.objects.get()


def test_the_whole_walk_by_pages_alone(client, cast, clue, code):
    assert "到场签到" in client.get(code.get_absolute_url()).content.decode()
    place = {"latitude": "31.2001", "longitude": "121.5", "accuracy_m": "9.5"}
    client.post(reverse("inspections:check_in", args=[code.code_id]), place)
    visit = Inspection.objects.get()
    assert visit.accuracy_m == 9.5
    running, line = cast.item.questions.all()
    first = reverse("inspections:question", args=[code.code_id, running.id])
    second = reverse("inspections:question", args=[code.code_id, line.id])
    overview = client.get(reverse("inspections:visit", args=[code.code_id]))
    assert first in overview.content.decode()
    assert client.post(first, {"reply": "yes", "go": "next"})["Location"] == second
    content = jpeg()
    photo = {
        "reply": "no",
        "note": "有旁路",
        "go": "next",
        "photo": SimpleUploadedFile("IMG.jpg", content, "image/jpeg"),
        "sha256": hashlib.sha256(content).hexdigest(),
        "taken_at": "2026-11-23T02:00:00.000Z",
        "monotonic_ms": "1234.5",
        **place,
    }
    assert client.post(second, photo).status_code == 302
    kept = visit.photos.get()
    assert (kept.hash_state, kept.device_monotonic_ms) == ("match", 1234.5)
    finish = reverse("inspections:finish", args=[code.code_id])
    refused = client.post(finish, {"result": "clean", "record_text": "x"})
    assert refused.status_code == 422
    assert "结果不能是" in refused.content.decode()
    given = {"result": "order", "record_text": "采样管路有旁路，责令改正", "is_delivered": "on"}
    assert client.post(finish, given).status_code == 302
    done = client.get(reverse("inspections:done", args=[code.code_id])).content.decode()
    assert "责令改正" in done
    assert clue.get_absolute_url() in done
    page = client.get(clue.get_absolute_url())
    form = next(f for f in page.context["forms"] if f.step.act == "close")
    hidden = {name: form.initial[name] for name in ("seen", "request_key")}
    closing = hidden | {"verdict": "confirmed", "reason": "属实"}
    client.post(reverse("clues:act", args=[clue.clue_no, "close"]), closing)
    clue.refresh_from_db()
    assert (clue.state, clue.verdict) == ("closed", "confirmed")
    assert audit.verify()[1] is None


def test_refused_applications_say_every_reason_with_rule_and_version(client, cast, clue):
    client.force_login(cast.officer)
    address = f"{reverse('inspections:issue')}?clue={clue.clue_no}"
    answer = client.post(address, application(cast, officers=[cast.officer.pk], reason=""))
    page = answer.content.decode()
    assert answer.status_code == 422
    for words in ("至少两名执法人员，现有 1 名", "two_officers@1", "须写明检查事由", "plan_or_trigger@1"):
        assert words in page
    again = re.search(r'name="request_key" value="([^"]+)"', page).group(1)
    assert again != "key-1"
    assert client.post(address, application(cast, request_key=again)).status_code == 302


def test_an_officer_without_certificate_cannot_go(client, cast, clue):
    cast.second_officer.officer.certificates.all().delete()
    client.force_login(cast.officer)
    answer = client.post(f"{reverse('inspections:issue')}?clue={clue.clue_no}", application(cast))
    assert "officers_certified@2" in answer.content.decode()


def test_a_planned_visit_is_looked_up_and_needs_its_plan(client, cast):
    client.force_login(cast.officer)
    found = client.get(reverse("inspections:issue"), {"q": "演示"}).content.decode()
    assert f"?object={cast.plant.id}" in found
    address = f"{reverse('inspections:issue')}?object={cast.plant.id}"
    assert client.get(address).status_code == 200
    assert "已备案的计划编号" in client.post(address, application(cast, kind="planned")).content.decode()
    planned = application(cast, kind="planned", plan_no="JH-1", request_key="key-2")
    assert client.post(address, planned).status_code == 302


@pytest.mark.parametrize("who", ["next_district_officer", "stranger", "operator", "enterprise"])
def test_others_find_no_code_no_visit_and_no_photo(client, cast, code, who):
    client.post(reverse("inspections:check_in", args=[code.code_id]))
    question = cast.item.questions.first()
    page = reverse("inspections:question", args=[code.code_id, question.id])
    client.post(page, {"photo": SimpleUploadedFile("a.jpg", jpeg(), "image/jpeg"), "go": "stay"})
    photo = Inspection.objects.get().photos.get()
    original = reverse("inspections:photo", args=[code.code_id, photo.id, "original"])
    assert client.get(original).content == jpeg()
    assert client.get(reverse("inspections:photo", args=[code.code_id, photo.id, "thumb"])).status_code == 200
    client.force_login(getattr(cast, who))
    own = [reverse("inspections:visit", args=[code.code_id]), page, original]
    own += [reverse("inspections:finish", args=[code.code_id]), reverse("inspections:done", args=[code.code_id])]
    for address in own:
        assert client.get(address).status_code == 404
    if who != "enterprise":  # the enterprise may look at the code of a visit that has begun
        assert client.get(code.get_absolute_url()).status_code == 404


def test_the_enterprise_sees_a_code_only_once_the_visit_began(client, cast, code):
    client.force_login(cast.enterprise)
    assert client.get(code.get_absolute_url()).status_code == 404
    client.force_login(cast.officer)
    client.post(reverse("inspections:check_in", args=[code.code_id]))
    client.force_login(cast.enterprise)
    assert client.get(code.get_absolute_url()).status_code == 200


def test_a_colleague_who_does_not_go_looks_but_cannot_write(client, cast, code):
    client.post(reverse("inspections:check_in", args=[code.code_id]))
    client.force_login(cast.supervisor)
    page = reverse("inspections:question", args=[code.code_id, cast.item.questions.first().id])
    assert client.get(page).status_code == 200
    assert client.post(page, {"reply": "yes", "go": "next"}).status_code == 404
    assert not Inspection.objects.get().answers.exists()


def test_nonsense_from_a_device_counts_as_nothing(client, cast, code):
    client.post(
        reverse("inspections:check_in", args=[code.code_id]),
        {"latitude": "nan", "longitude": "1e999", "accuracy_m": "-3"},
    )
    assert Inspection.objects.get().latitude is None
    page = reverse("inspections:question", args=[code.code_id, cast.item.questions.first().id])
    strange = {"sha256": "zz", "taken_at": "yesterday", "monotonic_ms": "x", "go": "stay"}
    client.post(page, strange | {"photo": SimpleUploadedFile("a.jpg", jpeg(), "image/jpeg")})
    photo = Inspection.objects.get().photos.get()
    assert (photo.hash_state, photo.taken_at, photo.device_monotonic_ms) == ("none", None, None)


def test_a_broken_photo_comes_back_with_its_error_in_place(client, cast, code):
    client.post(reverse("inspections:check_in", args=[code.code_id]))
    page = reverse("inspections:question", args=[code.code_id, cast.item.questions.first().id])
    answer = client.post(page, {"go": "stay", "photo": SimpleUploadedFile("a.jpg", b"nope", "image/jpeg")})
    assert answer.status_code == 422
    assert "不是完整的 JPEG" in answer.content.decode()


def test_tasks_show_what_waits_for_this_officer(client, cast, clue, code):
    page = client.get(reverse("inspections:list")).content.decode()
    assert code.get_absolute_url() in page
    for who in ("supervisor", "enterprise", "auditor"):
        client.force_login(getattr(cast, who))
        assert client.get(reverse("inspections:list")).status_code == 200


def test_a_code_is_cancelled_with_a_reason_from_its_page(client, cast, code):
    address = reverse("inspections:cancel", args=[code.code_id])
    assert "请写明取消的理由" in client.post(address, {"reason": ""}, follow=True).content.decode()
    client.post(address, {"reason": "改期"})
    code.refresh_from_db()
    assert code.status == "cancelled"


def test_an_emergency_is_approved_late_by_supervision(client, cast):
    client.force_login(cast.officer)
    address = f"{reverse('inspections:issue')}?object={cast.plant.id}"
    assert client.post(address, application(cast, kind="emergency")).status_code == 302
    code = InspectionCode.objects.get()
    client.force_login(cast.supervisor)
    assert "补批" in client.get(code.get_absolute_url()).content.decode()
    client.post(reverse("inspections:approve", args=[code.code_id]))
    code.refresh_from_db()
    assert code.approver == cast.supervisor
    assert isinstance(code.approved_at, datetime)
