"""What the kinds of finding and the marks of an instrument are called, for people."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

KINDS = {
    "hourly_exceedance": gettext_noop("小时均值超标"),
    "daily_exceedance": gettext_noop("日均值超标"),
    "over_range": gettext_noop("超出仪器量程"),
    "data_gap": gettext_noop("数据缺失"),
    "device_offline": gettext_noop("设备离线"),
    "frozen_value": gettext_noop("数值长时间不变"),
    "transmission_frozen": gettext_noop("各因子一同不变"),
}
PERIODS = {
    "rt": gettext_noop("实时"),
    "minute": gettext_noop("分钟"),
    "hour": gettext_noop("小时"),
    "day": gettext_noop("日"),
}
FLAGS = {
    "N": gettext_noop("正常"),
    "F": gettext_noop("停运"),
    "M": gettext_noop("维护"),
    "S": gettext_noop("手工输入"),
    "D": gettext_noop("故障"),
    "C": gettext_noop("校准"),
    "T": gettext_noop("超测上限"),
    "B": gettext_noop("通信中断"),
}
"""HJ 212-2017 table 8."""


def kind_name(kind: str) -> str:
    """The name of a kind of finding; an unknown kind keeps its code."""
    return _(KINDS[kind]) if kind in KINDS else kind


def period_name(kind: str) -> str:
    """The name of a kind of data."""
    return _(PERIODS[kind]) if kind in PERIODS else kind


def flag_name(flag: str | None) -> str:
    """A mark with its meaning: "M 维护"; without a mark nothing."""
    if not flag:
        return ""
    meaning = FLAGS.get(flag.upper())
    return f"{flag} {_(meaning)}" if meaning else flag
