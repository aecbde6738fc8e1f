"""Certificates are corrected without losing what was believed, and who should act hears once that one ends."""

from datetime import date, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sanjian.base.identity.models import AuditEntry
from sanjian.base.live.models import LiveEvent
from sanjian.base.registry.models import Certificate, Officer
from sanjian.base.registry.queries import people as queries
from sanjian.base.registry.rules.certificates import in_term, last_day
from sanjian.base.registry.services import certificates, people
from sanjian.base.registry.services.errors import Clash, InvalidValues, NotAllowed

from .bodies import NOW, TODAY, Bodies, make_bodies, paper


@pytest.fixture
def b(db) -> Bodies:
    return make_bodies()


def test_a_check_replaces_what_is_believed_and_keeps_what_was(b):
    later = NOW + timedelta(days=1)
    new = certificates.correct_certificate(
        b.certificate, {"checked_on": TODAY}, actor=b.supervisor, at=later, reason="两年审验"
    )
    assert Certificate.objects.current().get() == new
    assert Certificate.objects.as_of(TODAY, NOW).get().checked_on == date(2026, 1, 5)
    assert new.checked_on == TODAY
    with pytest.raises(Clash):  # a second person with the old page open
        certificates.correct_certificate(
            b.certificate, {"withdrawn_on": TODAY}, actor=b.supervisor, at=later, reason="吊销"
        )


def test_a_withdrawn_certificate_no_longer_holds_from_that_day(b):
    new = certificates.correct_certificate(
        b.certificate, {"withdrawn_on": TODAY}, actor=b.supervisor, at=NOW, reason="暂扣"
    )
    facts = queries.facts_of(new)
    assert in_term(facts, TODAY - timedelta(days=1)).ok
    assert not in_term(facts, TODAY).ok


@pytest.mark.parametrize(
    ("field", "changes"),
    [
        ("checked_on", {"checked_on": TODAY + timedelta(days=1)}),
        ("checked_on", {"checked_on": date(2023, 1, 1)}),
        ("issued_on", {"issued_on": TODAY + timedelta(days=1), "checked_on": None}),
        ("valid_to", {"valid_to": date(2020, 1, 1)}),
        ("certificate_no", {"certificate_no": " "}),
    ],
)
def test_what_cannot_be_is_refused_at_its_field(b, field, changes):
    with pytest.raises(InvalidValues) as refused:
        certificates.add_certificate(
            b.officer, paper(b.here.territory, **({"certificate_no": "沪A9"} | changes)), actor=b.supervisor, at=NOW
        )
    assert field in refused.value.errors


def test_a_number_belongs_to_one_person_and_a_stranger_writes_nothing(b):
    other = people.save_officer(
        Officer(), {"body": b.here, "staff_no": "P2", "name": "钱法"}, actor=b.supervisor, at=NOW
    )
    with pytest.raises(Clash):
        certificates.add_certificate(other, paper(b.here.territory), actor=b.supervisor, at=NOW)
    with pytest.raises(NotAllowed):
        certificates.add_certificate(
            other, paper(b.here.territory, certificate_no="沪A2"), actor=b.next_supervisor, at=NOW
        )


def test_an_ending_certificate_is_announced_once_to_its_district(b):
    assert certificates.tell_endings(NOW) == 0
    end = {"valid_to": TODAY + timedelta(days=60)}
    certificates.correct_certificate(b.certificate, end, actor=b.supervisor, at=NOW, reason="更正")
    assert certificates.tell_endings(NOW) == 1
    assert certificates.tell_endings(NOW) == 0
    event = LiveEvent.objects.get(kind="certificate.ending")
    assert (event.district_id, event.title) == ("310115", "赵执的执法证将于 2027-01-22 失效，请安排审验或换证")
    assert AuditEntry.objects.get(act="certificate.ending").actor is None
    people.save_officer(b.officer, {"left_on": TODAY}, actor=b.supervisor, at=NOW)
    assert queries.ending_certificates(b.supervisor, 60, TODAY) == []


@pytest.mark.parametrize(("days", "listed"), [(60, True), (61, False), (0, True), (-1, False)])
def test_the_list_of_ending_certificates_ends_with_its_last_day(b, days, listed):
    Certificate.objects.update(valid_to=TODAY + timedelta(days=days))
    found = queries.ending_certificates(b.supervisor, 60, TODAY)
    assert [day for _c, day in found] == ([TODAY + timedelta(days=days)] if listed else [])
    assert queries.ending_certificates(b.next_supervisor, 60, TODAY) == []
    assert bool(queries.ending_certificates(b.auditor, 60, TODAY)) is listed


def test_the_list_filters_people_by_their_papers(b):
    def shown(papers: str) -> bool:
        return queries.officer_rows(b.supervisor, {"papers": papers}, TODAY).exists()

    assert (shown(""), shown("ending"), shown("none")) == (True, False, False)
    Certificate.objects.update(valid_to=TODAY + timedelta(days=60))
    assert (shown("ending"), shown("none")) == (True, False)
    Certificate.objects.update(valid_to=TODAY - timedelta(days=1))
    assert (shown("ending"), shown("none")) == (False, True)
    certificates.add_certificate(b.officer, paper(b.here.territory, certificate_no="沪A2"), actor=b.supervisor, at=NOW)
    assert (shown("ending"), shown("none")) == (False, False)


days = st.dates(date(2022, 1, 1), date(2030, 12, 31))


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60)
@given(days, st.none() | days, st.none() | days, st.none() | days, st.integers(-1, 90))
def test_the_database_and_the_rule_agree_on_what_ends(b, start, end, checked, withdrawn, within):
    Certificate.objects.update(
        valid_from=start, valid_to=max(start, end) if end else None, checked_on=checked, withdrawn_on=withdrawn,
        issued_on=None,
    )  # fmt: skip
    certificate = Certificate.objects.select_related("territory").get()
    listed = queries.ending(TODAY, within).exists()
    assert listed == (last_day(queries.facts_of(certificate)) <= TODAY + timedelta(days=within))
