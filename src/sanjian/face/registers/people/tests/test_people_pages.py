"""The pages of people: found, masked, entered with errors in place, corrected without losing what was."""

import json
from datetime import timedelta
from pathlib import Path

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from sanjian.base.identity import audit
from sanjian.base.identity.models import AuditEntry
from sanjian.base.registry.models import Absence, Body, Certificate, Interest, Officer, Power
from sanjian.face.registers.people.forms import is_id_number

from .cast import Registers, make_registers

COUNTS = json.loads((Path(__file__).parent / "query_counts.json").read_text())


@pytest.fixture
def r(db, client) -> Registers:
    registers = make_registers()
    client.force_login(registers.person["supervisor"])
    return registers


def words(answer) -> str:
    return answer.content.decode()


def test_the_list_shows_people_with_their_certificate_and_filters_by_its_address(r, client):
    page = words(client.get(reverse("people")))
    assert "赵执" in page
    assert "沪A1" in page
    assert "赵执" in words(client.get(reverse("people"), {"q": "沪A1", "skill": "大气"}))
    nothing = words(client.get(reverse("people"), {"skill": "水"}))
    assert "没有符合条件的人员" in nothing
    Certificate.objects.update(valid_to=timezone.localdate() + timedelta(days=10))
    page = words(client.get(reverse("people"), {"papers": "ending"}))
    assert "即将失效" in page
    assert "赵执" in page


def test_the_next_district_sees_its_own_people_only(r, client):
    client.force_login(r.person["next"])
    assert "赵执" not in words(client.get(reverse("people")))
    assert "还没有登记人员" in words(client.get(reverse("people")))


def asked(client, address: str) -> int:
    """How many queries a page takes, read to its end."""
    with CaptureQueriesContext(connection) as queries:
        answer = client.get(address)
        assert b"".join(answer) if answer.streaming else answer.content
    return len(queries)


@pytest.mark.parametrize("name", sorted(COUNTS))
def test_a_list_asks_the_database_no_more_for_more_people(r, client, name):
    """COUNTS is the most that a list may ever take; the session and the person are asked for in it."""
    address = reverse(name)
    asked(client, address)
    few = asked(client, address)
    for number in range(30):
        officer = Officer.objects.create(body=r.bodies.here, staff_no=f"X{number}", name=f"人员{number}")
        Certificate.objects.create(
            officer=officer, certificate_no=f"X{number}", territory=r.bodies.here.territory, valid_from="2025-01-01"
        )
    assert few == asked(client, address) <= COUNTS[name]


def test_the_export_holds_everybody_and_no_personal_number(r, client):
    text = b"".join(client.get(reverse("people_csv")).streaming_content).decode("utf-8-sig")
    head, line = text.strip().splitlines()
    assert head.startswith("姓名,工号,机构")
    assert line.startswith("赵执,P1,浦东局")
    assert "1381" not in text
    assert "3101" not in text


def test_numbers_are_masked_until_opened_for_a_purpose(r, client):
    officer = reverse("officer", args=[r.bodies.officer.pk])
    page = words(client.get(officer))
    assert "138****5678" in page
    assert "13812345678" not in page
    reveal = reverse("officer_reveal", args=[r.bodies.officer.pk])
    refused = client.post(reveal, {"field": "phone", "purpose": " "})
    assert refused.status_code == 422
    assert "13812345678" not in words(refused)
    opened = client.post(reveal, {"field": "phone", "purpose": "夜间应急"})
    assert "13812345678" in words(opened)
    assert "no-store" in opened["Cache-Control"]
    assert audit.readers_of("officer", r.bodies.officer.pk).get().reason == "夜间应急"


@pytest.mark.parametrize(
    ("who", "sees", "sees_note"),
    [("supervisor", True, True), ("city", True, True), ("auditor", True, False), ("enforcer", True, False),
     ("monitor", False, False)],
)  # fmt: skip
def test_interests_show_to_the_own_bodys_supervisors_the_auditor_and_the_officer(r, client, who, sees, sees_note):
    client.force_login(r.person[who])
    page = words(client.get(reverse("officer", args=[r.bodies.officer.pk])))
    assert ("利益申报" in page) is sees
    assert ("其妻在该厂" in page) is sees_note


def test_a_person_is_registered_and_changed_with_errors_in_place(r, client):
    given = {
        "body": r.bodies.here.pk, "staff_no": "P2", "name": "钱法", "skills": "水、固废，水", "is_established": "on",
        "id_number": "11010519491231002X", "phone": "13900000000",
    }  # fmt: skip
    bad = client.post(reverse("officer_new"), given | {"id_number": "110105194912310021", "name": ""})
    assert bad.status_code == 422
    assert "身份证号不对" in words(bad)
    assert client.post(reverse("officer_new"), given).status_code == 302
    officer = Officer.objects.get(staff_no="P2")
    assert (officer.skills, officer.id_number) == (["水", "固废"], "11010519491231002X")
    edit = reverse("officer_edit", args=[officer.pk])
    assert "11010519491231002X" not in words(client.get(edit))
    client.post(edit, given | {"id_number": "", "phone": "", "post": "队长"})
    officer.refresh_from_db()
    assert (officer.post, officer.id_number, officer.phone) == ("队长", "11010519491231002X", "13900000000")
    again = client.post(edit, given | {"id_number": "", "phone": "", "post": "队长"})
    assert again.status_code == 422
    assert "没有改动" in words(again)
    taken = client.post(reverse("officer_new"), given | {"id_number": "", "name": "x"})
    assert taken.status_code == 422
    elsewhere = client.post(reverse("officer_new"), given | {"staff_no": "P3", "body": r.bodies.there.pk})
    assert elsewhere.status_code == 422


def test_a_certificate_is_registered_and_corrected_and_the_former_stays(r, client):
    new = reverse("certificate_new", args=[r.bodies.officer.pk])
    said = {"certificate_no": "沪A2", "kind": "行政执法证", "territory": "310115", "valid_from": "2026-01-01"}
    assert client.post(new, said | {"valid_to": "2025-01-01"}).status_code == 422
    assert client.post(new, said).status_code == 302
    correct = reverse("certificate", args=[r.certificate.pk])
    said = said | {"certificate_no": "沪A1", "checked_on": timezone.localdate().isoformat()}
    assert client.post(correct, said).status_code == 422  # no reason
    assert client.post(correct, said | {"reason": "年度审验"}).status_code == 302
    page = words(client.get(reverse("officer", args=[r.bodies.officer.pk])))
    assert "1 条已被更正的记录" in page
    assert client.get(correct).status_code == 404  # what was replaced is no longer corrected


def test_interests_and_absences_are_entered_and_ended(r, client):
    officer = [r.bodies.officer.pk]
    new = reverse("interest_new", args=officer)
    said = {"kind": "financial", "valid_from": "2026-01-01"}
    assert "没有找到这个检查对象" in words(client.post(new, said | {"inspection_object": "丁厂"}))
    assert client.post(new, said | {"inspection_object": r.bodies.plant.credit_code}).status_code == 302
    end = reverse("interest_end", args=[r.interest.pk])
    assert client.post(end, {"last_day": timezone.localdate().isoformat(), "reason": "离职"}).status_code == 302
    assert Interest.objects.current().filter(valid_to=timezone.localdate()).count() == 1
    absent = reverse("absence_new", args=officer)
    today = timezone.localdate()
    assert client.post(absent, {"first_day": today, "last_day": today, "reason": "培训"}).status_code == 302
    page = words(client.get(reverse("officer", args=officer)))
    assert "今天不在岗" in page
    assert client.post(reverse("absence_remove", args=[Absence.objects.get().pk])).status_code == 302
    assert not Absence.objects.exists()


def test_a_body_is_registered_claims_items_and_ends_a_claim(r, client):
    said = {"code": "team", "name": "执法大队", "kind": "entrusted", "department": "enforcement",
            "territory": "310115", "parent": r.bodies.here.pk}  # fmt: skip
    refused = client.post(reverse("body_new"), said)
    assert refused.status_code == 422
    assert "委托机关" in words(refused)
    assert client.post(reverse("body_new"), said | {"entrusted_by": r.bodies.here.pk}).status_code == 302
    team = Body.objects.get(code="team")
    page = reverse("body", args=[team.pk])
    assert "没有认领的事项，本机构人员不能检查" in words(client.get(page))
    assert r.bodies.item.name in words(client.get(page, {"show": "unclaimed"}))
    claim = reverse("body_claim", args=[team.pk])
    assert client.post(claim, {"valid_from": "2026-01-01"}).status_code == 422
    chosen = {"valid_from": "2026-01-01", "item": [r.bodies.item.pk]}
    assert client.post(claim, chosen).status_code == 302
    assert client.post(claim, chosen).status_code == 302  # a second click claims nothing anew
    power = Power.objects.get()
    assert AuditEntry.objects.filter(act="power.claim").count() == 1
    ended = {"last_day": "2026-06-30", "reason": "划转"}
    assert client.post(reverse("claim_end", args=[power.pk]), ended).status_code == 302
    assert Power.objects.current().get().valid_to.isoformat() == "2026-06-30"
    assert "执法大队" in words(client.get(reverse("bodies")))
    edit = reverse("body_edit", args=[team.pk])
    assert client.post(edit, said | {"entrusted_by": r.bodies.here.pk, "name": "大队"}).status_code == 302


def test_an_identity_number_carries_its_own_check():
    assert is_id_number("11010519491231002X")
    assert not is_id_number("110105194912310021")
    assert not is_id_number("1101051949123100")
