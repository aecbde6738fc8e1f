"""When an instrument turns out not to have been good, the visits that relied on it are looked at again."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from sanjian.act.inspections.models import Inspection, Reexamination
from sanjian.act.inspections.queries import to_reexamine
from sanjian.act.inspections.services import reexamining
from sanjian.act.inspections.services.errors import VisitError
from sanjian.base.identity.models import Account, AuditEntry
from sanjian.base.registry.models import Body, Instrument
from sanjian.base.registry.services import equipment


@pytest.fixture
def visit(cast, code) -> Inspection:
    """A visit with a reading of an instrument whose check turns out to be void afterwards."""
    now = timezone.now()
    made = Inspection.objects.create(code=code, checked_in_at=now, checked_in_by=cast.officer)
    meter = equipment.save_instrument(
        Instrument(), {"asset_no": "M1", "category": "气", "name": "烟气分析仪", "body": Body.objects.first()},
        actor=None, at=now,
    )  # fmt: skip
    values = {"kind": "verification", "performed_at": now - timedelta(days=9), "has_passed": True}
    check = equipment.record_calibration(
        meter, values | {"valid_to": now.date() + timedelta(days=99)}, actor=None, at=now
    )
    for quantity in ("SO2", "NOx"):
        equipment.record_reading(
            meter, taken_at=now - timedelta(days=1), quantity=quantity, value=41.5, unit="mg/m³", record_kind="code",
            record_id=code.code_id, actor=None, at=now,
        )  # fmt: skip
    assert not Reexamination.objects.exists()
    equipment.void_calibration(check.because, actor=None, at=now, reason="证书系伪造")
    return made


def test_the_visit_waits_for_a_second_look_that_says_which_readings_fell(cast, visit):
    waiting = Reexamination.objects.get()
    assert waiting.inspection == visit
    assert "烟气分析仪 M1" in waiting.because
    assert "SO2 41.5" in waiting.because
    assert "NOx 41.5" in waiting.because
    assert AuditEntry.objects.filter(act="visit.reopen", record_id=visit.code.code_id).count() == 1
    assert list(to_reexamine(cast.supervisor)) == [waiting]
    assert not to_reexamine(cast.next_district_officer).exists()


def test_a_second_cause_joins_the_look_that_waits_already(visit):
    meter, now = Instrument.objects.get(asset_no="M1"), timezone.now()
    values = {"kind": "verification", "performed_at": now - timedelta(days=8), "has_passed": True}
    again = equipment.record_calibration(meter, values | {"valid_to": now.date()}, actor=None, at=now)
    equipment.void_calibration(again.because, actor=None, at=now, reason="也系伪造")
    assert Reexamination.objects.get().because.count("M1") == 2


def test_a_supervisor_settles_it_once_with_reasons(client, cast, visit):
    client.force_login(cast.supervisor)
    address = reverse("inspections:settle", args=[visit.code.code_id])
    client.post(address, {"outcome": "upheld", "note": " "})
    assert Reexamination.objects.get().settled_at is None
    client.post(address, {"outcome": "upheld", "note": "另有比对监测报告"})
    settled = Reexamination.objects.get()
    assert (settled.outcome, settled.settled_by) == ("upheld", cast.supervisor)
    client.post(address, {"outcome": "withdrawn", "note": "改判"})
    settled.refresh_from_db()
    assert settled.outcome == "upheld"


def test_the_record_shows_each_reading_with_its_worth(client, cast, visit):
    Inspection.objects.update(finished_at=timezone.now(), result="clean")
    client.force_login(cast.supervisor)
    page = client.get(reverse("inspections:done", args=[visit.code.code_id])).content.decode()
    assert page.count("仅作线索") >= 2
    assert "烟气分析仪 M1" in page


def test_those_who_went_do_not_review_themselves(cast, visit):
    for actor in (cast.officer, cast.enterprise):
        with pytest.raises(VisitError):
            reexamining.settle(visit, actor, outcome="upheld", note="成立", now=timezone.now())
    Account.objects.filter(pk=cast.officer.pk).update(role="supervisor")
    cast.officer.refresh_from_db()
    with pytest.raises(VisitError):
        reexamining.settle(visit, cast.officer, outcome="upheld", note="成立", now=timezone.now())


def test_the_page_and_today_show_it_to_who_decides(client, cast, visit):
    client.force_login(cast.supervisor)
    page = client.get(reverse("inspections:visit", args=[visit.code.code_id])).content.decode()
    assert "待复核" in page
    assert "办结复核" in page
    assert "待复核的检查" in client.get(reverse("today")).content.decode()
    client.force_login(cast.officer)
    page = client.get(reverse("inspections:visit", args=[visit.code.code_id])).content.decode()
    assert "由监管部门复核" in page
    assert "办结复核" not in page
