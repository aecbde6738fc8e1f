"""Which real series plays which monitoring point of the demonstration, and how its columns become factors."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path

import polars as pl

DATA = Path(__file__).parent / "data"


@dataclass(frozen=True, slots=True)
class DemoPoint:
    """One monitoring point played from a file.

    Args:
        file, select: the excerpt, and column = value to pick one unit or station.
        factors: column -> (factor code, scale, decimals).
        past: how many rows lie in the past when the demonstration begins; the rest are the hours or days to come.
        step: time between rows; also decides the command, 2061 for hours and 2031 for days.
    """

    device_mn: str
    enterprise: str
    outlet_code: str
    name: str
    medium: str
    system_code: str
    latitude: float
    longitude: float
    file: str
    select: tuple[str, str] | None
    factors: dict[str, tuple[str, float, int]]
    past: int
    step: timedelta
    limits: dict[str, tuple[float, str]]

    @property
    def command(self) -> str:
        """CN of HJ 212 that carries this point's rows."""
        return "2061" if self.step == timedelta(hours=1) else "2031"

    def row(self, index: int) -> dict[str, float | None]:
        """Factor code -> value of one period; after its last row the series begins again."""
        rows = _rows(self.device_mn)
        return rows[index % len(rows)]

    def decimals(self, factor_code: str) -> int:
        """Decimals that the instrument sends for a factor."""
        return next(decimals for code, _, decimals in self.factors.values() if code == factor_code)

    def at(self, index: int, anchor: datetime) -> datetime:
        """Start of the period of row `index`; `anchor` is the start of the first period to come."""
        return anchor + (index - self.past) * self.step


HOUR, DAY = timedelta(hours=1), timedelta(days=1)
_TURBINE = {"nox": ("a21002", 1.0, 3), "co": ("a21005", 1.0, 4), "tat": ("a01012", 1.0, 2), "gtep": ("a01013", 0.1, 4)}
_AIR = {
    "pm25": ("a34004", 1.0, 0),
    "pm10": ("a34002", 1.0, 0),
    "co": ("a21005", 0.001, 3),
    "o3": ("a05024", 1.0, 0),
    "temp": ("a01001", 1.0, 1),
    "pres": ("a01006", 0.1, 2),
    "wind_speed": ("a01007", 1.0, 1),
}
_NOX = {"a21002": (90.0, "演示许可证限值（小时均值）")}


def _turbine(unit: int, latitude: float, longitude: float) -> DemoPoint:
    return DemoPoint(
        f"DEMO31011500000000GT{unit:04d}", "power", f"DA00{unit}", f"{unit}号燃气轮机排气筒", "gas", "31", latitude,
        longitude, "gas_turbine", ("unit", f"unit{unit}"), _TURBINE, 337, HOUR, _NOX,
    )  # fmt: skip


def _station(number: int, station: str, name: str, latitude: float, longitude: float) -> DemoPoint:
    return DemoPoint(
        f"DEMO31000000000000AQ{number:04d}", "stations", "", name, "air", "22", latitude, longitude,
        "air_hourly", ("station", station), _AIR, 336, HOUR, {},
    )  # fmt: skip


POINTS: tuple[DemoPoint, ...] = (
    _turbine(1, 31.3502, 121.5894),
    _turbine(2, 31.3511, 121.5911),
    _turbine(3, 31.3521, 121.5927),
    DemoPoint(
        "DEMO31011600000000WW0001",
        "chemical",
        "DW001",
        "废水总排口",
        "water",
        "32",
        30.7236,
        121.2703,
        "effluent_hourly",
        None,
        {"value": ("w01018", 1.0, 2)},
        336,
        HOUR,
        {"w01018": (50.0, "演示许可证限值（小时均值）")},
    ),
    DemoPoint(
        "DEMO31011400000000WW0001",
        "sewage",
        "DW001",
        "出水口",
        "water",
        "32",
        31.3857,
        121.2449,
        "wwtp_daily",
        None,
        {
            "cod_out": ("w01018", 1.0, 2),
            "nh3n_out": ("w21003", 1.0, 3),
            "tn_out": ("w21001", 1.0, 2),
            "tp_out": ("w21011", 1.0, 3),
        },
        60,
        DAY,
        {
            "w01018": (50.0, "GB 18918-2002 表1 一级A"),
            "w21003": (5.0, "GB 18918-2002 表1 一级A（水温>12℃）"),
            "w21001": (15.0, "GB 18918-2002 表1 一级A"),
            "w21011": (0.5, "GB 18918-2002 表1 一级A"),
        },
    ),
    _station(1, "Aotizhongxin", "徐汇示例空气站", 31.1723, 121.4279),
    _station(2, "Dongsi", "杨浦示例空气站", 31.2870, 121.5329),
    _station(3, "Guanyuan", "青浦示例空气站", 31.1512, 121.1139),
    _station(4, "Nongzhanguan", "崇明示例空气站", 31.6230, 121.3973),
)


@cache
def _rows(device_mn: str) -> list[dict[str, float | None]]:
    point = next(p for p in POINTS if p.device_mn == device_mn)
    table = pl.read_parquet(DATA / f"{point.file}.parquet")
    if point.select:
        column, value = point.select
        table = table.filter(pl.col(column) == value)
    return list(_scaled(table.to_dicts(), point.factors))


def _scaled(
    rows: list[dict[str, float | None]], factors: dict[str, tuple[str, float, int]]
) -> Iterator[dict[str, float | None]]:
    for row in rows:
        yield {
            code: None if row[column] is None else round(float(row[column] or 0.0) * scale, decimals)
            for column, (code, scale, decimals) in factors.items()
        }
