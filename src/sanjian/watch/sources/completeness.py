"""How complete the hours of a point are, day by day over a year: what was valid, of what should have come.

Source: HJ 75-2017 (有效数据捕集率, valid hours of hours of operation); marks as `rules/validity.usable` reads them.
"""

from calendar import Calendar
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import polars as pl

from sanjian.base.lake.instance import the_lake
from sanjian.base.registry.models import MonitoringPoint
from sanjian.base.sensing.streams import READINGS

from .rules.rulesets import RULE_SETS, rule_set
from .rules.validity import usable

LOCAL = ZoneInfo("Asia/Shanghai")
STEPS = (0.0, 0.5, 0.75, 0.9)
"""Shares from which a day is drawn one step fuller (our choice; 0.75 is what a quarter needs, HJ 75-2017, verify)."""


@dataclass(frozen=True, slots=True)
class Day:
    """One day of one factor, or the worst factor of the day.

    Args:
        share: valid hours of those that are not marked as stopped; None when the plant stood all day or the day is not
            over or before the first datum.
        step: 0 (nothing) to 4 (nearly whole); None as `share`.
    """

    on: date
    valid: int
    due: int
    stopped: int
    share: float | None
    step: int | None


def days_of(point: MonitoringPoint, year: int, today: date) -> pl.DataFrame:
    """Valid and stopped hours by factor and local day of a year, from the first day that has a row to yesterday.

    Returns:
        factor_code, on, valid, stopped, due (24 less stopped); a day without rows is not there.
    """
    first = datetime(year, 1, 1, tzinfo=LOCAL)
    until = datetime(year + 1, 1, 1, tzinfo=LOCAL)
    where = (pl.col("device_mn") == point.device_mn) & (pl.col("kind") == "hour")
    rows = the_lake().scan(READINGS, since=first, until=until, where=where)
    wanted = rows.select("factor_code", "data_time_at", "value", "data_flag").collect()
    law = rule_set(max(first.date(), RULE_SETS[0].valid_from))
    local = pl.col("data_time_at").dt.convert_time_zone(str(LOCAL)).dt.date()
    return (
        usable(wanted, law)
        .with_columns(on=local)
        .filter(pl.col("on") < today)
        .group_by("factor_code", "on")
        .agg(valid=pl.col("is_usable").sum(), stopped=pl.col("is_stopped").sum())
        .with_columns(due=24 - pl.col("stopped").cast(pl.Int64))
        .sort("factor_code", "on")
    )


def calendar(days: pl.DataFrame, factors: list[str], year: int, today: date) -> list[list[list[Day | None]]]:
    """Twelve months of weeks (Monday first) of days; None is padding or outside the data.

    Args:
        factors: the worst of these counts on each day; a day on which one sent nothing is empty.
    """
    known = {(code, on): (valid, stopped) for code, on, valid, stopped, _due in days.iter_rows()}
    first = days["on"].min()
    weeks = Calendar()
    return [
        [
            [_day(day, known, factors, first, today) if day.month == month else None for day in week]
            for week in weeks.monthdatescalendar(year, month)
        ]
        for month in range(1, 13)
    ]


def _day(
    on: date, known: Mapping[tuple[str, date], tuple[int, int]], factors: list[str], first: object, today: date
) -> Day:
    if not isinstance(first, date) or on < first or on >= today or not factors:
        return Day(on, 0, 0, 0, None, None)
    found = [known.get((code, on), (0, 0)) for code in factors]
    valid, stopped = min(found, key=lambda f: (f[0] / max(24 - f[1], 1), f[0]))
    due = 24 - stopped
    if due == 0:
        return Day(on, valid, 0, stopped, None, None)
    share = min(1.0, valid / due)
    return Day(on, valid, due, stopped, share, 0 if valid == 0 else sum(share >= bound for bound in STEPS))


def capture_rates(days: pl.DataFrame, today: date, year: int) -> dict[str, float]:
    """Valid of due hours by factor from the first day to yesterday; days without rows count as missing.

    Source: HJ 75-2017 (有效数据捕集率), from memory, verify.
    """
    first = days["on"].min()
    if not isinstance(first, date):
        return {}
    span = (min(today, date(year + 1, 1, 1)) - first) // timedelta(days=1)
    summed = days.group_by("factor_code").agg(pl.col("valid").sum(), pl.col("stopped").sum()).sort("factor_code")
    return {
        code: (valid / due if (due := 24 * span - stopped) > 0 else 1.0) for code, valid, stopped in summed.iter_rows()
    }
