"""People to log in as, at home where the city's story is told."""

from datetime import date, datetime, timedelta

import polars as pl

from sanjian.base.identity.models import Account, Role
from sanjian.base.registry.models import Body, InspectionItem, InspectionObject, Officer
from sanjian.base.registry.services import certificates, people

from ..folder import City
from ..people import PASSWORD, PEOPLE, Person

ELSEWHERE = "310115"
"""Where the officer of another district works if the story should be told in theirs."""
KEEPER = "li"
"""Who keeps the library of items."""
TERM = timedelta(days=700)


def load(city: City, numbers: dict[int, int], at: datetime) -> None:
    """Make the accounts; enforcement belongs to the district of the story's object, the enterprise to the object.

    An account that exists already stays as it is: it is somebody's.
    """
    home = InspectionObject.objects.get(pk=numbers[story_object(city)])
    body = Body.objects.get(code=f"{home.district_id}-enforcement")
    people.claim_items(body, InspectionItem.objects.all(), valid_from=city.opened_on - TERM, actor=None, at=at)
    for person in PEOPLE:
        if Account.objects.filter(username=person.username).exists():
            continue
        account = Account.objects.create_user(
            person.username, password=PASSWORD, display_name=person.name, role=person.role,
            district_id=_district(person, home), certificate_no=person.certificate_no,
            inspection_object_id=home.pk if person.role == Role.ENTERPRISE else None,
            body=body if person.is_at_home else None,
        )  # fmt: skip
        if person.is_at_home:
            _register(account, person, body, city.opened_on, at)


def _district(person: Person, home: InspectionObject) -> str | None:
    if person.is_at_home:
        return str(home.district_id)
    return ELSEWHERE if person.district == home.district_id else person.district


def story_object(city: City) -> int:
    """The object whose stack breaks its limit when the city opens: the first with a limit for NOx, else for any."""
    limits = city.table("limits").sort(pl.col("factor") != "a21002", maintain_order=True)
    first = limits["device_mn"][0]
    return int(city.table("points").filter(pl.col("device_mn") == first)["object_no"][0])


def _register(account: Account, person: Person, body: Body, opened_on: date, at: datetime) -> None:
    officer = people.save_officer(
        Officer(), {"body": body, "account": account, "staff_no": f"S-{person.username}", "name": person.name,
                    "post": "执法大队", "can_sample": True},
        actor=None, at=at,
    )  # fmt: skip
    certificates.add_certificate(
        officer, {"certificate_no": person.certificate_no, "territory": body.territory, "issuer": "模拟城市",
                  "issued_on": opened_on - TERM, "checked_on": opened_on - timedelta(days=100),
                  "valid_from": opened_on - TERM, "valid_to": opened_on + TERM},
        actor=None, at=at,
    )  # fmt: skip
