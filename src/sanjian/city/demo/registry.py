"""The demonstration's enterprises, points, limits and people. All invented; their names and pages say so."""

from django.db import transaction
from django.utils import timezone

from sanjian.base.identity.models import Account
from sanjian.base.registry.models import Factor, InspectionObject
from sanjian.base.registry.services import load_code_lists

from .enterprises import ENTERPRISES, build_enterprise, build_point, relate_enterprises
from .people import PASSWORD, PEOPLE, Person
from .people_and_equipment import build_people
from .points import POINTS


@transaction.atomic
def build() -> None:
    """Write the demonstration's registry; what exists already is left as it is."""
    load_code_lists()
    Factor.objects.filter(code="w01018").update(is_step_held=True)
    now = timezone.now()
    objects = {key: build_enterprise(key, now) for key in ENTERPRISES}
    for point in POINTS:
        build_point(point, objects[point.enterprise], now)
    relate_enterprises(objects, now)
    for person in PEOPLE:
        _account(person, objects)
    build_people()


def _account(person: Person, objects: dict[str, InspectionObject]) -> None:
    if Account.objects.filter(username=person.username).exists():
        return
    Account.objects.create_user(
        person.username,
        password=PASSWORD,
        display_name=person.name,
        role=person.role,
        district_id=person.district,
        inspection_object_id=objects[person.enterprise].id if person.enterprise else None,
        certificate_no=person.certificate_no,
    )
