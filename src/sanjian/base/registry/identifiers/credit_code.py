"""Unified social credit codes: both check digits.

Source: GB 32100-2015 (统一社会信用代码), GB 11714 (组织机构代码).
"""

ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
"""The 31 symbols of a unified social credit code: no I, O, S, V, Z."""
_VALUE = {symbol: value for value, symbol in enumerate(ALPHABET)}
_WEIGHTS = tuple(pow(3, i, 31) for i in range(17))
_ORGANISATION_WEIGHTS = (3, 7, 9, 10, 5, 8, 4, 2)


def credit_code_check(first_17: str) -> str:
    """The 18th symbol of a unified social credit code.

    Raises:
        ValueError: not 17 symbols of the alphabet.

    Source: GB 32100-2015, section 5 (校验码).
    """
    if len(first_17) != 17 or not set(first_17) <= set(ALPHABET):
        raise ValueError(f"应为 17 位代码字符，实际是 {first_17!r}")
    total = sum(_VALUE[symbol] * weight for symbol, weight in zip(first_17, _WEIGHTS, strict=True))
    return ALPHABET[-total % 31]


def organisation_check(first_8: str) -> str:
    """The check character of an organisation code: positions 9-16 of a credit code determine position 17.

    Letters count as in base 36, as GB 11714 has it.

    Source: GB 11714-1997.
    """
    total = sum(int(symbol, 36) * weight for symbol, weight in zip(first_8, _ORGANISATION_WEIGHTS, strict=True))
    check = 11 - total % 11
    return {10: "X", 11: "0"}.get(check, str(check))


def credit_code_fault(code: str) -> str | None:
    """What is wrong with a unified social credit code, in Chinese; None when both check digits hold."""
    if len(code) != 18:
        return f"应为 18 位，实际 {len(code)} 位"
    strange = sorted(set(code) - set(ALPHABET))
    if strange:
        return f"含有不允许的字符 {' '.join(strange)}（不使用 I、O、S、V、Z）"
    if organisation_check(code[8:16]) != code[16]:
        return f"组织机构代码校验位应为 {organisation_check(code[8:16])}，实际是 {code[16]}"
    if credit_code_check(code[:17]) != code[17]:
        return f"校验位应为 {credit_code_check(code[:17])}，实际是 {code[17]}"
    return None


def credit_code(department_and_class: str, area: str, organisation: str) -> str:
    """Build a valid code from its first two symbols, the six-digit area and the first eight of the organisation
    code.
    """
    first_17 = f"{department_and_class}{area}{organisation}{organisation_check(organisation)}"
    return first_17 + credit_code_check(first_17)
