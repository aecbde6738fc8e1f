"""Likeness of two objects: what says the same and what says different, symmetric, explained, and quick by blocks."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sanjian.base.registry.rules.matching import PROPOSE, Candidate, core_address, core_name, likely, pairs, score

CODE = "91310115MA1K00001T"


@pytest.mark.parametrize(
    ("written", "core"),
    [
        ("上海市丙申化工（集团）有限公司", "丙申化工"),
        ("上海丙申化工有限责任公司", "丙申化工"),
        ("丙申化工股份有限公司（上海）", "丙申化工"),
        ("丙申 化工", "丙申化工"),
        ("有限公司", "有限公司"),
    ],
)
def test_what_says_nothing_leaves_the_name(written: str, core: str) -> None:
    assert core_name(written) == core


def test_addresses_without_city_and_district() -> None:
    assert core_address("上海市浦东新区沪太路 100 号") == core_address("沪太路100号") == "沪太路100号"


def test_one_plant_in_two_writings_is_proposed_with_reasons() -> None:
    a = Candidate(1, "上海丙申化工有限公司", CODE, address="上海市浦东新区沪太路1号", latitude=31.2, longitude=121.5)
    b = Candidate(2, "丙申化工有限责任公司", "", address="沪太路 1 号", latitude=31.2001, longitude=121.5001)
    found = score(a, b)
    assert found.total >= 0.8
    assert any("相距" in words for words, _ in found.reasons)


@pytest.mark.parametrize(
    ("a", "b"),
    [
        (Candidate(1, "丙申加油站第一分公司"), Candidate(2, "丙申加油站第二分公司")),
        (Candidate(1, "丙申化工", CODE, "001"), Candidate(2, "丙申化工", CODE, "002")),
        (Candidate(1, "丙申化工", CODE), Candidate(2, "丙申化工", "91310116MA1K99998X")),
    ],
)
def test_branches_sites_and_other_codes_are_not_proposed(a: Candidate, b: Candidate) -> None:
    assert score(a, b).total < PROPOSE


def test_an_old_organisation_code_meets_the_credit_code() -> None:
    found = score(Candidate(1, "丙申化工", CODE), Candidate(2, "丙申化学", former_code="MA1K00001"))
    assert ("组织机构代码相同", 0.5) in found.reasons


_TEXT = st.text("上海市甲乙丙丁一二第分公司厂有限12（） ", max_size=12)
_ONE = st.builds(
    Candidate, id=st.integers(0, 9), name=_TEXT, credit_code=st.sampled_from(["", CODE, "91310116MA1K99998X"]),
    site_no=st.sampled_from(["", "001"]), address=_TEXT, latitude=st.sampled_from([None, 31.0, 31.1]),
    longitude=st.sampled_from([None, 121.0]),
)  # fmt: skip


@given(_ONE, _ONE)
def test_likeness_is_symmetric_and_bounded(a: Candidate, b: Candidate) -> None:
    assert score(a, b).total == score(b, a).total
    assert 0 <= score(a, b).total <= 1


@given(st.lists(_ONE, max_size=12))
def test_each_pair_is_compared_once(many: list[Candidate]) -> None:
    found = list(pairs(many))
    assert len(found) == len(set(found))
    assert all(a < b for a, b in found)


def test_blocks_keep_a_city_from_being_compared_pair_by_pair() -> None:
    many = [Candidate(n, f"上海{chr(0x4E00 + n)}{chr(0x5E00 + n)}化工有限公司") for n in range(3000)]
    assert sum(1 for _ in pairs(many)) < 3000
    assert list(likely(many)) == []
