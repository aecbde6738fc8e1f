"""Building frames: for simulators and replay, and the platform's own commands and answers.

Source: HJ 212-2017, 6.3 and appendix C; answers as in table C.6 (9011), C.7 (9012), C.8 (9013), C.9 (9014).
"""

from collections.abc import Mapping

from .crc import crc16
from .errors import EncodeError
from .sm4 import encrypt

HEADER_ORDER = ("QN", "ST", "CN", "PW", "MN", "Flag", "PNUM", "PNO", "RF")
AREA_LIMIT = 950
"""Longest data area, bytes (HJ 212-2017, 6.3.2, CP)."""


def encode_segment(segment: bytes) -> bytes:
    """Head, length, segment, CRC, tail around any data segment.

    Raises:
        EncodeError: more than 9999 bytes do not fit the length field.
    """
    if len(segment) > 9999:
        raise EncodeError(f"数据段 {len(segment)} 字节，超过长度字段可表示的 9999")
    return b"##%04d%b%04X\r\n" % (len(segment), segment, crc16(segment))


def encode_frame(
    header: Mapping[str, str], area: str = "", sm4_key: bytes | None = None, area_limit: int = AREA_LIMIT
) -> bytes:
    """One frame from header fields and the text of the data area.

    Args:
        header: fields by name; written in the standard's order, absent ones left out.
        area: what stands between `CP=&&` and `&&`, see `encode_area`.
        sm4_key: encrypts the area as a 2025 device does; the CRC is that of the plain segment.
        area_limit: bytes the area may have; the standard says 950, VOC stations send more.

    Raises:
        EncodeError: a field is unknown, holds a delimiter, or the area is too long.
        BadKey: the key is not 16 bytes.
    """
    unknown = set(header) - set(HEADER_ORDER)
    if unknown:
        raise EncodeError(f"未知的数据段字段 {'、'.join(sorted(unknown))}")
    text = area.encode("utf-8")
    if len(text) > area_limit:
        raise EncodeError(f"数据区 {len(text)} 字节，超过 {area_limit}，应拆分")
    fields = "".join(f"{name}={_clean(name, header[name])};" for name in HEADER_ORDER if name in header)
    front = fields.encode("utf-8") + b"CP=&&"
    plain = front + text + b"&&"
    if sm4_key is None:
        return encode_segment(plain)
    sent = front + encrypt(text, sm4_key) + b"&&"
    return b"##%04d%b%04X\r\n" % (len(sent), sent, crc16(plain))


def encode_area(
    data_time: str | None = None,
    factors: Mapping[str, Mapping[str, str]] | None = None,
    items: Mapping[str, str] | None = None,
) -> str:
    """Text of a data area: DataTime, then plain items, then factors with their fields.

    Raises:
        EncodeError: a name or value holds a delimiter; text between `//` may hold any.
    """
    projects = [f"DataTime={_clean('DataTime', data_time)}"] if data_time else []
    projects += [f"{name}={_clean(name, value)}" for name, value in (items or {}).items()]
    for code, fields in (factors or {}).items():
        projects.append(",".join(f"{code}-{name}={_clean(name, value)}" for name, value in fields.items()))
    return ";".join(projects)


def _clean(name: str, value: str) -> str:
    if value.startswith("//") and value.endswith("//") and len(value) >= 4:
        return value
    if any(sign in value for sign in (";", ",", "=", "&&", "\r", "\n")):
        raise EncodeError(f"{name} 的值“{value}”含有分隔符")
    return value


def answer_flag(flag: str | None) -> str:
    """Flag of an answer: the edition bits of the frame answered, neither ack nor split; 0 where there was none."""
    return str(int(flag) & 0xFC) if flag and flag.isascii() and flag.isdigit() and int(flag) < 256 else "0"


def encode_answer(command: str, qn: str, mn: str, password: str | None, flag: str | None, area: str = "") -> bytes:
    """An answer 9011-9014 (ST=91) to the frame with this QN.

    Raises:
        EncodeError: a field holds a delimiter.
    """
    header = {"QN": qn, "ST": "91", "CN": command, "PW": password or "", "MN": mn, "Flag": answer_flag(flag)}
    return encode_frame(header, area)


def data_answer(qn: str, mn: str, password: str | None, flag: str | None) -> bytes:
    """9014 数据应答: the data of that frame are stored."""
    return encode_answer("9014", qn, mn, password, flag)


def notice_answer(qn: str, mn: str, password: str | None, flag: str | None) -> bytes:
    """9013 通知应答."""
    return encode_answer("9013", qn, mn, password, flag)


def request_answer(qn: str, mn: str, password: str | None, flag: str | None, code: int) -> bytes:
    """9011 请求应答 with QnRtn: 1 ready, 2 refused, 3 PW, 4 MN, 5 ST, 6 Flag, 7 QN, 8 CN, 9 CRC, 100 unknown."""
    return encode_answer("9011", qn, mn, password, flag, f"QnRtn={code}")


def result_answer(qn: str, mn: str, password: str | None, flag: str | None, code: int) -> bytes:
    """9012 执行结果 with ExeRtn: 1 done, 2 failed, 3 condition wrong, 4 time-out, 5 busy, 6 fault, 100 no data."""
    return encode_answer("9012", qn, mn, password, flag, f"ExeRtn={code}")


def set_clock(qn: str, system: str, mn: str, password: str, edition_flag: int, local_time: str) -> bytes:
    """1012 设置现场机时间: tell a device the time, `local_time` in 14 digits of China time, answer wanted."""
    header = {"QN": qn, "ST": system, "CN": "1012", "PW": password, "MN": mn, "Flag": str(edition_flag & 0xFC | 1)}
    return encode_frame(header, f"SystemTime={local_time}")
