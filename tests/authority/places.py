"""Two districts with a plant and everything that hangs on it, and a person of every role who belongs to the first."""

from base64 import b32encode
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from secrets import token_bytes
from typing import Any

from sanjian.act.clues.models import Clue
from sanjian.act.clues.rules import State
from sanjian.act.inspections import queries as inspections
from sanjian.act.inspections.models import CodeOfficer, Inspection, InspectionCode, InspectionPhoto
from sanjian.base.evidence.services import keep
from sanjian.base.identity.models import REGULATED_ROLES, Account, District, Role
from sanjian.base.registry.models import InspectionItem, InspectionObject, MonitoringPoint, Question
from sanjian.base.registry.tests.cast import add_finding, hold
from sanjian.base.screening.models import FindingRecord
from sanjian.base.sensing.models import DeviceCommand

STRANGER = "stranger"
NEWCOMER = "newcomer"
CITY = "city_supervisor"
PEOPLE = (*Role.values, CITY, NEWCOMER, STRANGER)
"""Everyone the table speaks of. Officials belong to the first district, the regulated to its plant; the city's
supervisor to the whole city; a newcomer to nothing, having no role yet; a stranger is not logged in.
"""


@dataclass
class Place:
    """A district, its plant, and the identifiers that addresses are filled with."""

    district: District
    plant: InspectionObject
    point: MonitoringPoint
    number: int
    ids: dict[str, Any] = field(default_factory=dict)


def make_people(place: Place, city: District) -> dict[str, Account]:
    """A person of every role."""
    people = {}
    for role in Role:
        official = role in {Role.MONITOR, Role.SUPERVISOR, Role.ENFORCER, Role.DISTRICT}
        people[role.value] = Account.objects.create_user(
            role.value,
            display_name=role.label,
            role=role,
            district=place.district if official else None,
            inspection_object_id=place.plant.pk if role in REGULATED_ROLES else None,
        )
    people[NEWCOMER] = Account.objects.create_user(NEWCOMER, display_name="新人")
    people[CITY] = Account.objects.create_user(CITY, display_name="市监管", role=Role.SUPERVISOR, district=city)
    return people


def make_place(district: District, number: int) -> Place:
    """A district and its plant with a point."""
    plant = InspectionObject.objects.create(
        credit_code=("91310115MA1K000017", "91310116MA1K000025")[number],
        name=f"{district.name}一厂", district=district, latitude=31.0, longitude=121.5,
    )  # fmt: skip
    point = MonitoringPoint.objects.create(
        device_mn=f"AUTHORITY000{number}", inspection_object=plant, outlet_code="DA001", name="排口", medium="gas"
    )
    return Place(district, plant, point, number, {"plant": plant.pk, "mn": point.device_mn})


def furnish(place: Place, officer: Account, now: datetime) -> None:
    """A finding, a clue, a code to be used and a visit under way with a photo, both by this officer."""
    point, number = place.point, place.number
    finding = add_finding(point, started_at=now - timedelta(hours=4))
    shadow = add_finding(point, started_at=now - timedelta(hours=40))
    FindingRecord.objects.filter(pk=shadow.pk).update(is_shadow=True, screen="sources.frozen")
    clue = Clue.objects.create(
        clue_no=f"2026-9{number}", inspection_object=place.plant, point=point, subject=point.device_mn,
        kind=finding.kind, title="超标", severity=3, confidence=0.9, priority=3, state=State.TO_INSPECT,
        department="enforcer", state_entered_at=now, opened_at=now, due_at=now + timedelta(days=1),
        asked_at=now,
    )  # fmt: skip
    clue.links.create(finding=finding, joined_at=now)
    item, _created = InspectionItem.objects.get_or_create(code="item", defaults={"name": "事项", "standard": "完好"})
    question, _created = Question.objects.get_or_create(item=item, code="running", defaults={"text": "是否运行"})
    waiting, visited = (_code(place.plant, clue, officer, status, now) for status in ("issued", "in_use"))
    for code in (waiting, visited):
        code.items.add(item)
        CodeOfficer.objects.create(code=code, account=officer, name=officer.display_name, certificate_no="沪A1")
    visit = Inspection.objects.create(code=visited, checked_in_at=now, checked_in_by=officer)
    photo = InspectionPhoto.objects.create(
        inspection=visit, question=question, file=keep(b"photo%d" % number, media_type="image/jpeg", at=now),
        received_at=now, width_px=1, height_px=1, taken_by=officer,
    )  # fmt: skip
    command = DeviceCommand.objects.create(
        point=point, device_mn=point.device_mn, code="1061", reason="核对", queued_at=now,
        expires_at=now + timedelta(days=1),
    )  # fmt: skip
    place.ids |= {
        "command": command.pk, "shadow": shadow.pk,
        "finding": finding.fingerprint, "clue": clue.clue_no, "code": waiting.code_id, "visit": visited.code_id,
        "seal": inspections.seal(waiting.code_id), "visit_seal": inspections.seal(visited.code_id),
        "question": question.pk, "photo": photo.pk,
        "packet": hold(b"##0001x%d" % number, now, point.device_mn), "item": item.pk,
    }  # fmt: skip


def _code(plant: InspectionObject, clue: Clue, officer: Account, status: str, now: datetime) -> InspectionCode:
    return InspectionCode.objects.create(
        code_id=b32encode(token_bytes(16)).decode().rstrip("="), kind="triggered", clue=clue, approver=officer,
        inspection_object=plant, status=status, created_by=officer, created_at=now,
        window_from=now - timedelta(hours=1), window_to=now + timedelta(hours=3),
        issued_at=now,
    )  # fmt: skip
