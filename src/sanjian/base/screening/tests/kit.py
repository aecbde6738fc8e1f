"""A small real world for the tests of the runner: a lake, an enterprise with points, and screens that are easy to
reason about.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import polars as pl

from sanjian.base.evidence.store import Store
from sanjian.base.identity.models import District
from sanjian.base.lake import Lake
from sanjian.base.registry.models import InspectionObject, LegalBasis, MonitoringPoint
from sanjian.base.screening.contract import Evidence, Finding, Frames, Input, Screen
from sanjian.base.sensing.streams import READINGS

START = datetime(2026, 11, 1, tzinfo=UTC)
HOUR = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Above:
    """Parameters of the test screen."""

    upper: float = 50.0
    laws: tuple[str, ...] = ("air-law-2018-99",)


def run_above(rows: Frames, facts: Frames, parameters: Above, now: datetime) -> Sequence[Finding]:
    """Stretches of consecutive hourly values above a bound, one finding each."""
    findings = []
    for (mn,), part in rows["readings"].sort("device_mn", "data_time_at").group_by("device_mn", maintain_order=True):
        numbered = part.with_columns(
            over=pl.col("value") > parameters.upper, apart=(pl.col("data_time_at").diff() > HOUR).fill_null(True)
        ).with_columns(run=(pl.col("apart") | (pl.col("over") != pl.col("over").shift()).fill_null(True)).cum_sum())
        newest = part["data_time_at"].max()
        for stretch in numbered.filter("over").partition_by("run", maintain_order=True):
            first, last = stretch["data_time_at"][0], stretch["data_time_at"][-1]
            findings.append(
                Finding(
                    screen="test.above",
                    version="1",
                    subject=str(mn),
                    point=str(mn),
                    kind="above",
                    started_at=first,
                    ended_at=None if last == newest and now - last < 4 * HOUR else last + HOUR,
                    severity=min(5, 1 + stretch.height),
                    confidence=0.9,
                    summary_zh=f"连续 {stretch.height} 小时高于 {parameters.upper:g}",
                    evidence=Evidence(
                        stream="readings",
                        key={"device_mn": str(mn)},
                        factor="a21002",
                        since=first - HOUR,
                        until=last + 2 * HOUR,
                        highlight=(first, last + HOUR),
                        numbers={"小时数": stretch.height, "最高值": stretch["value"].max()},
                    ),
                    law=parameters.laws,
                )
            )
    return findings


def above(run: object = run_above, look_back: timedelta = 6 * HOUR, **more: object) -> Screen:
    """A screen like `sources.exceedance`, without its subtleties."""
    given: dict[str, object] = {
        "name": "test.above",
        "version": "1",
        "about_zh": "测试",
        "inputs": (Input("readings", look_back, only=(("kind", ("hour",)),)),),
        "facts": (),
        "parameters": Above(),
        "run": run,
    }
    return Screen(**(given | more))  # type: ignore[arg-type]


def hourly(mn: str, first: int, values: Sequence[float], received: datetime | None = None) -> pl.DataFrame:
    """Hourly values of a device from START + first hours on."""
    times = [START + (first + n) * HOUR for n in range(len(values))]
    rows = [
        dict.fromkeys(READINGS.schema)
        | {
            "device_mn": mn,
            "factor_code": "a21002",
            "kind": "hour",
            "data_time_at": t,
            "data_time_raw": t.strftime("%Y%m%d%H%M%S"),
            "value": v,
            "data_flag": "N",
            "received_at": received or t + HOUR,
            "frame_sha256": "0" * 64,
            "day": t.date(),
        }
        for t, v in zip(times, values, strict=True)
    ]
    return pl.DataFrame(rows, schema=READINGS.schema, orient="row")


@dataclass(slots=True)
class World:
    """A lake and an evidence store in a temporary folder."""

    root: Path

    @property
    def lake(self) -> Lake:
        """The lake, opened anew as another process would."""
        return Lake(self.root / "lake")

    @property
    def store(self) -> Store:
        """The evidence store."""
        return Store(self.root / "evidence")

    def send(self, *rows: pl.DataFrame) -> int:
        """Append rows as the gateway does."""
        return self.lake.append(READINGS, pl.concat(rows))


def enterprise(*mns: str, district: str = "310104") -> InspectionObject:
    """An enterprise with gas outlets of these codes, and the law that the test screen cites."""
    place, _ = District.objects.get_or_create(code=district, defaults={"name": f"区{district}"})
    owner, _ = InspectionObject.objects.get_or_create(
        credit_code=f"91310000{district}0001",
        defaults={"name": f"企业{district}", "district": place, "latitude": 31.2, "longitude": 121.4},
    )
    for mn in mns:
        MonitoringPoint.objects.create(
            device_mn=mn, inspection_object=owner, name=f"排口 {mn}", medium="gas", latitude=31.2, longitude=121.4
        )
    LegalBasis.objects.get_or_create(
        code="air-law-2018-99",
        defaults={
            "instrument": "大气污染防治法",
            "article": "第九十九条",
            "text": "超标排放",
            "valid_from": "2018-10-26",
        },
    )
    return owner
