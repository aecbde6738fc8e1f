"""What the rules of diagnosis have in common: a rule looks at one outlet and names spans; here they become findings.

A rule is a module with its thresholds, one function `judge(outlet, facts, parameters)` and one SCREEN.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

import numpy as np
from threadpoolctl import threadpool_limits

from sanjian.base.screening.contract import Evidence, Finding, Frames, Input, Mode, Screen
from sanjian.watch.sources.tamper.signal import Mask

from . import frames
from .frames import DatedLaw
from .outlet import BLOCK_H, HOUR, Outlet, outlets

FALSE_DATA = (
    DatedLaw("monitoring-regulation-2026-23-abnormal", valid_from=date(2026, 1, 1)),
    DatedLaw("eec-2026-1088-false-data", valid_from=date(2026, 8, 15)),
    DatedLaw("air-law-2018-99", ("gas",), valid_to=date(2026, 8, 14)),
    DatedLaw("water-law-2017-83", ("water",), valid_to=date(2026, 8, 14)),
)
MARKED = ("仪器标记为维护、校准、故障的时段（已排除）", True)
STOPPED = ("机组停运（停运标记、含氧量、流量，已排除）", True)
DAILY = timedelta(hours=20)
"""Rules over weeks of data judge about once a day (our choice)."""
HOURLY = Input(
    "readings",
    timedelta(days=30),
    only=(("kind", ("hour",)),),
    needs=("device_mn", "factor_code", "data_time_at", "value"),
    may=("kind", "data_flag", "zs_value", "min", "max", "total", "received_at", "is_backfill"),
    defaults=(("kind", "hour"),),
)


@dataclass(frozen=True, slots=True)
class Suspicion:
    """A span in which a rule saw something.

    Args:
        start, end: aware, [start, end).
        summary_zh: one sentence with figures, without the span: it is put in front.
        innocent: explanations that were tested, (Chinese sentence, whether it was ruled out).
    """

    kind: str
    factor: str | None
    start: datetime
    end: datetime
    summary_zh: str
    confidence: float
    numbers: dict[str, float | int | str | None]
    innocent: tuple[tuple[str, bool], ...]
    severity: int = 3
    context: timedelta = field(default=timedelta(days=3))


Judge = Callable[[Outlet, Frames, Any], Iterator[Suspicion]]


def make_screen(
    name: str,
    about_zh: str,
    judge: Judge,
    parameters: Any,
    *,
    look_back: timedelta,
    version: str = "1",
    laws: tuple[DatedLaw, ...] = FALSE_DATA,
    facts: tuple[str, ...] = (),
    others: tuple[Input, ...] = (),
    kinds: tuple[str, ...] = ("hour",),
    starts: Mode = "shadow",
    rest: timedelta = DAILY,
) -> Screen:
    """A screen that judges each outlet by itself.

    Args:
        facts: frames besides points, limits and factors.
        others: streams besides readings.
        kinds: kinds of readings that it looks at.
        starts: a new rule has yet to earn its place.
        rest: see `Screen`.
    """
    readings = Input(
        HOURLY.stream, look_back, only=(("kind", kinds),), needs=HOURLY.needs, may=HOURLY.may, defaults=HOURLY.defaults
    )

    def run(rows: Frames, known: Frames, settings: Any, now: datetime) -> list[Finding]:  # noqa: ARG001
        extra = {**known, **rows}
        # One thread: for matrices of this size threads that wait for each other cost more than they save.
        with threadpool_limits(1):
            return [
                _finding(made, outlet, suspicion, laws)
                for outlet in outlets(rows["readings"], known)
                for suspicion in judge(outlet, extra, settings)
            ]

    run.__module__ = judge.__module__  # whose words `screen describe` prints
    made = Screen(
        name, version, about_zh, (readings, *others), ("points", "limits", "factors", *facts), parameters, run,
        pace=timedelta(hours=1), rest=rest, starts=starts,
    )  # fmt: skip
    return made


def _finding(screen: Screen, outlet: Outlet, s: Suspicion, laws: tuple[DatedLaw, ...]) -> Finding:
    last = s.end - timedelta(microseconds=1)
    return Finding(
        screen=screen.name,
        version=screen.version,
        subject=outlet.mn,
        point=outlet.mn,
        kind=s.kind,
        started_at=s.start,
        ended_at=s.end,
        severity=s.severity,
        confidence=round(s.confidence, 3),
        summary_zh=f"{frames.span_zh(s.start, s.end)} {s.summary_zh}",
        evidence=Evidence(
            stream="readings",
            key={"device_mn": outlet.mn},
            factor=s.factor,
            since=s.start - s.context,
            until=s.end + s.context,
            highlight=(s.start, s.end),
            numbers=s.numbers,
            innocent=s.innocent,
        ),
        law=frames.law_for(laws, outlet.medium, s.start, last),
    )


def episodes(chosen: Mask) -> Iterator[tuple[int, int]]:
    """Runs of True as (first, end): neighbours are one episode."""
    edges = np.diff(np.concatenate([[0], chosen.astype(np.int8), [0]]))
    yield from zip(np.flatnonzero(edges == 1).tolist(), np.flatnonzero(edges == -1).tolist(), strict=True)


def span_of(outlet: Outlet, first: int, end: int, size: int = BLOCK_H) -> tuple[datetime, datetime]:
    """The span of blocks [first, end)."""
    return outlet.start + first * size * HOUR, outlet.start + end * size * HOUR


def figure(value: float, digits: int = 3) -> float:
    """A number at some significant figures, for people."""
    return float(f"{value:.{digits}g}")
