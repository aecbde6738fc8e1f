"""sources.frozen: a value that does not move for hours while the outlet runs (rule R01 of our diagnosis notes).

A stretch of equal values is suspicious only if this signal normally moves: from the hours before it we estimate how
often two neighbouring values are equal, and the stretch must be next to impossible at that rate. So a coarse
resolution, a control loop at its set-point or an analyser that holds its value for hours clears itself, by its own
history.

Not accused: step-held factors (chemical COD and the like), values at zero or near the detection limit, stopped units
(flag F, oxygen near air, no flow), marked hours. If the other factors of the outlet stand still too, it is the
transmission that is frozen, not one signal: that is one milder finding for the outlet.

While a stretch goes on, its figures are as of whole hours, so that the finding changes once an hour and not with each
packet.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta

import polars as pl

from sanjian.base.screening.contract import Evidence, Finding, Frames, Input, Screen
from sanjian.base.screening.parameters import setting

from . import frames
from .frames import DatedLaw, FactorFacts

HOUR = timedelta(hours=1)
FINEST = ("rt", "minute", "hour")
SERIES = ["device_mn", "factor_code", "kind"]
FALSE_DATA = (
    DatedLaw("monitoring-regulation-2026-23-abnormal", valid_from=date(2026, 1, 1)),
    DatedLaw("eec-2026-1088-false-data", valid_from=date(2026, 8, 15)),
    DatedLaw("air-law-2018-99", ("gas",), valid_to=date(2026, 8, 14)),
    DatedLaw("water-law-2017-83", ("water",), valid_to=date(2026, 8, 14)),
)


@dataclass(frozen=True, slots=True)
class Parameters:
    """Thresholds of the screen; each says where it comes from."""

    hour_h: float = setting(4.0, "小时数据连续不变达到此时长（R01 起始阈值，须调校）", "h")
    minute_h: float = setting(1.0, "分钟与实时数据连续不变达到此时长（R01 起始阈值，须调校）", "h")
    least_values: int = setting(4, "连续不变的数据至少个数（自定）")
    most_chance: float = setting(
        1e-4, "按此前相邻两值相等的比例，如此长的不变出于偶然的概率上限（自定；比例按拉普拉斯法偏保守估计）"
    )
    coarse_steps: float = setting(2.0, "相邻两值之差多不超过最小变化的此倍数时，视为分辨率粗，从宽判定（自定）")
    coarse_values: float = setting(40.0, "数值不超过自身分辨率的此倍数时，一步超过数值的 2.5%，同样从宽判定（自定）")
    least_reference: int = setting(12, "此前用于比较的数据少于此数时，从宽判定（自定）")
    share_unknown: float = setting(0.8, "此前数据太少时取用的相邻相等比例（自定）")
    held_share: float = setting(0.5, "相邻相等比例达到此值，视为按周期测量、期间保持，按最长保持时间计次（自定）")
    low_share: float = setting(0.02, "不高于限值此比例的值视为接近检出限，不判定（自定）")
    judged_flags: tuple[str, ...] = setting(("N", "3"), "参与判定的数据标记；未标记的按所报判定（HJ 212-2017 表 8）")
    oxygen_code: str = setting("a19001", "氧气含量因子")
    oxygen_of_air: float = setting(19.5, "含氧量达到此值视为停运（接近空气，自定）", "%")
    flow_codes: tuple[str, ...] = setting(("a00000", "a01011", "w00000"), "流量、流速因子，均接近零视为停运")
    least_flow: float = setting(0.1, "流量、流速不高于此值视为停运（自定，单位随因子）")
    not_signals: tuple[str, ...] = setting(("i", "p", "e"), "编码以此开头的是参数、工况或状态，不判定也不作旁证")
    signals_without_limit: tuple[str, ...] = setting(
        ("a2", "a3", "w"), "未给出该点位限值时，只判定编码以此开头的污染物（HJ 525）；受控在设定值的工况量不判定"
    )
    open_for_h: float = setting(3.0, "最后一个数据之后多久仍无数据即视为已结束（自定）", "h")
    confidence_with_witness: float = setting(0.85, "同一排口其他因子在变化时的把握（自定）")
    confidence_alone: float = setting(0.6, "没有其他因子可作旁证时的把握（自定）")
    confidence_all: float = setting(0.5, "各因子一同不变（疑为传输停滞）时的把握（自定）")
    laws: tuple[DatedLaw, ...] = setting(FALSE_DATA, "按行为日期与介质选用的法律依据编码")


@dataclass(frozen=True, slots=True)
class Stretch:
    """A stretch of equal values of one factor, with what was tested about it."""

    mn: str
    kind: str
    factor: FactorFacts
    value: float
    start: datetime
    end: datetime
    is_open: bool
    values: int
    chance: float
    reference_values: int
    companions: int
    moving: int


def run(rows: Frames, facts: Frames, parameters: Parameters, now: datetime) -> Sequence[Finding]:
    """Findings of all devices in the frames; see the module for the rules."""
    series = _series(rows["readings"], parameters)
    if series.is_empty():
        return []
    media = frames.media(facts["points"])
    stretches = _finest(list(_stretches(series, facts, parameters, now)))
    alone = [s for s in stretches if not _is_everything(s)]
    findings = [_value_finding(s, media, parameters) for s in alone]
    together = _together([s for s in stretches if _is_everything(s)])
    return findings + [_transmission_finding(s, media, parameters) for s in together]


def _series(readings: pl.DataFrame, parameters: Parameters) -> pl.DataFrame:
    """Usable and unusable values in order, with the number of the run of equal values that each belongs to."""
    flag = pl.col("data_flag").str.to_uppercase()
    time = pl.col("data_time_at")
    signals = ~pl.col("factor_code").str.slice(0, 1).is_in(parameters.not_signals)
    rows = (
        readings.filter(signals)
        .select(*SERIES, "data_time_at", "value", "data_flag")
        .sort(*SERIES, "data_time_at")
        .with_columns(
            usable=(flag.is_null() | flag.is_in(parameters.judged_flags))
            & pl.col("value").is_finite().fill_null(False),
            stopped=(flag == "F").fill_null(False),
            step=pl.when(pl.col("kind") == "hour").then(pl.lit(HOUR)).otherwise(time.diff().median().over(SERIES)),
            series_last=time.max().over(SERIES),
        )
    )
    broken = (
        (pl.col("value") != pl.col("value").shift()).fill_null(True)
        | (pl.col("usable") != pl.col("usable").shift())
        | (time.diff() > 2 * pl.col("step"))
        | pl.any_horizontal(pl.col(c) != pl.col(c).shift() for c in SERIES)
    )
    return rows.with_columns(run=broken.fill_null(True).cum_sum())


def _stretches(series: pl.DataFrame, facts: Frames, parameters: Parameters, now: datetime) -> Iterator[Stretch]:
    factors = frames.factor_facts(facts["factors"])
    limits = _upper_limits(facts["limits"])
    held = {code for code, f in factors.items() if f.is_step_held}
    runs = _long_runs(series.filter("usable", _is_judged(set(limits), held, parameters)), parameters)
    nearby = _of_devices(series, runs)
    for part in runs:
        mn, code, kind = (str(part[c][0]) for c in SERIES)
        factor, value = frames.factor_of(factors, code), float(part["value"][0])
        if value <= max(10.0**-factor.decimals, parameters.low_share * limits.get((mn, code), 0.0)):
            continue
        around = nearby[mn, kind]
        stretch = _tested(part, around, factor, parameters, now)
        if stretch and not _is_stopped(around, stretch, parameters):
            yield _witnessed(stretch, around, factors)


def _is_judged(limits: set[tuple[str, str]], held: set[str], parameters: Parameters) -> pl.Expr:
    """Factors with a limit at their point; where a point has none, what is a pollutant by its code."""
    code, mn = pl.col("factor_code"), pl.col("device_mn")
    own = pl.concat_str(mn, code, separator=" ").is_in([f"{device} {factor}" for device, factor in limits])
    other = pl.any_horizontal(code.str.starts_with(start) for start in parameters.signals_without_limit)
    is_own = mn.is_in(list({device for device, _factor in limits}))
    return pl.when(is_own).then(own).otherwise(other) & ~code.is_in(list(held))


def _long_runs(usable: pl.DataFrame, parameters: Parameters) -> list[pl.DataFrame]:
    """The runs of equal values that last long enough to be asked about."""
    least = pl.when(pl.col("kind") == "hour").then(parameters.hour_h).otherwise(parameters.minute_h)
    span = (pl.col("data_time_at").max() - pl.col("data_time_at").min() + pl.col("step").first()).over("run")
    long = (span.dt.total_seconds() >= least * 3600) & (pl.len().over("run") >= parameters.least_values)
    return usable.filter(long).partition_by("run", maintain_order=True)


def _of_devices(series: pl.DataFrame, runs: list[pl.DataFrame]) -> dict[tuple[object, ...], pl.DataFrame]:
    """All rows of the devices with long runs, by device and kind: cut once, for a week of a city has thousands."""
    devices = {str(part["device_mn"][0]) for part in runs}
    return series.filter(pl.col("device_mn").is_in(devices)).partition_by("device_mn", "kind", as_dict=True)


def _chance(before: pl.Series, value: float, values: int, parameters: Parameters) -> float:
    """How likely so many equal values are by this signal's own history.

    Where values come in steps of hours although nobody registered it, what repeats is the sample, not the hour: the
    stretch is counted in spans as long as the longest that history shows, each as likely as not to come again.
    """
    share = _equal_share(before, value, parameters)
    if before.len() < parameters.least_reference:
        share = max(share, parameters.share_unknown)
    chance = share ** (values - 1)
    if share < parameters.held_share:
        return chance
    longest = before.rle().struct.field("len").max()
    held = float(longest) if isinstance(longest, int) else 1.0
    return max(chance, float(0.5 ** max(values / held - 1, 0)))


def _equal_share(before: pl.Series, value: float, parameters: Parameters) -> float:
    """How often two neighbouring values of this signal are equal at this value, judged by its own history.

    Laplace's estimate: without history half of all neighbours count as equal, so that only very long stretches stand
    out. The same half is taken for a signal that moves by single steps of its own resolution (an ambient CO of 0.4,
    0.5, 0.4 mg/m³), and for a value of few such steps: dust of 0.012 mg/m³ on a calm night stands still in the third
    decimal, though the busy day before it moved in the second. There an equal neighbour is as likely as not, whatever
    a short history happens to show.
    """
    changes = before.diff().drop_nulls().abs()
    moves = changes.filter(changes > 0)
    median, least = moves.median(), moves.min()
    moves_by_steps = (
        isinstance(median, float) and isinstance(least, float) and median <= parameters.coarse_steps * least * 1.01
    )
    is_coarse = moves_by_steps or value <= parameters.coarse_values * _resolution(before)
    share = (changes.len() - moves.len() + 1) / (changes.len() + 2)
    return max(share, 0.5) if is_coarse else share


def _resolution(values: pl.Series) -> float:
    """The last decimal that a signal ever shows, as a step; zero for one that shows more than six."""
    for decimals in range(7):
        off = (values - values.round(decimals)).abs().max()
        if isinstance(off, float) and off < 1e-9:
            return float(10.0**-decimals)
    return 0.0


def _tested(
    part: pl.DataFrame, around: pl.DataFrame, factor: FactorFacts, parameters: Parameters, now: datetime
) -> Stretch | None:
    """The stretch, or None when the signal's own history makes it ordinary."""
    kind, step = str(part["kind"][0]), part["step"][0]
    start, end = _utc(part["data_time_at"][0]), _utc(part["data_time_at"][-1]) + step
    is_open = part["data_time_at"][-1] == part["series_last"][0] and now - end <= timedelta(hours=parameters.open_for_h)
    if is_open:
        end = start + (end - start) // HOUR * HOUR
        part = part.filter(pl.col("data_time_at") < end)
    before = around.filter(
        pl.col("factor_code") == factor.code,
        pl.col("usable"),
        pl.col("data_time_at") < start,
        pl.col("data_time_at") >= start - LOOK_BACK,
    )["value"]
    value = float(part["value"][0])
    chance = _chance(before, value, part.height, parameters)
    if chance > parameters.most_chance:
        return None
    mn = str(part["device_mn"][0])
    return Stretch(mn, kind, factor, value, start, end, is_open, part.height, chance, before.len(), 0, 0)


def _is_stopped(around: pl.DataFrame, stretch: Stretch, parameters: Parameters) -> bool:
    inside = around.filter(pl.col("data_time_at") >= stretch.start, pl.col("data_time_at") < stretch.end)
    oxygen = inside.filter(pl.col("factor_code") == parameters.oxygen_code, pl.col("usable"))["value"].median()
    flow = inside.filter(pl.col("factor_code").is_in(parameters.flow_codes), pl.col("usable"))["value"].max()
    is_air = (
        isinstance(oxygen, float)
        and oxygen >= parameters.oxygen_of_air
        and stretch.factor.code != parameters.oxygen_code
    )
    is_still = isinstance(flow, float) and flow <= parameters.least_flow
    return bool(inside["stopped"].any()) or is_air or is_still


def _witnessed(stretch: Stretch, around: pl.DataFrame, factors: dict[str, FactorFacts]) -> Stretch:
    """With the number of other signals of the outlet in the interval, and how many of them moved."""
    held = [code for code, f in factors.items() if f.is_step_held]
    others = (
        around.filter(
            pl.col("data_time_at") >= stretch.start,
            pl.col("data_time_at") < stretch.end,
            pl.col("factor_code") != stretch.factor.code,
            ~pl.col("factor_code").is_in(held),
            pl.col("usable"),
        )
        .group_by("factor_code")
        .agg(pl.len(), pl.col("value").n_unique().alias("different"))
        .filter(pl.col("len") * 2 >= stretch.values)
    )
    moving = others.filter(pl.col("different") > 1).height
    return replace(stretch, companions=others.height, moving=moving)


def _is_everything(stretch: Stretch) -> bool:
    return stretch.companions >= 2 and stretch.moving == 0


def _finest(stretches: list[Stretch]) -> list[Stretch]:
    """One stretch per factor and time: the finest data that show it."""
    kept: list[Stretch] = []
    for kind in FINEST:
        for s in stretches:
            clash = any(
                k.kind != kind
                and (k.mn, k.factor.code) == (s.mn, s.factor.code)
                and k.start < s.end
                and s.start < k.end
                for k in kept
            )
            if s.kind == kind and not clash:
                kept.append(s)
    return kept


def _together(stretches: list[Stretch]) -> list[Stretch]:
    """One stretch per outlet and time: the span in which all its frozen signals stand still."""
    merged: list[Stretch] = []
    for s in sorted(stretches, key=lambda s: (s.mn, s.start, s.factor.code)):
        for place, known in enumerate(merged):
            if known.mn == s.mn and known.start < s.end and s.start < known.end:
                merged[place] = replace(known, start=max(known.start, s.start), end=min(known.end, s.end))
                break
        else:
            merged.append(s)
    return merged


def _value_finding(s: Stretch, media: dict[str, str], parameters: Parameters) -> Finding:
    span = s.end - s.start
    unit = f" {s.factor.unit}" if s.factor.unit else ""
    shown = f"{frames.figure(s.value, s.factor.decimals)}{unit}"
    sure = parameters.confidence_with_witness if s.moving else parameters.confidence_alone
    witness = f"，同期其他 {s.moving} 项在变化" if s.moving else ""
    summary = (
        f"{s.factor.name} 连续 {frames.hours_zh(span)}恒为 {shown}"
        f"（{frames.span_zh(s.start, s.end)}，{s.values} 个{KIND_ZH[s.kind]}值）{witness}"
    )
    return _finding(
        s, "frozen_value", s.factor.code, summary, sure, 4 if span >= 24 * HOUR else 3, media, parameters.laws
    )


def _transmission_finding(s: Stretch, media: dict[str, str], parameters: Parameters) -> Finding:
    summary = (
        f"排口 {s.companions + 1} 项数据一同连续 {frames.hours_zh(s.end - s.start)}不变"
        f"（{frames.span_zh(s.start, s.end)}），疑为传输停滞或数采仪死机"
    )
    laws = tuple(law for law in parameters.laws if law.code.startswith("monitoring-"))
    return _finding(s, "transmission_frozen", None, summary, parameters.confidence_all, 2, media, laws)


def _finding(
    s: Stretch,
    kind: str,
    factor: str | None,
    summary: str,
    confidence: float,
    severity: int,
    media: dict[str, str],
    laws: tuple[DatedLaw, ...],
) -> Finding:
    context = max((s.end - s.start) / 4, 6 * HOUR if s.kind == "hour" else HOUR)
    return Finding(
        screen=SCREEN.name,
        version=SCREEN.version,
        subject=s.mn,
        point=s.mn,
        kind=kind,
        started_at=s.start,
        ended_at=None if s.is_open else s.end,
        severity=severity,
        confidence=confidence,
        summary_zh=summary,
        evidence=Evidence(
            stream="readings",
            key={"device_mn": s.mn},
            factor=factor,
            since=s.start - context,
            until=s.end + context,
            highlight=(s.start, s.end),
            numbers={
                "恒定值": s.value,
                "单位": s.factor.unit,
                "持续（小时）": round((s.end - s.start) / HOUR, 2),
                "数据个数": s.values,
                "数据种类": KIND_ZH[s.kind],
                "出于偶然的概率": float(f"{s.chance:.2g}"),
                "此前用于比较的数据个数": s.reference_values,
                "同期其他因子数": s.companions,
                "其中在变化的": s.moving,
            },
            innocent=(
                ("分析仪按周期测量、期间保持数值（该因子未登记为周期保持）", True),
                ("分辨率低或控制在设定值（按此前相邻值相等的比例检验）", True),
                ("数值为零或接近检出限", True),
                ("机组停运（停运标记、含氧量、流量）", True),
                ("仪器标记为维护、校准、故障的时段（已排除）", True),
                ("传输停滞，各因子一同不变", s.moving > 0),
            ),
        ),
        law=frames.law_for(laws, media.get(s.mn, "gas"), s.start, s.end - timedelta(microseconds=1)),
    )


def _upper_limits(limits: pl.DataFrame) -> dict[tuple[str, str], float]:
    """The highest limit of each factor at each point, whatever its dates: only its size matters here."""
    rows = limits.group_by("device_mn", "factor_code").agg(pl.col("upper").max())
    return {(mn, code): upper or 0.0 for mn, code, upper in rows.iter_rows()}


def _utc(moment: object) -> datetime:
    assert isinstance(moment, datetime)  # noqa: S101 -- the column's type, not an expectation about data
    return moment.astimezone(UTC)


KIND_ZH = {"rt": "实时", "minute": "分钟", "hour": "小时"}
LOOK_BACK = timedelta(hours=24)
SCREEN = Screen(
    name="sources.frozen",
    version="3",
    about_zh=(
        "数值长时间不变（R01）：小时数据不少于 4 小时、分钟或实时数据不少于 60 分钟完全相同，"
        "且按该信号此前的变化不可能出于偶然。"
        "不判定：按周期保持数值的分析仪、零值与接近检出限、停运、已标记的时段；各因子一同不变的，另作传输停滞。"
    ),
    inputs=(
        Input(
            "readings",
            LOOK_BACK,
            only=(("kind", FINEST),),
            needs=("device_mn", "factor_code", "data_time_at", "value"),
            may=("kind", "data_flag"),
            defaults=(("kind", "hour"),),
        ),
    ),
    facts=("points", "limits", "factors"),
    parameters=Parameters(),
    run=run,
    pace=timedelta(minutes=5),
)
