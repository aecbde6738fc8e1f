"""Frames made by template are the frames of the codec, whole and within the standard's length."""

from datetime import datetime

import numpy as np
import pytest

from sanjian.base.sensing.hj212.decode import decode_frame
from sanjian.base.sensing.hj212.encode import AREA_LIMIT, encode_area, encode_frame
from sanjian.city.minutes import Minutes
from sanjian.city.wire.aggregate import periods, real_time
from sanjian.city.wire.crew import crew, speech
from sanjian.city.wire.faults import BROKEN, Trouble, broken
from sanjian.city.wire.frames import frame, reports

from .town import DUST, PARTS, STACK, ThreeDevices, silence

MIDNIGHT = datetime(2026, 3, 2)  # noqa: DTZ001 - the wire carries local time without a zone
QN = "20260302001000001"


def _minutes(**values: float) -> Minutes:
    return Minutes.running({code: np.full(1440, value) for code, value in values.items()})


def test_a_frame_has_the_bytes_that_the_codec_would_write() -> None:
    minutes = _minutes(a21002=30.1234, a01012=120.04)
    first = next(reports("2051", periods(minutes, {}, 10)))
    factors = {
        "a21002": {"Min": "30.123", "Avg": "30.123", "Max": "30.123", "Flag": "N"},
        "a01012": {"Min": "120.0", "Avg": "120.0", "Max": "120.0", "Flag": "N"},
    }
    header = {"QN": QN, "ST": "31", "CN": "2051", "PW": "123456", "MN": STACK, "Flag": "5"}
    expected = encode_frame(header, encode_area("20260302000000", factors))
    assert frame(first, STACK, "31", MIDNIGHT, QN) == expected


def test_a_missing_number_takes_only_itself_out() -> None:
    minutes = _minutes(a21002=30.0, a34013=3.0)
    minutes.values["a34013"][:] = np.nan
    [*told] = reports("2011", real_time(minutes, {}), 0, 2)
    assert [report.area for report in told] == ["a21002-Rtd=30.000,a21002-Flag=N"] * 2


def test_a_long_report_is_split_by_factors_and_each_part_is_a_clean_frame() -> None:
    codes = ("a21002", "a21026", "a34013", "a19001", "a01011", "a01012", "a01013", "a01014", "a00000", "a24088")
    minutes = _minutes(**dict.fromkeys(codes, 18.0))
    hours = [r for r in reports("2061", periods(minutes, {"a21002": 6.0, "a21026": 6.0}, 60)) if r.starts == 0]
    assert len(hours) > 1
    assert all(len(report.area) <= AREA_LIMIT - len("DataTime=20260302000000;") for report in hours)
    read = [decode_frame(frame(report, STACK, "31", MIDNIGHT, QN)) for report in hours]
    assert [r.action for r in read] == ["accept"] * len(hours)
    assert "".join(report.area for report in hours).count("-Flag=N") == len(codes)


def test_a_period_is_due_when_it_is_over_and_only_in_the_asked_stretch() -> None:
    hours = periods(_minutes(a34002=0.06), {}, 60)
    assert [(r.starts, r.due) for r in reports("2061", hours, 60, 181)] == [(0, 60), (60, 120), (120, 180)]
    assert [r.due for r in reports("2011", real_time(_minutes(a34002=0.06), {}, 5), 3, 11)] == [5, 10]


def test_the_day_that_ends_at_midnight_is_told_on_the_next() -> None:
    town = ThreeDevices()
    dust = next(m for m in crew(town, PARTS) if m.device_mn == DUST)
    told = list(speech(dust, town.plan, 0, 10, with_real_time=False))
    assert [(day, r.command, r.due) for day, r in told] == [(-1, "2051", 1440), (-1, "2061", 1440), (-1, "2031", 1440)]


def test_what_happens_to_a_device_reaches_its_frames() -> None:
    town = ThreeDevices(told=[silence(DUST, 5, 8)])
    dust = next(m for m in crew(town, PARTS) if m.device_mn == DUST)
    told = [r.due for _day, r in speech(dust, town.plan, 0, 10, with_real_time=True) if r.command == "2011"]
    assert told == [0, 1, 2, 3, 4, 8, 9]


@pytest.mark.parametrize("fault", sorted(BROKEN))
def test_a_broken_copy_is_refused(fault) -> None:
    minutes = _minutes(a34002=0.06)
    for report in reports("2011", real_time(minutes, {}), 0, 300):
        raw = frame(
            report, DUST, "39", MIDNIGHT, f"20260302{report.due // 60:02d}{report.due % 60:02d}00{report.due:03d}"
        )
        assert decode_frame(raw).action == "accept"
        assert decode_frame(broken(raw, fault)).action.startswith("reject")


def test_the_same_device_has_the_same_faults_in_every_run() -> None:
    plan = ThreeDevices().plan
    one, two = (Trouble.of(plan.random("wire", "hj212", 7)) for _ in range(2))
    assert one.skew_s == two.skew_s
    assert [one.next() for _ in range(500)] == [two.next() for _ in range(500)]
