"""One frame, field by field, for a person: where it stands, what was sent, what it means."""

from typing import NamedTuple

from .decode import Decoded, decode_frame
from .dialect import PLAIN, Dialect
from .factors import commands, find_factor
from .grammar import split_items
from .header import read_flag
from .readings import stored_code
from .times import CHINA, read_data_time, read_qn

_SYSTEMS_ZH = {
    "21": "地表水质量监测", "22": "空气质量监测", "23": "声环境质量监测", "24": "地下水质量监测", "25": "土壤质量监测",
    "26": "海水质量监测", "27": "挥发性有机物监测", "31": "大气环境污染源", "32": "地表水体环境污染源",
    "33": "地下水体环境污染源", "34": "海洋环境污染源", "35": "土壤环境污染源",
    "36": "声环境污染源", "37": "振动环境污染源",
    "38": "放射性环境污染源", "39": "工地扬尘污染源", "41": "电磁环境污染源", "44": "用电监控", "45": "关键工况",
    "51": "烟气排放过程监控", "52": "污水排放过程监控", "91": "系统交互",
}  # fmt: skip
_FIELDS_ZH = {
    "Rtd": "实时值", "Min": "最小值", "Avg": "平均值", "Max": "最大值", "Cou": "累计值", "ZsRtd": "折算实时值",
    "ZsMin": "折算最小值", "ZsAvg": "折算平均值", "ZsMax": "折算最大值", "Flag": "数据标记", "EFlag": "设备标记",
    "SampleTime": "采样时间", "Info": "信息", "SN": "仪器编号", "RS": "设施运行状态", "RT": "设施运行时间",
    "Data": "噪声值", "DayData": "昼间噪声值", "NightData": "夜间噪声值",
}  # fmt: skip
_MARKS_ZH = {
    "N": "正常", "F": "停运", "M": "维护", "S": "手工输入", "D": "故障", "C": "校准",
    "T": "超过测量上限", "B": "通讯异常",
}  # fmt: skip
_HEADER_ZH = {
    "QN": "请求编码", "ST": "系统编码", "CN": "命令编码", "PW": "访问密码", "MN": "设备唯一标识",
    "Flag": "拆分包及应答标志",
    "PNUM": "总包数", "PNO": "包号", "RF": "补传标志",
}  # fmt: skip


class Row(NamedTuple):
    """`offset` is that of the first byte in the raw frame, None for decrypted text; `value` is what it means."""

    offset: int | None
    field: str
    raw: str
    value: str
    unit: str
    note: str


class Explanation(NamedTuple):
    """The rows of a frame, the decoder's whole answer, and its findings as sentences."""

    rows: list[Row]
    decoded: Decoded
    messages: tuple[str, ...]


def explain(raw: bytes, dialect: Dialect = PLAIN) -> Explanation:
    """Take one raw frame apart for reading; never fails, whatever the bytes are."""
    one = decode_frame(raw, dialect)
    layout = one.layout
    rows = []
    if raw.startswith(b"##"):
        rows.append(Row(0, "包头", "##", "", "", ""))
        actual = layout.end - layout.start
        length = "" if layout.declared == actual else f"实际 {actual}"
        rows.append(Row(2, "长度", layout.length_text.decode("latin-1"), str(layout.declared or ""), "字节", length))
    segment = raw[layout.start : layout.end]
    at = segment.find(b"CP=&&")
    rows += _header_rows(segment[:at] if at >= 0 else segment, layout.start)
    if at >= 0:
        rows += _area_rows(segment[at + 5 :], layout.start + at + 5, one)
    if layout.crc_text:
        is_wrong = "crc_wrong" in one.warnings
        rows.append(Row(layout.end, "校验", layout.crc_text.decode("latin-1"), "不符" if is_wrong else "相符", "", ""))
        rows.append(Row(layout.end + 4, "包尾", repr(layout.tail.decode("latin-1"))[1:-1], "", "", ""))
    return Explanation(rows, one, one.messages)


def _header_rows(head: bytes, offset: int) -> list[Row]:
    rows = []
    for piece in head.replace(b",", b";").split(b";"):
        text = piece.decode("latin-1")
        name, equals, value = text.partition("=")
        if equals:
            rows.append(Row(offset, name.strip(), value.strip(), *_header_meaning(name.strip(), value.strip())))
        elif text.strip():
            rows.append(Row(offset, "?", text.strip(), "", "", "无法识别"))
        offset += len(piece) + 1
    return rows


def _header_meaning(name: str, value: str) -> tuple[str, str, str]:
    note = _HEADER_ZH.get(name, "")
    if name == "QN":
        at, _ = read_qn(value)
        return (f"{at.astimezone(CHINA):%Y-%m-%d %H:%M:%S}" if at else "不是有效时间"), "", note
    if name == "ST":
        return _SYSTEMS_ZH.get(value, "未知"), "", note
    if name == "CN":
        rows = commands().get(value, ())
        chosen = next((row for row in rows if row.direction == "up"), rows[0] if rows else None)
        return chosen.name_zh if chosen else "未知", "", note
    if name == "Flag":
        flag = read_flag(value)
        bits = "需应答" if flag.ack else "不需应答"
        return f"{flag.version} 版，{bits}" + ("，拆分包" if flag.split else ""), "", note
    return "", "", note


def _area_rows(area: bytes, offset: int, one: Decoded) -> list[Row]:
    """Items with their offsets; those of a decrypted area have none, its bytes are not on the wire."""
    if one.is_encrypted:
        items = [(None, name, value) for name, value in one.cp.items()]
        for code, fields in one.factors.items():
            items += [(None, f"{code}-{field}", str(value)) for field, value in fields.items()]
        return [Row(at, name, value, *_item_meaning(name, value, one)) for at, name, value in items]
    encoding = "gb18030" if "gbk_text" in one.warnings else "utf-8"
    text = area.decode(encoding, errors="replace") if "text_undecodable" not in one.warnings else area.decode("latin-1")
    stripped = text.rstrip()
    text = stripped[:-2] if stripped.endswith("&&") else text
    rows, at = [], offset
    for piece in (item for group in split_items(text) for item in group):
        name, equals, value = piece.partition("=")
        if piece.strip():
            meaning = _item_meaning(name.strip(), value.strip(), one) if equals else ("", "", "没有等号")
            rows.append(Row(at, name.strip(), value.strip(), *meaning))
        at += len(piece.encode(encoding, errors="replace")) + 1
    return rows


def _item_meaning(name: str, value: str, one: Decoded) -> tuple[str, str, str]:
    code, dash, field = name.partition("-")
    if not dash:
        at = read_data_time(value)[0] if name.endswith("Time") else None
        return (f"{at.astimezone(CHINA):%Y-%m-%d %H:%M:%S}" if at else ""), "", ""
    target, _ = stored_code(code, one.header.get("ST", ""), PLAIN)
    factor = find_factor(target)
    title = (factor.name_zh if factor else "未知因子") + " " + _FIELDS_ZH.get(field, field)
    if field == "Flag":
        return _MARKS_ZH.get(value, "未知标记"), "", title
    unit = factor.unit if factor and field in _FIELDS_ZH and field not in ("SampleTime", "EFlag", "Info", "SN") else ""
    return "", "" if field == "Cou" else unit, title
