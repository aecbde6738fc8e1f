"""Codes of sources and facilities, the vectors file, and positions."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sanjian.base.registry.coordinates import Position, distance_m, gcj02_from_wgs84, wgs84_from_gcj02
from sanjian.base.registry.identifiers import parts, source_code, vectors

FILE = Path(__file__).parent / "data" / "identifiers.csv"
VECTORS = list(vectors.read(FILE.read_text(encoding="utf-8").splitlines()))


@pytest.mark.clause("HJ 608-2017 附录 A")
@pytest.mark.parametrize("vector", VECTORS, ids=lambda v: v.code)
def test_vectors_are_judged_as_published(vector: vectors.Vector) -> None:
    assert (vectors.fault(vector.code) is None) is vector.is_valid


def test_no_damage_under_the_check_passes() -> None:
    good = [v.code for v in VECTORS if v.is_valid and len(v.code) in {18, 22} and not v.code.startswith("H9")]
    assert vectors.accepted_mutations(good, 20_000) == []


def test_two_sites_of_one_enterprise_have_two_codes() -> None:
    codes = [source_code("91130200699229617X", site) for site in (1, 2)]
    assert [parts(code).site_no for code in codes] == ["001", "002"]


@given(st.floats(18, 53), st.floats(75, 134))
def test_map_positions_come_back_within_a_metre(latitude: float, longitude: float) -> None:
    here = Position(latitude, longitude)
    assert distance_m(wgs84_from_gcj02(gcj02_from_wgs84(here)), here) < 1
