"""The numbers of the calculation chain as dated data: which rule set holds is decided by the date of the data, not by
today. A change of a standard is a new row here; a row that was used is never edited, because results cite its code.
"""

from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

LOCAL = ZoneInfo("Asia/Shanghai")


class NoRuleSet(LookupError):
    """No rule set is registered for the date of the data. `on` is that date."""

    def __init__(self, on: date) -> None:
        super().__init__(f"no rule set for data of {on}")
        self.on = on


@dataclass(frozen=True, slots=True)
class Number:
    """One figure of a standard.

    Args:
        value: the figure in the unit that the field's note names.
        standard, clause: where it stands; standard "sanjian" is a figure of our own choice.
        is_verified: somebody held it against the printed text. False: from memory or a summary, to be verified.
    """

    value: float
    standard: str
    clause: str
    is_verified: bool = False


@dataclass(frozen=True, slots=True)
class Lookback:
    """One row of the table of substitution: the largest of the last `hours` valid hours stands in.

    Args:
        capture_from, capture_below: valid-data capture rate of the period, [from, below), shares of 1.
        longest_gap_h: gaps of at most so many hours; None for any length.
        hours: how many valid hours before the gap are looked at.
    """

    capture_from: float
    capture_below: float
    longest_gap_h: int | None
    hours: Number


@dataclass(frozen=True, slots=True)
class Marks:
    """What the letters of HJ 212 mean for a value, and which dated marks of the polluter excuse it.

    Args:
        valid: letters of usable values; a value without a letter is usable too, as HJ 212 lets devices leave it out.
        stopped: letters that say that no emission is expected: hours are not missing, and their mass is zero.
        polluter_invalid: marks by the marking rules that take a value out of judgement and averages.
        polluter_condition: marks of a condition of production: value and mass count, judgement has its own rule.
    """

    valid: frozenset[str]
    stopped: frozenset[str]
    polluter_invalid: frozenset[str]
    polluter_condition: frozenset[str]
    standard: str
    clause: str
    is_verified: bool = False


@dataclass(frozen=True, slots=True)
class RuleSet:
    """Everything the chain needs to know for data of [valid_from, valid_to], both included, local days."""

    code: str
    valid_from: date
    valid_to: date | None
    molar_volume: Number  # L/mol at standard state
    standard_temperature: Number  # K
    standard_pressure: Number  # Pa
    oxygen_of_air: Number  # % vol
    oxygen_guard: Number  # % vol: from here on a corrected value is marked
    gas_samples_per_minute: Number  # share of normal samples below which an aggregate is marked D
    gas_minutes_per_hour: Number  # valid minutes
    gas_hours_per_day: Number  # valid hours
    water_samples_per_ten_minutes: Number  # five-second values
    water_share_per_hour: Number  # share of expected values
    water_share_per_day: Number  # share of expected hours
    lookbacks: tuple[Lookback, ...]
    marks: Marks

    def lookback(self, capture: float, gap_h: int) -> Lookback | None:
        """The row of substitution for a capture rate (0-1) and a gap in hours; None where the table has none."""
        for row in self.lookbacks:
            fits = row.capture_from <= capture < row.capture_below
            if fits and (row.longest_gap_h is None or gap_h <= row.longest_gap_h):
                return row
        return None

    def unverified(self) -> list[str]:
        """Names of the figures that nobody has yet held against the printed standard."""
        numbers = [n for n in self.__slots__ if isinstance(getattr(self, n), Number)]
        names = [n for n in numbers if not getattr(self, n).is_verified]
        names += [f"lookback_{row.hours.value:g}" for row in self.lookbacks if not row.hours.is_verified]
        return names if self.marks.is_verified else [*names, "marks"]


_D = ("HJ 212-2017", "appendix D")
_SUBSTITUTION = ("HJ 75-2017", "12.2.3")

_WIRE_MARKS = Marks(
    valid=frozenset("N"),
    stopped=frozenset("F"),
    polluter_invalid=frozenset(),
    polluter_condition=frozenset(),
    standard="HJ 212-2017",
    clause="table 8",
    is_verified=True,
)
_MARKING_RULES = Marks(
    valid=frozenset("N"),
    stopped=frozenset("F"),
    polluter_invalid=frozenset({"fault", "maintenance", "calibration", "debugging", "power_failure"}),
    polluter_condition=frozenset({"starting", "stopping", "accident", "stopped", "disconnected"}),
    standard="污染物排放自动监测设备标记规则（生态环境部公告 2022 年第 21 号）",
    clause="全文",
)


def _set(code: str, valid_from: date, valid_to: date | None, marks: Marks) -> RuleSet:
    return RuleSet(
        code=code,
        valid_from=valid_from,
        valid_to=valid_to,
        molar_volume=Number(22.4, *_D),
        standard_temperature=Number(273.0, *_D),
        standard_pressure=Number(101325.0, *_D),
        oxygen_of_air=Number(21.0, *_D),
        oxygen_guard=Number(19.0, "sanjian", "our choice: at 19 % a step of 0.1 % O2 moves the value by 5 %"),
        gas_samples_per_minute=Number(0.75, "HJ 212-2017", "C.16-C.18"),
        gas_minutes_per_hour=Number(45, *_D),
        gas_hours_per_day=Number(20, *_D),
        water_samples_per_ten_minutes=Number(120, *_D),
        water_share_per_hour=Number(0.75, "HJ 356-2019", "validity of hourly values"),
        water_share_per_day=Number(0.75, "HJ 356-2019", "validity of daily values"),
        lookbacks=(
            Lookback(0.90, 1.01, 24, Number(180, *_SUBSTITUTION)),
            Lookback(0.90, 1.01, None, Number(720, *_SUBSTITUTION)),
            Lookback(0.75, 0.90, None, Number(2160, *_SUBSTITUTION)),
        ),
        marks=marks,
    )


RULE_SETS = (
    _set("2017", date(2018, 3, 1), date(2022, 12, 31), _WIRE_MARKS),
    _set("2017+marks2022", date(2023, 1, 1), None, _MARKING_RULES),
)
"""HJ 75-2017 in force from 2018-03-01 (from memory, verify); the marking rules from 2023-01-01 (notice 2022 No. 21)."""


def rule_set(when: date | datetime) -> RuleSet:
    """The rule set for data of a local day, or of the local day of an aware moment.

    Raises:
        NoRuleSet: the data are older than the oldest registered set.
    """
    on = when.astimezone(LOCAL).date() if isinstance(when, datetime) else when
    for law in RULE_SETS:
        if law.valid_from <= on and (law.valid_to is None or on <= law.valid_to):
            return law
    raise NoRuleSet(on)
