"""sources.exceedance: hourly (and daily) values over the limit that was valid when they were measured.

Which value is judged: the corrected one (折算值) where the limit says so, else the measured one. Which is not: hours
marked F, M, C, D, S or B by the instrument (HJ 212-2017 table 8) and hours that our own quality check rejected; a
marked hour never accuses. T (above the measuring range) has no usable value and counts as a clue of low confidence.

Rounding: a value is rounded to the decimals of its limit, half to even (GB/T 8170-2008 修约值比较法), then compared;
"over" means greater than, never equal; bands (pH) are compared in full. Our choice, in favour of the enterprise;
`is_rounded` off gives 全数值比较法.

Consecutive hours are one finding that begins with the first of them and grows; it ends with the first hour that is not
over.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import ROUND_HALF_EVEN, Decimal

import polars as pl

from sanjian.base.screening.contract import Evidence, Finding, Frames, Input, Screen
from sanjian.base.screening.parameters import setting

from . import frames
from .frames import DatedLaw

STEP = {"hour": timedelta(hours=1), "day": timedelta(days=1)}
LAWS = (
    DatedLaw("eec-2026-1107-over-standard", ("gas", "water"), valid_from=date(2026, 8, 15)),
    DatedLaw("air-law-2018-99", ("gas",), valid_to=date(2026, 8, 14)),
    DatedLaw("water-law-2017-83", ("water",), valid_to=date(2026, 8, 14)),
)


@dataclass(frozen=True, slots=True)
class Parameters:
    """Thresholds of the screen; each says where it comes from."""

    judged_flags: tuple[str, ...] = setting(
        ("N", "3"),
        "参与判定的数据标记：N 正常（HJ 212-2017 表 8），3 为 HJ/T 212-2005 空气站的正常；未标记的按所报判定",
    )
    over_range_flags: tuple[str, ...] = setting(("T",), "超测上限标记：数值不可用，仅作低把握线索（HJ 212-2017 表 8）")
    rejecting_quality: tuple[str, ...] = setting(
        (
            "value_sentinel",
            "value_overflow",
            "value_over_range",
            "value_negative",
            "duplicate_field",
            "data_time_ahead",
        ),
        "解码质控判为数值或时间不可信的标记，这些时段不判定（自定）",
    )
    is_rounded: bool = setting(True, "按限值的小数位修约（四舍六入五成双）后比较，GB/T 8170-2008；false 为全数值比较")
    least_hours: int = setting(1, "至少连续超标小时数（小时均值限值即按 1 小时考核）", "h")
    open_for_h: float = setting(3.0, "最后一个超标时段结束后多久仍无数据即视为已结束（自定，容许迟报）", "h")
    strong_ratio: tuple[float, ...] = setting(
        (1.1, 1.5, 2.0), "最高值与限值之比达到各档，严重程度 3、4、5，否则 2（自定）"
    )
    long_h: float = setting(6.0, "连续超标达到此时长，严重程度加 1（自定）", "h")
    confidence_flagged: float = setting(0.9, "标记为正常的数据的把握（自定）")
    confidence_unflagged: float = setting(0.75, "未标记的数据的把握（自定）")
    confidence_over_range: float = setting(0.4, "仅有超测上限标记时的把握（自定）")
    context_h: float = setting(6.0, "绘图时前后各带多少小时", "h")
    laws: tuple[DatedLaw, ...] = setting(LAWS, "按行为日期与介质选用的法律依据编码")


def run(rows: Frames, facts: Frames, parameters: Parameters, now: datetime) -> Sequence[Finding]:
    """Findings of all devices in the frames; see the module for the rules."""
    judged = _judged(rows["readings"], facts["limits"], parameters)
    if judged.is_empty():
        return []
    factors, media = frames.factor_facts(facts["factors"]), frames.media(facts["points"])
    return [
        _finding(part, frames.factor_of(factors, str(part["factor_code"][0])), media, parameters, now)
        for part in _runs(judged, parameters)
    ]


def _judged(readings: pl.DataFrame, limits: pl.DataFrame, parameters: Parameters) -> pl.DataFrame:
    """Every hour and day that a limit applies to, with the value that counts and whether it is over."""
    day = pl.col("data_time_at").dt.convert_time_zone("Asia/Shanghai").dt.date()
    dated = limits.with_columns(
        pl.col("period").fill_null("hour"),
        pl.col("basis").fill_null("measured"),
        pl.col("valid_from").fill_null(date.min),
        pl.col("valid_to").fill_null(date.max),
    )
    flag = pl.col("data_flag").str.to_uppercase()
    over_range = flag.is_in(parameters.over_range_flags) & pl.col("upper").is_not_null()
    rejected = (
        pl.col("quality_flag").fill_null("").str.split(";").list.set_intersection(list(parameters.rejecting_quality))
    )
    joined = (
        readings.lazy()
        .with_columns(_day=day)
        .join(
            dated.lazy(), left_on=["device_mn", "factor_code", "kind"], right_on=["device_mn", "factor_code", "period"]
        )
        .filter(pl.col("_day") >= pl.col("valid_from"), pl.col("_day") <= pl.col("valid_to"))
        # Two limits valid on one day: the one that came into force last applies.
        .sort("valid_from")
        .unique(["device_mn", "factor_code", "kind", "data_time_at"], keep="last", maintain_order=True)
        .with_columns(
            judged=pl.when(pl.col("basis") == "corrected").then(pl.col("zs_value")).otherwise(pl.col("value")),
            is_over_range=over_range.fill_null(False),
            is_usable=(flag.is_null() | flag.is_in(parameters.judged_flags)) & (rejected.list.len() == 0),
        )
        .with_columns(beyond=_beyond())
        .collect()
    )
    return joined.with_columns(is_over=_is_over(joined, parameters)).sort(
        "device_mn", "factor_code", "kind", "data_time_at"
    )


def _beyond() -> pl.Expr:
    """Over the limit by the raw figures; rounding can only take hours away from these."""
    value = pl.col("judged")
    over = (value > pl.col("upper")).fill_null(False) | (value < pl.col("lower")).fill_null(False)
    return (over & value.is_finite()).fill_null(False)


def _is_over(joined: pl.DataFrame, parameters: Parameters) -> pl.Series:
    """Whether each row counts as over: exact decimal rounding on the few rows that the raw figures put over."""
    columns = joined.select("is_usable", "is_over_range", "beyond", "judged", "lower", "upper")
    return pl.Series(
        [
            is_over_range
            or (is_usable and beyond and (not parameters.is_rounded or _over_rounded(value, lower, upper)))
            for is_usable, is_over_range, beyond, value, lower, upper in columns.iter_rows()
        ],
        dtype=pl.Boolean,
    )


def _over_rounded(value: float, lower: float | None, upper: float | None) -> bool:
    """Bands such as pH 6-9 are held against the full value: rounding a logarithmic scale to whole units would let 9.4
    pass.
    """
    if lower is not None and upper is not None:
        return True
    if upper is not None and rounded(value, upper) > Decimal(repr(upper)):
        return True
    return lower is not None and rounded(value, lower) < Decimal(repr(lower))


def rounded(value: float, limit: float) -> Decimal:
    """A value at the decimals in which its limit is written, half to even (GB/T 8170-2008, 3.2)."""
    written = Decimal(repr(limit)).normalize()
    places = max(0, -int(written.as_tuple().exponent))
    return Decimal(repr(value)).quantize(Decimal(1).scaleb(-places), rounding=ROUND_HALF_EVEN)


def _runs(judged: pl.DataFrame, parameters: Parameters) -> Iterator[pl.DataFrame]:
    """Stretches of consecutive hours (days) that are over under one limit."""
    series = ["device_mn", "factor_code", "kind"]
    step = pl.when(pl.col("kind") == "hour").then(pl.duration(hours=1)).otherwise(pl.duration(days=1))
    broken = (
        (pl.col("data_time_at").diff().over(series) > step)
        | (pl.col("is_over") != pl.col("is_over").shift().over(series))
        | (pl.col("valid_from") != pl.col("valid_from").shift().over(series))
    )
    last = pl.col("data_time_at").max().over(series)
    numbered = judged.with_columns(series_last=last, run=broken.fill_null(True).cum_sum())
    for part in numbered.filter("is_over").partition_by("run", maintain_order=True):
        if part.height >= (parameters.least_hours if part["kind"][0] == "hour" else 1):
            yield part


def _finding(
    part: pl.DataFrame, factor: frames.FactorFacts, media: dict[str, str], parameters: Parameters, now: datetime
) -> Finding:
    first, row = part.row(0, named=True), _worst(part)
    kind, start = str(first["kind"]), _utc(first["data_time_at"])
    end = _utc(part["data_time_at"][-1]) + STEP[kind]
    is_newest = part["data_time_at"][-1] == part["series_last"][0]
    is_open = is_newest and now - end <= timedelta(hours=parameters.open_for_h) + (
        STEP[kind] if kind == "day" else timedelta()
    )
    medium = media.get(str(first["device_mn"]), "gas")
    context = timedelta(hours=parameters.context_h) if kind == "hour" else timedelta(days=3)
    only_range = bool(part["is_over_range"].all())
    return Finding(
        screen=SCREEN.name,
        version=SCREEN.version,
        subject=str(first["device_mn"]),
        point=str(first["device_mn"]),
        kind="over_range" if only_range else "hourly_exceedance" if kind == "hour" else "daily_exceedance",
        started_at=start,
        ended_at=None if is_open else end,
        severity=_severity(part, row, parameters),
        confidence=_confidence(part, parameters),
        summary_zh=_summary(part, row, factor, span=(start, end)),
        evidence=Evidence(
            stream="readings",
            key={"device_mn": str(first["device_mn"])},
            factor=factor.code,
            since=start - context,
            until=end + context,
            highlight=(start, end),
            numbers=_numbers(part, row, factor),
            innocent=_innocent(part, only_range),
        ),
        law=frames.law_for(parameters.laws, medium, start, end - timedelta(microseconds=1)),
    )


def _worst(part: pl.DataFrame) -> dict[str, object]:
    """The row that is furthest over its limit; without a usable value the first."""
    usable = part.filter(~pl.col("is_over_range"))
    if usable.is_empty():
        return part.row(0, named=True)
    by = pl.max_horizontal(pl.col("judged") - pl.col("upper"), pl.col("lower") - pl.col("judged"))
    return usable.sort(by, descending=True, maintain_order=True).row(0, named=True)


def _ratio(row: dict[str, object]) -> float | None:
    """How far over: value / limit; below a lower limit or without a positive limit 1 + distance / width of the band."""
    value, lower, upper = row["judged"], row["lower"], row["upper"]
    if row["is_over_range"] or not isinstance(value, float):
        return None
    if isinstance(lower, float) and isinstance(upper, float):
        return 1 + max(value - upper, lower - value) / (upper - lower) if upper > lower else None
    bound = upper if isinstance(upper, float) else lower
    if not isinstance(bound, float) or bound <= 0:
        return None
    return value / bound if isinstance(upper, float) else 1 + (bound - value) / bound


def _severity(part: pl.DataFrame, row: dict[str, object], parameters: Parameters) -> int:
    ratio = _ratio(row)
    grade = 2 + sum(ratio >= step for step in parameters.strong_ratio) if ratio is not None else 2
    is_long = part["kind"][0] == "day" or part.height >= parameters.long_h
    return min(5, grade + int(is_long))


def _confidence(part: pl.DataFrame, parameters: Parameters) -> float:
    """By the best hour of the stretch: one hour marked normal makes the exceedance certain."""
    if part["is_over_range"].all():
        return parameters.confidence_over_range
    flagged = part.filter(~pl.col("is_over_range"))["data_flag"].is_not_null().any()
    return parameters.confidence_flagged if flagged else parameters.confidence_unflagged


def _summary(
    part: pl.DataFrame, row: dict[str, object], factor: frames.FactorFacts, span: tuple[datetime, datetime]
) -> str:
    is_hour = row["kind"] == "hour"
    what = f"{factor.name} {'小时' if is_hour else '日'}{'折算' if row['basis'] == 'corrected' else ''}均值"
    unit = f" {factor.unit}" if factor.unit else ""
    value, lower, upper = row["judged"], row["lower"], row["upper"]
    when = f"（{frames.span_zh(*span)}，连续 {part.height} {'小时' if is_hour else '天'}）"
    if row["is_over_range"] or not isinstance(value, float):
        return f"{what} 超出仪器测量上限（标记 T），限值 {frames.plain_figure(upper)}{unit}{when}"
    shown = f"{frames.figure(value, factor.decimals)}{unit}"
    if isinstance(lower, float) and value < lower:
        most = "最低 " if part.height > 1 else ""
        return f"{what} {most}{shown}，低于下限 {frames.plain_figure(lower)}{unit}{when}"
    most = "最高 " if part.height > 1 else ""
    return f"{what} {most}{shown}，超过限值 {frames.plain_figure(upper)}{unit}{when}"


def _numbers(
    part: pl.DataFrame, row: dict[str, object], factor: frames.FactorFacts
) -> dict[str, float | int | str | None]:
    ratio = _ratio(row)
    peak_at = _utc(row["data_time_at"]).astimezone(frames.LOCAL)
    usable = part.filter(~pl.col("is_over_range"))["judged"]
    mean = usable.mean()
    return {
        "最不利值": None if row["is_over_range"] else _number(row["judged"]),
        "上限": _number(row["upper"]),
        "下限": _number(row["lower"]),
        "单位": factor.unit,
        "最不利值与限值之比": None if ratio is None else round(ratio, 3),
        "时段数": part.height,
        "最不利值时间": f"{peak_at:%Y-%m-%d %H:%M}",
        "时段平均": round(mean, 4) if isinstance(mean, float) else None,
        "考核值": "折算值" if row["basis"] == "corrected" else "实测值",
        "限值来源": str(row["source"] or ""),
        "限值施行": None if row["valid_from"] == date.min else str(row["valid_from"]),
        "标记为正常的时段数": int((part["data_flag"].is_not_null() & ~part["is_over_range"]).sum()),
        "超测上限的时段数": int(part["is_over_range"].sum()),
    }


def _innocent(part: pl.DataFrame, only_range: bool) -> tuple[tuple[str, bool], ...]:
    unflagged = int(part["data_flag"].is_null().sum())
    return (
        ("仪器标记为停运、维护、校准、故障、手工设定或通信中断的时段（已排除，不参与判定）", True),
        ("按限值的小数位修约后是否仍超过（已修约后比较）", True),
        ("限值在数据当日是否有效（按数据日期选用）", True),
        ("设备未作标记，可能处于维护而未标" + (f"（{unflagged} 个时段无标记）" if unflagged else ""), not unflagged),
        ("仪器量程不足，实际浓度未知", not only_range),
        ("启停机等豁免时段须由企业标记，本规则只见报文中的标记", False),
    )


def _number(value: object) -> float | None:
    return value if isinstance(value, float) else None


def _utc(moment: object) -> datetime:
    assert isinstance(moment, datetime)  # noqa: S101 -- the column's type, not an expectation about data
    return moment.astimezone(UTC)


SCREEN = Screen(
    name="sources.exceedance",
    version="1",
    about_zh=(
        "小时（日）均值超过数据当日有效的限值。按限值规定取实测值或折算值，修约到限值的小数位后比较；"
        "仪器标记为停运、维护、校准、故障、手工设定、通信中断的时段不判定，超测上限只作低把握线索。"
    ),
    inputs=(
        Input(
            "readings",
            timedelta(hours=48),
            only=(("kind", ("hour", "day")),),
            needs=("device_mn", "factor_code", "data_time_at"),
            may=("kind", "value", "zs_value", "data_flag", "quality_flag"),
            defaults=(("kind", "hour"),),
        ),
    ),
    facts=("points", "limits", "factors"),
    parameters=Parameters(),
    must=("limits",),
    run=run,
    is_told=True,
)
