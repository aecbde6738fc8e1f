"""What the city's enterprises do: word in the name, GB/T 4754-2017 class, its name."""

from typing import NamedTuple


class Trade(NamedTuple):
    """One trade. `processes` are the outlets of a large one of its kind: what `city.sources` lets behave."""

    word: str
    industry_code: str
    industry_name: str
    processes: tuple[str, ...] = ()


LARGE = (
    Trade("热电", "4412", "热电联产", ("coal_boiler", "coal_boiler")),
    Trade("燃气发电", "4411", "火力发电", ("gas_turbine", "gas_turbine")),
    Trade("环保能源", "4417", "生物质能发电", ("waste_incinerator", "waste_incinerator")),
    Trade("钢铁", "3130", "钢压延加工", ("heating_furnace", "heating_furnace")),
    Trade("石油化工", "2511", "原油加工及石油制品制造", ("heating_furnace", "chemical_water")),
    Trade("化工", "2614", "有机化学原料制造", ("rto", "chemical_water")),
    Trade("制药", "2710", "化学药品原料药制造", ("rto", "chemical_water")),
    Trade("汽车零部件", "3670", "汽车零部件及配件制造", ("rto", "rto")),
    Trade("表面处理", "3360", "金属表面处理及热处理加工", ("electroplating_water",)),
    Trade("印染", "1713", "棉印染精加工", ("chemical_water",)),
    Trade("食品", "1499", "其他未列明食品制造", ("food_water",)),
    Trade("水质净化", "4620", "污水处理及其再生利用", ("sewage_plant",)),
    Trade("电子科技", "3982", "电子电路制造", ("rto", "electroplating_water")),
)
"""Key dischargers: they have outlets with on-line monitoring."""

SMALL = (
    Trade("机械制造", "3489", "其他通用零部件制造"), Trade("包装材料", "2239", "其他纸制品制造"),
    Trade("印刷", "2319", "包装装潢及其他印刷"), Trade("家具", "2110", "木质家具制造"),
    Trade("塑料制品", "2929", "塑料零件及其他塑料制品制造"), Trade("橡胶", "2913", "橡胶零件制造"),
    Trade("金属制品", "3311", "金属结构制造"), Trade("纺织", "1751", "化纤织造加工"),
    Trade("汽车维修", "8111", "汽车修理与维护"), Trade("医院管理", "8411", "综合医院"),
    Trade("餐饮管理", "6210", "正餐服务"), Trade("混凝土", "3021", "水泥制品制造"),
)  # fmt: skip

FACILITY = Trade("环境服务", "7724", "危险废物治理")
CARRIER = Trade("物流", "5430", "普通货物道路运输")
LABORATORY = Trade("检测技术", "7461", "环境保护监测")
TEST_STATION = Trade("机动车检测", "7452", "检测服务")
SITE = Trade("建设工程", "4790", "其他房屋建筑业")
