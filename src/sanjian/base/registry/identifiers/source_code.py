"""Codes of pollution-discharge units: one for each site of an enterprise, the same as its permit number.

22 symbols: the unified social credit code (18), the site (3 digits), a mark (1 letter). The mark is not a check:
what protects the code is inside its first 18 symbols. Enterprises without a credit code have one of 18 symbols that
begins H9; its mark is a letter of either case.

Source: HJ 608-2017, clause 4 and annex A; the H9 forms: the trial rule of 2016.
"""

import re
from typing import NamedTuple

from .credit_code import credit_code_fault, organisation_check

PERMIT_MARKS = frozenset("PQRSUV")
REGISTRATION_MARKS = frozenset("WXYZ")
"""Marks seen in practice for permits and for registration receipts (secondary source; others are not refused)."""

_LENGTH = 22
_SITE_AND_MARK = re.compile(r"\d{3}[A-Z]")
_NO_CODE = re.compile(r"H9\d{6}0000\d{5}")
_ORGANISATION = re.compile(r"H9\d{6}[0-9A-Z]{8}[0-9X]")


class SourceParts(NamedTuple):
    """What a code consists of.

    Args:
        owner: the credit code; for H9 codes everything before the mark.
        site_no: three digits; "" in H9 codes.
        mark: the last letter.
    """

    owner: str
    site_no: str
    mark: str


def source_code_fault(code: str) -> str | None:
    """What is wrong with a code of a pollution-discharge unit, in Chinese; None when nothing can be said against it."""
    if code.startswith("H9"):
        return _h9_fault(code)
    if len(code) != _LENGTH:
        return f"应为 22 位（18 位统一社会信用代码 + 3 位场所序号 + 1 位标记），实际 {len(code)} 位"
    if fault := credit_code_fault(code[:18]):
        return f"前 18 位（统一社会信用代码）{fault}"
    if not _SITE_AND_MARK.fullmatch(code[18:]):
        return f"第 19-21 位应为场所序号（3 位数字），第 22 位应为大写字母标记，实际是 {code[18:]}"
    if code[18:21] == "000":
        return "场所序号从 001 开始"
    return None


def parts(code: str) -> SourceParts:
    """Take a valid code apart.

    Raises:
        ValueError: the code is not valid; the message is that of `source_code_fault`.
    """
    if fault := source_code_fault(code):
        raise ValueError(fault)
    if code.startswith("H9"):
        return SourceParts(code[:-1], "", code[-1])
    return SourceParts(code[:18], code[18:21], code[21])


def source_code(owner: str, site: int, mark: str = "P") -> str:
    """Build the code of a site.

    Args:
        owner: a valid credit code.
        site: 1-999.

    Raises:
        ValueError: the result would not be valid.
    """
    code = f"{owner}{site:03d}{mark}"
    if fault := source_code_fault(code):
        raise ValueError(fault)
    return code


def _h9_fault(code: str) -> str | None:
    """H9 + area + 0000 + serial of 5 digits + letter, or H9 + area + organisation code + letter: 18 symbols both."""
    if not code[-1].isascii() or not code[-1].isalpha():
        return "末位应为字母标记"
    body = code[:-1]
    if _NO_CODE.fullmatch(body):
        return None
    if not _ORGANISATION.fullmatch(body):
        return "应为 H9 + 6 位行政区划 + 0000 + 5 位顺序号 + 字母，或 H9 + 6 位行政区划 + 9 位组织机构代码 + 字母"
    check = organisation_check(body[8:16])
    return None if check == body[16] else f"组织机构代码校验位应为 {check}，实际是 {body[16]}"
