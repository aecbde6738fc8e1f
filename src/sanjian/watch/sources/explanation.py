"""What the fields of an HJ 212 packet mean, for a person who looks at the bytes."""

from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from sanjian.base.registry.models import Factor
from sanjian.base.registry.units import written
from sanjian.base.sensing.hj212.decode import Decoded

from .names import flag_name

HEADER = {
    "QN": gettext_noop("请求编码：这次交互的时间戳，应答时原样返回"),
    "ST": gettext_noop("系统编码：数据属于哪一类监测"),
    "CN": gettext_noop("命令编码：这是哪一种数据"),
    "PW": gettext_noop("访问密码（不作为身份凭证）"),
    "MN": gettext_noop("设备唯一标识"),
    "Flag": gettext_noop("标志：版本、是否分包、是否要应答"),
    "PNUM": gettext_noop("总包数"),
    "PNO": gettext_noop("本包序号"),
    "RF": gettext_noop("补传标记"),
    "DataTime": gettext_noop("数据时间；小时、分钟、日数据为时段起点"),
}
COMMANDS = {
    "2011": gettext_noop("实时数据"),
    "2051": gettext_noop("分钟数据"),
    "2061": gettext_noop("小时数据"),
    "2031": gettext_noop("日数据"),
    "9014": gettext_noop("数据应答"),
    "9015": gettext_noop("心跳"),
}
FIELDS = {
    "Rtd": gettext_noop("实时值"),
    "Min": gettext_noop("最小值"),
    "Avg": gettext_noop("平均值"),
    "Max": gettext_noop("最大值"),
    "Cou": gettext_noop("累计值"),
    "ZsRtd": gettext_noop("折算实时值"),
    "ZsMin": gettext_noop("折算最小值"),
    "ZsAvg": gettext_noop("折算平均值"),
    "ZsMax": gettext_noop("折算最大值"),
    "Flag": gettext_noop("数据标记"),
    "EFlag": gettext_noop("厂家标记"),
    "SampleTime": gettext_noop("采样时间"),
}
"""HJ 212-2017 tables 3 and 4."""


@dataclass(frozen=True, slots=True)
class Line:
    """One item as sent, and what it means."""

    group: str
    name: str
    value: str
    meaning: str


def explained(decoded: Decoded) -> list[Line]:
    """Every item of a packet in the order: frame, header, data area."""
    layout = decoded.layout
    declared = "" if layout.declared is None else str(layout.declared)
    lines = [
        Line(
            _("帧"),
            _("长度"),
            declared,
            _("数据段声明 %(a)s 字节，实际 %(b)d 字节") % {"a": declared or "?", "b": layout.end - layout.start},
        ),
        Line(_("帧"), "CRC", layout.crc_text.decode("latin-1"), _("校验码")),
    ]
    lines += [Line(_("数据段"), name, value, _meaning(name, value)) for name, value in decoded.header.items()]
    lines += [Line(_("数据区"), name, value, _meaning(name, value)) for name, value in decoded.cp.items()]
    names = {f.code: f for f in Factor.objects.filter(code__in=list(decoded.factors))}
    for code, fields in decoded.factors.items():
        factor = names.get(code)
        for field, value in fields.items():
            lines.append(
                Line(_("数据区"), f"{code}-{field}", str(value), _factor_meaning(factor, code, field, str(value)))
            )
    return lines


def _meaning(name: str, value: str) -> str:
    meaning = _(HEADER[name]) if name in HEADER else ""
    if name == "CN" and value in COMMANDS:
        return f"{_(COMMANDS[value])} · {meaning}"
    return meaning


def _factor_meaning(factor: Factor | None, code: str, field: str, value: str) -> str:
    what = _(FIELDS[field]) if field in FIELDS else field
    name = factor.name if factor else code
    if field == "Flag":
        return f"{name} {what}：{flag_name(value)}"
    unit = f"（{written(factor.unit)}）" if factor and factor.unit else ""
    return f"{name} {what}{unit}"
