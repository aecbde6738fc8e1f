"""Unified social credit codes: both check digits, and what is said about a wrong one."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sanjian.base.registry.identifiers import ALPHABET, credit_code, credit_code_fault


@pytest.mark.clause("GB 32100-2015 5 校验码")
@pytest.mark.parametrize("code", ["91130200699229617X", "911302307808371268", "91350100M000100Y43"])
def test_published_codes_are_valid(code: str) -> None:
    assert credit_code_fault(code) is None


@pytest.mark.parametrize(
    ("code", "said"),
    [
        ("91350100M000100Y4Z", "不允许的字符 Z"),
        ("91350100M000100Y44", "校验位应为 3"),
        ("9135010M000100Y43", "应为 18 位，实际 17 位"),
        ("91130200699229618X", "组织机构代码校验位应为 7，实际是 8"),
    ],
)
def test_a_wrong_code_is_told_what_is_wrong(code: str, said: str) -> None:
    assert said in (credit_code_fault(code) or "")


@given(st.integers(0, 99_999_999), st.sampled_from(["310115", "310116", "110000"]))
def test_built_codes_are_valid(serial: int, area: str) -> None:
    assert credit_code_fault(credit_code("91", area, f"{serial:08d}")) is None


@given(st.integers(0, 17), st.sampled_from(ALPHABET))
def test_any_single_wrong_symbol_is_found(position: int, symbol: str) -> None:
    """Both checks are prime-modulus sums: no single substitution passes."""
    good = "91350100M000100Y43"
    if good[position] != symbol:
        assert credit_code_fault(good[:position] + symbol + good[position + 1 :]) is not None
