"""Permits, the facility tree and limits: closed and added anew, never changed."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from sanjian.base.registry.identifiers import credit_code, source_code
from sanjian.base.registry.models import Facility, InspectionObject, Limit, Permit
from sanjian.base.registry.queries.finding import find
from sanjian.base.registry.services import outlets
from sanjian.base.registry.services.errors import InvalidValues, NotAllowed, StillNeeded

from .cast import Cast, add_limit, make_cast

pytestmark = pytest.mark.django_db
AT = datetime(2026, 11, 23, 4, tzinfo=UTC)
LATER = AT + timedelta(hours=1)
SINCE = date(2026, 1, 1)


@pytest.fixture
def cast() -> Cast:
    return make_cast()


def _told(cast: Cast, at: datetime = AT) -> dict[str, Any]:
    return {"actor": cast.person["supervisor"], "at": at, "reason": "核对许可证"}


def test_a_new_limit_ends_the_former_the_day_before(cast: Cast) -> None:
    former = add_limit(cast.point, upper=100)
    Limit.objects.update(recorded_at=AT - timedelta(days=1))
    law = former.legal_basis_id
    values = {
        "factor_id": "a21002",
        "legal_basis_id": law,
        "upper": 50,
        "source": "许可证",
        "valid_from": date(2026, 7, 1),
    }
    outlets.set_limit(cast.point, values, **_told(cast))
    on = Limit.objects.as_of
    assert (on(date(2026, 6, 30)).get().upper, on(date(2026, 7, 1)).get().upper) == (100, 50)
    assert on(date(2026, 7, 1), AT - timedelta(seconds=1)).get().upper == 100
    with pytest.raises(InvalidValues):
        outlets.set_limit(cast.point, values, **_told(cast, LATER))
    new = outlets.correct_limit(on(date(2026, 7, 1)).get(), {"upper": 60}, **_told(cast, LATER))
    assert (new.upper, Limit.objects.current().count(), Limit.objects.count()) == (60, 2, 4)
    with pytest.raises(InvalidValues):
        outlets.correct_limit(new, {"upper": None}, **_told(cast, LATER))


def test_behind_a_limit_for_some_days_the_former_holds_again(cast: Cast) -> None:
    law = add_limit(cast.point, upper=100).legal_basis_id
    Limit.objects.update(recorded_at=AT - timedelta(days=1))
    days = {"valid_from": date(2026, 7, 1), "valid_to": date(2026, 7, 31)}
    values = {"factor_id": "a21002", "legal_basis_id": law, "upper": 50, "source": "应急减排", **days}
    outlets.set_limit(cast.point, values, **_told(cast))
    around = (date(2026, 6, 30), date(2026, 7, 1), date(2026, 7, 31), date(2026, 8, 1))
    assert [Limit.objects.as_of(day).get().upper for day in around] == [100, 50, 50, 100]
    assert Limit.objects.as_of(date(2026, 7, 5), AT - timedelta(seconds=1)).get().upper == 100


def test_the_tree_flows_one_way_and_never_round(cast: Cast) -> None:
    def add(code: str, goal: Facility | None = None) -> Facility:
        values = {"code": code, "name": code, "flows_to": goal, "valid_from": SINCE}
        return outlets.add_facility(cast.plant, values, **_told(cast))

    outlet = add("DA001")
    second = add("TA002", outlet)
    first = add("TA001", second)
    plant = add("MF0001", first)
    assert (plant.kind, outlet.kind) == ("production", "outlet")
    for values in ({"flows_to": first}, {"flows_to": second}, {"flows_to": plant}):
        with pytest.raises(InvalidValues):
            outlets.correct_facility(second, values, **_told(cast, LATER))
    with pytest.raises(InvalidValues):
        add("TA001")
    with pytest.raises(InvalidValues):
        add("XX001")
    renamed = outlets.correct_facility(second, {"name": "活性炭"}, **_told(cast, LATER))
    first.refresh_from_db()
    assert first.flows_to == renamed
    with pytest.raises(StillNeeded):
        outlets.end_facility(renamed, last_day=date(2026, 5, 1), **_told(cast, LATER))


def test_a_permit_belongs_to_its_enterprise_and_is_found_by_its_number(cast: Cast) -> None:
    code = credit_code("91", "310115", "30000001")
    InspectionObject.objects.filter(pk=cast.plant.pk).update(credit_code=code)
    cast.plant.refresh_from_db()
    values = {"permit_no": source_code(code, 1), "valid_from": SINCE, "valid_to": date(2030, 12, 31)}
    permit = outlets.add_permit(cast.plant, values, **_told(cast))
    assert [h.object_id for h in find(cast.person["supervisor"], permit.permit_no)] == [cast.plant.pk]
    stranger = {**values, "permit_no": source_code("91350100M000100Y43", 1)}
    with pytest.raises(InvalidValues):
        outlets.add_permit(cast.plant, stranger, **_told(cast))
    with pytest.raises(NotAllowed):
        outlets.add_permit(cast.plant, values, **{**_told(cast), "actor": cast.person["officer"]})
    outlets.end_permit(permit, last_day=date(2026, 6, 30), **_told(cast, LATER))
    assert not Permit.objects.as_of(date(2026, 7, 1)).exists()
    assert Permit.objects.as_of(date(2026, 7, 1), AT).exists()
