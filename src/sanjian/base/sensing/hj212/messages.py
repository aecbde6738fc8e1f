"""Every finding the decoder can report: a stable machine code, what it does to the frame, and what a person reads.

The order of this table is the order in which codes appear in `warnings` and `quality_flag`; append, never rename. Codes
that the batch decoder finds itself must be among the first 63, the bits of its integers.
Weights: `remark` leaves the action alone, `warn` turns accept into accept-warn, anything else names the action.
"""

from collections.abc import Mapping
from typing import Any, NamedTuple


class Meaning(NamedTuple):
    """Weight of a code, and its Chinese sentence with the figures as placeholders."""

    weight: str
    text_zh: str


MEANINGS: dict[str, Meaning] = {
    # outer form
    "length_format": Meaning("warn", "长度字段写作“{text}”，应为四位数字"),
    "length_mismatch": Meaning("warn", "声明长度 {declared}，实际 {actual}"),
    "over_long": Meaning("warn", "数据段 {actual} 字节，超过 1024 字节"),
    "closing_missing": Meaning("warn", "数据区缺少结束的 &&"),
    "tail_missing": Meaning("warn", "缺少包尾回车换行"),
    "tail_nonstandard": Meaning("warn", "包尾不是回车换行"),
    "tail_doubled": Meaning("warn", "包尾重复"),
    "crc_modbus": Meaning("warn", "校验码 {sent} 按 CRC-16/MODBUS 计算，标准算法应为 {expected}"),
    # header
    "separator_missing": Meaning("warn", "数据段字段之间缺少分号"),
    "separator_comma": Meaning("warn", "数据段字段之间用了逗号，应为分号"),
    "header_junk": Meaning("warn", "数据段有无法识别的内容“{text}”"),
    "header_duplicate": Meaning("warn", "数据段字段 {name} 重复"),
    "qn_missing": Meaning("warn", "要求应答但没有请求编码 QN，无法回显"),
    "qn_epoch": Meaning("remark", "请求编码 QN {text} 是毫秒时间戳，不是 17 位时间"),
    "qn_short": Meaning("warn", "请求编码 QN {text} 只有 14 位，缺少毫秒"),
    "qn_invalid": Meaning("reject-9011-7", "请求编码 QN“{text}”不是有效时间"),
    "st_missing": Meaning("reject-9011-5", "缺少系统编码 ST"),
    "st_unknown": Meaning("warn", "系统编码 ST“{text}”未知"),
    "cn_missing": Meaning("reject-9011-8", "缺少命令编码 CN 或不是四位数字"),
    "cn_unknown": Meaning("warn", "命令编码 CN“{text}”未知"),
    "pw_missing": Meaning("reject-9011-3", "缺少访问密码 PW"),
    "pw_mismatch": Meaning("warn", "访问密码与登记不一致"),
    "mn_missing": Meaning("reject-9011-4", "缺少设备唯一标识 MN"),
    "flag_invalid": Meaning("reject-9011-6", "拆分包及应答标志 Flag“{text}”不是 0-255 的整数"),
    "flag_ignored": Meaning("warn", "拆分包及应答标志 Flag“{text}”不是 0-255 的整数，按不应答处理"),
    "version_unknown": Meaning("warn", "Flag {text} 声明的版本未知"),
    "version_doubtful": Meaning("warn", "Flag {text} 声明的版本与设备不符"),
    "clear_text": Meaning("warn", "经互联网传输，2025 版要求加密，收到明文"),
    "split_without_parts": Meaning("warn", "Flag 声明拆分包，但没有 PNUM 和 PNO"),
    "parts_without_split": Meaning("warn", "给出了 PNUM 和 PNO，但 Flag 未声明拆分包"),
    "part_number_invalid": Meaning("reject", "包号 PNO {number} 超出总包数 PNUM {total}"),
    "rf_undefined": Meaning("warn", "RF={text} 未定义，只有补传时才写 RF=1"),
    # data area
    "item_without_value": Meaning("warn", "数据项“{text}”没有等号"),
    "value_with_equals": Meaning("warn", "数据项“{text}”有多个等号"),
    "comma_between_factors": Meaning("warn", "不同因子之间用了逗号，应为分号"),
    "duplicate_key": Meaning("warn", "数据项 {name} 重复，取最后一个"),
    "bare_flag": Meaning("warn", "数据标记 Flag={text} 没有写因子，归于前一个因子"),
    "duplicate_field": Meaning("remark", "{name} 在一个包内重复且数值不同"),
    "code_case_folded": Meaning("warn", "因子编码 {text} 首字母大小写有误，按 {name} 处理"),
    "code_prefix_added": Meaning("warn", "因子编码 {text} 缺少首字母，按 {name} 处理"),
    "data_time_missing": Meaning("warn", "缺少数据时间 DataTime，以 QN 代替"),
    "data_time_format": Meaning("warn", "数据时间“{text}”不是 14 位"),
    "data_time_invalid": Meaning("reject-data", "数据时间“{text}”不是有效时间"),
    "data_time_ahead": Meaning("warn", "数据时间 {text} 早于发生：超前 {minutes} 分钟"),
    "data_time_old": Meaning("warn", "数据时间 {text} 落后 {days} 天，且未标为补传"),
    "data_time_impossible": Meaning("quarantine", "数据时间 {text} 不可信，疑似时钟丢失"),
    # values
    "value_empty": Meaning("warn", "{name} 没有数值"),
    "value_sentinel": Meaning("warn", "{name} 为占位值 {text}"),
    "value_not_number": Meaning("warn", "{name} 的值“{text}”不是数字"),
    "value_overflow": Meaning("warn", "{name} 的值 {text} 超出可表示范围"),
    "value_negative": Meaning("warn", "{name} 为负值 {text}"),
    "value_over_range": Meaning("warn", "{name} 的值 {text} 超出合理范围 {low} 至 {high}"),
    "value_field_other": Meaning("remark", "{name} 的值取自非本命令的字段"),
    "mark_lower_case": Meaning("warn", "{name} 为小写标记 {text}"),
    "mark_unknown": Meaning("warn", "{name} 的标记“{text}”未知"),
    "unmapped_factor": Meaning("remark", "因子编码 {text} 不在标准编码表中"),
    # refusals and readings that only the reference decoder finds
    "no_head": Meaning("resync", "未找到包头 ##，跳过到下一个包头"),
    "truncated": Meaning("wait-then-drop", "包不完整：声明长度 {declared}，只收到 {actual} 字节"),
    "end_unproven": Meaning("reject", "声明长度 {declared}，实际 {actual}，又缺少结束的 &&，数据段边界不可信"),
    "length_not_number": Meaning("reject", "长度字段“{text}”不是数字"),
    "crc_wrong": Meaning("reject-9011-9", "校验码为 {sent}，按标准计算应为 {expected}"),
    "crc_bytes_swapped": Meaning("remark", "校验码高低字节颠倒"),
    "crc_unchecked": Meaning("warn", "该设备设置为不校验 CRC"),
    "decrypted": Meaning("remark", "数据区已用 SM4 解密"),
    "encrypted_no_key": Meaning("quarantine", "数据区已加密，没有可用的密钥"),
    "gbk_text": Meaning("warn", "文字为 GBK 编码，应为 UTF-8"),
    "text_undecodable": Meaning("warn", "文字既不是 UTF-8 也不是 GBK"),
    "cp_missing": Meaning("reject-data", "缺少数据区 CP=&&"),
    "cp_delimiter_inside": Meaning("reject-data", "数据区内出现多余的 &&"),
}

BIT = {code: 1 << place for place, code in enumerate(MEANINGS)}
"""One bit a code: sets of findings are integers inside the codec, joined text outside."""

REMARKS = sum(BIT[code] for code, meaning in MEANINGS.items() if meaning.weight == "remark")
WARNS = sum(BIT[code] for code, meaning in MEANINGS.items() if meaning.weight == "warn")
REFUSALS = sum(BIT.values()) & ~REMARKS & ~WARNS

_CODES = tuple(MEANINGS)
_joined: dict[int, str] = {0: ""}


def codes_of(mask: int) -> tuple[str, ...]:
    """The codes of a set of findings, in the order of the table."""
    return tuple(code for place, code in enumerate(_CODES) if mask >> place & 1)


def joined(mask: int) -> str:
    """The codes of a set, joined by `;`."""
    text = _joined.get(mask)
    if text is None:
        text = ";".join(codes_of(mask))
        if len(_joined) < 10_000:
            _joined[mask] = text
    return text


class _Blank(dict[str, Any]):
    def __missing__(self, key: str) -> str:
        return "?"


def message(code: str, facts: Mapping[str, object]) -> str:
    """The Chinese sentence of a finding, with its figures."""
    return MEANINGS[code].text_zh.format_map(_Blank(facts))
