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
    "tampering_suspected": gettext_noop("疑似人为干预"),
    "capped_values": gettext_noop("上沿堆积"),
    "smoothed_values": gettext_noop("起伏变小"),
    "lowered_values": gettext_noop("低于工况所示"),
    "diluted_values": gettext_noop("同比例下降"),
    "borrowed_values": gettext_noop("借用其他信号"),
    "hidden_values": gettext_noop("缺失偏高时段"),
    "excused_values": gettext_noop("标记偏高时段"),
    "own_past_replayed": gettext_noop("重放自身历史"),
    "other_series_copied": gettext_noop("与其他排口逐值相同"),
    "bunching_under_limit": gettext_noop("挤在限值之下"),
    "parameter_differs": gettext_noop("参数与备案不符"),
    "parameter_changed": gettext_noop("参数未经备案变更"),
    "hour_mean_mismatch": gettext_noop("小时均值与分钟不符"),
    "corrected_concentration_mismatch": gettext_noop("折算值与重算不符"),
    "outside_own_range": gettext_noop("小时值越出自身范围"),
    "inert_gas_purge": gettext_noop("各项一同下降"),
    "oxygen_lowered": gettext_noop("含氧量偏低"),
    "fuel_factor_out_of_band": gettext_noop("燃料系数异常"),
    "probe_blocked": gettext_noop("探头失去波动"),
    "flow_to_load_off": gettext_noop("流量与负荷不符"),
    "heat_without_sulphur": gettext_noop("烟温与脱硫矛盾"),
    "false_stop": gettext_noop("停运标记存疑"),
    "marks_excessive": gettext_noop("标记过多"),
    "marks_follow_exceedance": gettext_noop("越限后即标记"),
    "calibrations_without_gas": gettext_noop("校准无通气痕迹"),
    "sample_swapped": gettext_noop("疑似换水"),
    "phase_locked": gettext_noop("随采样时刻变化"),
    "two_senders": gettext_noop("两地址交替上报"),
    "history_rewritten": gettext_noop("事后改写历史"),
    "unlike_peers": gettext_noop("与同类排口不同"),
    "reference_mismatch": gettext_noop("与手工比对不符"),
}
BY_SENSOR = {"tampering_suspected", "lowered_values", "diluted_values", "hidden_values"}
"""Kinds that rest on the soft sensor: their page draws its line."""
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
