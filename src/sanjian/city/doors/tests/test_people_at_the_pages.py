"""People of the city at the real pages over real HTTP: a clue is worked through, registers are filled."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.utils import timezone

from sanjian.act.clues.models import Clue
from sanjian.act.clues.services import take_finding
from sanjian.base.config import config
from sanjian.base.registry.models import DataSource, InspectionObject, LegalBasis, MonitoringPoint
from sanjian.base.registry.updates.tests.cast import pulls_may_reach
from sanjian.base.screening.models import FindingRecord
from sanjian.city.building import build
from sanjian.city.doors.browser import Browser, Refused
from sanjian.city.doors.casework import work_a_clue
from sanjian.city.doors.registers import objects, partner, pull_a_partner, upload_a_file
from sanjian.city.doors.scene import Scene
from sanjian.city.folder import City
from sanjian.city.loading import load
from sanjian.city.people import PASSWORD
from sanjian.city.plan import Plan


@pytest.fixture
def scene(transactional_db, live_server, settings, monkeypatch, tmp_path) -> Iterator[Scene]:
    """The people of a small city at their pages; the partner that is pulled lies on loopback."""
    pulls_may_reach(monkeypatch, "127.0.0.0/8")
    settings.CSRF_TRUSTED_ORIGINS = [live_server.url]
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]  # what is slow on purpose elsewhere
    build(Plan(0.002, 1), tmp_path / "city")
    load(City.open(tmp_path / "city"), timezone.localdate())
    plant = _stack().inspection_object
    yield Scene(live_server.url, PASSWORD, plant.name, plant.latitude, plant.longitude)
    monkeypatch.undo()
    config.cache_clear()


def _stack() -> MonitoringPoint:
    """Where the city's story is told: the first stack with a limit for NOx."""
    return MonitoringPoint.objects.filter(limits__factor_id="a21002").earliest("pk")


def _open_clue() -> Clue:
    now = timezone.now()
    point = _stack()
    record = FindingRecord.objects.create(
        fingerprint="c" * 32, screen="sources.exceedance", version="1", kind="hourly_exceedance",
        inspection_object=point.inspection_object, point=point, subject=point.device_mn,
        started_at=now - timedelta(hours=2), ended_at=now - timedelta(hours=1), severity=3, confidence=0.9,
        summary_zh="氮氧化物 128 mg/m³，超过限值 90",
        evidence={"stream": "readings", "key": {"device_mn": point.device_mn}, "factor": "a21002", "numbers": {},
                  "innocent": [], "since": (now - timedelta(hours=6)).isoformat(), "until": now.isoformat(),
                  "highlight": []},
        inputs_sha256="", raised_at=now, updated_at=now,
    )  # fmt: skip
    record.law.add(LegalBasis.objects.get(code="eec-2026-1107-over-standard"))
    return take_finding(record, True, now=now)


def test_a_clue_is_worked_from_the_question_to_the_rating(scene: Scene) -> None:
    clue = _open_clue()
    uses = work_a_clue(scene)
    clue.refresh_from_db()
    assert (clue.state, clue.verdict) == ("closed", "confirmed")
    acts = list(clue.events.order_by("id").values_list("act", flat=True))
    assert acts == ["open", "ask", "explain", "dispatch", "accept", "issue_code", "check_in", "finish_visit", "close"]
    assert uses["code.rate"] == uses["clues.close"] == uses["inspections.finish"] == 1


def test_registers_are_filled_by_file_and_by_pull_and_by_nobody_else(scene: Scene, monkeypatch) -> None:
    monkeypatch.setattr("sanjian.city.doors.registers.READ_S", 0.2)
    assert upload_a_file(scene) == {"registry.upload": 1, "registry.confirm": 1}
    assert InspectionObject.objects.filter(name__startswith="模拟城市导入试验").count() == 10
    assert upload_a_file(scene) == {"registry.upload": 1, "registry.confirm": 0}
    with pytest.raises(Refused, match="导入批次读完"):  # no worker runs here that would read what was pulled
        pull_a_partner(scene)
    assert DataSource.objects.get(code="city-partner").last_problem == ""
    with pytest.raises(Refused, match="未能登录"):
        Browser(scene.root).log_in("li", "falsch")


def test_the_partner_serves_the_same_objects_every_time() -> None:
    with partner(objects("对接", 2)) as address:
        page = Browser(address.removesuffix("/objects.json")).get("/objects.json")
    assert (page.status, page.text.count("虚构）")) == (200, 10)
    assert objects("对接", 2) == objects("对接", 2)
