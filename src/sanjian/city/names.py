"""Names and codes of invented enterprises: every code holds, nobody is real."""

from collections.abc import Iterator

import numpy as np

from sanjian.base.registry.identifiers.credit_code import ALPHABET, credit_code

_BRAND = (
    "华东申新光明宏远盛达泰和联众恒丰永兴瑞祥天成金桥银河海博汇通嘉禾百川锦江春晖晨曦旭日朝阳凯旋腾飞启航润泽安康福德信诚义"
    "仁礼智源清碧绿青蓝紫红星月云山峰岭林森木石玉珠宝鼎鑫铭耀辉煌炜烨焱晶莹洁净环宇寰球创精工巧匠艺美佳优卓越超群英杰俊豪迈"
    "进步升龙凤麒麟鹏鹤鸿雁"
)
_FORMS = ("有限公司", "有限公司", "有限责任公司", "股份有限公司", "集团有限公司")
_ROAD_NAMES = (
    "沪太 川沙 张江 金桥 东方 世纪 龙东 杨高 沪南 申江 曹安 宝安 沪宜 嘉松 外青松 北青 沪青平 亭枫 卫清 金山卫 南奉 "
    "航塘 大叶 浦星 陈行 元江 剑川 莘松 沪闵 江川 蕴川 月罗 潘泾 真南 金沙江 中山 延安"
)
_ROADS = _ROAD_NAMES.split()
_SURNAMES = "王李张刘陈杨黄赵吴周徐孙马朱胡林郭何高罗"
_SERIALS = 31**6
_STRIDE = 577_494_541
"""Has no common factor with 31: serial numbers far apart for neighbours, and none twice."""


def enterprises(rng: np.random.Generator, trades: list[str]) -> list[str]:
    """A name for each trade, e.g. 上海宏远泰和化工有限公司; all different."""
    taken: set[str] = set()
    return [_fresh(rng, trade, taken) for trade in trades]


def _fresh(rng: np.random.Generator, trade: str, taken: set[str]) -> str:
    while True:
        brand = "".join(_BRAND[i] for i in rng.integers(0, len(_BRAND), rng.integers(2, 5)))
        name = f"{('上海', '上海', '上海市')[rng.integers(0, 3)]}{brand}{trade}{_FORMS[rng.integers(0, len(_FORMS))]}"
        if name not in taken:
            taken.add(name)
            return name


def credit_codes(rng: np.random.Generator, districts: list[str]) -> Iterator[str]:
    """A unified social credit code for each district, all different, with both check digits (GB 32100-2015)."""
    start = int(rng.integers(0, _SERIALS))
    for n, district in enumerate(districts):
        serial, symbols = (start + n * _STRIDE) % _SERIALS, ""
        for _ in range(6):
            serial, digit = divmod(serial, 31)
            symbols += ALPHABET[digit]
        yield credit_code("91", district, "MA" + symbols)


def addresses(rng: np.random.Generator, districts: list[str], district_names: dict[str, str]) -> list[str]:
    """An address in each district."""
    roads, numbers = rng.integers(0, len(_ROADS), len(districts)), rng.integers(1, 3999, len(districts))
    return [
        f"上海市{district_names[code]}{_ROADS[road]}路{number}号"
        for code, road, number in zip(districts, roads, numbers, strict=True)
    ]


def people(rng: np.random.Generator, count: int) -> list[str]:
    """Names of people."""
    surnames, given = rng.integers(0, len(_SURNAMES), count), rng.integers(0, len(_BRAND), (count, 2))
    return [_SURNAMES[s] + _BRAND[a] + _BRAND[b] for s, (a, b) in zip(surnames, given, strict=True)]
