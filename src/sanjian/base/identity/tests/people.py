"""People for the tests of identity: the three administrators and an officer, each a different person."""

from dataclasses import dataclass
from datetime import UTC, datetime

from sanjian.base.identity import personal
from sanjian.base.identity.models import Account, District, Role

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
ID_NUMBERS = ("11010519491231002X", "440524188001010014", "310115199003077553", "310104198512120033")


@dataclass(frozen=True)
class People:
    """Who the tests speak of."""

    city: District
    here: District
    there: District
    operator: Account
    security: Account
    auditor: Account
    officer: Account


def make_people() -> People:
    """Two districts, three administrators, an officer of the first district."""
    city = District.objects.create(code="310000", name="上海市", is_city=True)
    here = District.objects.create(code="310115", name="浦东新区")
    there = District.objects.create(code="310116", name="金山区")
    roles = (Role.OPERATOR, Role.SECURITY, Role.AUDITOR, Role.ENFORCER)
    accounts = [
        Account.objects.create(
            username=role.value, display_name=role.label, role=role, id_number=number,
            person_digest=personal.digest(number, "person"), district=here if role == Role.ENFORCER else None,
        )
        for role, number in zip(roles, ID_NUMBERS, strict=True)
    ]  # fmt: skip
    return People(city, here, there, *accounts)
