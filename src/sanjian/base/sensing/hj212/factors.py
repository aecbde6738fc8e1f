"""The standard's code tables: factors with name, unit and plausible range, commands, system codes.

Loaded from `data/` on first use and kept; officers extend factors in the registry, not here.
"""

import csv
import re
from functools import cache, lru_cache
from importlib import resources
from typing import NamedTuple

SYSTEM_CODES = frozenset({
    "21", "22", "23", "24", "25", "26", "27", "31", "32", "33", "34", "35", "36", "37",
    "38", "39", "41", "44", "45", "51", "52", "91",
})  # fmt: skip
"""ST: HJ 212-2017 table 5 (系统编码); 44 and 45 of 2025."""

COMMANDS_2005 = frozenset({
    "1021", "1022", "1031", "1032", "1041", "1042", "1071", "2072", "3014", "9001", "9002", "9022",
})  # fmt: skip
"""Commands of HJ/T 212-2005 that later editions dropped (from memory, verify)."""

ENCRYPTED_EXTRA = frozenset({"1014", "3020"})
"""Commands besides 2000-2999 whose data area a 2025 device encrypts (HJ 212-2025, 6.4.4)."""

_PLAUSIBLE = {
    "a01001": (-60.0, 60.0),
    "a01002": (0.0, 100.0),
    "a01006": (40.0, 120.0),
    "a01007": (0.0, 75.0),
    "a01008": (0.0, 360.0),
    "w01001": (0.0, 14.0),
    "LA": (0.0, 160.0),
}
"""Ranges chosen by us where the table's width says too little: kPa against hPa is told apart by magnitude."""

_MAY_BE_NEGATIVE = {"degC", "kPa"}
_WIDTH = re.compile(r"N(\d+)(?:\.(\d+))?")


class Factor(NamedTuple):
    """One row of the factor table. `low`..`high` is the plausible range of a concentration-like value."""

    code: str
    name_zh: str
    name_en: str
    unit: str
    medium: str
    code_2005: str
    decimals: int | None
    low: float
    high: float


class Command(NamedTuple):
    """One row of the command table; a code may have a row for each direction."""

    code: str
    name_zh: str
    direction: str
    kind: str
    answer: str


def _rows(name: str) -> list[dict[str, str]]:
    text = (resources.files(__package__) / "data" / name).read_text(encoding="utf-8")
    return list(csv.DictReader(text.splitlines()))


@cache
def factors() -> dict[str, Factor]:
    """All factors by code."""
    found: dict[str, Factor] = {}
    for row in _rows("hj212_factors.csv"):
        factor, known = _factor(row), found.get(row["code"])
        found[factor.code] = _ambiguous(known, factor) if known else factor
    return found


def _ambiguous(one: Factor, other: Factor) -> Factor:
    """A code printed twice with two meanings (g119xx, e701xx): neither unit nor range can be taken for granted."""
    unit = one.unit if one.unit == other.unit else ""
    low, high = min(one.low, other.low), max(one.high, other.high)
    return one._replace(name_zh=f"{one.name_zh} 或 {other.name_zh}", unit=unit, low=low, high=high)


@lru_cache(maxsize=20_000)
def find_factor(code: str) -> Factor | None:
    """The factor of a code as sent: condition codes end in a device number, the table writes `e101xx` for it."""
    table = factors()
    if code in table:
        return table[code]
    if len(code) == 6 and code[-1:].isdigit() and code.isascii():
        return table.get(code[:-2] + "xx") or table.get(code[:-1] + "x")
    return None


def _factor(row: dict[str, str]) -> Factor:
    code, unit = row["code"], row["unit"]
    width = _WIDTH.match(row["type"] or "")
    high = 10.0 ** int(width[1]) if width else float("inf")
    low, high = _PLAUSIBLE.get(code, (-high if unit in _MAY_BE_NEGATIVE else 0.0, high))
    decimals = int(row["decimals"]) if row["decimals"] else None
    return Factor(code, row["name_zh"], row["name_en"], unit, row["medium"], row["2005_code"], decimals, low, high)


@cache
def commands() -> dict[str, tuple[Command, ...]]:
    """All commands by code."""
    found: dict[str, tuple[Command, ...]] = {}
    for row in _rows("hj212_commands.csv"):
        command = Command(row["cn"], row["name_zh"], row["direction"], row["kind"], row["answer"])
        found[command.code] = (*found.get(command.code, ()), command)
    return found


def is_known_command(code: str) -> bool:
    """Whether a CN is in any edition of the standard."""
    return code in commands() or code in COMMANDS_2005


@cache
def _codes_2005() -> dict[tuple[str, str], str]:
    found: dict[tuple[str, str], str] = {}
    for factor in factors().values():
        if factor.code_2005:
            found.setdefault((factor.code[0], factor.code_2005), factor.code)
    return found


def _family(system_code: str) -> str:
    """`w` or `a`: whether a system measures water or air; the 2005 codes mean different things in each."""
    return "w" if system_code in ("21", "24", "26", "32", "33", "34", "52") else "a"


@lru_cache(maxsize=20_000)
def modern_code(code: str, system_code: str) -> str:
    """The 2017 code of a 2005 code under a system code; any other code comes back unchanged.

    01 under ST=31 is flue dust (a34013), 001 under ST=32 is pH (w01001).
    """
    if code in factors():
        return code
    return _codes_2005().get((_family(system_code), code), code)


@lru_cache(maxsize=20_000)
def repaired_code(code: str, system_code: str) -> tuple[str, str]:
    """A known code meant by a misspelt one, and the finding that says so; (code, "") when there is nothing to repair.

    Only the first letter is folded (`W01018`), and a missing leading letter added (`01018`); the standard's own
    example C.14 has the latter.
    """
    table = factors()
    if code in table or not code or modern_code(code, system_code) != code:
        return code, ""
    folded = code[0].swapcase() + code[1:]
    if code[0].isalpha() and folded in table:
        return folded, "code_case_folded"
    if len(code) == 5 and code.isdigit() and (prefixed := _family(system_code) + code) in table:
        return prefixed, "code_prefix_added"
    return code, ""
