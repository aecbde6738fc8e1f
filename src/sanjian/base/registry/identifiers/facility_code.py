"""Codes of facilities inside a source: MF0001 production, TA001 treatment, DA001 outlet.

They carry no check. Together with the 22 symbols of the source they name one thing in the country.

Source: HJ 608-2017, clause 5 (outlets); lengths of production and treatment codes from the trial rule of 2016.
"""

import re

_FORMS = (
    (re.compile(r"MF\d{4}"), "production"),
    (re.compile(r"T[AWNS]\d{3}"), "treatment"),
    (re.compile(r"D[AW]\d{3}"), "outlet"),
)
MEDIA = {"A": "gas", "W": "water", "N": "noise", "S": "solid"}
"""The second letter of a treatment or outlet code."""


def facility_code_fault(code: str) -> str | None:
    """What is wrong with a facility code, in Chinese; None when it has one of the forms."""
    if any(form.fullmatch(code) for form, _kind in _FORMS):
        return None
    if code[:2] == "MF":
        return f"生产设施应为 MF 加 4 位数字，如 MF0012，实际是 {code}"
    if code[:1] == "T" and code[1:2] in MEDIA:
        return f"治理设施应为 T、介质字母（A 气、W 水、N 噪声、S 固废）加 3 位数字，如 TA001，实际是 {code}"
    if code[:2] in {"DA", "DW"}:
        return f"排放口应为 DA 或 DW 加 3 位数字，如 DA001，实际是 {code}"
    return "应为 MF0001（生产设施）、TA001（治理设施）、DA001（排放口）这样的编号"


def kind_of_facility(code: str) -> str:
    """production, treatment or outlet.

    Raises:
        ValueError: the code is not valid; the message is that of `facility_code_fault`.
    """
    for form, kind in _FORMS:
        if form.fullmatch(code):
            return kind
    raise ValueError(facility_code_fault(code))


def medium_of_facility(code: str) -> str | None:
    """gas, water, noise or solid; None for a production facility.

    Raises:
        ValueError: the code is not valid.
    """
    return None if kind_of_facility(code) == "production" else MEDIA[code[1]]
