"""Readings are worth what the instrument's checks say, also those that one learns of late; one holder at a time."""

from datetime import date, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sanjian.base.identity import audit
from sanjian.base.identity.models import AuditEntry
from sanjian.base.registry.models import Calibration, FieldReading, Instrument, Loan
from sanjian.base.registry.queries import equipment as queries
from sanjian.base.registry.rules import calibration as rules
from sanjian.base.registry.services import equipment
from sanjian.base.registry.services.errors import Clash, InvalidValues, NotAllowed

from .bodies import NOW, TODAY, Bodies, make_bodies


@pytest.fixture
def b(db) -> Bodies:
    return make_bodies()


@pytest.fixture
def meter(b) -> Instrument:
    return equipment.save_instrument(
        Instrument(), {"asset_no": "M1", "category": "气", "name": "烟气分析仪", "body": b.here}, actor=None, at=NOW
    )


@pytest.fixture
def told():
    """What the subscribers were told, for the length of a test."""
    heard: list[equipment.Reopening] = []
    equipment.on_reopened(heard.append)
    yield heard
    equipment._subscribers.pop()


def check(meter, days_ago: float, has_passed: bool = True, kind: str = "verification", **given) -> equipment.Reopening:
    until = {"valid_to": TODAY + timedelta(days=300)} if has_passed and kind != "daily" else {}
    values = {"kind": kind, "performed_at": NOW - timedelta(days=days_ago), "has_passed": has_passed}
    return equipment.record_calibration(meter, values | until | given, actor=None, at=NOW)


def read(meter, days_ago: float, record: str = "") -> FieldReading:
    return equipment.record_reading(
        meter, taken_at=NOW - timedelta(days=days_ago), quantity="SO2", value=1.0, unit="mg/m³",
        record_kind="visit" if record else "", record_id=record, actor=None, at=NOW,
    )  # fmt: skip


def standings(meter) -> list[str]:
    return list(FieldReading.objects.filter(instrument=meter).order_by("taken_at").values_list("standing", flat=True))


def test_a_reading_out_of_calibration_is_a_clue_only_and_says_why(meter):
    assert read(meter, 10).standing_reason == "读数时没有检定或校准记录"
    check(meter, 5)
    assert read(meter, 1).standing == "good"


def test_a_failed_check_reopens_what_lies_between_the_good_ones_and_names_the_records(meter, told):
    check(meter, 100)
    check(meter, 50, kind="daily")
    kept, lost, later = read(meter, 60, "V1"), read(meter, 40, "V2"), read(meter, 20, "V3")
    check(meter, 30, kind="daily")
    reopening = check(meter, 35, False, kind="daily")
    assert [r.pk for r in reopening.lost] == [lost.pk]
    assert reopening.records == [("visit", "V2")]
    lost.refresh_from_db()
    assert (lost.standing, lost.reopened_at) == ("clue_only", NOW)
    assert "不合格" in lost.standing_reason
    assert {kept.pk, later.pk} == set(FieldReading.objects.filter(standing="good").values_list("pk", flat=True))
    assert told == [reopening]
    entry = AuditEntry.objects.filter(act="calibration.add").last()
    assert entry.details["lost"] == [lost.pk]
    assert entry.details["records"] == [["visit", "V2"]]
    assert audit.verify()[1] is None


def test_a_certificate_that_turns_out_void_reopens_what_rested_on_it(b, meter, told):
    first = check(meter, 100).because
    reading = read(meter, 10, "V1")
    with pytest.raises(InvalidValues):
        equipment.void_calibration(first, actor=b.supervisor, at=NOW, reason="")
    with pytest.raises(NotAllowed):
        equipment.void_calibration(first, actor=b.enforcer, at=NOW, reason="伪造")
    reopening = equipment.void_calibration(first, actor=b.supervisor, at=NOW, reason="证书系伪造")
    assert reopening.records == [("visit", "V1")]
    assert told == [reopening]
    reading.refresh_from_db()
    assert reading.standing == "clue_only"
    with pytest.raises(Clash):
        equipment.void_calibration(first, actor=b.supervisor, at=NOW, reason="证书系伪造")
    assert Calibration.objects.get().void_reason == "证书系伪造"


def test_a_certificate_registered_late_gives_readings_back_marked(meter):
    read(meter, 10)
    reopening = check(meter, 20)
    assert len(reopening.regained) == 1
    assert reopening.records == []
    assert FieldReading.objects.get().reopened_at == NOW


def test_a_subscriber_that_refuses_undoes_the_check(meter):
    check(meter, 100)
    read(meter, 10)

    def refuse(_reopening) -> None:
        raise Clash("no")

    equipment.on_reopened(refuse)
    try:
        with pytest.raises(Clash):
            check(meter, 5, False)
    finally:
        equipment._subscribers.remove(refuse)
    assert standings(meter) == ["good"]
    assert Calibration.objects.count() == 1


def test_equipment_that_is_declared_unmetered_needs_no_checks(meter):
    read(meter, 10)
    equipment.save_instrument(meter, {"is_metered": False}, actor=None, at=NOW)
    assert standings(meter) == ["good"]


@pytest.mark.parametrize(
    ("field", "values"),
    [
        ("performed_at", {"performed_at": NOW + timedelta(hours=1)}),
        ("valid_to", {"valid_to": None}),
        ("valid_to", {"valid_to": date(2020, 1, 1)}),
        ("valid_to", {"kind": "daily", "valid_to": TODAY}),
    ],
)
def test_a_check_that_cannot_be_is_refused_at_its_field(meter, field, values):
    given = {"kind": "verification", "performed_at": NOW, "has_passed": True, "valid_to": TODAY} | values
    with pytest.raises(InvalidValues) as refused:
        equipment.record_calibration(meter, given, actor=None, at=NOW)
    assert field in refused.value.errors


def test_users_check_and_read_before_use_and_only_keepers_register_verification(b, meter):
    daily = {"kind": "daily", "performed_at": NOW, "has_passed": True}
    equipment.record_calibration(meter, daily, actor=b.enforcer, at=NOW)
    with pytest.raises(NotAllowed):
        equipment.record_calibration(
            meter, daily | {"kind": "verification", "valid_to": TODAY}, actor=b.enforcer, at=NOW
        )
    for actor in (b.next_supervisor, b.auditor, b.enterprise):
        with pytest.raises(NotAllowed):
            equipment.record_calibration(meter, daily, actor=actor, at=NOW)
    with pytest.raises(NotAllowed):
        equipment.record_reading(meter, taken_at=NOW, quantity="x", value=1, unit="", actor=b.next_supervisor, at=NOW)


def test_an_instrument_has_one_holder_at_a_time(b, meter):
    loan = equipment.lend(meter, b.officer, actor=b.enforcer, at=NOW)
    with pytest.raises(Clash):
        equipment.lend(meter, b.officer, actor=b.enforcer, at=NOW)
    equipment.give_back(loan, actor=b.enforcer, at=NOW)
    with pytest.raises(Clash):
        equipment.give_back(loan, actor=b.enforcer, at=NOW)
    equipment.lend(meter, b.officer, actor=b.enforcer, at=NOW)
    assert Loan.objects.count() == 2
    assert queries.instrument_rows(b.supervisor, {"lent": "1"}, TODAY).get().holder == "赵执"


def test_what_is_scrapped_is_neither_lent_nor_read(b, meter):
    equipment.save_instrument(meter, {"state": "scrapped"}, actor=None, at=NOW)
    with pytest.raises(InvalidValues):
        equipment.lend(meter, b.officer, actor=b.enforcer, at=NOW)
    with pytest.raises(InvalidValues):
        read(meter, 0)


@pytest.mark.parametrize(
    ("days_left", "found"),
    [(31, {"good"}), (30, {"good", "due"}), (0, {"good", "due"}), (-1, {"overdue"}), (None, {"overdue"})],
)
def test_the_list_says_what_is_due_and_overdue(b, meter, days_left, found):
    if days_left is not None:
        check(meter, 100, valid_to=TODAY + timedelta(days=days_left))
    shown = {w for w in ("good", "due", "overdue", "failed")
             if queries.instrument_rows(b.supervisor, {"papers": w}, TODAY).exists()}  # fmt: skip
    assert shown == found
    assert not queries.instrument_rows(b.next_supervisor, {}, TODAY).exists()
    assert not queries.instrument_rows(b.enterprise, {}, TODAY).exists()


steps = st.lists(
    st.tuples(st.sampled_from(["verification", "calibration", "daily", "reading", "void"]), st.integers(1, 80),
              st.booleans()), max_size=14,
)  # fmt: skip


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=40)
@given(steps)
def test_whatever_the_order_every_reading_ends_as_the_rule_judges_it_by_all_checks(b, meter, steps):
    """Property: after any sequence of readings, checks and voided certificates, registered in any order, the register
    says of each reading what the rule says from scratch, and of the instrument's term too.
    """
    FieldReading.objects.all().delete()
    Calibration.objects.all().delete()
    for kind, days_ago, has_passed in steps:
        if kind == "reading":
            read(meter, days_ago + 0.5)
        elif kind == "void":
            if last := Calibration.objects.counting().order_by("pk").last():
                equipment.void_calibration(last, actor=None, at=NOW, reason="作废")
        else:
            check(meter, days_ago, has_passed, kind)
    known = equipment.checks_of(meter)
    for reading in FieldReading.objects.all():
        judged = rules.judge(known, reading.taken_at)
        assert (reading.standing == "good", reading.standing_reason) == (judged.good, judged.reason_zh)
    row = queries.instrument_rows(b.supervisor, {}, TODAY).get()
    assert row.term_to == rules.term_ends(known, NOW)
