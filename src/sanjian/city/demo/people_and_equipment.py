"""The demonstration's bodies, officers with certificates, and instruments: invented, dated so that they hold today."""

from datetime import date, datetime, timedelta

from django.utils import timezone

from sanjian.base.identity.models import Account
from sanjian.base.registry.models import Body, Calibration, InspectionItem, InspectionObject, Instrument, Officer, Power
from sanjian.base.registry.services import certificates, equipment, people

BODIES = {
    # code: (name, department, territory, superior)
    "city-bureau": ("上海市生态环境局（演示）", Body.Department.SUPERVISION, "310000", None),
    "city-monitoring": ("上海市环境监测中心（演示）", Body.Department.MONITORING, "310000", "city-bureau"),
    "pudong": ("浦东新区生态环境局（演示）", Body.Department.ENFORCEMENT, "310115", "city-bureau"),
    "jiading": ("嘉定区生态环境局（演示）", Body.Department.ENFORCEMENT, "310114", "city-bureau"),
    "jinshan": ("金山区生态环境局（演示）", Body.Department.ENFORCEMENT, "310116", "city-bureau"),
}

OFFICERS = {
    # account: (staff number, body, post, skills, days until the certificate ends, None for no certificate)
    "li": ("SH-0001", "city-bureau", "监管处", ["大气", "水"], None),
    "wang": ("SH-0102", "city-monitoring", "监测工程师", ["水"], None),
    "zhao": ("PD-0101", "pudong", "执法大队", ["大气", "移动源"], 900),
    "qian": ("PD-0102", "pudong", "执法大队", ["水", "固废"], 700),
    "sun": ("JD-0101", "jiading", "执法大队", ["大气"], 45),
}

INSTRUMENTS = {
    # asset number: (category, name, model, maker, body, keeper, days since verification, days to the end of its term)
    "PD-YQ-001": ("便携式气体检测", "便携式烟气分析仪", "示例 3012", "示例仪器厂", "pudong", "zhao", 120, 245),
    "PD-SZ-002": ("便携式水质检测", "便携式多参数水质仪", "示例 W5", "示例仪器厂", "pudong", "qian", 345, 20),
    "JD-FID-001": ("挥发性有机物检测", "便携式氢火焰离子化检测仪", "示例 F2", "示例仪器厂", "jiading", "sun", 200, 165),
}

_SINCE = date(2025, 1, 1)


def build_people() -> None:
    """Write bodies, people and instruments; what exists already is left as it is. Accounts must be there first."""
    now = timezone.now()
    bodies: dict[str, Body] = {}
    for code, (name, department, territory, superior) in BODIES.items():
        bodies[code] = Body.objects.filter(code=code).first() or people.save_body(
            Body(), {"code": code, "name": name, "department": department, "territory_id": territory,
                     "parent": bodies.get(superior) if superior else None, "valid_from": _SINCE},
            actor=None, at=now,
        )  # fmt: skip
    for body in bodies.values():
        if body.department == Body.Department.ENFORCEMENT:
            _claim_all(body, now)
    for username in OFFICERS:
        _officer(username, bodies, now)
    for asset_no in INSTRUMENTS:
        _instrument(asset_no, bodies, now)


def _claim_all(body: Body, now: datetime) -> None:
    claimed = Power.objects.current().filter(body=body).values("item")
    for item in InspectionItem.objects.exclude(pk__in=claimed):
        people.claim_item(body, item, valid_from=_SINCE, actor=None, at=now)


def _officer(username: str, bodies: dict[str, Body], now: datetime) -> None:
    staff_no, body, post, skills, ends_in = OFFICERS[username]
    account = Account.objects.filter(username=username).first()
    if account is None or Officer.objects.filter(staff_no=staff_no).exists():
        return
    Account.objects.filter(pk=account.pk, body=None).update(body=bodies[body])
    officer = people.save_officer(
        Officer(),
        {"body": bodies[body], "account": account, "staff_no": staff_no, "name": account.display_name, "post": post,
         "skills": skills, "phone": f"1380000{int(staff_no[-4:]):04d}", "can_sample": username in ("qian", "wang")},
        actor=None, at=now,
    )  # fmt: skip
    if ends_in is not None:
        today = timezone.localdate(now)
        certificates.add_certificate(
            officer,
            {"certificate_no": account.certificate_no, "territory": bodies[body].territory, "issuer": "演示数据",
             "issued_on": today - timedelta(days=1000), "checked_on": today - timedelta(days=200),
             "valid_from": today - timedelta(days=1000), "valid_to": today + timedelta(days=ends_in)},
            actor=None, at=now,
        )  # fmt: skip
    if username == "qian" and (plant := InspectionObject.objects.filter(name__startswith="示例精细化工").first()):
        people.declare_interest(
            officer, plant, kind="former_employer", note="演示：曾在该厂任环保员", valid_from=_SINCE, actor=None, at=now
        )


def _instrument(asset_no: str, bodies: dict[str, Body], now: datetime) -> None:
    category, name, model, maker, body, keeper, since, until = INSTRUMENTS[asset_no]
    if Instrument.objects.filter(asset_no=asset_no).exists():
        return
    holder = Officer.objects.filter(account__username=keeper).first()
    instrument = equipment.save_instrument(
        Instrument(),
        {"asset_no": asset_no, "category": category, "name": name, "model": model, "maker": maker,
         "body": bodies[body], "keeper": holder, "location": "执法装备室"},
        actor=None, at=now,
    )  # fmt: skip
    equipment.record_calibration(
        instrument,
        {"kind": Calibration.Kind.VERIFICATION, "performed_at": now - timedelta(days=since), "has_passed": True,
         "valid_to": timezone.localdate(now) + timedelta(days=until), "certificate_no": f"演示-{asset_no}",
         "agency": "示例计量院（演示）"},
        actor=None, at=now,
    )  # fmt: skip
    if asset_no == "JD-FID-001":
        _failed_in_the_field(instrument, holder, now)
    elif asset_no == "PD-YQ-001" and holder:
        equipment.lend(instrument, holder, actor=None, at=now - timedelta(hours=2))


def _failed_in_the_field(instrument: Instrument, officer: Officer | None, now: datetime) -> None:
    """A good check, readings, and a failed check: what lies between is for inquiry only."""
    daily = Calibration.Kind.DAILY
    for days, has_passed in ((10, True), (3, False)):
        equipment.record_calibration(
            instrument,
            {"kind": daily, "performed_at": now - timedelta(days=days), "has_passed": has_passed},
            actor=None, at=now,
        )  # fmt: skip
    for days, value in ((12, 41.0), (6, 66.5), (4, 72.0)):
        equipment.record_reading(
            instrument, officer=officer, taken_at=now - timedelta(days=days), quantity="非甲烷总烃", value=value,
            unit="mg/m³", actor=None, at=now,
        )  # fmt: skip
