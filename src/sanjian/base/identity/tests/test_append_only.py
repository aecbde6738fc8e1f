"""The database itself refuses to change or delete an audit entry."""

import pytest
from django.core.management import call_command
from django.db import IntegrityError, connection, transaction

from sanjian.base.identity import audit
from sanjian.base.identity.models import AuditEntry

from .people import NOW


@pytest.fixture
def entry(db: None) -> AuditEntry:
    return audit.record("test", actor=None, kind="clue", record_id=1, at=NOW)


def test_an_entry_cannot_be_changed(entry: AuditEntry) -> None:
    with pytest.raises(IntegrityError, match="never"), transaction.atomic():
        AuditEntry.objects.update(reason="另写")


def test_an_entry_cannot_be_deleted(entry: AuditEntry) -> None:
    with pytest.raises(IntegrityError, match="never"), transaction.atomic():
        AuditEntry.objects.all().delete()


def test_acts_recorded_together_chain_like_acts_recorded_one_by_one(db: None) -> None:
    acts = [audit.Act("test", "clue", n, None, NOW, "因为", {"n": n, "share": n / 7}) for n in range(700)]
    audit.record_many(acts)
    audit.record("test", actor=None, kind="clue", record_id="last", at=NOW)
    assert audit.verify() == (701, None)
    assert audit.record_many([]) == []


@pytest.mark.parametrize("number", [1e16, -0.0, 1e-7, 1.0, 12345678901234567890, 0.1])
def test_numbers_hold_whatever_the_database_makes_of_them(db: None, number: float) -> None:
    audit.record("test", actor=None, kind="clue", record_id=1, at=NOW, details={"value": number, "list": [number]})
    assert audit.verify() == (1, None)


def test_moments_hold_with_and_without_a_fraction(db: None) -> None:
    for at in (NOW, NOW.replace(microsecond=5), NOW.replace(microsecond=100000)):
        audit.record("test", actor=None, kind="clue", record_id=1, at=at)
    assert audit.verify() == (3, None)
    assert [dict(e)["hash"] for e in audit.entries()] == list(
        AuditEntry.objects.order_by("seq").values_list("hash", flat=True)
    )


def test_a_read_is_recorded_and_found_by_record(entry: AuditEntry, people: object) -> None:
    from sanjian.base.identity.models import Account

    officer = Account.objects.get(username="enforcer")
    audit.read("contact", 7, actor=officer, purpose="核对联系人", at=NOW, details={"fields": ["phone"]})
    audit.read("contact", 8, actor=officer, purpose="核对联系人", at=NOW)
    found = audit.readers_of("contact", 7).get()
    assert (found.actor, found.reason) == (officer, "核对联系人")


@pytest.mark.django_db(transaction=True)
def test_emptying_the_whole_database_leaves_the_triggers_standing() -> None:
    audit.record("test", actor=None, kind="clue", record_id=1, at=NOW)
    call_command("flush", interactive=False, verbosity=0)
    assert not AuditEntry.objects.exists()
    audit.record("test", actor=None, kind="clue", record_id=1, at=NOW)
    with pytest.raises(IntegrityError, match="never"), transaction.atomic():
        AuditEntry.objects.all().delete()
    assert connection.vendor in {"sqlite", "postgresql"}
