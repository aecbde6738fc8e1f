"""A bureau in each district below the city's, with a supervisor, and an officer here who is registered with a
certificate.
"""

from dataclasses import dataclass
from datetime import UTC, date, datetime

from sanjian.base.identity.models import Account, District, Role
from sanjian.base.registry.models import Body, Certificate, InspectionItem, InspectionObject, Officer
from sanjian.base.registry.services import certificates, people

NOW = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)
TODAY = date(2026, 11, 23)


@dataclass
class Bodies:
    """Who and what the tests of these registers speak of."""

    city: Body
    here: Body
    there: Body
    supervisor: Account
    city_supervisor: Account
    next_supervisor: Account
    enforcer: Account
    auditor: Account
    enterprise: Account
    plant: InspectionObject
    item: InspectionItem
    officer: Officer
    certificate: Certificate


def make_bodies() -> Bodies:
    """Put everybody into the database."""
    city = District.objects.create(code="310000", name="上海市", is_city=True)
    here, there = (District.objects.create(code=c, name=n) for c, n in (("310115", "浦东新区"), ("310112", "闵行区")))
    top = people.save_body(Body(), _body("city", "市局", city, None), actor=None, at=NOW)
    own = people.save_body(Body(), _body("here", "浦东局", here, top), actor=None, at=NOW)
    other = people.save_body(Body(), _body("there", "闵行局", there, top), actor=None, at=NOW)
    plant = InspectionObject.objects.create(credit_code="91310115MA1K000017", name="甲厂", district=here)

    def person(name: str, role: Role, body: Body | None, **more) -> Account:
        district = body.territory if body else None
        return Account.objects.create(username=name, display_name=name, role=role, district=district, body=body, **more)

    enforcer = person("enforcer", Role.ENFORCER, own)
    officer = people.save_officer(
        Officer(), {"body": own, "account": enforcer, "staff_no": "P1", "name": "赵执", "phone": "13812345678",
                    "id_number": "310115199001011234", "skills": ["大气"]}, actor=None, at=NOW,
    )  # fmt: skip
    return Bodies(
        top, own, other,
        supervisor=person("supervisor", Role.SUPERVISOR, own),
        city_supervisor=person("city", Role.SUPERVISOR, top),
        next_supervisor=person("next", Role.SUPERVISOR, other),
        enforcer=enforcer,
        auditor=person("auditor", Role.AUDITOR, None),
        enterprise=person("plant", Role.ENTERPRISE, None, inspection_object_id=plant.pk),
        plant=plant,
        item=InspectionItem.objects.create(code="gas", name="废气", standard="-"),
        officer=officer,
        certificate=certificates.add_certificate(officer, paper(here), actor=None, at=NOW),
    )  # fmt: skip


def paper(territory: District, **changes) -> dict:
    """What a certificate says, with some of it changed."""
    said = {
        "certificate_no": "沪A1", "territory": territory, "issued_on": date(2024, 1, 1), "checked_on": date(2026, 1, 5),
        "valid_from": date(2024, 1, 1), "valid_to": date(2029, 1, 1),
    }  # fmt: skip
    return said | changes


def _body(code: str, name: str, territory: District, parent: Body | None) -> dict:
    return {"code": code, "name": name, "department": "enforcement", "territory": territory, "parent": parent}
