"""Bodies, officers with certificates, instruments with checks."""

from datetime import datetime, timedelta

from sanjian.base.registry.models import Body, Calibration, Instrument, Officer
from sanjian.base.registry.services import certificates, equipment, people

from ..clock import day, midnight
from ..folder import City

SINCE_DAYS = -2000
TITLE = "模拟城市"


def load(city: City, at: datetime) -> None:
    """Write them through the registers' own services."""
    since = day(SINCE_DAYS, city.opened_on)
    bodies = {
        row["code"]: people.save_body(
            Body(), {"code": row["code"], "name": row["name"], "department": row["department"],
                     "territory_id": row["territory"], "valid_from": since},
            actor=None, at=at,
        )
        for row in city.table("bodies").to_dicts()
    }  # fmt: skip
    _officers(city, bodies, at)
    _instruments(city, bodies, at)


def _officers(city: City, bodies: dict[str, Body], at: datetime) -> None:
    held = {row["staff_no"]: row for row in city.table("certificates").to_dicts()}
    for row in city.table("officers").to_dicts():
        officer = people.save_officer(
            Officer(), {"body": bodies[row["body"]], "staff_no": row["staff_no"], "name": row["name"],
                        "post": TITLE, "can_sample": row["can_sample"]},
            actor=None, at=at,
        )  # fmt: skip
        if paper := held.get(row["staff_no"]):
            begun, ends = day(paper["since_day"], city.opened_on), day(paper["until_day"], city.opened_on)
            checked = min(ends, city.opened_on) - timedelta(days=100)
            certificates.add_certificate(
                officer, {"certificate_no": paper["certificate_no"], "territory": officer.body.territory,
                          "issuer": TITLE, "issued_on": begun, "checked_on": checked,
                          "valid_from": begun, "valid_to": ends},
                actor=None, at=at,
            )  # fmt: skip


def _instruments(city: City, bodies: dict[str, Body], at: datetime) -> None:
    checks = {row["asset_no"]: row for row in city.table("checks").to_dicts()}
    for row in city.table("instruments").to_dicts():
        instrument = equipment.save_instrument(
            Instrument(), {"asset_no": row["asset_no"], "category": row["category"], "name": row["name"],
                           "body": bodies[row["body"]]},
            actor=None, at=at,
        )  # fmt: skip
        check = checks[row["asset_no"]]
        equipment.record_calibration(
            instrument, {"kind": Calibration.Kind.VERIFICATION, "has_passed": True, "agency": TITLE,
                         "performed_at": midnight(day(check["performed_day"], city.opened_on)),
                         "valid_to": day(check["until_day"], city.opened_on)},
            actor=None, at=at,
        )  # fmt: skip
