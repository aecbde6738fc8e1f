"""The demonstration's officers may go today, and its instruments show each standing; building twice changes nothing."""

import pytest
from django.utils import timezone

from sanjian.base.registry.models import Body, Calibration, FieldReading, Instrument, Loan, Officer, Power
from sanjian.base.registry.queries import people as queries
from sanjian.base.registry.rules.certificates import exclusions
from sanjian.city.demo.registry import build

pytestmark = pytest.mark.django_db


def counts() -> list[int]:
    return [m.objects.count() for m in (Body, Officer, Power, Instrument, Calibration, FieldReading, Loan)]


def test_building_twice_is_building_once_and_the_officers_of_pudong_may_go():
    build()
    first = counts()
    build()
    assert counts() == first
    today = timezone.localdate()
    pudong = queries.with_papers(Officer.objects.filter(account__username__in=["zhao", "qian"]))
    assert [exclusions(queries.officer_facts(officer), 0, "310115", today) for officer in pudong] == [[], []]
    assert sorted(FieldReading.objects.values_list("standing", flat=True)) == ["clue_only", "clue_only", "good"]
