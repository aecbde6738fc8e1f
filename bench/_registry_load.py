"""A made-up city for the registry bench: objects with valid codes, and copies of some as people would mistype them."""

import random
from collections.abc import Iterator
from typing import Any

from sanjian.base.registry.identifiers import ALPHABET, credit_code
from sanjian.base.registry.rules.matching import Candidate

HEADS = (
    "统一社会信用代码", "场所序号", "名称", "行政区", "街镇代码", "地址", "行业代码", "行业", "排污许可管理类别",
    "监管类别", "生产状态", "经度", "纬度", "坐标系", "法定代表人", "角色", "名录",
)  # fmt: skip
DISTRICTS = (
    ("310101", "黄浦区", 1), ("310104", "徐汇区", 2), ("310105", "长宁区", 1), ("310106", "静安区", 2),
    ("310107", "普陀区", 2), ("310109", "虹口区", 1), ("310110", "杨浦区", 2), ("310112", "闵行区", 6),
    ("310113", "宝山区", 5), ("310114", "嘉定区", 8), ("310115", "浦东新区", 12), ("310116", "金山区", 5),
    ("310117", "松江区", 8), ("310118", "青浦区", 6), ("310120", "奉贤区", 7), ("310151", "崇明区", 2),
)  # fmt: skip
_BRAND = (
    "华东申新光明宏远盛达泰和联众恒丰永兴瑞祥天成金桥银河海博汇通嘉禾百川锦江浦江长宁春晖晨曦旭日朝阳凯旋腾飞启航"
    "润泽安康福瑞德信诚义仁礼智源清碧绿青蓝紫红星月云山峰岭林森木石玉珠宝鼎鑫铭耀辉煌炜烨焱晶莹洁净环宇宙寰球创"
    "新科技精工巧匠艺美佳优卓越超群英杰俊豪迈进步升腾龙凤麒麟鹏鹤鸿雁"
)
_TRADES = tuple(
    tuple(line.split())
    for line in """\
化工 2614 有机化学原料制造
电镀 3360 金属表面处理及热处理加工
印染 1713 棉印染精加工
机械制造 3489 其他通用零部件制造
汽车零部件 3670 汽车零部件及配件制造
食品 1499 其他未列明食品制造
制药 2710 化学药品原料药制造
涂料 2641 涂料制造
包装材料 2239 其他纸制品制造
印刷 2319 包装装潢及其他印刷
电子科技 3982 电子电路制造
环保科技 7722 大气污染治理
检测技术 7461 环境保护监测
混凝土 3021 水泥制品制造
家具 2110 木质家具制造
塑料制品 2929 塑料零件及其他塑料制品制造
橡胶 2913 橡胶零件制造
金属制品 3311 金属结构制造
物流 5430 普通货物道路运输
机动车检测 7452 检测服务
污水处理 4620 污水处理及其再生利用
热电 4412 热电联产
纺织 1751 化纤织造加工
建设工程 4790 其他房屋建筑业
餐饮管理 6210 正餐服务
医院 8411 综合医院""".splitlines()
)
_FORMS = ("有限公司", "有限责任公司", "股份有限公司", "有限公司", "集团有限公司", "有限公司")
_ROAD_NAMES = (
    "沪太 川沙 张江 金桥 东方 世纪 龙东 杨高 沪南 申江 曹安 宝安 沪宜 嘉松 外青松 北青 沪青平 亭枫 卫清 金山卫 "
    "南奉 航塘 大叶 浦星 陈行 元江 剑川 莘松 沪闵 江川 蕴川 月罗 潘泾 真南 金沙江 中山 延安"
)
_ROADS = _ROAD_NAMES.split()
_KINDS = ("重点管理", "简化管理", "登记管理", "登记管理", "不需办理")
_SURNAMES = "王李张刘陈杨黄赵吴周徐孙马朱胡"


def objects(number: int, seed: int = 1) -> Iterator[list[Any]]:
    """Lines in the order of HEADS; the same for the same seed. Codes hold, names are realistic, nobody is real."""
    rng = random.Random(seed)
    weights = [w for _, _, w in DISTRICTS]
    for n in range(number):
        code, district, _ = rng.choices(DISTRICTS, weights)[0]
        trade, industry, industry_name = rng.choice(_TRADES)
        brand = "".join(rng.sample(_BRAND, rng.choice((2, 2, 3, 3, 4))))
        name = f"{rng.choice(('上海', '上海', '上海市', district[:2]))}{brand}{trade}{rng.choice(_FORMS)}"
        if n % 40 == 0:
            name += f"第{rng.choice('一二三四')}分公司"
        organisation = "MA" + "".join(rng.choice(ALPHABET) for _ in range(2)) + f"{n:04d}"[-4:]
        area = f"{code[:4]}{rng.randrange(100):02d}"
        credit = credit_code(rng.choice(("91", "91", "91", "92", "12")), area, organisation)
        address = f"上海市{district}{rng.choice(_ROADS)}路{rng.randrange(1, 3999)}号"
        kind = rng.choices(_KINDS, (3, 8, 40, 20, 29))[0]
        key = rng.random() < 1400 / 49909
        yield [
            credit, "", name, district, f"{code}{rng.randrange(100, 130)}000", address, industry, industry_name, kind,
            "重点监管" if key else rng.choice(("一般监管", "简易监管")),
            rng.choices(("生产", "停产", "关闭"), (93, 5, 2))[0],
            round(rng.uniform(121.0, 121.95), 6), round(rng.uniform(30.72, 31.45), 6), "WGS-84 / CGCS2000",
            rng.choice(_SURNAMES) + rng.choice(_BRAND), "排污单位、危险废物产生单位" if key else "排污单位",
            "重点单位（水）" if key and n % 2 else "",
        ]  # fmt: skip


def candidates(lines: list[list[Any]]) -> list[Candidate]:
    """The lines as the matching rules see them; the id is the line's position."""
    return [Candidate(n, line[2], line[0], line[1], "", line[5], line[12], line[11]) for n, line in enumerate(lines)]


def perturbed(lines: list[list[Any]], number: int, seed: int = 2) -> list[tuple[int, Candidate]]:
    """Copies of some objects as another register would hold them: (position of the original, copy).

    Each differs in its code (missing, or mistyped) and in one to three of: legal form, brackets and city, a letter of
    the name, the way the address is written, the position by up to 120 m, a missing position.
    """
    rng = random.Random(seed)
    found = []
    for at, position in enumerate(rng.sample(range(len(lines)), number)):
        line = list(lines[position])
        name, address, code = line[2], line[5], rng.choice(("", "", _mistyped(rng, line[0])))
        latitude: float | None = line[12] + rng.uniform(-0.001, 0.001)
        longitude: float | None = line[11] + rng.uniform(-0.001, 0.001)
        for way in rng.sample(range(6), rng.randint(1, 3)):
            if way == 0:
                name = name.replace("有限责任公司", "有限公司").replace("股份有限公司", "有限公司")
            elif way == 1:
                name = name.removeprefix("上海市").removeprefix("上海") + rng.choice(("", "（上海）"))
            elif way == 2:
                place = rng.randrange(2, min(6, len(name)))
                name = name[:place] + rng.choice(_BRAND) + name[place + 1 :]
            elif way == 3:
                address = address.removeprefix("上海市").replace("号", rng.choice((" 号", "号2幢", "弄")))
            elif way == 4:
                latitude = longitude = None
            else:
                address = ""
        found.append((position, Candidate(len(lines) + at, name, code, "", "", address, latitude, longitude)))
    return found


def _mistyped(rng: random.Random, code: str) -> str:
    place = rng.randrange(2, 17)
    return code[:place] + rng.choice(ALPHABET) + code[place + 1 :]
