"""Everything the platform may ask of a device: one row is one command, and a new command is one row.

A row says what the command carries, how its exchange runs and how careful one must be with it. Who may send what is
said in `sensing.sending`, by `care`.

Source: HJ 212-2017 6.5 (通讯流程), 6.6 and table 4; rows marked 2025 are HJ 212-2025 as quoted in public code.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from .encode import AREA_LIMIT
from .parameters import BadParameter, Choice, FactorCode, Moment, Number, OnSending, Parameter, Text, check_period

Care = Literal["read", "set", "danger"]
"""read: asks and changes nothing; set: changes what the device does; danger: may falsify or stop measurement."""

POL = FactorCode("PolId", "因子")
POL_OPTIONAL = FactorCode("PolId", "因子", is_required=False)
BEGIN, END = Moment("BeginTime", "开始时间"), Moment("EndTime", "结束时间")
PERIOD = (BEGIN, END)
INFO = Text("InfoId", "信息编码", pattern=r"[iI]\d{5}", form_zh="i 加 5 位数字，如 i13008")
INFO_VALUE = "Info"
"""Name in forms of the value of 3021; on the wire it follows the info code: `i13008-Info`."""


OVER_TIME = Number("OverTime", "超时时间", low=1, high=99999, unit="s")
RESENDS = Number("ReCount", "重发次数", low=1, high=99)
NEW_MN = Text("MN", "设备唯一标识 MN", pattern="[0-9A-Za-z_]{7,24}", form_zh="7 到 24 位数字或字母")
HARDWARE = Text("i23005-Info", "数采仪硬件序号", pattern="[0-9A-Za-z_-]{1,64}", form_zh="数字、字母、- 或 _")
KEY_AT = Moment("SKCreateTime", "密钥生成时间")
NEW_KEY = Text("NewSK", "新密钥", is_secret=True, pattern="[0-9A-Za-z]{16}", form_zh="16 位数字或字母")
NEW_PASSWORD = Text("NewPW", "新密码", is_secret=True, pattern="[0-9A-Za-z]{6}", form_zh="6 位数字或字母")
RTD_INTERVAL = Number("RtdInterval", "实时数据间隔", low=30, high=3600, unit="s")
INFO_QUESTION = (
    POL_OPTIONAL,
    INFO,
    Moment("BeginTime", "开始时间", is_required=False),
    Moment("EndTime", "结束时间", is_required=False),
)
MINUTES = ("1", "2", "3", "4", "5", "6", "10", "12", "15", "20", "30")
MIN_INTERVAL = Choice("MinInterval", "分钟数据间隔", values=MINUTES)
STARTS = Text(
    "CstartTime", "开始采样时刻", pattern=r"([01]\d|2[0-3])[0-5]\d[0-5]\d", form_zh="时分秒 6 位数字，如 080000"
)
CYCLE = Number("Ctime", "采样周期", low=1, high=24, unit="h")


@dataclass(frozen=True, slots=True)
class Request:
    """One command from the platform to a device.

    Args:
        code: CN.
        title_zh: what it does.
        care: how careful one must be.
        parameters: in the order of the wire.
        kind: a request meets 9011, perhaps data, 9012; a notice meets 9013.
        has_data: data frames of the same CN come between 9011 and 9012.
        since: edition that introduced it.
        offered: whether people may send it by hand.
    """

    code: str
    title_zh: str
    care: Care
    parameters: tuple[Parameter, ...] = ()
    kind: Literal["request", "notice"] = "request"
    has_data: bool = False
    since: str = "2005"
    offered: bool = field(default=True)

    @property
    def is_history(self) -> bool:
        """Whether it asks for the data of a period."""
        return self.has_data and self.parameters == PERIOD


_ROWS = (
    Request("1000", "设置超时时间及重发次数", "set", (OVER_TIME, RESENDS)),
    Request("1002", "设置数采仪 MN 编码", "danger", (NEW_MN, HARDWARE), since="2025"),
    Request("1011", "提取现场机时间", "read", (POL_OPTIONAL,), has_data=True),
    Request("1012", "设置现场机时间", "set", (POL_OPTIONAL, OnSending("SystemTime", "系统时间"))),
    Request("1014", "下发新密钥", "danger", (KEY_AT, NEW_KEY), since="2025", offered=False),
    Request("1061", "提取实时数据间隔", "read", has_data=True),
    Request("1062", "设置实时数据间隔", "set", (RTD_INTERVAL,)),
    Request("1063", "提取分钟数据间隔", "read", has_data=True, since="2017"),
    Request("1064", "设置分钟数据间隔", "set", (MIN_INTERVAL,), since="2017"),
    Request("1072", "设置现场机访问密码", "danger", (NEW_PASSWORD,)),
    Request("2011", "取污染物实时数据", "read"),
    Request("2012", "停止察看污染物实时数据", "set", kind="notice"),
    Request("2021", "取设备运行状态数据", "read"),
    Request("2022", "停止察看设备运行状态", "set", kind="notice"),
    Request("2013", "取原始监测数据", "read", PERIOD, has_data=True, since="2025"),
    Request("2031", "取污染物日历史数据", "read", PERIOD, has_data=True),
    Request("2041", "取设备运行时间日历史数据", "read", PERIOD, has_data=True),
    Request("2051", "取污染物分钟数据", "read", PERIOD, has_data=True),
    Request("2052", "取噪声单次测量数据", "read", PERIOD, has_data=True, since="2025"),
    Request("2061", "取污染物小时数据", "read", PERIOD, has_data=True),
    Request("2062", "取自动标样核查（校准）数据", "read", PERIOD, has_data=True, since="2025"),
    Request("3011", "零点校准量程校准", "danger", (POL,)),
    Request("3012", "即时采样", "set", (POL,)),
    Request("3013", "启动清洗/反吹", "danger", (POL,), since="2017"),
    Request("3014", "比对采样", "set", (POL,), since="2017"),
    Request("3015", "超标留样", "set", has_data=True, since="2017"),
    Request("3016", "设置采样时间周期", "danger", (POL, STARTS, CYCLE), since="2017"),
    Request("3017", "提取采样时间周期", "read", (POL,), has_data=True, since="2017"),
    Request("3018", "提取出样时间", "read", (POL,), has_data=True, since="2017"),
    Request("3019", "提取设备唯一标识", "read", (POL,), has_data=True, since="2017"),
    Request("3020", "提取现场机信息", "read", INFO_QUESTION, has_data=True, since="2017"),
    Request("3021", "设置现场机参数", "danger", (POL, INFO, Text(INFO_VALUE, "参数值")), since="2017"),
    Request("3022", "下发即时留样任务", "set", (POL,), since="2025"),
    Request("3024", "启动标样核查", "danger", (POL,), since="2025"),
)  # fmt: skip
"""2081 (数采仪开机时间) only comes up from the field: there is nothing to send. 3015 uses a bottle of the sampler and
is therefore `set`. 1014 is not offered by hand: its data area must be encrypted under the key in force, and none is
kept yet."""

REQUESTS: dict[str, Request] = {row.code: row for row in _ROWS}


def prepare(request: Request, given: Mapping[str, str]) -> str:
    """The data area of a command from what was typed; `parameters.NOW` where the moment of sending belongs.

    Args:
        given: texts by parameter name; surplus names are ignored.

    Raises:
        BadParameter: one is missing, not allowed, or the period is backwards.
    """
    texts: dict[str, str] = {}
    for parameter in request.parameters:
        typed = given.get(parameter.name, "").strip()
        if typed or parameter.input == "none":
            texts[parameter.name] = parameter.read(typed)
        elif parameter.is_required:
            raise parameter.refuse("请填写")
    if ("BeginTime" in texts) != ("EndTime" in texts):
        raise BadParameter("EndTime" if "BeginTime" in texts else "BeginTime", "开始和结束时间要一起填写")
    if "BeginTime" in texts:
        check_period(texts["BeginTime"], texts["EndTime"])
    if INFO_VALUE in texts:
        texts[f"{texts['InfoId']}-{INFO_VALUE}"] = texts.pop(INFO_VALUE)
    area = ";".join(f"{name}={text}" for name, text in texts.items())
    if len(area.encode()) > AREA_LIMIT:
        raise BadParameter(request.parameters[-1].name, "内容太长，数据区最多 %(limit)s 字节", limit=AREA_LIMIT)
    return area


def shown(request: Request, given: Mapping[str, str]) -> dict[str, str]:
    """What may be shown of the parameters afterwards: all but secrets."""
    by_name = {p.name: p for p in request.parameters}
    return {
        name: "••••••" if by_name[name].is_secret else text.strip()
        for name, text in given.items()
        if name in by_name and text.strip() and by_name[name].input != "none"
    }
