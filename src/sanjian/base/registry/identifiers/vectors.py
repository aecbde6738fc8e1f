"""Whether the checks hold what they promise: a file of codes, and every code damaged in one place at random."""

import random
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from .credit_code import credit_code_fault
from .facility_code import facility_code_fault
from .source_code import source_code_fault

SYMBOLS = [chr(n) for n in range(33, 127)] + list("０１Ａ一Ⅰ")
"""What a slip may put in a place: every printable ASCII symbol, and look-alikes from a Chinese keyboard."""
CHECKED_SYMBOLS = 18
"""The first 18 symbols of a credit code, and of a source code built on one, stand under the check digit. Behind them
come the site number and the mark, where one digit or letter for another makes a code of another site: nothing can tell.
"""


class Vector(NamedTuple):
    """One line of a file. `is_valid` is what the file says of the code; None when it says nothing."""

    line_no: int
    code: str
    is_valid: bool | None


def read(lines: Iterable[str]) -> Iterator[Vector]:
    """Lines `code` or `code,valid|invalid`; # begins a comment.

    Raises:
        ValueError: a line says something else of its code.
    """
    said = {"": None, "valid": True, "invalid": False}
    for line_no, line in enumerate(lines, 1):
        code, _comma, verdict = line.partition("#")[0].strip().partition(",")
        if not code:
            continue
        if verdict.strip() not in said:
            raise ValueError(f"第 {line_no} 行：逗号后应为 valid 或 invalid，实际是 {verdict.strip()}")
        yield Vector(line_no, code.strip(), said[verdict.strip()])


def fault(code: str) -> str | None:
    """What is wrong with a code of any of the three kinds, told apart by its form."""
    if 5 <= len(code) <= 6 and code[:1] in {"M", "T", "D"}:
        return facility_code_fault(code)
    if len(code) == 22 or code.startswith("H9"):
        return source_code_fault(code)
    return credit_code_fault(code)


def accepted_mutations(codes: Sequence[str], count: int, seed: int = 0) -> list[tuple[str, str]]:
    """Damage valid codes in one place each, `count` times; whatever passes although the check covers that place.

    Args:
        codes: valid codes of 18 or 22 symbols that begin with a credit code.

    Returns:
        The code and what it was taken for; empty when the check holds its promise.
    """
    draw = random.Random(seed).random  # noqa: S311 - examples, no secret
    passed = []
    codes_n, symbols_n = len(codes), len(SYMBOLS)
    for _n in range(count):
        code = codes[int(draw() * codes_n)]
        place = int(draw() * CHECKED_SYMBOLS)
        symbol = SYMBOLS[int(draw() * symbols_n)]
        if symbol == code[place]:
            symbol = SYMBOLS[(SYMBOLS.index(symbol) + 1) % symbols_n]
        mutant = f"{code[:place]}{symbol}{code[place + 1 :]}"
        if (credit_code_fault if len(mutant) == CHECKED_SYMBOLS else source_code_fault)(mutant) is None:
            passed.append((code, mutant))
    return passed
