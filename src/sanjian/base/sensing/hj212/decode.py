"""One frame in, one reading of it out: the reference decoder, lenient and complete.

Whatever the bytes are, the answer is a `Decoded`: what could be read, what was odd, and the action that follows. The
batch decoder of `columns` must give the same rows and sends everything unusual here.

Source: HJ 212-2017 clause 6 and appendices A, B, C; HJ 212-2025 as quoted in public code.
"""

from dataclasses import dataclass
from datetime import datetime

from .crc import crc16, crc16_modbus
from .dialect import PLAIN, Dialect
from .findings import Findings
from .framing import Cut
from .grammar import Area, Fields, cut_segment, decode_text, read_area, read_header
from .header import FlagBits, judge_header, may_be_encrypted, read_flag
from .layout import Layout, locate
from .messages import BIT, MEANINGS, REMARKS, WARNS, codes_of
from .readings import KIND_OF_COMMAND, Reading, read_factors
from .sm4 import decrypt, looks_encrypted
from .times import judge_time, read_data_time, read_qn


@dataclass(frozen=True, slots=True)
class Decoded:
    """What one frame says.

    `header` holds QN, ST, CN, PW, MN, Flag, PNUM, PNO, RF as sent, only those sent. `cp`, `factors`, `junk` are the
    data area as sent, DataTime included in `cp`. `version`, `ack`, `split` come from Flag. `data_time_at` is UTC.
    `action` is one of accept, accept-warn, decrypt-then-accept, quarantine, reject, reject-9011-n, reject-data,
    resync, wait-then-drop. `readings` is empty unless the action accepts.
    """

    raw: bytes
    layout: Layout
    header: dict[str, str]
    cp: dict[str, str]
    factors: dict[str, Fields]
    junk: tuple[str, ...]
    version: str | None
    ack: bool
    split: bool
    is_encrypted: bool
    action: str
    findings: Findings
    data_time_raw: str | None
    data_time_at: datetime | None
    qn_at: datetime | None
    kind: str | None
    readings: tuple[Reading, ...]

    @property
    def warnings(self) -> tuple[str, ...]:
        """Codes of everything that is not a mere remark, in the order of `messages.MEANINGS`."""
        return codes_of(self.findings.all & ~REMARKS)

    @property
    def remarks(self) -> tuple[str, ...]:
        """Codes worth knowing that do not change the action."""
        return codes_of(self.findings.all & REMARKS)

    @property
    def messages(self) -> tuple[str, ...]:
        """Chinese sentences for every finding, with figures."""
        return self.findings.messages()

    @property
    def is_accepted(self) -> bool:
        """Whether the frame's data may be used."""
        return self.action in ACCEPTING


ACCEPTING = frozenset({"accept", "accept-warn", "decrypt-then-accept"})


def decode_frame(
    cut: Cut | bytes, dialect: Dialect = PLAIN, received_at: datetime | None = None, *, reads_damaged: bool = True
) -> Decoded:
    """Read one frame.

    Args:
        cut: a piece from the framer, or the raw bytes of one frame.
        dialect: what is known about the device.
        received_at: aware time of reception, the clock DataTime is judged by; None falls back to the frame's QN.
        reads_damaged: take the data area of a frame with a wrong CRC apart too, for a person to look at.

    Raises:
        BadKey: the dialect's SM4 key is not 16 bytes.
    """
    raw = cut.raw if isinstance(cut, Cut) else bytes(cut)
    findings = Findings()
    layout = _note_form(raw, findings)
    segment = raw[layout.start : layout.end]
    head, area_bytes = cut_segment(segment)
    header = read_header(head, findings, is_followed=area_bytes is not None)
    flag = read_flag(header.get("Flag"))
    is_encrypted, area_bytes = _check(segment, area_bytes, layout, header, flag, dialect, findings)
    area, data_raw = Area(), None
    is_damaged = findings.refusal() not in ("", "encrypted_no_key")
    if area_bytes is None:
        findings.note("cp_missing")
    elif is_damaged and reads_damaged:
        # A wrong CRC ends processing: what is legible is shown, but its oddities are those of the damage.
        area = read_area(decode_text(area_bytes, scrap := Findings()), scrap)
    elif not is_damaged and not findings.mask & BIT["encrypted_no_key"]:
        area = read_area(decode_text(area_bytes, findings), findings)
    data_raw = area.cp.get("DataTime")
    kind = KIND_OF_COMMAND.get(header.get("CN", "")) if area.factors else None
    data_at = read_data_time(data_raw)[0] if data_raw else None
    qn_at = read_qn(header["QN"])[0] if header.get("QN") else None
    readings: tuple[Reading, ...] = ()
    if not findings.refusal() or findings.refusal() in ("cp_missing", "cp_delimiter_inside"):
        judge_header(header, flag, is_encrypted, dialect, findings)
        if kind:
            data_at = _judge_data_time(data_raw, data_at, qn_at, received_at, header, dialect, findings)
        if kind and not findings.refusal():
            readings = read_factors(area, kind, header.get("ST", ""), dialect, findings)
    return Decoded(
        raw, layout, header, area.cp, area.factors, area.junk, flag.version, flag.ack, flag.split, is_encrypted,
        _action(header, flag, is_encrypted, findings), findings, data_raw, data_at, qn_at, kind, readings,
    )  # fmt: skip


def _note_form(raw: bytes, findings: Findings) -> Layout:
    layout = locate(raw)
    for code in layout.findings:
        findings.note(
            code,
            declared=layout.declared,
            actual=layout.end - layout.start,
            text=layout.length_text.decode("latin-1"),
        )
    return layout


def _check(
    segment: bytes,
    area: bytes | None,
    layout: Layout,
    header: dict[str, str],
    flag: FlagBits,
    dialect: Dialect,
    findings: Findings,
) -> tuple[bool, bytes | None]:
    """Check the CRC, after decryption where the area is ciphertext; return whether it was, and the plain area.

    One ciphertext in 256 fits the CRC of its plain text by chance, so binary bytes count for more than a fitting CRC.
    """
    if findings.refusal() in ("no_head", "truncated"):
        return False, area
    sent, key = layout.crc_text.decode("latin-1"), dialect.sm4_key
    may_be_cipher = area is not None and may_be_encrypted(header.get("CN", ""))
    is_cipher = may_be_cipher and area is not None and looks_encrypted(area)
    verdict = _crc_verdict(segment, sent, dialect)
    is_tried = may_be_cipher and (verdict == "crc_wrong" or is_cipher or not (area or b"").isascii())
    if area is not None and key is not None and is_tried:
        plain = decrypt(area, key)
        at = len(segment.partition(b"CP=&&")[0]) + 5
        opened = segment[:at] + plain + (b"&&" if segment.endswith(b"&&") else b"")
        if _crc_verdict(opened, sent, dialect) != "crc_wrong" and not looks_encrypted(plain):
            findings.note("decrypted")
            return True, plain
    if is_cipher and (key is None if verdict == "crc_wrong" else flag.version == "2025"):
        findings.note("encrypted_no_key")
        return True, area
    _note_crc(verdict, segment, sent, findings)
    return False, area


def _crc_verdict(segment: bytes, sent: str, dialect: Dialect) -> str:
    """Empty when the CRC is the standard's; else the finding about it."""
    if dialect.crc_mode == "off":
        return "crc_unchecked"
    number = _hex(sent)
    if number is None:
        return "crc_wrong"
    if crc16(segment) == number:
        return ""
    return "crc_modbus" if dialect.crc_mode != "hj-only" and crc16_modbus(segment) == number else "crc_wrong"


def _note_crc(verdict: str, segment: bytes, sent: str, findings: Findings) -> None:
    if not verdict:
        return
    expected, number = crc16(segment), _hex(sent)
    findings.note(verdict, sent=sent, expected=f"{expected:04X}")
    if verdict == "crc_wrong" and number is not None and (number >> 8) | (number & 0xFF) << 8 == expected:
        findings.note("crc_bytes_swapped")


def _hex(text: str) -> int | None:
    try:
        return int(text, 16) if len(text) == 4 and text.isalnum() else None
    except ValueError:
        return None


def _judge_data_time(
    raw: str | None,
    at: datetime | None,
    qn_at: datetime | None,
    received_at: datetime | None,
    header: dict[str, str],
    dialect: Dialect,
    findings: Findings,
) -> datetime | None:
    """Note what is wrong with the time of the data; return the time they are filed under."""
    if raw is None and qn_at is not None:
        findings.note("data_time_missing")
        at = qn_at
    elif at is None:
        findings.note("data_time_invalid", text=raw or "")
        return None
    elif raw is not None and len(raw) != 14:
        findings.note("data_time_format", text=raw)
    if at is None:
        return None
    bit = judge_time(at, qn_at, received_at, header.get("RF") == "1", dialect.ahead, dialect.behind)
    if bit:
        clock = received_at or qn_at or at
        if bit == BIT["data_time_ahead"] and qn_at is not None:
            clock = min(clock, qn_at)
        apart = abs(at - clock)
        facts = {"text": raw, "minutes": int(apart.total_seconds() // 60), "days": apart.days}
        findings.note(codes_of(bit)[0], **facts)
    return at


def _action(header: dict[str, str], flag: FlagBits, is_encrypted: bool, findings: Findings) -> str:
    refusal = findings.refusal()
    if refusal == "crc_wrong" and not (flag.ack and header.get("QN")):
        # An error code is an answer: it goes only to a frame that asked for one and left a QN to echo.
        return "reject"
    if refusal:
        return MEANINGS[refusal].weight
    if is_encrypted:
        return "decrypt-then-accept"
    return "accept-warn" if findings.all & WARNS else "accept"
