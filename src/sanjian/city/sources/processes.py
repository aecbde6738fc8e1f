"""What an outlet of each process sends, and what limits it: the one table that registry and behaviour share.

Limits are those of national standards as remembered (each `source` says so): dated configuration, to be checked
against the text.
"""

from typing import NamedTuple


class Limit(NamedTuple):
    """An hourly limit. `o2` is the reference oxygen in percent where the corrected value counts."""

    factor: str
    upper: float
    source: str
    o2: float | None = None


class Process(NamedTuple):
    """One kind of outlet.

    Args:
        medium: gas or water.
        system_code: ST of HJ 212.
        production, treatment, outlet: names in the facility tree.
        limits: hourly limits of the factors that are judged.
    """

    medium: str
    system_code: str
    production: str
    treatment: str
    outlet: str
    limits: tuple[Limit, ...]


_UNSURE = "（凭记忆，待核）"
_POWER, _GAS, _WASTE = (
    f"GB 13223-2011 表2{_UNSURE}", f"DB31/ 燃气轮机{_UNSURE}", f"GB 18485-2014 表4 小时均值{_UNSURE}",
)  # fmt: skip
_STEEL, _VOC = f"GB 28665-2012 表3{_UNSURE}", f"DB31/933-2015{_UNSURE}"
_WATER, _PLATING, _SEWAGE = (
    f"DB31/199-2018 表2{_UNSURE}",
    f"GB 21900-2008 表2{_UNSURE}",
    f"GB 18918-2002 一级A{_UNSURE}",
)


def _gas(production: str, treatment: str, *limits: Limit) -> Process:
    return Process("gas", "31", production, treatment, f"{production}排气筒", limits)


def _water(production: str, treatment: str, *limits: Limit) -> Process:
    return Process("water", "32", production, treatment, "废水总排口", limits)


PROCESSES: dict[str, Process] = {
    "coal_boiler": _gas(
        "燃煤锅炉", "脱硫脱硝除尘", Limit("a21026", 50, _POWER, 6), Limit("a21002", 100, _POWER, 6),
        Limit("a34013", 20, _POWER, 6),
    ),
    "gas_turbine": _gas("燃气轮机", "低氮燃烧", Limit("a21002", 50, _GAS, 15)),
    "waste_incinerator": _gas(
        "焚烧炉", "烟气净化", Limit("a21026", 100, _WASTE, 11), Limit("a21002", 300, _WASTE, 11),
        Limit("a34013", 30, _WASTE, 11), Limit("a21005", 100, _WASTE, 11),
    ),
    "heating_furnace": _gas(
        "加热炉", "低氮燃烧", Limit("a21026", 150, _STEEL), Limit("a21002", 300, _STEEL), Limit("a34013", 15, _STEEL)
    ),
    "rto": _gas("有机废气", "蓄热燃烧", Limit("a24088", 70, _VOC)),
    "chemical_water": _water(
        "化工装置", "生化处理", Limit("w01018", 60, _WATER), Limit("w21003", 8, _WATER), Limit("w21001", 15, _WATER)
    ),
    "electroplating_water": _water(
        "表面处理线", "物化处理", Limit("w01018", 80, _PLATING), Limit("w21003", 15, _PLATING)
    ),
    "food_water": _water("生产线", "生化处理", Limit("w01018", 60, _WATER), Limit("w21003", 8, _WATER)),
    "sewage_plant": _water(
        "污水处理系统", "深度处理", Limit("w01018", 50, _SEWAGE), Limit("w21003", 5, _SEWAGE),
        Limit("w21001", 15, _SEWAGE), Limit("w21011", 0.5, _SEWAGE),
    ),
}  # fmt: skip
