"""sources.gap: data that should have come and did not: the whole device is silent, or single factors are missing.

Absence has no rows. So the rule runs on the clock over the latest report of every factor (fact "latest"), which opens
findings; rows that come back end them (fact "open" names what is open), and rows on both sides of a hole show holes of
the past. A gap begins where the last datum's period ends and ends with the next datum. Late back-fill that closes a
hole withdraws it.

Not accused: devices out of service, factors without a limit that were not seen for a week, and a silence that follows a
mark for stop, maintenance, calibration or fault, for a day.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

import polars as pl

from sanjian.base.screening.contract import OPEN, Evidence, Finding, Frames, Input, Screen
from sanjian.base.screening.parameters import setting

from . import frames
from .frames import DatedLaw, FactorFacts

KINDS = ("rt", "minute", "hour")
STEPS_H = (1, 3, 6, 12, 24, 48, 72, 168, 336, 720, 2160, 8760)
"""A gap that goes on is reported in these steps, so that it changes a dozen times a year and not every minute."""
MARKS_ZH = {"F": "停运", "M": "维护", "C": "校准", "D": "故障", "B": "通信中断"}
ABNORMAL = (DatedLaw("monitoring-regulation-2026-23-abnormal", valid_from=date(2026, 1, 1)),)


@dataclass(frozen=True, slots=True)
class Parameters:
    """Thresholds of the screen; each says where it comes from."""

    intervals: float = setting(3.0, "缺失超过应报间隔的多少倍（HJ 212-2017 重发 3 次之后视为断开，取 3）")
    least_min: float = setting(10.0, "缺失至少多少分钟（自定，容许网络抖动）", "min")
    rt_step_min: float = setting(5.0, "一个实时数据至多代表多长时间（自定）", "min")
    minute_step_min: float = setting(10.0, "一个分钟数据代表多长时间（HJ 212-2017 常用 10 分钟）", "min")
    excusing_marks: tuple[str, ...] = setting(
        ("F", "M", "C", "D"), "缺失之前的标记若为停运、维护、校准、故障，先不作异常"
    )
    excused_h: float = setting(24.0, "上述标记之后多久以内的缺失不作异常（自定）", "h")
    forgotten_h: float = setting(168.0, "没有限值的因子多久未见即不再期待（自定）", "h")
    confidence: float = setting(0.95, "把握：缺失是事实，原因待查（自定）")
    confidence_marked: float = setting(0.5, "缺失之前有停运等标记时的把握（自定）")
    laws: tuple[DatedLaw, ...] = setting(ABNORMAL, "按行为日期选用的法律依据编码")


@dataclass(frozen=True, slots=True)
class Gap:
    """A hole in the data of a device (factor None) or of one factor; `end` None while it goes on."""

    mn: str
    factor: str | None
    start: datetime
    end: datetime | None
    mark: str | None
    interval_s: int


def run(rows: Frames, facts: Frames, parameters: Parameters, now: datetime) -> Sequence[Finding]:
    """Findings of all devices in the frames and facts; see the module for the rules."""
    points = {r["device_mn"]: r for r in facts["points"].iter_rows(named=True) if r["is_in_service"] is not False}
    factors = frames.factor_facts(facts["factors"])
    readings = _covered(rows["readings"], facts["points"], parameters)
    found: dict[tuple[str, str | None, datetime], Gap] = {}
    # Later entries win: what the rows show is newer than what the clock thought.
    for gap in (
        *_going_on(readings, facts, parameters, now),
        *_resumed(readings, facts.get("open", pl.DataFrame(schema=OPEN)), parameters),
        *_holes(readings, parameters),
    ):
        found[gap.mn, gap.factor, gap.start] = gap
    return [
        _finding(gap, factors, parameters, now)
        for gap in sorted(found.values(), key=lambda g: (g.mn, g.start, g.factor or ""))
        if gap.mn in points and _counts(gap, parameters, now)
    ]


def _covered(readings: pl.DataFrame, points: pl.DataFrame, parameters: Parameters) -> pl.DataFrame:
    """Rows with the end of the period that each stands for and the threshold of its device."""
    kind = pl.col("kind")
    step = (
        pl.when(kind == "hour")
        .then(pl.duration(hours=1))
        .when(kind == "minute")
        .then(pl.duration(seconds=int(parameters.minute_step_min * 60)))
        .otherwise(pl.duration(seconds=int(parameters.rt_step_min * 60)))
    )
    interval = points.select("device_mn", interval_s=pl.col("report_interval_s").fill_null(3600))
    received = pl.col("received_at") + step
    covered = pl.col("data_time_at") + step
    return (
        readings.filter(kind.is_in(KINDS))
        .select("device_mn", "factor_code", "kind", "data_time_at", "data_flag", "received_at")
        .join(interval, on="device_mn", how="left")
        .with_columns(
            pl.col("interval_s").fill_null(3600),
            # A device clock in the future must not hide a silence.
            covered=pl.when(received < covered).then(received).otherwise(covered),
            data_flag=pl.col("data_flag").str.to_uppercase(),
        )
        .sort("device_mn", "data_time_at", "factor_code", "kind")
    )


def _threshold(interval_s: int, parameters: Parameters) -> timedelta:
    return timedelta(seconds=max(parameters.intervals * interval_s, parameters.least_min * 60))


def _holes(readings: pl.DataFrame, parameters: Parameters) -> Iterator[Gap]:
    """Holes between two rows: of the device, and of factors where the device itself was not silent."""
    device = list(_between(readings, ["device_mn"], parameters))
    yield from device
    for gap in _between(readings, ["device_mn", "factor_code"], parameters):
        if not any(d.mn == gap.mn and _inside(gap, d) for d in device):
            yield gap


def _between(readings: pl.DataFrame, of: list[str], parameters: Parameters) -> Iterator[Gap]:
    least = pl.max_horizontal(parameters.intervals * pl.col("interval_s"), pl.lit(parameters.least_min * 60))
    before = pl.col("covered").cum_max().shift().over(of)
    holes = readings.with_columns(start=before, mark=pl.col("data_flag").shift().over(of)).filter(
        (pl.col("data_time_at") - pl.col("start")).dt.total_seconds() > least
    )
    for row in holes.iter_rows(named=True):
        factor = row["factor_code"] if "factor_code" in of else None
        yield Gap(row["device_mn"], factor, row["start"], row["data_time_at"], row["mark"], row["interval_s"])


def _inside(gap: Gap, device: Gap) -> bool:
    slack = timedelta(seconds=device.interval_s) + timedelta(hours=1)
    return (
        device.end is not None
        and gap.end is not None
        and gap.start >= device.start - slack
        and gap.end <= device.end + slack
    )


def _going_on(readings: pl.DataFrame, facts: Frames, parameters: Parameters, now: datetime) -> Iterator[Gap]:
    """Devices and factors whose latest datum is too old."""
    known = facts.get("latest")
    latest = readings
    if known is not None:
        # Rows of a window in the past say nothing about now: only devices with a known latest report are judged.
        of = readings.join(known.select("device_mn").unique(), on="device_mn", how="semi")
        latest = pl.concat([_covered(known, facts["points"], parameters), of], how="diagonal_relaxed")
    newest = latest.sort("data_time_at", maintain_order=True).group_by("device_mn", "factor_code", maintain_order=True)
    factors = newest.agg(pl.col("covered").max(), pl.col("data_flag").last(), pl.col("interval_s").last())
    limited = _limited(facts["limits"], now)
    for (mn,), part in factors.sort("device_mn", "factor_code").group_by("device_mn", maintain_order=True):
        interval = int(part["interval_s"][0])
        last = part.sort("covered", "factor_code").row(-1, named=True)
        least = _threshold(interval, parameters)
        if now - last["covered"] > least:
            yield Gap(str(mn), None, last["covered"], None, last["data_flag"], interval)
            continue
        for row in part.iter_rows(named=True):
            expected = (mn, row["factor_code"]) in limited or now - row["covered"] <= timedelta(
                hours=parameters.forgotten_h
            )
            if expected and now - row["covered"] > max(least, timedelta(hours=1)):
                yield Gap(str(mn), row["factor_code"], row["covered"], None, row["data_flag"], interval)


def _limited(limits: pl.DataFrame, now: datetime) -> set[tuple[str, str]]:
    day = frames.local_day(now)
    valid = limits.filter(
        pl.col("valid_from").is_null() | (pl.col("valid_from") <= day),
        pl.col("valid_to").is_null() | (pl.col("valid_to") >= day),
    )
    return set(valid.select("device_mn", "factor_code").iter_rows())


def _resumed(readings: pl.DataFrame, opened: pl.DataFrame, parameters: Parameters) -> Iterator[Gap]:
    """Open gaps that these rows end. One that they fill from its start is no gap any more and is left out."""
    for subject, kind, factor, start in opened.sort("subject", "started_at").iter_rows():
        rows = readings.filter(pl.col("device_mn") == subject, pl.col("data_time_at") >= start - timedelta(seconds=1))
        if kind == "data_gap":
            rows = rows.filter(pl.col("factor_code") == factor)
        if rows.is_empty():
            continue
        end, interval = rows["data_time_at"][0], int(rows["interval_s"][0])
        if end - start > _threshold(interval, parameters):
            yield Gap(subject, factor, start, end, None, interval)


def _counts(gap: Gap, parameters: Parameters, now: datetime) -> bool:
    """Whether a gap is reported: not while a mark just before it excuses it."""
    excused = gap.mark in parameters.excusing_marks
    return not excused or (gap.end or now) - gap.start > timedelta(hours=parameters.excused_h)


def _finding(gap: Gap, factors: Mapping[str, FactorFacts], parameters: Parameters, now: datetime) -> Finding:
    start = gap.start.astimezone(UTC)
    length = (gap.end or now) - gap.start
    if gap.end is None:
        length = timedelta(hours=max((s for s in STEPS_H if timedelta(hours=s) <= length), default=0))
    end = gap.end.astimezone(UTC) if gap.end else start + length
    is_device = gap.factor is None
    marked = gap.mark in parameters.excusing_marks
    severity = (2 if is_device else 1) + sum(length >= timedelta(hours=h) for h in (24, 72))
    return Finding(
        screen=SCREEN.name,
        version=SCREEN.version,
        subject=gap.mn,
        point=gap.mn,
        kind="device_offline" if is_device else "data_gap",
        started_at=start,
        ended_at=end if gap.end else None,
        severity=1 if marked else severity,
        confidence=parameters.confidence_marked if marked else parameters.confidence,
        summary_zh=_summary(gap, length, factors),
        evidence=Evidence(
            stream="readings",
            key={"device_mn": gap.mn},
            factor=gap.factor,
            since=start - timedelta(hours=6),
            until=end + timedelta(hours=6),
            highlight=(start, end),
            numbers={
                "缺失（小时）": round(length / timedelta(hours=1), 2) if gap.end else None,
                "缺失已超过（小时）": None if gap.end else round(length / timedelta(hours=1), 2),
                "应报间隔（秒）": gap.interval_s,
                "判定门限（分钟）": round(_threshold(gap.interval_s, parameters) / timedelta(minutes=1), 1),
                "缺失前最后的标记": gap.mark,
            },
            innocent=(
                ("缺失之前的标记为停运、维护、校准或故障", not marked),
                ("点位已停用", True),
                ("数据迟到或事后补传（补传到达后本条自动撤回）", False),
                ("整台设备无数据，并非单个因子缺失" if not is_device else "仅个别因子缺失", True),
                ("停电、网络或平台自身中断", False),
            ),
        ),
        law=frames.law_for(parameters.laws, "", start, max(start, end - timedelta(microseconds=1))),
    )


def _summary(gap: Gap, length: timedelta, factors: Mapping[str, FactorFacts]) -> str:
    what = "设备离线，全部因子无数据"
    if gap.factor is not None:
        what = f"{frames.factor_of(dict(factors), gap.factor).name} 缺数据，其他因子正常上报"
    mark = f"，此前标记为{MARKS_ZH[gap.mark]}" if gap.mark in MARKS_ZH else ""
    if gap.end is None:
        since = f"{gap.start.astimezone(frames.LOCAL):%Y-%m-%d %H:%M}"
        longer = f"，已超过 {frames.hours_zh(length)}" if length else ""
        return f"{what}（自 {since} 起{longer}{mark}）"
    return f"{what}（{frames.span_zh(gap.start, gap.end)}，{frames.hours_zh(length)}{mark}）"


SCREEN = Screen(
    name="sources.gap",
    version="1",
    about_zh=(
        "应报未报：整台设备无数据，或设备在线而个别因子缺数据，超过应报间隔的 3 倍且不少于 10 分钟。"
        "不判定：停用的点位；停运、维护、校准、故障标记之后一天以内的缺失。数据恢复即结束，补传补齐即撤回。"
    ),
    inputs=(
        Input(
            "readings",
            timedelta(hours=6),
            only=(("kind", KINDS),),
            needs=("device_mn", "factor_code", "data_time_at"),
            may=("kind", "data_flag", "received_at"),
            defaults=(("kind", "hour"),),
        ),
    ),
    facts=("points", "limits", "factors", "latest", "open"),
    parameters=Parameters(),
    run=run,
    every=timedelta(minutes=1),
    pace=timedelta(minutes=1),
    is_told=True,
)
