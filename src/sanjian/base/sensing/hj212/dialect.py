"""What is known about one device before its frame is read: how it computes its CRC, its key, its private codes.

Flag's version bits are not to be trusted (air stations of 2021 send Flag=8), so what matters is set per device here.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Literal

STANDARD_MARKS = frozenset("NFMSDCTB")
"""Data marks of HJ 212-2017, table 8 (数据标记)."""

MARKS_2005 = frozenset("P0123456789")
"""Further marks of HJ/T 212-2005 instruments (from memory, verify): chosen to be accepted rather than questioned."""


@dataclass(frozen=True, slots=True)
class Dialect:
    """How to read one device.

    Args:
        crc_mode: `hj` the standard's CRC, a fitting MODBUS CRC is accepted with a warning; `hj-only` refuses MODBUS;
            `modbus` the device is known to send MODBUS; `off` no check, every frame is marked.
        sm4_key: 16 bytes, or None when the device sends clear text.
        edition: edition of the standard the device was registered with; contradictions with Flag are warned about.
        medium: `internet` makes clear text of a 2025 device a warning (HJ 212-2025, 6.4.1).
        password: registered PW; None does not compare.
        refuse_bad_flag: True refuses a Flag outside 0-255 (QnRtn 6); False takes it as "no answer wanted".
        answers_refusals: send 9011 with an error code for refused frames instead of silence.
        marks: data marks taken as known.
        codes: private factor codes of this device and the standard codes they stand for.
        ahead: how far DataTime may run ahead of the clock; chosen: 10 minutes.
        behind: how old data may be without RF=1; chosen: 30 days.
    """

    crc_mode: Literal["hj", "hj-only", "modbus", "off"] = "hj"
    sm4_key: bytes | None = field(default=None, repr=False)
    edition: Literal["2005", "2017", "2025"] | None = None
    medium: Literal["internet", "private"] | None = None
    password: str | None = field(default=None, repr=False)
    refuse_bad_flag: bool = True
    answers_refusals: bool = False
    marks: frozenset[str] = STANDARD_MARKS | MARKS_2005
    codes: Mapping[str, str] = field(default_factory=dict)
    ahead: timedelta = timedelta(minutes=10)
    behind: timedelta = timedelta(days=30)

    @property
    def is_plain(self) -> bool:
        """Whether regular clear frames read the same as under the default dialect."""
        return (
            self.crc_mode == "hj"
            and self.edition is None
            and self.medium != "internet"
            and self.password is None
            and not self.codes
            and self.marks == PLAIN.marks
            and self.ahead == PLAIN.ahead
            and self.behind == PLAIN.behind
        )


PLAIN = Dialect()
"""The dialect of a device about which nothing is known."""
