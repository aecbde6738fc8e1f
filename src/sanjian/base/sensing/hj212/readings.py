"""From the items of a data area to readings: one row for each factor, numbers judged, text kept beside them."""

import re
from math import isinf
from typing import NamedTuple

from .dialect import Dialect
from .factors import Factor, factors, modern_code, repaired_code
from .findings import Findings
from .grammar import Area, Fields

KIND_OF_COMMAND = {"2011": "rt", "2051": "minute", "2061": "hour", "2031": "day"}
"""The commands whose data are readings."""

SENTINELS = frozenset({-9999.0, -99999.0, -999.0, -99.99})
"""Numbers that devices send for "no value" (field)."""

NUMBER = re.compile(r"[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]{1,5})?")
MARK_SYSTEM = "45"
"""ST of key production condition (2025): Rtd carries a mark, not a number."""

VALUE_FIELDS = {
    "rt": ("Rtd", "Avg", "Data"),
    "minute": ("Avg", "Rtd", "Data"),
    "hour": ("Avg", "Rtd", "Data"),
    "day": ("Avg", "Rtd", "Data"),
}
"""Where `value` comes from: the first of these that was sent. `Data` is the field of noise levels."""

_ZS_OF = {"Rtd": "ZsRtd", "Avg": "ZsAvg", "Data": "ZsAvg"}


class Reading(NamedTuple):
    """One factor of one frame. Numbers in the unit the device uses; null where no usable number was sent."""

    factor_code: str
    value: float | None
    value_text: str | None
    min: float | None
    max: float | None
    total: float | None
    zs_value: float | None
    zs_min: float | None
    zs_max: float | None
    data_flag: str | None
    mask: int


def judge_number(text: str, low: float, high: float) -> tuple[float | None, str]:
    """The number a text states and the finding about it (empty when fine).

    A sentinel or unreadable text is null; a negative or too large number is kept, with its finding.
    """
    if not NUMBER.fullmatch(text):
        return None, "value_not_number" if text else "value_empty"
    number = float(text)
    if isinf(number):
        return None, "value_overflow"
    if number in SENTINELS:
        return None, "value_sentinel"
    if number < low:
        return number, "value_negative" if number < 0 <= low else "value_over_range"
    return number, "value_over_range" if number > high else ""


def read_factors(area: Area, kind: str, system_code: str, dialect: Dialect, findings: Findings) -> tuple[Reading, ...]:
    """Readings of a data area, in the order sent; findings about values are noted.

    Two spellings of one factor in a frame keep their own rows.
    """
    return tuple(
        _read_factor(code, fields, area, kind, system_code, dialect, findings) for code, fields in area.factors.items()
    )


def stored_code(code: str, system_code: str, dialect: Dialect) -> tuple[str, str]:
    """The factor code a reading is stored under, and the finding about the code that was sent."""
    known = factors()
    target = dialect.codes.get(code, code)
    if target in known:
        return target, ""
    repaired, finding = repaired_code(target, system_code)
    if finding:
        return repaired, finding
    modern = modern_code(target, system_code)
    return modern, "" if modern in known else "unmapped_factor"


def _read_factor(
    code: str, fields: Fields, area: Area, kind: str, system_code: str, dialect: Dialect, findings: Findings
) -> Reading:
    target, finding = stored_code(code, system_code, dialect)
    mask = findings.note_value(finding, text=code, name=target) if finding else 0
    factor = factors().get(target)
    order = VALUE_FIELDS[kind]
    source = next((name for name in order if name in fields), None)
    if source is not None and source != order[0] and source != "Data":
        mask |= findings.note_value("value_field_other", name=code)
    numbers: dict[str, float | None] = {}
    for name in (source, "Min", "Max", "Cou", _ZS_OF.get(source or "", "ZsAvg"), "ZsMin", "ZsMax"):
        number, bits = _number(code, name, fields, area, factor, system_code, findings) if name else (None, 0)
        numbers[name or ""] = number
        mask |= bits
    flag, bits = _mark(code, fields, area, dialect, findings)
    return Reading(
        target,
        numbers[source] if source else None,
        _text(code, source, fields, area) if source else None,
        numbers["Min"],
        numbers["Max"],
        numbers["Cou"],
        numbers[_ZS_OF.get(source or "", "ZsAvg")],
        numbers["ZsMin"],
        numbers["ZsMax"],
        flag,
        mask | bits,
    )


def _text(code: str, name: str, fields: Fields, area: Area) -> str:
    sent = fields[name]
    return ",".join(sent) if isinstance(sent, list) else area.glued.get((code, name), sent)


def _number(
    code: str, name: str, fields: Fields, area: Area, factor: Factor | None, system_code: str, findings: Findings
) -> tuple[float | None, int]:
    sent = fields.get(name)
    if sent is None:
        return None, 0
    bits = 0
    if isinstance(sent, list):
        # Two different numbers for one thing: choosing one would be a guess, so none becomes the value.
        if len(set(sent)) > 1:
            return None, findings.note_value("duplicate_field", name=f"{code}-{name}")
        sent = sent[0]
    text = area.glued.get((code, name), sent)
    low = factor.low if factor else 0.0
    high = factor.high if factor and name != "Cou" else float("inf")
    number, finding = judge_number(text, low, high)
    if finding == "value_not_number" and system_code == MARK_SYSTEM:
        return None, 0
    if finding:
        bits = findings.note_value(finding, name=f"{code}-{name}", text=text, low=low, high=high)
    return number, bits


def _mark(code: str, fields: Fields, area: Area, dialect: Dialect, findings: Findings) -> tuple[str | None, int]:
    sent = fields.get("Flag", area.bare_flags.get(code))
    if sent is None:
        return None, 0
    text = ",".join(sent) if isinstance(sent, list) else sent
    if text in dialect.marks:
        return text, 0
    finding = "mark_lower_case" if text.upper() in dialect.marks else "mark_unknown"
    return text, findings.note_value(finding, name=code, text=text)
