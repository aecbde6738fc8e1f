"""Judging the header: which exchange, which system, which command, whose device, whether an answer is wanted.

Source: HJ 212-2017, 6.3.2 and table 3 (数据段结构组成); QnRtn codes of table 10 name the refusals.
"""

import re
from typing import NamedTuple

from .dialect import Dialect
from .factors import ENCRYPTED_EXTRA, SYSTEM_CODES, is_known_command
from .findings import Findings
from .times import read_qn

_VERSIONS = {0: "2005", 1: "2017", 2: "2025"}
EPC = re.compile(r"[0-9A-F]{24}")


class FlagBits(NamedTuple):
    """What a Flag says: edition (`unknown` when it says none), whether to answer, whether parts follow."""

    version: str | None
    ack: bool
    split: bool
    is_valid: bool


_ABSENT = FlagBits(None, False, False, True)
_INVALID = FlagBits("unknown", False, False, False)


def read_flag(text: str | None) -> FlagBits:
    """Bits of a Flag: bit 0 answer wanted, bit 1 split, bits 2-7 edition. Absent is valid (2005 devices)."""
    if text is None:
        return _ABSENT
    if not (text.isascii() and text.isdigit() and len(text) <= 3 and int(text) <= 255):
        return _INVALID
    number = int(text)
    return FlagBits(_VERSIONS.get(number >> 2, "unknown"), bool(number & 1), bool(number & 2), True)


def may_be_encrypted(command: str) -> bool:
    """Whether a 2025 device encrypts the data area of this command (HJ 212-2025, 6.4.4)."""
    return command in ENCRYPTED_EXTRA or (len(command) == 4 and command[0] == "2")


def judge_header(
    header: dict[str, str], flag: FlagBits, is_encrypted: bool, dialect: Dialect, findings: Findings
) -> None:
    """Note what is missing, unknown or contradictory in a header."""
    _judge_names(header, dialect, findings)
    _judge_qn(header, flag, findings)
    _judge_flag(header, flag, is_encrypted, dialect, findings)
    _judge_parts(header, flag, findings)
    if header.get("RF", "1") != "1":
        findings.note("rf_undefined", text=header["RF"])


def _judge_names(header: dict[str, str], dialect: Dialect, findings: Findings) -> None:
    system, command, password = header.get("ST"), header.get("CN", ""), header.get("PW")
    if not header.get("MN"):
        findings.note("mn_missing")
    if not system:
        findings.note("st_missing")
    elif system not in SYSTEM_CODES:
        findings.note("st_unknown", text=system)
    if not (len(command) == 4 and command.isascii() and command.isdigit()):
        findings.note("cn_missing")
    elif not is_known_command(command):
        findings.note("cn_unknown", text=command)
    if not password:
        findings.note("pw_missing")
    elif dialect.password is not None and password != dialect.password:
        findings.note("pw_mismatch")


def _judge_qn(header: dict[str, str], flag: FlagBits, findings: Findings) -> None:
    text = header.get("QN")
    if not text:
        if flag.ack:
            findings.note("qn_missing")
        return
    _, finding = read_qn(text)
    if finding:
        findings.note(finding, text=text)


def _judge_flag(
    header: dict[str, str], flag: FlagBits, is_encrypted: bool, dialect: Dialect, findings: Findings
) -> None:
    text = header.get("Flag")
    if not flag.is_valid:
        findings.note("flag_invalid" if dialect.refuse_bad_flag else "flag_ignored", text=text)
        return
    if flag.version == "unknown":
        findings.note("version_unknown", text=text)
    if dialect.edition is not None:
        is_doubtful = flag.version is not None and flag.version != dialect.edition
    else:
        # Nothing is known about the device, so only the frame can testify: data in clear text from an MN that is not
        # the 24 hexadecimal digits of the standard is a 2017-style device that sets the bits of 2025 (field).
        is_clear_data = not is_encrypted and header.get("CN", "").startswith("2")
        is_doubtful = flag.version == "2025" and is_clear_data and not EPC.fullmatch(header.get("MN", ""))
    if is_doubtful:
        findings.note("version_doubtful", text=text)
    if (
        flag.version == "2025"
        and dialect.medium == "internet"
        and not is_encrypted
        and may_be_encrypted(header.get("CN", ""))
    ):
        findings.note("clear_text")


def _judge_parts(header: dict[str, str], flag: FlagBits, findings: Findings) -> None:
    total, number = header.get("PNUM"), header.get("PNO")
    if total is None and number is None:
        if flag.split:
            findings.note("split_without_parts")
        return
    if flag.version is not None and flag.is_valid and not flag.split:
        findings.note("parts_without_split")
    is_numeric = bool(total and number and total.isdigit() and number.isdigit())
    if not is_numeric or not 1 <= int(number or 0) <= int(total or 0):
        findings.note("part_number_invalid", number=number, total=total)
