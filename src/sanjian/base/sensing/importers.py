"""Real emission data sets as HJ 212 frames. Pure: a table goes in, frames come out.

A data set that `sanjian replay` should know is one entry of `DATA_SETS`: which columns it is recognised by, and which
of them are which factor. Times of old data are shifted so that the last row is the newest finished period; the
distances between rows, and so the gaps, stay as they were.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NamedTuple

import polars as pl

from .hj212.encode import encode_area, encode_frame
from .hj212.times import CHINA

BACKFILL_AFTER = timedelta(days=1)
"""Data older than this when sent are marked RF=1, as HJ 212-2025 asks of a back-fill (our choice of when)."""


class NotADataSet(ValueError):
    """A table that none of the known data sets describes; the message says what is missing, in Chinese."""


class Sendable(NamedTuple):
    """One frame and the moment at which a real device would have sent it."""

    raw: bytes
    due_at: datetime | None


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a data set and the factor that it is.

    Args:
        scale: factor's unit per column's unit.
        decimals: digits sent.
    """

    name: str
    factor_code: str
    scale: float = 1.0
    decimals: int = 3


@dataclass(frozen=True, slots=True)
class DataSet:
    """How one published data set becomes the reports of one device.

    Args:
        marks: columns by which it is recognised; all must be there.
        columns: what is sent; other columns have no code in HJ 212 and stay out.
        command, system_code: CN and ST of the frames.
        step: the period of one row.
        time: column with the local time of the row's period; None when rows only have an order.
        order: columns that give the order when there is no time.
    """

    name: str
    about_zh: str
    marks: tuple[str, ...]
    columns: tuple[Column, ...]
    system_code: str
    command: str
    step: timedelta
    device_mn: str
    time: str | None = None
    order: tuple[str, ...] = ()


HOUR, DAY = timedelta(hours=1), timedelta(days=1)
M3_A_DAY = 1000 / 86400  # m³/d -> L/s

DATA_SETS = (
    DataSet(
        "gas_turbine_cems", "燃气轮机烟气与工况小时值（UCI 551）", ("nox", "co", "tey", "tit"),
        (
            Column("nox", "a21002"), Column("co", "a21005", decimals=4),
            Column("tat", "a01012", decimals=2), Column("gtep", "a01013", 0.1, 4),  # mbar -> kPa
            Column("at", "a01001"), Column("ap", "a01006", 0.1, 4), Column("ah", "a01002"),
        ),
        "31", "2061", HOUR, "A00000000000000000000551", order=("year", "seq"),
    ),
    DataSet(
        "cn_effluent_hourly", "污水在线监测小时值（因子未注明，按化学需氧量发送）", ("time", "value"),
        (Column("value", "w01018", decimals=2),), "32", "2061", HOUR, "A00000000000000000002021", time="time",
    ),
    DataSet(
        "cn_wwtp_daily", "城镇污水处理厂日均值", ("day_label", "cod_out", "nh3n_out", "tn_out", "tp_out"),
        (
            Column("q_in", "w00000", M3_A_DAY, 2), Column("cod_out", "w01018", decimals=2),
            Column("nh3n_out", "w21003"), Column("tn_out", "w21001"), Column("tp_out", "w21011"),
        ),
        "32", "2031", DAY, "A00000000000000000000250", order=("seq",),
    ),
    DataSet(
        "uci_wwtp_daily", "污水处理厂日均值（UCI，1990-1991）", ("date", "cod_out", "bod_out", "ss_out", "ph_out"),
        (
            Column("q_in", "w00000", M3_A_DAY, 2), Column("cod_out", "w01018", decimals=1),
            Column("bod_out", "w01017", decimals=1), Column("ss_out", "w01012", decimals=1),
            Column("ph_out", "w01001", decimals=2), Column("cond_out", "w01014", decimals=1),
        ),
        "32", "2031", DAY, "A00000000000000000000106", time="date",
    ),
)  # fmt: skip


def recognise(columns: list[str]) -> DataSet:
    """The data set a table with these columns is.

    Raises:
        NotADataSet: none fits; the nearest one and its missing columns are named.
    """
    have = set(columns)
    nearest = max(DATA_SETS, key=lambda d: len(have & set(d.marks)) / len(d.marks))
    needed = {*nearest.marks, *(c.name for c in nearest.columns), *nearest.order}
    missing = sorted(needed - have)
    if not missing:
        return nearest
    if not have & set(nearest.marks):
        known = "、".join(d.name for d in DATA_SETS)
        raise NotADataSet(f"不认识这个数据集：列为 {'、'.join(columns) or '空'}。可用的数据集：{known}")
    raise NotADataSet(f"最接近数据集 {nearest.name}（{nearest.about_zh}），但缺少列 {'、'.join(missing)}")


def frames_of(
    data: DataSet, table: pl.DataFrame, *, now: datetime, start: datetime | None = None, device_mn: str = ""
) -> Iterator[Sendable]:
    """The reports of one device, in time order. Missing values are left out; a row without any is not sent.

    Args:
        table: as `recognise` accepted it.
        now: aware; the last row becomes the newest period that is finished by then, unless `start` is given.
        start: aware; period of the first row.
        device_mn: MN to send as; the data set's own otherwise.

    Raises:
        NotADataSet: a column holds something else than numbers or times.
    """
    rows = _numbers(data, table)
    if rows.is_empty():
        return
    offsets: list[timedelta] = rows["offset"].to_list()
    if start is None:
        local = now.astimezone(CHINA)
        whole = local.replace(minute=0, second=0, microsecond=0, hour=local.hour if data.step < DAY else 0)
        start = whole - data.step - offsets[-1]
    names = [c.name for c in data.columns]
    for number, (offset, row) in enumerate(zip(offsets, rows.select(names).iter_rows(), strict=True)):
        at = (start + offset).astimezone(CHINA)
        factors = {
            c.factor_code: {"Avg": f"{value * c.scale:.{c.decimals}f}", "Flag": "N"}
            for c, value in zip(data.columns, row, strict=True)
            if value is not None
        }
        if factors:
            yield _frame(data, device_mn or data.device_mn, at, number, factors, now)


def _frame(
    data: DataSet, device_mn: str, at: datetime, number: int, factors: dict[str, dict[str, str]], now: datetime
) -> Sendable:
    due_at = at + data.step
    header = {
        "QN": f"{due_at:%Y%m%d%H%M%S}{number % 1000:03d}",
        "ST": data.system_code,
        "CN": data.command,
        "PW": "123456",
        "MN": device_mn,
        "Flag": "5",
    }
    if now - due_at > BACKFILL_AFTER:
        header |= {"RF": "1", "Flag": "9"}
    return Sendable(encode_frame(header, encode_area(f"{at:%Y%m%d%H%M%S}", factors)), due_at)


def _numbers(data: DataSet, table: pl.DataFrame) -> pl.DataFrame:
    """The rows in time order with `offset`, the time since the first row, and numbers or nulls."""
    try:
        rows = table.with_columns(pl.col(c.name).cast(pl.Float64).fill_nan(None) for c in data.columns)
        if data.time is None:
            rows = rows.sort(data.order).with_columns((pl.int_range(pl.len()) * data.step).alias("offset"))
        else:
            time = pl.col(data.time)
            if rows.schema[data.time] == pl.String:
                time = time.str.to_datetime(time_unit="us")
            rows = rows.with_columns(time.cast(pl.Datetime("us")).alias(data.time)).sort(data.time)
            rows = rows.with_columns((pl.col(data.time) - pl.col(data.time).min()).alias("offset"))
    except pl.exceptions.PolarsError as error:
        raise NotADataSet(f"数据集 {data.name} 中有不是数字或时间的内容：{str(error).splitlines()[0][:160]}") from error
    return rows.filter(pl.col("offset").is_not_null())
