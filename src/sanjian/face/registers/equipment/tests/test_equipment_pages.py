"""The pages of equipment: who may, what a check does to readings, who has an instrument, and when it is due."""

import json
from datetime import timedelta
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from sanjian.base.evidence.models import EvidenceFile
from sanjian.base.registry.models import Calibration, FieldReading, Instrument, Loan
from sanjian.base.registry.services import equipment
from sanjian.face.registers.equipment.ics import as_ics
from sanjian.face.registers.people.tests.cast import Registers, make_registers

COUNTS = json.loads((Path(__file__).parent / "query_counts.json").read_text())
READ = {"supervisor", "city", "next", "enforcer", "monitor", "auditor"}
HERE = READ - {"next"}
USE_HERE = HERE - {"auditor"}
KEEP, KEEP_HERE = {"supervisor", "city", "next"}, {"supervisor", "city"}
EVERYBODY = READ | {"enterprise", "operator", "security"}


@pytest.fixture
def r(db, client) -> Registers:
    registers = make_registers()
    client.force_login(registers.person["supervisor"])
    return registers


def words(answer) -> str:
    return answer.content.decode()


def verify(r: Registers, days_ago: int = 30, days_left: int = 300) -> Calibration:
    now = timezone.now()
    said = {"kind": "verification", "performed_at": now - timedelta(days=days_ago), "has_passed": True,
            "valid_to": timezone.localdate() + timedelta(days=days_left)}  # fmt: skip
    return equipment.record_calibration(r.instrument, said, actor=None, at=now).because


def minute(days_ago: float) -> str:
    return (timezone.localtime() - timedelta(days=days_ago)).strftime("%Y-%m-%dT%H:%M")


@pytest.mark.parametrize("who", sorted(EVERYBODY))
def test_each_page_exists_for_whom_it_should_and_for_nobody_else(r, who):
    one, check = [r.instrument.pk], [verify(r).pk]
    rows = {
        reverse("equipment"): ("get", READ),
        reverse("equipment_csv"): ("get", READ),
        reverse("equipment_calendar"): ("get", READ),
        reverse("instrument", args=one): ("get", HERE),
        reverse("instrument_new"): ("get", KEEP),
        reverse("instrument_edit", args=one): ("get", KEEP_HERE),
        reverse("check_void", args=check): ("get", KEEP_HERE),
        reverse("check_new", args=one): ("get", USE_HERE),
        reverse("reading_new", args=one): ("get", USE_HERE),
        reverse("instrument_lend", args=one): ("post", USE_HERE),
        reverse("instrument_return", args=one): ("post", USE_HERE),
    }
    own, stranger = Client(), Client()
    own.force_login(r.person[who])
    for address, (method, may) in rows.items():
        status = getattr(own, method)(address).status_code
        assert status != 404 if who in may else status == 404, (address, who, status)
        assert getattr(stranger, method)(address).status_code == 302


def test_the_list_says_how_each_stands_and_filters_by_its_address(r, client):
    assert "未检定或不合格" in words(client.get(reverse("equipment")))
    verify(r, days_left=20)
    page = words(client.get(reverse("equipment"), {"papers": "due"}))
    assert "烟气分析仪" in page
    assert "即将到期" in page
    assert "没有符合条件的装备" in words(client.get(reverse("equipment"), {"papers": "overdue"}))
    text = b"".join(client.get(reverse("equipment_csv"))).decode("utf-8-sig")
    assert (timezone.localdate() + timedelta(days=20)).isoformat() in text


def test_the_list_asks_the_database_no_more_for_more_instruments(r, client):
    def asked() -> int:
        with CaptureQueriesContext(connection) as queries:
            assert client.get(reverse("equipment")).status_code == 200
        return len(queries)

    asked()
    few = asked()
    for number in range(30):
        Instrument.objects.create(asset_no=f"X{number}", category="气", name="仪器", body=r.bodies.here)
    assert few == asked() <= COUNTS["equipment"]


def test_the_calendar_holds_the_last_day_of_each_term(r, client):
    check = verify(r)
    text = client.get(reverse("equipment_calendar")).content.decode()
    assert f"DTSTART;VALUE=DATE:{check.valid_to:%Y%m%d}\r\n" in text
    assert "烟气分析仪 M1" in text.replace("\r\n ", "")


def test_calendar_lines_are_folded_between_characters():
    now = timezone.now()
    lines = as_ics([("a", now.date(), "检定；到期,一二三四五六七八九十" * 8)], now).split("\r\n")
    assert all(len(line.encode()) <= 75 for line in lines)
    assert "检定；到期\\,一二三" in "".join(line.removeprefix(" ") for line in lines)


def test_a_verification_is_registered_with_its_paper_kept_as_evidence(r, client):
    new = reverse("check_new", args=[r.instrument.pk])
    said = {"kind": "verification", "performed_at": minute(1), "has_passed": "1", "certificate_no": "JD-1"}
    refused = client.post(new, said)
    assert refused.status_code == 422
    assert "须有有效期" in words(refused)
    until = (timezone.localdate() + timedelta(days=300)).isoformat()
    paper = SimpleUploadedFile("证书.pdf", b"%PDF-1.7 x", "application/pdf")
    assert client.post(new, said | {"valid_to": until, "document": paper}).status_code == 302
    check = Calibration.objects.get()
    assert EvidenceFile.objects.get(sha256=check.document_sha256).original_name == "证书.pdf"
    page = words(client.get(reverse("instrument", args=[r.instrument.pk])))
    assert "现在的读数可作证据" in page
    assert '<svg class="bar"' in page


def test_a_failed_check_before_use_turns_readings_into_clues_and_says_how_many(r, client):
    verify(r)
    client.force_login(r.person["enforcer"])
    new = reverse("reading_new", args=[r.instrument.pk])
    said = {"taken_at": minute(2), "quantity": "SO2", "value": "12.5", "unit": "mg/m³"}
    assert client.post(new, said | {"code": "NOSUCHCODE"}).status_code == 422
    assert client.post(new, said | {"taken_at": minute(-2)}).status_code == 422
    assert client.post(new, said).status_code == 302
    assert FieldReading.objects.get().standing == "good"
    check = reverse("check_new", args=[r.instrument.pk])
    assert client.post(check, {"kind": "verification", "performed_at": minute(1), "has_passed": "0"}).status_code == 422
    failed = client.post(check, {"kind": "daily", "performed_at": minute(1), "has_passed": "0"}, follow=True)
    assert "1 条读数改为“仅作线索”" in words(failed)
    assert FieldReading.objects.get().standing == "clue_only"
    assert "仅作线索" in words(client.get(reverse("instrument", args=[r.instrument.pk])))


def test_a_void_certificate_needs_a_reason_and_says_what_it_reopens(r, client):
    check = verify(r)
    void = reverse("check_void", args=[check.pk])
    assert client.post(void, {"reason": ""}).status_code == 422
    page = client.post(void, {"reason": "证书系伪造"}, follow=True)
    assert "已作废" in words(page)
    assert client.get(void).status_code == 404


def test_an_instrument_is_registered_changed_lent_and_brought_back(r, client):
    said = {"asset_no": "M2", "name": "水质仪", "category": "水", "body": r.bodies.here.pk, "state": "in_use"}
    assert client.post(reverse("instrument_new"), said | {"asset_no": "M1"}).status_code == 422
    assert client.post(reverse("instrument_new"), said).status_code == 302
    second = Instrument.objects.get(asset_no="M2")
    edit = reverse("instrument_edit", args=[second.pk])
    assert client.post(edit, said | {"location": "二楼", "is_metered": "on"}).status_code == 302
    client.force_login(r.person["enforcer"])
    lend, back = (reverse(name, args=[second.pk]) for name in ("instrument_lend", "instrument_return"))
    client.post(lend, {"officer": r.bodies.officer.pk})
    client.post(lend, {"officer": r.bodies.officer.pk})
    assert Loan.objects.filter(returned_at=None).count() == 1
    assert "赵执" in words(client.get(reverse("equipment"), {"lent": "1"}))
    assert "水质仪" in words(client.get(reverse("officer", args=[r.bodies.officer.pk])))
    client.post(back)
    client.post(back)
    assert not Loan.objects.filter(returned_at=None).exists()
    client.post(lend, {})
    assert Loan.objects.count() == 1
