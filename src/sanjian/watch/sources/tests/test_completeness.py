"""The completeness calendar: what was valid of what was due, with stops taken out and silence counted."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.test import Client

from sanjian.base.registry.tests.cast import MN, Cast, add_hours, add_limit
from sanjian.watch.sources import completeness

ZONE = ZoneInfo("Asia/Shanghai")
TODAY = date(2026, 11, 10)


def day(number: int) -> datetime:
    return datetime(2026, 11, number, tzinfo=ZONE)


@pytest.fixture
def november(cast: Cast, own_lake: None) -> Cast:
    """A whole day, a day with six hours of maintenance and six of stop, a silent day, a day of three hours."""
    add_limit(cast.point)
    add_hours(MN, [40.0] * 24, first=day(1))
    add_hours(MN, [40.0] * 24, first=day(2), flags=["N"] * 12 + ["M"] * 6 + ["F"] * 6)
    add_hours(MN, [40.0] * 3, first=day(4))
    return cast


@pytest.mark.clause("HJ 75-2017 有效数据捕集率")
def test_stops_are_not_due_and_silence_is(november: Cast) -> None:
    days = completeness.days_of(november.point, 2026, TODAY)
    assert days.select("valid", "stopped", "due").rows() == [(24, 0, 24), (12, 6, 18), (3, 0, 24)]
    rate = completeness.capture_rates(days, TODAY, 2026)["a21002"]
    assert rate == pytest.approx((24 + 12 + 3) / (9 * 24 - 6))


def test_a_day_is_drawn_by_its_share_and_days_before_the_data_are_not_blamed(november: Cast) -> None:
    days = completeness.days_of(november.point, 2026, TODAY)
    month = [d for week in completeness.calendar(days, ["a21002"], 2026, TODAY)[10] for d in week if d]
    assert [d.step for d in month[:5]] == [4, 2, 0, 1, 0]
    assert [d.step for d in month[9:]] == [None] * 21
    october = [d for week in completeness.calendar(days, ["a21002"], 2026, TODAY)[9] for d in week if d]
    assert all(d.step is None for d in october)


def test_the_page_links_each_day_to_its_curve_and_the_table_says_the_same(november: Cast) -> None:
    client = Client()
    client.force_login(november.person["officer"])
    page = client.get(f"/sources/{MN}/completeness/?year=2026").content.decode()
    assert "since=2026-11-02T00:00" in page
    table = b"".join(client.get(f"/sources/{MN}/completeness.csv?year=2026").streaming_content).decode()
    assert f"{MN},a21002,2026-11-02,12,6,18" in table
    empty = client.get(f"/sources/{MN}/completeness/?year=2020").content.decode()
    assert "这一年没有小时数据" in empty


def test_of_several_factors_the_worst_counts() -> None:
    import polars as pl

    on = date(2026, 3, 2)
    rows = pl.DataFrame(
        {"factor_code": ["a", "b"], "on": [on, on], "valid": [24, 6], "stopped": [0, 0], "due": [24, 24]}
    )
    found = [d for week in completeness.calendar(rows, ["a", "b"], 2026, on + timedelta(days=1))[2] for d in week if d]
    assert [d.valid for d in found if d.on == on] == [6]
