"""Registered objects as the matching rules see them."""

from typing import Any

from sanjian.base.registry.rules.matching import Candidate

CANDIDATE_FIELDS = (
    "id", "name", "credit_code", "site_no", "former_code", "address", "latitude", "longitude",
)  # fmt: skip


def candidate(row: tuple[Any, ...], phones: frozenset[str] = frozenset()) -> Candidate:
    """One row of CANDIDATE_FIELDS."""
    pk, name, credit_code, site_no, former_code, address, latitude, longitude = row
    return Candidate(pk, name, credit_code or "", site_no, former_code, address, latitude, longitude, phones)
