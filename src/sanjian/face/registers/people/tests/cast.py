"""The register's cast for page tests: bodies, people, an instrument, and who looks at them."""

from dataclasses import dataclass

from django.utils import timezone

from sanjian.base.identity.models import Account, Role
from sanjian.base.registry.models import Certificate, Instrument, Interest
from sanjian.base.registry.services import equipment, people
from sanjian.base.registry.tests.bodies import NOW, TODAY, Bodies, make_bodies


@dataclass
class Registers:
    """Bodies with an interest and an instrument; `person` is by a short name."""

    bodies: Bodies
    interest: Interest
    instrument: Instrument
    person: dict[str, Account]

    @property
    def certificate(self) -> Certificate:
        return self.bodies.certificate


def make_registers() -> Registers:
    """Put everything into the database, valid today by the clock that the pages use."""
    b = make_bodies()
    now = timezone.now()
    Certificate.objects.update(
        checked_on=timezone.localdate(now), valid_to=timezone.localdate(now).replace(year=now.year + 3, day=1)
    )
    interest = people.declare_interest(
        b.officer, b.plant, kind="relative", note="其妻在该厂", valid_from=TODAY, actor=None, at=NOW
    )
    meter = {"asset_no": "M1", "category": "气", "name": "烟气分析仪", "body": b.here}
    instrument = equipment.save_instrument(Instrument(), meter, actor=None, at=NOW)
    monitor, operator, security = (
        Account.objects.create(username=role, display_name=role, role=role, district=district)
        for role, district in ((Role.MONITOR, b.here.territory), (Role.OPERATOR, None), (Role.SECURITY, None))
    )
    person = {
        "supervisor": b.supervisor, "city": b.city_supervisor, "next": b.next_supervisor, "enforcer": b.enforcer,
        "monitor": monitor, "auditor": b.auditor, "enterprise": b.enterprise, "operator": operator,
        "security": security,
    }  # fmt: skip
    return Registers(b, interest, instrument, person)
