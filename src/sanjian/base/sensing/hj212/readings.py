"""From the items of a data area to readings: one row for each factor, numbers judged, text kept beside them."""

import re
from functools import lru_cache
from math import inf, isinf
from typing import NamedTuple

from .dialect import PLAIN, Dialect
from .factors import find_factor, modern_code, repaired_code
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


class _Rule(NamedTuple):
    """What a sent code stands for under a system code, and the plausible range of its values."""

    target: str
    finding: str
    low: float
    high: float


def stored_code(code: str, system_code: str, dialect: Dialect) -> tuple[str, str]:
    """The factor code a reading is stored under, and the finding about the code that was sent."""
    target = dialect.codes.get(code, code)
    if find_factor(target):
        return target, ""
    repaired, finding = repaired_code(target, system_code)
    if finding:
        return repaired, finding
    modern = modern_code(target, system_code)
    return modern, "" if find_factor(modern) else "unmapped_factor"


def _rule(code: str, system_code: str, dialect: Dialect) -> _Rule:
    target, finding = stored_code(code, system_code, dialect)
    factor = find_factor(target)
    return _Rule(target, finding, factor.low, factor.high) if factor else _Rule(target, finding, 0.0, inf)


@lru_cache(maxsize=20_000)
def _plain_rule(code: str, system_code: str) -> _Rule:
    return _rule(code, system_code, PLAIN)


def read_factors(area: Area, kind: str, system_code: str, dialect: Dialect, findings: Findings) -> tuple[Reading, ...]:
    """Readings of a data area, in the order sent; findings about values are noted.

    Two spellings of one factor in a frame keep their own rows.
    """
    readings = []
    order = VALUE_FIELDS[kind]
    for code, fields in area.factors.items():
        rule = _rule(code, system_code, dialect) if dialect.codes else _plain_rule(code, system_code)
        mask = findings.note_value(rule.finding, text=code, name=rule.target) if rule.finding else 0
        source = next((name for name in order if name in fields), "")
        if source and source != order[0] and source != "Data":
            mask |= findings.note_value("value_field_other", name=code)
        numbers: list[float | None] = [None] * 7
        places = _PLACES[source]
        for name, sent in fields.items():
            place = places.get(name)
            if place is not None:
                text = area.glued.get((code, name), sent) if area.glued else sent
                high = inf if name == "Cou" else rule.high
                numbers[place], finding = _judge_sent(text, rule.low, high)
                if finding and not (finding == "value_not_number" and system_code == MARK_SYSTEM):
                    facts = {"name": f"{code}-{name}", "text": text, "low": rule.low, "high": high}
                    mask |= findings.note_value(finding, **facts)
        flag, bits = _mark(code, fields, area, dialect, findings)
        text_sent = _text(code, source, fields, area) if source else None
        value, least, most, total, zs_value, zs_least, zs_most = numbers
        numbers_of = (value, text_sent, least, most, total, zs_value, zs_least, zs_most)
        readings.append(Reading(rule.target, *numbers_of, flag, mask | bits))
    return tuple(readings)


def _places(source: str) -> dict[str, int]:
    """Where each field's number goes in a `Reading`, given the field its value comes from."""
    places = {"Min": 1, "Max": 2, "Cou": 3, _ZS_OF.get(source, "ZsAvg"): 4, "ZsMin": 5, "ZsMax": 6}
    return places | {source: 0} if source else places


_PLACES = {source: _places(source) for source in ("", "Rtd", "Avg", "Data")}


def _judge_sent(sent: str | list[str], low: float, high: float) -> tuple[float | None, str]:
    if isinstance(sent, list):
        # Two different numbers for one thing: choosing one would be a guess, so none becomes the value.
        if len(set(sent)) > 1:
            return None, "duplicate_field"
        sent = sent[0]
    return judge_number(sent, low, high)


def _text(code: str, name: str, fields: Fields, area: Area) -> str:
    sent = fields[name]
    return ",".join(sent) if isinstance(sent, list) else area.glued.get((code, name), sent)


def _mark(code: str, fields: Fields, area: Area, dialect: Dialect, findings: Findings) -> tuple[str | None, int]:
    sent = fields.get("Flag", area.bare_flags.get(code))
    if sent is None:
        return None, 0
    text = ",".join(sent) if isinstance(sent, list) else sent
    if text in dialect.marks:
        return text, 0
    finding = "mark_lower_case" if text.upper() in dialect.marks else "mark_unknown"
    return text, findings.note_value(finding, name=code, text=text)
