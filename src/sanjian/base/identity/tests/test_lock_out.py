"""Five wrong tries close a name for a quarter of an hour, whether or not anybody has it."""

from datetime import timedelta

import pytest

from sanjian.base.identity import lock_out
from sanjian.base.identity.models import AuditEntry, LockOut

from .people import NOW, People


def fail(name: str, times: int, at: object = NOW) -> object:
    said = None
    for _ in range(times):
        said = lock_out.failed(name, why=lock_out.WRONG_PASSWORD, ip="10.0.0.1", at=at)  # type: ignore[arg-type]
    return said


@pytest.mark.parametrize("name", ["enforcer", "nobody-has-this", ""])
def test_the_fifth_failure_closes_the_name(people: People, name: str) -> None:
    assert fail(name, 4) is None
    assert lock_out.locked_until(name, NOW) is None
    assert fail(name, 1) == NOW + lock_out.COOL_OFF
    assert lock_out.locked_until(name, NOW + lock_out.COOL_OFF - timedelta(seconds=1))
    assert lock_out.locked_until(name, NOW + lock_out.COOL_OFF) is None


def test_a_name_is_told_apart_from_its_neighbour_but_not_from_its_capitals(people: People) -> None:
    fail("enforcer", 5)
    assert lock_out.locked_until("ENFORCER ", NOW)
    assert lock_out.locked_until("enforcer2", NOW) is None


def test_old_failures_are_forgotten_and_success_forgets_all(people: People) -> None:
    fail("enforcer", 4)
    assert fail("enforcer", 1, NOW + lock_out.COOL_OFF + timedelta(seconds=1)) is None
    lock_out.succeeded(people.officer)
    assert fail("enforcer", 4) is None


def test_failures_and_the_closing_are_recorded_without_the_typed_name(people: People) -> None:
    fail("my-password-by-mistake", 6)
    said = list(AuditEntry.objects.values_list("act", flat=True))
    assert said == ["login.refuse"] * 5 + ["login.lock", "login.refuse"]
    assert not AuditEntry.objects.filter(record_id__contains="mistake").exists()


def test_the_security_administrator_opens_it_again_once(people: People) -> None:
    fail("enforcer", 5)
    row = LockOut.objects.get()
    assert lock_out.unlock(row, actor=people.security, reason="本人来电核实", at=NOW)
    assert not lock_out.unlock(row, actor=people.security, reason="本人来电核实", at=NOW)
    assert lock_out.locked_until("enforcer", NOW) is None
    assert AuditEntry.objects.get(act="login.unlock").actor == people.security
