"""The standing cast of page tests: two districts, a plant in each, a point on each, and a person of every role."""

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta

import polars as pl

from sanjian.base.identity.models import Account, District, Role
from sanjian.base.lake.instance import the_lake
from sanjian.base.registry.models import Factor, InspectionObject, LegalBasis, Limit, MonitoringPoint
from sanjian.base.screening.models import FindingRecord
from sanjian.base.sensing.hj212.crc import crc16
from sanjian.base.sensing.models import PointState
from sanjian.base.sensing.streams import FRAMES, QUARANTINE, READINGS

HOUR0 = datetime(2026, 11, 23, 0, 0, tzinfo=UTC)
MN, NEXT_MN = "TESTMN0000000001", "TESTMN0000000002"


@dataclass
class Cast:
    """Who and what the tests speak of. `person` is by a short name; `finding` is on the plant's point."""

    plant: InspectionObject
    next_plant: InspectionObject
    point: MonitoringPoint
    next_point: MonitoringPoint
    person: dict[str, Account] = field(default_factory=dict)


def make_cast() -> Cast:
    """Two districts with a plant and a point each, and the people."""
    city = District.objects.create(code="310000", name="上海市", is_city=True)
    here = District.objects.create(code="310115", name="浦东新区")
    there = District.objects.create(code="310116", name="金山区")
    plant, point = _plant(here, "甲厂", "91310115MA1K000017", MN)
    next_plant, next_point = _plant(there, "乙厂", "91310116MA1K000025", NEXT_MN)
    cast = Cast(plant, next_plant, point, next_point)
    people = {
        "monitor": (Role.MONITOR, here, None),
        "supervisor": (Role.SUPERVISOR, city, None),
        "officer": (Role.ENFORCER, here, None),
        "neighbour": (Role.ENFORCER, there, None),
        "enterprise": (Role.ENTERPRISE, None, plant.pk),
        "operator": (Role.OPERATOR, None, None),
        "security": (Role.SECURITY, None, None),
        "auditor": (Role.AUDITOR, None, None),
    }
    for name, (role, district, object_id) in people.items():
        cast.person[name] = Account.objects.create(
            username=name, display_name=name, role=role, district=district, inspection_object_id=object_id
        )
    return cast


def _plant(district: District, name: str, code: str, mn: str) -> tuple[InspectionObject, MonitoringPoint]:
    plant = InspectionObject.objects.create(
        credit_code=code, name=name, district=district, latitude=31.0, longitude=121.5
    )
    point = MonitoringPoint.objects.create(
        device_mn=mn,
        inspection_object=plant,
        outlet_code="DA001",
        name="排口",
        medium="gas",
        latitude=31,
        longitude=121.5,
    )
    return plant, point


def add_limit(point: MonitoringPoint, upper: float = 100, valid_from: date = date(2026, 1, 1)) -> Limit:
    """An hourly limit on nitrogen oxides."""
    factor, _ = Factor.objects.get_or_create(
        code="a21002", defaults={"name": "氮氧化物", "unit": "mg/m3", "decimals": 1}
    )
    law, _ = LegalBasis.objects.get_or_create(
        code="law", defaults={"instrument": "法", "article": "第一条", "text": "…", "valid_from": date(2020, 1, 1)}
    )
    return Limit.objects.create(
        point=point, factor=factor, upper=upper, source="许可证", legal_basis=law, valid_from=valid_from
    )


def add_hours(
    mn: str, values: list[float | None], *, first: datetime = HOUR0, flags: list[str] | None = None, again: int = 0
) -> list[str]:
    """Hourly values of nitrogen oxides in the lake with their packets; returns the packets' hashes.

    Args:
        again: how many seconds later than usual they were received (a re-sent hour has other bytes).
    """
    import hashlib

    frames, readings, hashes = [], [], []
    for n, value in enumerate(values):
        at = first + timedelta(hours=n)
        received = at + timedelta(hours=1, seconds=5 + again)
        flag = flags[n] if flags else "N"
        cp = f"DataTime={at + timedelta(hours=8):%Y%m%d%H%M%S};a21002-Avg={value},a21002-Flag={flag}"
        segment = f"QN={received:%Y%m%d%H%M%S}000;ST=31;CN=2061;PW=123456;MN={mn};Flag=5;CP=&&{cp}&&".encode()
        raw = b"##%04d%s%04X\r\n" % (len(segment), segment, crc16(segment))
        sha = hashlib.sha256(raw).hexdigest()
        hashes.append(sha)
        frames.append({
            "protocol": "hj212", "peer": "10.0.0.1:1", "device_mn": mn, "command": "2061", "received_at": received,
            "action": "accept", "frame_sha256": sha, "size_bytes": len(raw), "raw": raw, "day": received.date(),
        })  # fmt: skip
        readings.append({
            "device_mn": mn, "factor_code": "a21002", "kind": "hour", "data_time_at": at, "value": value,
            "value_text": str(value), "data_flag": flag, "is_backfill": False, "received_at": received,
            "frame_sha256": sha, "day": at.date(),
        })  # fmt: skip
    the_lake().append(FRAMES, pl.DataFrame(frames, schema=FRAMES.schema))
    the_lake().append(READINGS, pl.DataFrame(readings, schema=READINGS.schema))
    return hashes


def hold(raw: bytes, at: datetime, mn: str | None = None) -> str:
    """A packet in quarantine; returns its hash."""
    import hashlib

    sha = hashlib.sha256(raw).hexdigest()
    row = {
        "protocol": "hj212", "peer": "10.0.0.9:1", "device_mn": mn, "received_at": at, "reason": "unknown_device",
        "detail_zh": "未登记", "frame_sha256": sha, "raw": raw, "day": at.date(),
    }  # fmt: skip
    the_lake().append(QUARANTINE, pl.DataFrame([row], schema=QUARANTINE.schema))
    return sha


def add_finding(
    point: MonitoringPoint, *, started_at: datetime = HOUR0, hours: int = 3, severity: int = 4
) -> FindingRecord:
    """A finding of hourly exceedance with its evidence."""
    ended_at = started_at + timedelta(hours=hours)
    return FindingRecord.objects.create(
        fingerprint=f"{point.pk:08d}{int(started_at.timestamp()):024d}",
        screen="sources.exceedance",
        version="1",
        kind="hourly_exceedance",
        inspection_object=point.inspection_object,
        point=point,
        subject=point.device_mn,
        started_at=started_at,
        ended_at=ended_at,
        severity=severity,
        confidence=0.9,
        summary_zh="氮氧化物 小时均值 128 mg/m³，超过限值 100 mg/m³",
        evidence={
            "stream": "readings",
            "key": {"device_mn": point.device_mn},
            "factor": "a21002",
            "since": (started_at - timedelta(hours=6)).isoformat(),
            "until": (ended_at + timedelta(hours=6)).isoformat(),
            "highlight": [started_at.isoformat(), ended_at.isoformat()],
            "numbers": {"最不利值": 128.0},
            "innocent": [["停运时段已排除", True], ["可能处于维护而未标", False]],
        },
        inputs_sha256="0" * 64,
        raised_at=ended_at,
        updated_at=ended_at,
    )


def saw(point: MonitoringPoint, at: datetime, value: float = 80.0, sha: str = "a" * 64) -> PointState:
    """The point's newest state."""
    values = {"hour": {"a21002": [value, "N", at.isoformat(), sha]}}
    return PointState.objects.create(point=point, received_at=at, data_time_at=at, peer="10.0.0.1:1", values=values)
