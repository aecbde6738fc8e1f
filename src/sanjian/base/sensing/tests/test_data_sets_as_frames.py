"""Real emission tables become frames that say exactly what the tables say, at times that fit now."""

from datetime import UTC, datetime, timedelta

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sanjian.base.sensing.hj212.decode import decode_frame
from sanjian.base.sensing.hj212.factors import factors
from sanjian.base.sensing.importers import DATA_SETS, NotADataSet, frames_of, recognise

NOW = datetime(2026, 3, 12, 2, 20, tzinfo=UTC)
BY_NAME = {d.name: d for d in DATA_SETS}


def turbine(rows: int = 3) -> pl.DataFrame:
    first = {"at": 4.5, "ap": 1018.0, "ah": 83.5, "gtep": 24.0, "tit": 1086.0, "tat": 549.5, "tey": 134.5, "co": 0.5}
    series = {name: [value + 0.1 * r for r in range(rows)] for name, value in (first | {"nox": 20.5}).items()}
    return pl.DataFrame({"year": [2011] * rows, "seq": range(rows), **series})


def test_every_code_is_of_the_standard() -> None:
    sent = {c.factor_code for d in DATA_SETS for c in d.columns}
    assert sent <= set(factors())


def test_a_turbine_row_becomes_one_sound_hourly_frame() -> None:
    table = turbine()
    sent = list(frames_of(recognise(table.columns), table, now=NOW))
    read = [decode_frame(f.raw, received_at=NOW) for f in sent]
    assert [d.action for d in read] == ["accept"] * 3
    assert [d.kind for d in read] == ["hour"] * 3
    values = {r.factor_code: r.value for r in read[0].readings}
    assert values["a21002"] == 20.5
    assert values["a01006"] == pytest.approx(101.8), "mbar become kPa"
    assert read[-1].data_time_at == datetime(2026, 3, 12, 1, tzinfo=UTC), "the newest finished hour"
    assert read[0].data_time_at == datetime(2026, 3, 11, 23, tzinfo=UTC)


def test_a_start_fixes_the_first_row() -> None:
    start = datetime(2026, 1, 1, tzinfo=UTC)
    first = next(frames_of(BY_NAME["gas_turbine_cems"], turbine(), now=NOW, start=start, device_mn="M1"))
    read = decode_frame(first.raw, received_at=NOW)
    assert (read.data_time_at, read.header["MN"]) == (start, "M1")
    assert (read.header["RF"], read.action) == ("1", "accept-warn"), "old data are marked as back-fill"
    assert "data_time_old" not in read.warnings


def test_gaps_stay_gaps_and_missing_values_are_not_sent() -> None:
    table = pl.DataFrame(
        {"time": ["2021-01-02 02:00:00", "2021-01-02 03:00:00", "2021-01-02 07:00:00"], "value": [1.5, None, 2.5]}
    )
    read = [decode_frame(f.raw) for f in frames_of(recognise(table.columns), table, now=NOW)]
    assert [d.readings[0].value for d in read] == [1.5, 2.5]
    times = [d.data_time_at for d in read if d.data_time_at]
    assert times[1] - times[0] == timedelta(hours=5)


def test_daily_tables_become_daily_frames_in_order() -> None:
    rows = {"cod_out": [30.0, 31.0], "nh3n_out": [1.0, 2.0], "tn_out": [9.0, 9.5], "tp_out": [0.1, 0.2]}
    table = pl.DataFrame({"seq": [1, 0], "day_label": ["1月2日", "1月1日"], "q_in": [86.4, 86.4], **rows})
    read = [decode_frame(f.raw) for f in frames_of(recognise(table.columns), table, now=NOW)]
    assert [d.kind for d in read] == ["day", "day"]
    assert [{r.factor_code: r.value for r in d.readings}["w01018"] for d in read] == [31.0, 30.0]
    assert {r.factor_code: r.value for r in read[0].readings}["w00000"] == 1.0, "m³/d become L/s"


def test_missing_columns_are_named() -> None:
    with pytest.raises(NotADataSet, match=r"gas_turbine_cems.*缺少列 nox"):
        recognise(turbine().drop("nox").columns)


def test_a_table_of_something_else_says_what_can_be_sent() -> None:
    with pytest.raises(NotADataSet, match=r"不认识这个数据集.*gas_turbine_cems"):
        recognise(["a", "b"])


def test_text_where_numbers_should_be_is_said_so() -> None:
    table = turbine().with_columns(nox=pl.lit("坏"))
    with pytest.raises(NotADataSet, match="不是数字"):
        list(frames_of(recognise(table.columns), table, now=NOW))


@given(
    st.lists(st.floats(-1e6, 1e6, allow_nan=False) | st.none(), min_size=1, max_size=20),
    st.datetimes(datetime(2020, 1, 1), datetime(2030, 1, 1)),  # noqa: DTZ001 - made aware below
)
def test_whatever_the_numbers_and_the_hour_frames_are_sound(values: list[float | None], now: datetime) -> None:
    table = turbine(len(values)).with_columns(nox=pl.Series(values, dtype=pl.Float64))
    for frame in frames_of(BY_NAME["gas_turbine_cems"], table, now=now.replace(tzinfo=UTC)):
        assert decode_frame(frame.raw, received_at=now.replace(tzinfo=UTC)).is_accepted
