"""Absence: silent devices and missing factors, how they begin and how they end."""

from datetime import datetime, timedelta

import polars as pl
import pytest

from sanjian.base.screening.contract import OPEN, Finding
from sanjian.base.sensing.streams import READINGS
from sanjian.watch.sources.screens import frames, gap
from sanjian.watch.sources.screens.gap import Parameters

from .rows import MN, at, facts, hours, limit, readings


def latest(*rows: tuple[str, str, str | None], mn: str = MN, received: str = "2026-11-23 09:02") -> pl.DataFrame:
    """(factor, local data time, flag) of hourly data."""
    full = [(mn, "hour", code, at(moment), flag, at(received)) for code, moment, flag in rows]
    return pl.DataFrame(full, schema=frames.LATEST.schema, orient="row")


def opened(*rows: tuple[str, str, str | None, datetime]) -> pl.DataFrame:
    return pl.DataFrame(list(rows), schema=OPEN, orient="row")


def run(rows: pl.DataFrame | None, now: str, **known) -> list[Finding]:
    given = facts(limit(), **known)
    return list(gap.run({"readings": READINGS.empty() if rows is None else rows}, given, Parameters(), at(now)))


BOTH = latest(("a21002", "2026-11-23 08:00", "N"), ("a19001", "2026-11-23 08:00", "N"))


def test_a_silent_device_is_offline_from_the_end_of_its_last_hour():
    assert run(None, "2026-11-23 12:00", latest=BOTH) == []
    (found,) = run(None, "2026-11-23 12:01", latest=BOTH)
    assert (found.kind, found.started_at, found.ended_at) == ("device_offline", at("2026-11-23 09:00"), None)
    assert found.summary_zh == "设备离线，全部因子无数据（自 2026-11-23 09:00 起，已超过 3 小时）"
    assert found.law == ("monitoring-regulation-2026-23-abnormal",)


def test_it_changes_in_steps_and_becomes_more_severe():
    texts = {run(None, f"2026-11-23 {h}:30", latest=BOTH)[0].summary_zh for h in (12, 13, 14)}
    assert len(texts) == 1
    assert [run(None, f"2026-11-{d} 10:00", latest=BOTH)[0].severity for d in (24, 25, 26)] == [3, 3, 4]


def test_a_missing_factor_of_a_device_that_reports_is_told_apart():
    known = latest(
        ("a21002", "2026-11-23 08:00", "N"), ("a19001", "2026-11-23 12:00", "N"), received="2026-11-23 13:02"
    )
    (found,) = run(None, "2026-11-23 13:10", latest=known)
    assert (found.kind, found.evidence.factor, found.severity) == ("data_gap", "a21002", 1)
    assert "氮氧化物 缺数据，其他因子正常上报" in found.summary_zh


def test_a_factor_without_a_limit_is_forgotten_after_a_week():
    known = latest(
        ("a19001", "2026-11-10 08:00", "N"), ("a21002", "2026-11-23 12:00", "N"), received="2026-11-23 13:02"
    )
    assert run(None, "2026-11-23 13:10", latest=known) == []


def test_a_device_out_of_service_owes_nothing():
    point = facts()["points"].with_columns(is_in_service=False)
    given = {**facts(limit()), "points": point, "latest": BOTH}
    assert list(gap.run({"readings": READINGS.empty()}, given, Parameters(), at("2026-11-24 12:00"))) == []


@pytest.mark.parametrize("flag", ["F", "M", "C", "D"])
def test_silence_after_a_mark_is_excused_for_a_day(flag):
    known = latest(("a21002", "2026-11-23 08:00", flag))
    assert run(None, "2026-11-24 08:00", latest=known) == []
    (found,) = run(None, "2026-11-24 10:00", latest=known)
    assert (found.severity, found.confidence) == (1, 0.5)
    assert "此前标记为" in found.summary_zh


def test_rows_that_come_back_end_what_was_open_with_the_same_fingerprint():
    (begun,) = run(None, "2026-11-23 14:00", latest=BOTH)
    rows = hours("2026-11-23 15:00", [40.0])
    now_known = latest(("a21002", "2026-11-23 15:00", "N"), received="2026-11-23 16:02")
    known = opened((MN, "device_offline", None, at("2026-11-23 09:00")))
    (ended,) = run(rows, "2026-11-23 16:03", latest=now_known, open=known)
    assert ended.fingerprint == begun.fingerprint
    assert ended.ended_at == at("2026-11-23 15:00")
    assert ended.summary_zh == "设备离线，全部因子无数据（2026-11-23 09:00–15:00，6 小时）"


def test_back_fill_that_closes_the_hole_leaves_nothing():
    rows = hours("2026-11-23 09:00", [40.0] * 7, is_backfill=True)
    known = opened((MN, "device_offline", None, at("2026-11-23 09:00")))
    now_known = latest(("a21002", "2026-11-23 15:00", "N"), received="2026-11-23 16:02")
    assert run(rows, "2026-11-23 16:03", latest=now_known, open=known) == []


def test_holes_of_the_past_show_in_the_rows_themselves():
    rows = pl.concat(
        [
            hours("2026-11-20 00:00", [40.0] * 3),
            hours("2026-11-20 10:00", [40.0] * 3),
            hours("2026-11-20 00:00", [8.0] * 3, factor_code="a19001"),
            hours("2026-11-20 10:00", [8.0] * 3, factor_code="a19001"),
        ]
    )
    (found,) = [f for f in run(rows, "2026-11-20 13:30") if f.ended_at]
    assert (found.kind, found.started_at, found.ended_at) == (
        "device_offline",
        at("2026-11-20 03:00"),
        at("2026-11-20 10:00"),
    )


def test_in_a_file_the_rows_tell_what_is_latest():
    (found,) = run(hours("2026-11-20 00:00", [40.0] * 3), "2026-11-20 08:00")
    assert (found.kind, found.ended_at) == ("device_offline", None)


def test_a_device_clock_in_the_future_does_not_hide_its_silence():
    rows = readings([{"data_time_at": at("2026-11-25 00:00"), "value": 1.0, "received_at": at("2026-11-23 09:00")}])
    (found,) = run(rows, "2026-11-23 14:00")
    assert found.started_at == at("2026-11-23 10:00")


def test_a_device_that_reports_each_minute_is_offline_after_ten():
    point = facts()["points"].with_columns(report_interval_s=60)
    rows = readings(
        [{"data_time_at": at("2026-11-23 09:00"), "value": 1.0, "kind": "rt", "received_at": at("2026-11-23 09:00")}]
    )
    given = {**facts(limit()), "points": point}
    at_once = gap.run({"readings": rows}, given, Parameters(), at("2026-11-23 09:15"))
    assert list(at_once) == []
    (found,) = gap.run(
        {"readings": rows}, given, Parameters(), at("2026-11-23 09:05") + timedelta(minutes=10, seconds=1)
    )
    assert found.kind == "device_offline"


def test_an_unregistered_device_is_not_expected_to_report():
    assert run(hours("2026-11-20 00:00", [40.0], device_mn="STRANGER"), "2026-11-23 00:00") == []
