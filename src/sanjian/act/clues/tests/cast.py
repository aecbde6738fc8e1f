"""The standing cast of scope tests, and the plant that they work on."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sanjian.act.clues.models import Clue
from sanjian.act.clues.services import take_finding
from sanjian.act.clues.workdays import SHANGHAI
from sanjian.base.identity.models import Account, District, Role
from sanjian.base.registry.models import InspectionItem, InspectionObject, LegalBasis, MonitoringPoint, Question
from sanjian.base.screening.models import FindingRecord

NOW = datetime(2026, 11, 23, 10, 0, tzinfo=SHANGHAI)
"""A Monday."""


@dataclass
class Cast:
    """Who is there: people of this district, of the next one, of the enterprise, and strangers."""

    plant: InspectionObject
    point: MonitoringPoint
    supervisor: Account
    monitor: Account
    officer: Account
    second_officer: Account
    next_district_officer: Account
    city_supervisor: Account
    enterprise: Account
    stranger: Account
    auditor: Account
    operator: Account
    item: InspectionItem

    def finding(self, *, kind: str = "hourly_exceedance", screen: str = "sources.exceedance", **given) -> FindingRecord:
        """A finding of the plant as the runner would store it, a new one at each call."""
        number = FindingRecord.objects.count() + 1
        facts = {
            "fingerprint": f"{number:032x}",
            "screen": screen,
            "version": "1",
            "kind": kind,
            "inspection_object": self.plant,
            "point": self.point,
            "subject": self.point.device_mn,
            "started_at": NOW - timedelta(hours=1),
            "ended_at": NOW,
            "severity": 3,
            "confidence": 0.9,
            "summary_zh": "COD 小时均值 128 mg/L，超过限值 100 mg/L（2026-11-23 09:00）",
            "evidence": {
                "stream": "readings",
                "key": {"device_mn": self.point.device_mn},
                "factor": "w01018",
                "since": (NOW - timedelta(hours=6)).isoformat(),
                "until": NOW.isoformat(),
                "highlight": [(NOW - timedelta(hours=1)).isoformat(), NOW.isoformat()],
                "numbers": {"value": 128.0, "limit": 100.0},
                "innocent": [["设备处于校准或维护状态", True]],
            },
            "inputs_sha256": "",
            "raised_at": NOW,
            "updated_at": NOW,
        }
        record = FindingRecord.objects.create(**(facts | given))
        record.law.add(LegalBasis.objects.get(code="power"))
        return record

    def clue(self, **given) -> Clue:
        """A new clue, waiting to be judged."""
        return take_finding(self.finding(**given), True, now=NOW)


def make_cast() -> Cast:
    """Put everybody into the database."""
    city = District.objects.create(code="310000", name="上海市", is_city=True)
    here = District.objects.create(code="310115", name="浦东新区")
    there = District.objects.create(code="310112", name="闵行区")
    plant, other = (
        InspectionObject.objects.create(
            credit_code=code, name=name, district=district, latitude=31.2, longitude=121.5, address="演示路 1 号"
        )
        for code, name, district in (
            ("91310115MA1K000001", "演示水务有限公司", here),
            ("91310115MA1K000002", "另一家公司", here),
        )
    )
    point = MonitoringPoint.objects.create(
        device_mn="A110000_0001",
        inspection_object=plant,
        outlet_code="DW001",
        name="总排口",
        medium="water",
        latitude=31.2,
        longitude=121.5,
    )

    def person(username: str, name: str, role: Role, district: District | None, **more) -> Account:
        return Account.objects.create_user(username, display_name=name, role=role, district=district, **more)

    return Cast(
        plant=plant,
        point=point,
        supervisor=person("supervisor", "监管甲", Role.SUPERVISOR, here),
        monitor=person("monitor", "监测甲", Role.MONITOR, here),
        officer=person("officer", "执法甲", Role.ENFORCER, here, certificate_no="沪A0001"),
        second_officer=person("officer2", "执法乙", Role.ENFORCER, here, certificate_no="沪A0002"),
        next_district_officer=person("neighbour", "执法丙", Role.ENFORCER, there, certificate_no="沪B0001"),
        city_supervisor=person("city", "市监管", Role.SUPERVISOR, city),
        enterprise=person("plant", "企业甲", Role.ENTERPRISE, None, inspection_object_id=plant.id),
        stranger=person("stranger", "企业乙", Role.ENTERPRISE, None, inspection_object_id=other.id),
        auditor=person("auditor", "审计甲", Role.AUDITOR, None),
        operator=person("operator", "系统甲", Role.OPERATOR, None),
        item=make_item(),
    )


def make_item(code: str = "auto-monitoring", **given) -> InspectionItem:
    """A published item with two questions, the second of which wants a photo."""
    power, _created = LegalBasis.objects.get_or_create(
        code="power",
        defaults={
            "instrument": "生态环境法典",
            "article": "第五十一条",
            "text": "现场检查权",
            "valid_from": date(2026, 8, 15),
        },
    )
    facts = {"name": "自动监测设备检查", "standard": "设备正常运行，参数与备案一致", "power_basis": power}
    item = InspectionItem.objects.create(code=code, **(facts | given))
    Question.objects.create(item=item, code="running", text="设备是否正在运行", order=1)
    Question.objects.create(item=item, code="line", text="采样管路是否完好", order=2, evidence_required=True)
    return item
